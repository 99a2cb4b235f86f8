public import StanzaKit

extension MUCUser {
    /// An invitation that goes by way of the room. XEP-0045, section 7.8.2.
    ///
    /// To invite, send the room a message with ``to``. The room sends it on with ``from`` in its
    /// place, and with the password if there is one.
    public struct Invite: MUCUserPart {
        /// The element that it is a view of.
        public private(set) var element: Element

        static let name = "invite"

        init(viewing element: Element) {
            self.element = element
        }

        /// An invitation.
        ///
        /// - Parameters:
        ///   - to: Who is to be invited; said to the room.
        ///   - from: Who invites; said by the room.
        ///   - reason: Why, for people.
        ///   - continuation: That a conversation of two goes on in the room.
        public init(
            to: JID? = nil, from: JID? = nil, reason: String? = nil,
            continuation: Continuation? = nil
        ) {
            self = .empty
            self.to = to
            self.from = from
            self.reason = reason
            self.continuation = continuation
        }

        /// Who is to be invited.
        public var to: JID? {
            get { element.address(.to).jid }
            set { element[.to] = newValue?.spelling }
        }

        /// Who invites.
        public var from: JID? {
            get { element.address(.from).jid }
            set { element[.from] = newValue?.spelling }
        }

        /// Why, for people; `nil` where nothing is said.
        public var reason: String? {
            get { element[textOf: "reason"] }
            set { element[textOf: "reason"] = newValue }
        }

        /// That a conversation of two goes on in the room.
        public var continuation: Continuation? {
            get { element.part() }
            set { element.setPart(newValue) }
        }
    }
}
