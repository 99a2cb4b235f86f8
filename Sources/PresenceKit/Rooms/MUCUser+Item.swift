public import StanzaKit

extension MUCUser {
    /// What a room tells about one occupant. XEP-0045, section 19.2.
    ///
    /// What is absent is `nil`, which is another thing than to have no affiliation or role. A word
    /// that the extension does not have reads as absent too; it stays in ``element``.
    public struct Item: MUCUserPart {
        /// The element that it is a view of.
        public private(set) var element: Element

        static let name = "item"

        init(viewing element: Element) {
            self.element = element
        }

        /// What is told about an occupant.
        ///
        /// - Parameters:
        ///   - affiliation: What it is to the room.
        ///   - role: What it may do now.
        ///   - jid: Its real address.
        ///   - nick: The nickname that it will have.
        ///   - reason: Why that is so, for people.
        public init(
            affiliation: Affiliation? = nil, role: Role? = nil, jid: JID? = nil,
            nick: String? = nil, reason: String? = nil
        ) {
            self = .empty
            self.affiliation = affiliation
            self.role = role
            self.jid = jid
            self.nick = nick
            self.reason = reason
        }

        /// What the occupant is to the room.
        public var affiliation: Affiliation? {
            get { element["affiliation"].flatMap { Affiliation(rawValue: $0) } }
            set { element["affiliation"] = newValue?.rawValue }
        }

        /// What the occupant may do in the room now.
        public var role: Role? {
            get { element["role"].flatMap { Role(rawValue: $0) } }
            set { element["role"] = newValue?.rawValue }
        }

        /// The real address of the occupant, where the room lets one see it.
        public var jid: JID? {
            get { element.address(.jid).jid }
            set { element[.jid] = newValue?.spelling }
        }

        /// The nickname that the occupant is going to have, with ``MUCStatusCode/nickChanged``.
        /// The one that it has is the resource of the sender.
        public var nick: String? {
            get { element.stated("nick") }
            set { element["nick"] = newValue }
        }

        /// Who did it: kicked or banned the occupant, or changed its role.
        public var actor: Actor? {
            get { element.part() }
            set { element.setPart(newValue) }
        }

        /// Why it was done, for people; `nil` where nothing is said.
        public var reason: String? {
            get { element[textOf: "reason"] }
            set { element[textOf: "reason"] = newValue }
        }

        /// That a conversation of two goes on in the room. XEP-0045, section 7.9.
        public var continuation: Continuation? {
            get { element.part() }
            set { element.setPart(newValue) }
        }
    }
}
