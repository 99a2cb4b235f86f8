internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Takes a request. XEP-0045, sections 6.4 to 6.6, 7.12 and 8 to 10; XEP-0199; XEP-0410.
    mutating func receive(_ iq: IQ, from sender: JID) throws(StanzaError) {
        guard let payload = iq.payload else { throw StanzaError(.badRequest) }
        if let nick = iq.to?.resource {
            try answer(iq, payload, from: sender, to: nick)
        } else if payload.is("query", in: .mucAdmin) {
            try administer(iq, payload, from: sender)
        } else if payload.is("query", in: .mucOwner) {
            try configure(iq, payload, from: sender)
        } else if iq.type == .get, payload.is("query", in: .discoInfo) {
            acknowledge(iq, try information(payload, for: sender))
        } else if iq.type == .get, payload.is("query", in: .discoItems) {
            // Who is in the room is private.
            acknowledge(iq, Element("query", in: .discoItems))
        } else if iq.type == .get, payload.is("ping", in: .ping) {
            acknowledge(iq)
        } else {
            throw StanzaError(.serviceUnavailable)
        }
    }

    /// A request to an occupant. The room answers a client that wants to know whether it is still
    /// in the room, and passes nothing on.
    private mutating func answer(
        _ iq: IQ, _ payload: Element, from sender: JID, to nick: String
    ) throws(StanzaError) {
        guard let index = index(of: sender) else {
            let isDisco = payload.isIn(.discoInfo) || payload.isIn(.discoItems)
            throw StanzaError(isDisco ? .badRequest : .notAcceptable)
        }
        guard self.index(ofNick: nick) != nil else { throw StanzaError(.itemNotFound) }
        guard occupants[index].has(nick), iq.type == .get, payload.is("ping", in: .ping) else {
            throw StanzaError(.serviceUnavailable)
        }
        acknowledge(iq)
    }

    private func information(
        _ query: Element, for sender: JID
    ) throws(StanzaError) -> Element {
        switch query["node"] {
        case nil:
            return .discoInfo(name: configuration.name, features: features)
        case "x-roomuser-item":
            let nick = configuration.assignedNicks[sender.bare]
            var answer = Element("query", in: .discoInfo, attributes: ["node": query["node"]])
            if let nick { answer.append(.identity(type: "text", name: nick)) }
            return answer
        default: throw StanzaError(.itemNotFound)
        }
    }

    /// What the room can do and is. XEP-0045, section 15.3.
    private var features: [String] {
        [
            XMLNamespace.muc.rawValue, XMLNamespace.ping.rawValue,
            "http://jabber.org/protocol/muc#stable_id",
            "http://jabber.org/protocol/muc#self-ping-optimization",
            configuration.isMembersOnly ? "muc_membersonly" : "muc_open",
            configuration.isModerated ? "muc_moderated" : "muc_unmoderated",
            configuration.isNonAnonymous ? "muc_nonanonymous" : "muc_semianonymous",
            configuration.isPersistent ? "muc_persistent" : "muc_temporary",
            configuration.password != nil ? "muc_passwordprotected" : "muc_unsecured",
        ]
    }
}
