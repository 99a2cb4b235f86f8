public import StanzaKit

/// A request of a contact to see our presence that waits for an answer. RFC 6121, section 3.1.3.
public struct SubscriptionRequest: Sendable, Hashable, Identifiable {
    /// Who asks. A contact has one request at most: servers and people repeat them.
    public let jid: BareJID
    /// The stanza that it asked with first.
    public let presence: Presence
    /// How often it asked again.
    public internal(set) var repeats = 0
    /// Whether it was told to wait.
    var isAnnounced = false
    /// Tells requests of one contact apart.
    let serial: Int
    /// When it first asked, counted from when the client was made.
    let received: Duration

    init(jid: BareJID, presence: Presence, serial: Int, received: Duration) {
        self.jid = jid
        self.presence = presence
        self.serial = serial
        self.received = received
    }

    /// Who asks.
    public var id: BareJID { jid }

    /// The name that the contact suggests for itself; do not show it without ``jid``, as anybody may
    /// call itself anything. XEP-0172, section 4.2.
    public var nickname: String? { presence.nickname }

    /// What the contact says to explain itself.
    public var reason: String? { presence.status }

    /// When the contact asked, where the server kept the request meanwhile. XEP-0203.
    public var delay: Delay? { presence[Delay.self] }
}
