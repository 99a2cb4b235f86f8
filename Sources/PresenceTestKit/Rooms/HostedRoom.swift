internal import PresenceKit
internal import StanzaKit

/// A room of a ``RoomService``: who is in it, what it is like, and what it has to send.
///
/// Whatever refuses a stanza throws before anything changes.
struct HostedRoom: Sendable {
    /// How far the life of a room has come. XEP-0045, section 10.1.
    enum Stage: Sendable {
        /// Nobody has been in it; whoever comes first owns it.
        case new
        /// It waits for its owner to configure it, and lets nobody else in.
        case locked
        /// It is as others find it.
        case open
        /// It is no more.
        case gone
    }

    let address: BareJID
    var configuration: RoomConfiguration
    /// Nobody is listed as unaffiliated.
    var affiliations: [BareJID: Affiliation]
    var stage: Stage
    /// In the order in which they came in.
    var occupants: [Occupant] = []
    /// The last message that changed the subject, without an addressee.
    var subject: Element?
    /// What the stanza at hand causes, in order.
    var outgoing: [Element] = []

    init(
        _ address: BareJID, _ configuration: RoomConfiguration,
        affiliations: [BareJID: Affiliation] = [:], stage: Stage
    ) {
        self.address = address
        self.configuration = configuration
        self.affiliations = affiliations.filter { $0.value != .unaffiliated }
        self.stage = stage
    }
}

extension HostedRoom {
    /// What somebody is to the room; who is not listed shares the ban of the domain. XEP-0045,
    /// section 9.2.
    func affiliation(of user: BareJID) -> Affiliation {
        if let affiliation = affiliations[user] { return affiliation }
        let domain = try? BareJID(wire: user.domain)
        return domain.flatMap { affiliations[$0] } == .outcast ? .outcast : .unaffiliated
    }

    func index(of session: JID) -> Int? {
        occupants.firstIndex { $0.session(session) != nil }
    }

    func index(ofNick nick: String) -> Int? {
        occupants.firstIndex { $0.has(nick) }
    }

    /// The occupant that a client is; where that is not in the room, one that its user is.
    func occupant(of sender: JID) -> Occupant? {
        index(of: sender).map { occupants[$0] } ?? occupants.first { $0.user == sender.bare }
    }

    func standing(of occupant: Occupant) -> Standing {
        Standing(affiliation: affiliation(of: occupant.user), role: occupant.role)
    }

    /// What somebody is to the room and in it.
    func standing(of sender: JID) -> Standing {
        Standing(
            affiliation: affiliation(of: sender.bare),
            role: occupant(of: sender)?.role ?? .noRole)
    }

    func occupantAddress(_ nick: String) -> String { "\(address.spelling)/\(nick)" }

    mutating func send(_ element: Element) { outgoing.append(element) }

    /// Sends a stanza of the room's own.
    mutating func send(_ stanza: some Stanza, to jid: JID) {
        var element = stanza.element
        element[.from] = address.spelling
        element[.to] = jid.spelling
        send(element)
    }

    /// Answers a request with a result.
    mutating func acknowledge(_ iq: IQ, _ payload: Element? = nil) {
        guard let result = iq.result(payload) else { return }
        var element = result.element
        element[.from] = iq.element[.to]
        send(element)
    }
}
