internal import PresenceKit
internal import StanzaKit

/// A resource that is connected to the in-memory server.
struct ServerSession {
    let address: JID
    let connection: InMemoryServer.Connection
    /// Whether it asked for the roster. RFC 6121, section 2.2.
    var isInterested = false
    /// The presence that it broadcast last, while it is available.
    var presence: Presence?
    /// Whom it sent presence that is no broadcast's business, in order. RFC 6121, section 4.6.3.
    var directed: [JID] = []

    /// The priority, -128 to 127.
    var priority: Int8 { presence?.priority ?? 0 }

    mutating func noteDirected(_ presence: Presence, to addressee: JID) {
        directed.removeAll { $0 == addressee }
        if presence.type == .available { directed.append(addressee) }
    }
}
