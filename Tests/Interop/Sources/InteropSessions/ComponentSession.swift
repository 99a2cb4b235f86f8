public import LiveConnection
public import PresenceKit
public import StanzaKit

/// An external component of a server: a connection, and the presence of its local addresses.
@MainActor
public final class ComponentSession {
    /// The connection.
    public let connection: Connection
    /// The presence of the local addresses.
    public let presence: ComponentPresence
    /// What the component was told.
    public var events: [ComponentEvent] = []
    /// The presence stanzas that arrived.
    public var received: [Presence] = []
    /// Why the connection ended, if by an error.
    public private(set) var failure: (any Error)?

    private var hasEnded = false
    private var running: Task<Void, Never>?

    /// The component that `server` is configured for.
    ///
    /// - Parameters:
    ///   - store: Where subscriptions are kept.
    ///   - secret: What proves it, if not what the server knows.
    public init(
        of server: Server, store: any SubscriptionStore = InMemorySubscriptionStore(),
        secret: String? = nil
    ) throws {
        var settings = ConnectionSettings.component(
            domain: server.component, secret: secret ?? server.secret, port: server.componentPort)
        settings.reconnection = nil
        connection = Connection(settings)
        presence = try ComponentPresence(connection.stream, domain: server.component, store: store)
        presence.onEvent { [weak self] event in
            self?.events.append(event)
            Watch.shared.note()
        }
        stream.onPresence { [weak self] stanza in
            self?.received.append(stanza)
            Watch.shared.note()
        }
        stream.onSession { _ in Watch.shared.note() }
    }

    /// The stream.
    public var stream: StanzaStream { connection.stream }

    /// Connects and waits until the session has begun.
    public func logIn(within limit: Duration = .seconds(20)) async throws {
        running = Task { [weak self, connection] in
            var failure: (any Error)?
            do { try await connection.run() } catch { failure = error }
            self?.failure = failure
            self?.hasEnded = true
            Watch.shared.note()
        }
        _ = await Watch.shared.until(within: limit) { stream.isInSession || hasEnded }
        if let failure { throw failure }
        if !stream.isInSession { throw Session.NotOnline(account: presence.domain) }
    }

    /// Ends the session, and waits until the connection is closed.
    public func stop() async {
        connection.close()
        await running?.value
    }

    /// Waits until all that was sent so far was taken by the server.
    public func settle(as local: BareJID, with server: Server) async throws {
        var ping = IQ(.get, to: JID(server.host), payload: Element("ping", in: "urn:xmpp:ping"))
        ping.from = JID(local)
        _ = try await stream.request(ping, timeout: .seconds(20))
    }
}
