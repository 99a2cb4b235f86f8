public import StanzaKit

extension MUCUser {
    /// That a room is no more. XEP-0045, section 10.9.
    public struct Destroy: MUCUserPart {
        /// The element that it is a view of.
        public private(set) var element: Element

        static let name = "destroy"

        init(viewing element: Element) {
            self.element = element
        }

        /// That a room is no more.
        ///
        /// - Parameters:
        ///   - alternative: The room to meet in from now on.
        ///   - reason: Why, for people.
        ///   - password: The password of that room.
        public init(alternative: JID? = nil, reason: String? = nil, password: String? = nil) {
            self = .empty
            self.alternative = alternative
            self.reason = reason
            self.password = password
        }

        /// The room to meet in from now on; on the wire `jid`.
        public var alternative: JID? {
            get { element.address(.jid).jid }
            set { element[.jid] = newValue?.spelling }
        }

        /// Why, for people; `nil` where nothing is said.
        public var reason: String? {
            get { element[textOf: "reason"] }
            set { element[textOf: "reason"] = newValue }
        }

        /// The password of the alternative.
        public var password: String? {
            get { element[textOf: "password"] }
            set { element[textOf: "password"] = newValue }
        }
    }
}
