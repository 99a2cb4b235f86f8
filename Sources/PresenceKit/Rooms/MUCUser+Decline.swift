public import StanzaKit

extension MUCUser {
    /// The answer that an invitation is not accepted, by way of the room. XEP-0045, section 7.8.2.
    public struct Decline: MUCUserPart {
        /// The element that it is a view of.
        public private(set) var element: Element

        static let name = "decline"

        init(viewing element: Element) {
            self.element = element
        }

        /// That an invitation is not accepted.
        ///
        /// - Parameters:
        ///   - to: Who invited; said to the room.
        ///   - from: Who does not accept; said by the room.
        ///   - reason: Why, for people.
        public init(to: JID? = nil, from: JID? = nil, reason: String? = nil) {
            self = .empty
            self.to = to
            self.from = from
            self.reason = reason
        }

        /// Who invited.
        public var to: JID? {
            get { element.address(.to).jid }
            set { element[.to] = newValue?.spelling }
        }

        /// Who does not accept.
        public var from: JID? {
            get { element.address(.from).jid }
            set { element[.from] = newValue?.spelling }
        }

        /// Why, for people; `nil` where nothing is said.
        public var reason: String? {
            get { element[textOf: "reason"] }
            set { element[textOf: "reason"] = newValue }
        }
    }
}
