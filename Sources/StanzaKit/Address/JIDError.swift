/// Why a text is no address.
public struct JIDError: Error, Sendable {
    /// The part that is wrong.
    public var part: Part
    /// What is wrong with it.
    public var reason: Reason
    /// The character that is wrong, where it is one.
    public var scalar: Unicode.Scalar?

    /// A part that is wrong.
    public init(part: Part, reason: Reason, scalar: Unicode.Scalar? = nil) {
        self.part = part
        self.reason = reason
        self.scalar = scalar
    }

    /// A part of an address. RFC 7622, section 3.1.
    public enum Part: Sendable, Hashable {
        /// What stands in front of `@`.
        case local
        /// The domain.
        case domain
        /// What stands behind `/`.
        case resource
    }

    /// What is wrong with a part.
    @nonexhaustive
    public enum Reason: Sendable, Hashable {
        /// The part is empty.
        case empty
        /// The part has more than 1,023 octets, or a label of the domain more than 63.
        case tooLong
        /// A character that may not be there.
        case invalidCharacter
        /// A hyphen where a label of a domain may have none.
        case misplacedHyphen
        /// Characters beyond ASCII, an A-label (`xn--`) or an IP literal, which this version does
        /// not prepare yet.
        case unsupported
    }
}

extension JIDError: Hashable, CustomStringConvertible {
    /// Whether both name the same part and reason.
    public static func == (left: Self, right: Self) -> Bool {
        left.part == right.part && left.reason == right.reason
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(part)
        hasher.combine(reason)
    }

    /// The part, the reason and the character.
    public var description: String {
        let character = scalar.map { " (U+\(String($0.value, radix: 16, uppercase: true)))" } ?? ""
        return "\(part): \(reason)\(character)"
    }
}
