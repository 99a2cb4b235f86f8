extension JID {
    /// What the strict initialisers let through although RFC 7622 does not.
    ///
    /// An address that needs an allowance is not ``BareJID/isConforming``.
    public struct Allowance: OptionSet, Sendable, Hashable {
        /// The bits.
        public var rawValue: UInt8

        /// The allowances with these bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Code points that Unicode 15.0, which this library prepares by, has not assigned: emoji
        /// that are newer, say, in the name of an occupant of a room.
        public static let unassignedCodePoints = Self(rawValue: 1)
        /// Underscores in labels of the domain, which some services have in their names.
        public static let underscoresInDomain = Self(rawValue: 2)
    }
}
