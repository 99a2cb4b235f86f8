import InteropSessions
import LiveConnection
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// What a test plays on: one server, accounts that nobody had before, and who is connected.
///
/// Each body is written once. The server is the one that the environment names, and where it is not
/// as the RFC has it, the body asks its ``traits``.
@MainActor
final class Stage {
    let server: Server
    let traits: ServerTraits
    /// How much was checked.
    private(set) var checks = 0
    /// What the counts are filed under besides the server.
    fileprivate var label: String

    private let registrar: Registrar
    private var sessions: [Session] = []
    private var components: [ComponentSession] = []
    private var peers: [Peer] = []

    fileprivate init(_ server: Server, label: String) throws {
        self.server = server
        self.label = label
        traits = ServerTraits(of: server.name)
        registrar = try Registrar(server)
    }

    fileprivate func clear() async {
        for peer in peers { await peer.stop() }
        for session in sessions { await session.stop() }
        for component in components { await component.stop() }
        registrar.close()
    }
}

// MARK: Who is on it

extension Stage {
    /// A new account.
    func account(_ name: String, at domain: BareJID? = nil) async throws -> Account {
        try await registrar.makeAccount(name, at: domain ?? server.host)
    }

    /// How an account connects: by STARTTLS, to a server that the throw-away authority vouches for.
    func settings(
        _ account: Account, resource: String = "home",
        security: ConnectionSettings.Security = .startTLS
    ) throws -> ConnectionSettings {
        var settings = ConnectionSettings(
            account: try account.jid.appending(resource: resource), password: account.password,
            host: "127.0.0.1",
            port: security == .directTLS ? server.directTLSPort : server.port, security: security)
        settings.trustedCertificates = [.file(server.authority)]
        settings.reconnection = nil
        return settings
    }

    /// A client that is not connected yet.
    func session(
        _ account: Account, resource: String = "home", cache: (any RosterCache)? = nil
    ) throws -> Session {
        session(account, try settings(account, resource: resource), cache: cache)
    }

    /// A client with settings of its own that is not connected yet.
    func session(
        _ account: Account, _ settings: ConnectionSettings, cache: (any RosterCache)? = nil
    ) -> Session {
        let session = Session(account, settings, cache: cache)
        sessions.append(session)
        return session
    }

    /// A client that has its roster, and is available unless told otherwise.
    func logIn(
        _ account: Account, resource: String = "home", cache: (any RosterCache)? = nil,
        isAvailable: Bool = true
    ) async throws -> Session {
        let session = try session(account, resource: resource, cache: cache)
        try await session.logIn()
        if isAvailable { try await comeOnline(session) }
        return session
    }

    /// A client of a new account.
    func logIn(
        _ name: String, at domain: BareJID? = nil, isAvailable: Bool = true
    ) async throws -> Session {
        try await logIn(try await account(name, at: domain), isAvailable: isAvailable)
    }

    /// Becomes available, and waits until the server says so.
    func comeOnline(_ session: Session, as presence: Presence = Presence()) async throws {
        try session.presence.send(presence)
        try await eventually("\(session.jid) sees itself") {
            session.presence.state.ownResources?[session.address.resource] != nil
        }
    }

    /// The clients of an account.
    func all(_ account: Account) -> [Session] { sessions.filter { $0.account == account } }

    /// The component, connected.
    func component(
        store: any SubscriptionStore = InMemorySubscriptionStore()
    ) async throws -> ComponentSession {
        let component = try ComponentSession(of: server, store: store)
        components.append(component)
        try await component.logIn()
        return component
    }

    /// A client of another library, available, of a new account or of one that there is.
    func peer(
        _ library: Peer.Library, _ account: Account? = nil, isAutomatic: Bool = false
    ) async throws -> Peer {
        let account = if let account { account } else { try await self.account("\(library)") }
        let peer = try Peer(library, account)
        peers.append(peer)
        try await peer.logIn(to: server, isAutomatic: isAutomatic)
        return peer
    }
}

