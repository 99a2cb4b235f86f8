extension JID.URI {
    /// Why a text is no link of this kind.
    public struct ParsingError: Error, Sendable, Hashable {
        /// The component that is wrong.
        public var component: Component
        /// What is wrong with it.
        public var reason: Reason

        /// A component that is wrong.
        public init(_ component: Component, _ reason: Reason) {
            self.component = component
            self.reason = reason
        }

        /// A component of a link. RFC 5122, section 2.2.
        public enum Component: Sendable, Hashable {
            /// The link as a whole.
            case link
            /// What stands behind `//`.
            case account
            /// The address that the link is about.
            case target
            /// What stands behind `?`.
            case query
            /// What stands behind `#`.
            case fragment
        }

        /// What is wrong with a component.
        @nonexhaustive
        public enum Reason: Sendable, Hashable {
            /// The text begins with another scheme than `xmpp:`, or none.
            case otherScheme
            /// The link has more than ``JID/URI/maximumLength`` octets.
            case tooLong
            /// White space or a control character that is not encoded.
            case invalidCharacter
            /// A `%` without two hexadecimal digits behind it.
            case malformedPercentEncoding
            /// What was percent-encoded is not UTF-8.
            case invalidUTF8
            /// What stands in the place of an address is none.
            case address(JIDError)
        }
    }
}

extension JID.URI.ParsingError: CustomStringConvertible {
    /// The component and the reason.
    public var description: String { "\(component): \(reason)" }
}
