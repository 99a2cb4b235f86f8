internal import PresenceKit
internal import StanzaKit

extension XMLNamespace {
    /// Changes and lists of roles and affiliations. XEP-0045.
    static let mucAdmin: XMLNamespace = "http://jabber.org/protocol/muc#admin"
    /// The configuration and the end of rooms. XEP-0045.
    static let mucOwner: XMLNamespace = "http://jabber.org/protocol/muc#owner"
}

/// What is asked about an occupant or a user, or told: either its role, which goes by the nickname,
/// or its affiliation, which goes by the address. XEP-0045, sections 8.5 and 9.2.
struct AdminItem {
    let element: Element
    let change: Change
    let jid: JID?
    let nick: String?
    let reason: String?

    /// What an item is about.
    enum Change {
        case role(Role)
        case affiliation(Affiliation)
    }

    /// - Throws: `bad-request` for what is no item, or not about one thing; `jid-malformed` for an
    ///   address that is none.
    init(_ element: Element) throws(StanzaError) {
        guard element.is("item", in: .mucAdmin) else { throw StanzaError(.badRequest) }
        self.element = element
        switch (element["role"], element["affiliation"]) {
        case (let word?, nil):
            guard let role = Role(rawValue: word) else { throw StanzaError(.badRequest) }
            change = .role(role)
        case (nil, let word?):
            guard let affiliation = Affiliation(rawValue: word) else {
                throw StanzaError(.badRequest)
            }
            change = .affiliation(affiliation)
        default: throw StanzaError(.badRequest)
        }
        switch element.address(.jid) {
        case .absent: jid = nil
        case .address(let address): jid = address
        case .malformed: throw StanzaError(.jidMalformed)
        }
        nick = element["nick"]
        let text = element.first("reason", in: .mucAdmin)?.text ?? ""
        reason = text.isEmpty ? nil : text
    }

    /// An item of a list.
    static func listed(
        affiliation: Affiliation, jid: JID, role: Role? = nil, nick: String? = nil
    ) -> Element {
        Element(
            "item", in: .mucAdmin,
            attributes: [
                "affiliation": affiliation.rawValue, .jid: jid.spelling, "nick": nick,
                "role": role?.rawValue,
            ])
    }
}
