internal import Foundation
public import StanzaKit

/// A client of another library, run by a script of `Peers`.
@MainActor
public final class Peer {
    /// The libraries that there are.
    public enum Library: String, Sendable, CaseIterable {
        /// slixmpp, by its client with its own handling of rosters.
        case slixmpp
        /// aioxmpp, by its services for rosters and presence.
        case aioxmpp
    }

    /// What a script told; see `Peers/peer.py`.
    public struct Event: Sendable, Decodable {
        /// What kind of event it is.
        public var event: String
        /// The type of a presence stanza.
        public var type: String?
        /// Whom a stanza is from.
        public var from: String?
        /// Whom a stanza was sent to.
        public var to: String?
        /// How available somebody is.
        public var show: String?
        /// What somebody says to it.
        public var status: String?
        /// The priority, as text.
        public var priority: String?
        /// Whose entry.
        public var jid: String?
        /// The name of an entry.
        public var name: String?
        /// The groups of an entry, sorted.
        public var groups: [String]?
        /// The subscription of an entry.
        public var subscription: String?
        /// Whether an entry is asked.
        public var ask: Bool?
        /// What went wrong.
        public var why: String?
        /// The call that was carried out.
        public var call: String?
    }

    /// An entry of the roster as the other library has it.
    public struct Entry: Sendable, Hashable {
        /// The name; `nil` also for an empty one, as libraries have it either way.
        public var name: String?
        /// The groups, sorted.
        public var groups: [String]
        /// The subscription.
        public var subscription: String
        /// Whether a request waits.
        public var ask: Bool
    }

    /// Which library.
    public let library: Library
    /// Whose client it is.
    public let account: Account
    /// What it told so far.
    public private(set) var events: [Event] = []
    /// The roster, put together from what it told.
    public private(set) var entries: [BareJID: Entry] = [:]

    private let process: LineProcess

    /// Scripts that nobody uses at the moment.
    private static var idle: [Library: LineProcess] = [:]

    /// The environment variable that names the Python with the libraries.
    public static let variable = "PRESENCEKIT_INTEROP_PYTHON"

    /// A client that is not connected yet, in a script that is at hand or in a new one.
    public init(_ library: Library, _ account: Account) throws {
        let python = ProcessInfo.processInfo.environment[Self.variable]
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Peers/\(library)_peer.py").standardizedFileURL.path
        self.library = library
        self.account = account
        process =
            try Self.idle.removeValue(forKey: library)
            ?? LineProcess("/usr/bin/env", [python ?? "python3", script], isQuiet: true)
        process.onLine = { [weak self] line in self?.take(line) }
    }

    private func take(_ line: String) {
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(line.utf8)) else {
            return events.append(Event(event: "failed", why: "not understood: \(line)"))
        }
        events.append(event)
        guard let jid = event.jid.flatMap({ try? BareJID(wire: $0) }) else { return }
        if event.event == "removed" { entries[jid] = nil }
        if event.event == "item" {
            entries[jid] = Entry(
                name: event.name?.isEmpty == true ? nil : event.name, groups: event.groups ?? [],
                subscription: event.subscription ?? "", ask: event.ask ?? false)
        }
    }

    /// What a call is given.
    private enum Value: Encodable {
        case text(String)
        case texts([String])
        case number(Int)
        case truth(Bool)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .texts(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .truth(let value): try container.encode(value)
            }
        }
    }

    /// Makes a call and waits until it was carried out.
    private func call(_ name: String, _ values: [String: Value?] = [:]) async throws {
        let failures = events.count { $0.event == "failed" }
        let calls = events.count { $0.event == "done" && $0.call == name }
        var call = values.compactMapValues { $0 }
        call["do"] = .text(name)
        process.write(String(decoding: try JSONEncoder().encode(call), as: UTF8.self))
        let isDone = await Watch.shared.until(within: .seconds(30)) {
            events.count { $0.event == "done" && $0.call == name } > calls
                || events.count { $0.event == "failed" } > failures
        }
        let new = events.filter { $0.event == "failed" }.dropFirst(failures)
        if let failure = new.first { throw Failed(library: library, why: failure.why ?? "") }
        if !isDone { throw Failed(library: library, why: "no answer to \(name)") }
    }

    /// A call that went wrong.
    public struct Failed: Error {
        /// Whose.
        public let library: Library
        /// What it said.
        public let why: String
    }
}

// MARK: Calls

extension Peer {
    /// Its bare address.
    public var jid: BareJID { account.jid }

    /// Connects by STARTTLS, with the server's certificate verified, and is available.
    ///
    /// - Parameter isAutomatic: Whether it accepts all requests and asks back.
    public func logIn(to server: Server, isAutomatic: Bool = false) async throws {
        try await call(
            "connect",
            [
                "jid": .text("\(account.jid)/\(library)"), "password": .text(account.password),
                "host": .text("127.0.0.1"), "port": .number(server.port),
                "authority": .text(server.authority), "automatic": .truth(isAutomatic),
            ])
    }

    /// Sends presence.
    public func send(
        type: String? = nil, show: String? = nil, status: String? = nil, priority: Int? = nil,
        to addressee: JID? = nil
    ) async throws {
        try await call(
            "presence",
            [
                "kind": type.map(Value.text), "show": show.map(Value.text),
                "status": status.map(Value.text), "priority": priority.map(Value.number),
                "to": addressee.map { .text("\($0)") },
            ])
    }

    /// Sends a subscription stanza, by the call that the library has for it.
    public func send(_ type: String, to contact: BareJID) async throws {
        try await call("subscription", ["jid": .text("\(contact)"), "kind": .text(type)])
    }

    /// Changes an entry of its roster.
    public func setEntry(_ contact: BareJID, name: String?, groups: [String]) async throws {
        try await call(
            "set",
            [
                "jid": .text("\(contact)"), "name": name.map(Value.text), "groups": .texts(groups),
            ])
    }

    /// Removes an entry of its roster.
    public func removeEntry(_ contact: BareJID) async throws {
        try await call("remove", ["jid": .text("\(contact)")])
    }

    /// Ends the session; the script is there for the next one, if it still does what it is told.
    public func stop() async {
        do {
            try await call("close")
            process.onLine = nil
            Self.idle[library] = process
        } catch {
            process.terminate()
        }
    }

    /// The presence stanzas of a type that arrived from an account.
    public func received(_ type: String, from contact: BareJID) -> [Event] {
        events.filter { event in
            event.event == "presence" && event.type == type
                && event.from.flatMap { try? JID(wire: $0) }?.bare == contact
        }
    }

    /// How many subscription stanzas it sent and received.
    public var subscriptionStanzas: Int {
        events.count { event in
            event.event == "sent"
                || event.event == "presence"
                    && ["subscribe", "subscribed", "unsubscribe", "unsubscribed"].contains(
                        event.type)
        }
    }

    /// Forgets what was told so far; the roster stays.
    public func forget() { events = [] }
}
