public import StanzaKit

extension MUCUser {
    /// Who did something to an occupant. XEP-0045, section 19.2.
    public struct Actor: MUCUserPart {
        /// The element that it is a view of.
        public private(set) var element: Element

        static let name = "actor"

        init(viewing element: Element) {
            self.element = element
        }

        /// Somebody with a nickname in the room, with a real address, or with both.
        public init(nick: String? = nil, jid: JID? = nil) {
            self = .empty
            self.nick = nick
            self.jid = jid
        }

        /// The nickname in the room.
        public var nick: String? {
            get { element.stated("nick") }
            set { element["nick"] = newValue }
        }

        /// The real address.
        public var jid: JID? {
            get { element.address(.jid).jid }
            set { element[.jid] = newValue?.spelling }
        }
    }
}
