import Foundation
import InteropSessions
import LiveConnection
import PresenceKit
import RosterKit
import StanzaKit

/// Many clients who edit their rosters, ask for and end subscriptions, send presence and lose their
/// connections, while the server is restarted.
@MainActor
final class Crowd {
    /// How many clients there are; some accounts have two.
    static let clientCount = 50
    private static let accountCount = 40

    private let server: Server
    private let registrar: Registrar
    private var sessions: [Session] = []
    private var figures = Figures()
    private var choice = SystemRandomNumberGenerator()
    private let memory = MemoryUse()

    /// Makes the accounts and the clients.
    init(_ server: Server) async throws {
        self.server = server
        registrar = try Registrar(server)
        var accounts: [Account] = []
        for number in 0..<Self.accountCount {
            accounts.append(try await registrar.makeAccount("user\(number)", at: server.host))
        }
        for number in 0..<Self.clientCount {
            let account = accounts[number % accounts.count]
            sessions.append(try makeSession(account, "client\(number)", reconnects: true))
        }
        registrar.close()
    }

    private func makeSession(
        _ account: Account, _ resource: String, reconnects: Bool
    ) throws -> Session {
        var settings = ConnectionSettings(
            account: try account.jid.appending(resource: resource), password: account.password,
            host: "127.0.0.1", port: server.port)
        settings.trustedCertificates = [.file(server.authority)]
        settings.reconnection = nil
        if reconnects {
            var policy = ReconnectionPolicy()
            policy.firstDelay = .milliseconds(500)
            policy.longestDelay = .seconds(5)
            settings.reconnection = policy
        }
        return Session(account, settings, keepsEvents: false)
    }
}

// MARK: The play

extension Crowd {
    /// Lets everybody act at random, and restarts the server after a third and two thirds of the
    /// time.
    func run(for duration: Duration) async throws {
        // A request that nobody answers would wait beyond the end.
        let policies: [SubscriptionPolicy] = [.accept, .acceptAndAskBack, .decline]
        for (number, session) in sessions.enumerated() {
            session.presence.policy = policies[number % Self.accountCount % policies.count]
            session.stream.onPresence { [weak self] _ in self?.figures.received += 1 }
            session.stream.onSession { [weak self] in
                if $0 == .began { self?.figures.sessions += 1 }
            }
            session.start()
        }
        try await everybodyIsReady()
        for session in sessions { try session.presence.send(Presence()) }

        let start = ContinuousClock.now
        let restarter = Task {
            for part in 1...2 {
                try await Task.sleep(until: start + duration * Double(part) / 3, clock: .continuous)
                try await server.restart()
                figures.restarts += 1
                say("restarted")
            }
        }
        while ContinuousClock.now < start + duration {
            act()
            memory.sample(at: ContinuousClock.now - start)
            try await Task.sleep(for: .milliseconds(5))
        }
        try await restarter.value
    }

    private func everybodyIsReady() async throws {
        let areThere = await Watch.shared.until(within: .seconds(60)) {
            sessions.allSatisfy(\.isReady)
        }
        if !areThere { throw NotReady(count: sessions.count { !$0.isReady }) }
    }

    /// Some clients did not come back.
    struct NotReady: Error {
        /// How many.
        let count: Int
    }

    /// Lets somebody do something.
    private func act() {
        guard let session = sessions.randomElement(using: &choice), session.isReady,
            let other = sessions.randomElement(using: &choice), other.jid != session.jid
        else { return }
        figures.acts += 1
        switch Int.random(in: 0..<100, using: &choice) {
        case 0..<35: edit(session, other.jid)
        case 35..<40: remove(session, other.jid)
        case 40..<75:
            let shows: [Presence.Show?] = [nil, .away, .chat, .dnd, .xa]
            try? session.presence.send(
                Presence(
                    show: shows.randomElement(using: &choice) ?? nil,
                    status: "\(figures.acts)", priority: .random(in: 0...9, using: &choice)))
        case 75..<90: _ = try? session.roster.subscribe(to: other.jid)
        case 90..<94: _ = try? session.roster.unsubscribe(from: other.jid)
        case 94..<97: _ = try? session.roster.cancelSubscription(of: other.jid)
        case 97..<99: try? session.presence.send(Presence(show: .chat), to: other.address)
        default: lose(session)
        }
    }

    private func edit(_ session: Session, _ contact: BareJID) {
        let groups = (0..<5).map { "Group \($0)" }.shuffled(using: &choice)
        let name = "\(figures.acts)"
        count {
            try await session.roster.setEntry(
                contact, name: .set(name), addingTo: [groups[0]], removingFrom: [groups[1]],
                timeout: .seconds(20))
        }
    }

    private func remove(_ session: Session, _ contact: BareJID) {
        count { try await session.roster.removeEntry(contact, timeout: .seconds(20)) }
    }

    private func count(_ body: @escaping @MainActor () async throws -> Void) {
        Task {
            do {
                try await body()
                figures.edits += 1
            } catch let error as RequestError {
                figures.failures[error.code, default: 0] += 1
            }
        }
    }

    private func lose(_ session: Session) {
        figures.losses += 1
        Task {
            await session.drop()
            session.start()
        }
    }
}

// MARK: The end

extension Crowd {
    /// Compares what everybody knows with what the server says, and prints the figures.
    ///
    /// - Returns: Whether all agree and memory stayed what it was.
    func compare() async throws -> Bool {
        try await everybodyIsReady()
        _ = await Watch.shared.untilUnchanged(for: .seconds(3), within: .seconds(60)) {
            figures.received
        }
        var rosterDisagreements = 0
        var presenceDisagreements = 0
        var entries = 0
        for session in sessions {
            let fresh = try makeSession(session.account, "fresh", reconnects: false)
            try await fresh.logIn()
            let (known, actual) = (session.roster.roster.contents, fresh.roster.roster.contents)
            if known != actual {
                rosterDisagreements += 1
                for contact in Set(known.keys).union(actual.keys).sorted()
                where known[contact] != actual[contact] {
                    let both = [known[contact], actual[contact]].map {
                        $0?.description ?? "no entry"
                    }
                    say("\(session.address) knows \(contact) as \(both[0]); it is \(both[1])")
                }
            }
            entries += fresh.roster.roster.count
            await fresh.stop()
            presenceDisagreements += unseen(by: session)
        }
        for session in sessions { await session.stop() }
        let failures = sessions.compactMap(\.failure)
        say(figures.description)
        say("\(entries) entries, \(rosterDisagreements) rosters of \(sessions.count) disagree")
        say("\(presenceDisagreements) contacts are seen who are not there, or not seen")
        say(memory.description)
        for failure in failures { say("ended by \(failure)") }
        let isGood =
            rosterDisagreements == 0 && presenceDisagreements == 0 && failures.isEmpty
            && memory.isFlat && figures.restarts == 2
        say(isGood ? "good" : "FAILED")
        return isGood
    }

    /// How many contacts somebody sees otherwise than they are: everybody is online.
    private func unseen(by session: Session) -> Int {
        let online = Dictionary(grouping: sessions, by: \.jid)
        return session.roster.roster.items.count { item in
            guard item.subscription == .to || item.subscription == .both else { return false }
            let known = Set(session.presence[item.jid].resources.map(\.name))
            return known != Set(online[item.jid, default: []].map(\.address.resource))
        }
    }

    private func say(_ text: String) {
        // Not by `print`, which keeps lines to itself when they go to a file.
        FileHandle.standardOutput.write(Data("soak \(server.name): \(text)\n".utf8))
    }
}
