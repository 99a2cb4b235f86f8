public import LiveConnection
public import PresenceKit
public import RosterKit
public import StanzaKit

/// One client of an account: a connection, what follows its stream, and all that it was told.
@MainActor
public final class Session {
    /// Whose it is.
    public let account: Account
    /// The connection.
    public let connection: Connection
    /// What the server told.
    public let testimony: Testimony
    /// Presence on it.
    public let presence: PresenceClient
    /// The roster on it.
    public let roster: RosterClient
    /// Rooms on it.
    public let rooms: RoomClient

    /// What became of the connection.
    public private(set) var states: [ConnectionState] = []
    /// What the roster told.
    public var rosterEvents: [RosterEvent] = []
    /// What presence told.
    public var presenceEvents: [PresenceEvent] = []
    /// What rooms told.
    public var roomEvents: [(room: BareJID, event: RoomEvent)] = []
    /// The presence stanzas that arrived.
    public var received: [Presence] = []
    /// The messages that arrived.
    public var messages: [Message] = []
    /// What could not be used as it was.
    public var diagnostics: [Diagnostic] = []
    /// Why the connection ended, if by an error.
    public private(set) var failure: (any Error)?
    /// Whether the connection ended.
    public private(set) var hasEnded = false
    /// Whether what is told is kept; a long run has no use for it.
    public let keepsEvents: Bool

    private var running: Task<Void, Never>?

    /// A client that is not connected yet.
    ///
    /// - Parameters:
    ///   - account: Whose it is.
    ///   - settings: Where it connects.
    ///   - cache: Where its roster outlives it.
    ///   - keepsEvents: Whether what is told is kept.
    public init(
        _ account: Account, _ settings: ConnectionSettings, cache: (any RosterCache)? = nil,
        keepsEvents: Bool = true
    ) {
        self.account = account
        self.keepsEvents = keepsEvents
        connection = Connection(settings)
        testimony = Testimony(connection.stream)
        presence = PresenceClient(connection.stream)
        roster = RosterClient(presence, cache: cache)
        rooms = RoomClient(presence)
        testimony.follow(roster)
        follow()
    }

    private func follow() {
        connection.onStateChange { [weak self] state in
            self?.note { $0.states.append(state) }
        }
        stream.onSession { _ in Watch.shared.note() }
        roster.onEvent { [weak self] event in self?.note { $0.rosterEvents.append(event) } }
        presence.onEvent { [weak self] event in self?.note { $0.presenceEvents.append(event) } }
        rooms.onEvent { [weak self] room, event in
            self?.note { $0.roomEvents.append((room.address, event)) }
        }
        stream.onPresence { [weak self] stanza in self?.note { $0.received.append(stanza) } }
        stream.onMessage { [weak self] stanza in self?.note { $0.messages.append(stanza) } }
        stream.onDiagnostic { [weak self] diagnostic in
            self?.note { $0.diagnostics.append(diagnostic) }
        }
    }

    private func note(_ keep: (Session) -> Void) {
        if keepsEvents { keep(self) }
        Watch.shared.note()
    }
}

// MARK: What is known

extension Session {
    /// The bare address of the account.
    public var jid: BareJID { account.jid }
    /// The address with the resource that the server gave.
    public var address: JID { stream.address ?? JID(account.jid) }
    /// The stream.
    public var stream: StanzaStream { connection.stream }
    /// Whether a session is under way whose roster has arrived.
    public var isReady: Bool { stream.isInSession && roster.roster.state == .current }
    /// The subscription stanzas that arrived, with the presence that is none left out.
    public var receivedSubscriptions: [Presence] {
        received.filter { $0.type.flatMap(SubscriptionStanza.init) != nil }
    }

    /// Forgets what was told so far.
    public func forget() {
        rosterEvents = []
        presenceEvents = []
        roomEvents = []
        received = []
        messages = []
        diagnostics = []
    }
}

// MARK: Coming and going

extension Session {
    /// Connects, and goes on until ``stop()`` or a failure.
    public func start() {
        failure = nil
        hasEnded = false
        running = Task { [weak self, connection] in
            var failure: (any Error)?
            do { try await connection.run() } catch { failure = error }
            self?.failure = failure
            self?.hasEnded = true
            Watch.shared.note()
        }
    }

    /// Connects and waits until the roster is there.
    ///
    /// - Throws: Why that did not come to be.
    public func logIn(within limit: Duration = .seconds(20)) async throws {
        start()
        let isDone = await Watch.shared.until(within: limit) { isReady || hasEnded }
        if let failure { throw failure }
        if !isDone || hasEnded { throw NotOnline(account: account.jid) }
    }

    /// Ends the session in order, and waits until the connection is closed.
    public func stop() async {
        connection.close()
        await running?.value
    }

    /// Lets go of the connection without a word, as a network does; the session can be begun again.
    public func drop() async {
        running?.cancel()
        await running?.value
    }

    /// Nobody said why, but there is no session.
    public struct NotOnline: Error {
        /// Whose.
        public let account: BareJID
    }
}

// MARK: Barriers

extension Session {
    /// Waits until all that was sent to the server so far was taken by it: it has answered a ping
    /// that was sent behind it. XEP-0199.
    public func settle() async throws {
        _ = try await stream.request(
            IQ(.get, to: JID(jid.domainAddress), payload: Element("ping", in: "urn:xmpp:ping")),
            timeout: .seconds(20))
    }

    /// Waits until all that was sent so far, to the server and through it to `other`, has arrived
    /// there: so has a message that was sent behind it.
    public func settle(with other: Session) async throws {
        let id = stream.makeID()
        var message = Message(
            to: other.address, type: .chat,
            children: [Element("body", in: .client, text: "barrier")])
        message.id = id
        try stream.send(message)
        let isThere = await Watch.shared.until(within: .seconds(20)) {
            other.messages.contains { $0.id == id }
        }
        if !isThere { throw NothingArrived(from: jid, at: other.jid) }
        other.messages.removeAll { $0.id == id }
    }

    /// What was sent did not come through.
    public struct NothingArrived: Error {
        /// Who sent it.
        public let from: BareJID
        /// To whom.
        public let at: BareJID

        /// What `from` sent did not arrive at `at`.
        public init(from: BareJID, at: BareJID) {
            self.from = from
            self.at = at
        }
    }
}

extension BareJID {
    /// The address of the server that an account is on.
    public var domainAddress: BareJID { BareJID(domain) ?? self }
}