// MARK: Checks

extension Stage {
    /// Something did not come to be, or is not so; the test ends.
    struct Failed: Error {}

    /// Demands that something comes to be so in time.
    func eventually(
        _ what: String, within limit: Duration = .seconds(10), file: StaticString = #filePath,
        line: UInt = #line, _ condition: @MainActor () -> Bool
    ) async throws {
        checks += 1
        if await !Watch.shared.until(within: limit, condition) {
            XCTFail(
                "\(server.name): within \(limit) it did not come to be that \(what)", file: file,
                line: line)
            throw Failed()
        }
    }

    /// Demands that something is so.
    func check(
        _ condition: Bool, _ what: @autoclosure () -> String = "", file: StaticString = #filePath,
        line: UInt = #line
    ) {
        checks += 1
        if !condition { XCTFail("\(server.name): \(what())", file: file, line: line) }
    }

    /// Demands that two values are the same.
    func check<Value: Equatable>(
        _ value: Value, is expected: Value, file: StaticString = #filePath, line: UInt = #line
    ) {
        checks += 1
        if value != expected {
            XCTFail("\(server.name): \(value) is not \(expected)", file: file, line: line)
        }
    }

    /// Demands that a value is there.
    func unwrap<Value>(
        _ value: Value?, _ what: String, file: StaticString = #filePath, line: UInt = #line
    ) throws -> Value {
        checks += 1
        guard let value else {
            XCTFail("\(server.name): there is no \(what)", file: file, line: line)
            throw Failed()
        }
        return value
    }

    /// Demands that nothing changes for a while.
    func quiet<Value: Equatable>(
        _ what: String, for period: Duration = .seconds(1), file: StaticString = #filePath,
        line: UInt = #line, _ value: @MainActor () -> Value
    ) async throws {
        checks += 1
        let limit = Duration.seconds(20)
        if await !Watch.shared.untilUnchanged(for: period, within: limit, value) {
            XCTFail("\(server.name): \(what) did not fall silent", file: file, line: line)
            throw Failed()
        }
    }

    /// Demands that a request is refused by the peer, with a condition.
    func refused(
        _ condition: StanzaError.Condition, file: StaticString = #filePath, line: UInt = #line,
        _ body: @MainActor () async throws -> Void
    ) async {
        checks += 1
        do {
            try await body()
            XCTFail("\(server.name): it was not refused", file: file, line: line)
        } catch let error as RequestError {
            if error.code != .refused || error.stanzaError?.condition != condition {
                XCTFail("\(server.name): \(error) is not \(condition)", file: file, line: line)
            }
        } catch {
            XCTFail("\(server.name): \(error)", file: file, line: line)
        }
    }

    /// Says in the output that something could not be tried, and why.
    func tell(_ text: String) {
        print("interop \(server.name): \(text)")
    }
}

// MARK: The play

extension XCTestCase {
    /// Runs a body against the server of the environment, clears the stage and prints what was
    /// checked.
    @MainActor
    func onStage(
        label: String = "", _ body: @MainActor (Stage) async throws -> Void
    ) async throws {
        guard let server = try Server.named() else {
            throw XCTSkip(
                "NO SERVER: nothing was tested; Tests/Interop/run starts servers and tests")
        }
        let stage = try Stage(server, label: label)
        do {
            try await body(stage)
        } catch is Stage.Failed {
            // It was told where it happened.
        } catch {
            XCTFail("\(server.name): \(error)")
        }
        await stage.clear()
        let group = label.isEmpty ? server.name : "\(server.name)/\(label)"
        print("checked \(group) \(stage.checks) \(name)")
    }

    /// Runs a body once with each of the other libraries.
    @MainActor
    func withEachPeer(
        _ body: @MainActor (Stage, Peer.Library) async throws -> Void
    ) async throws {
        for library in Peer.Library.allCases {
            try await onStage(label: library.rawValue) { stage in try await body(stage, library) }
        }
    }
}
