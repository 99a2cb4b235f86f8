/// Why a text is no address.
///
/// Two errors are equal if they name the same part and reason.
public struct JIDError: Error, Sendable {
    /// The part that is wrong.
    public var part: Part
    /// What is wrong with it.
    public var reason: Reason
    /// The character that is wrong, where it is one; as it is after the mappings, so that a
    /// full-width `＠` is reported as `@`.
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
        /// The part, or a label of the domain, is empty.
        case empty
        /// The part has more than 1,023 octets; or, as the ASCII form that DNS knows, the domain
        /// more than 253, or a label of it more than 63.
        case tooLong
        /// Bytes that are not UTF-8.
        case invalidEncoding
        /// A character that may not be there.
        case invalidCharacter
        /// A code point that Unicode 15.0 has not assigned.
        case unassigned
        /// A character that may be there in other places only, such as a zero-width joiner.
        /// RFC 5892, appendix A.
        case context
        /// Right-to-left and left-to-right characters that do not go together. RFC 5893, section 2.
        case direction
        /// A hyphen where a label of a domain may have none: at its ends, or as its third and fourth
        /// character.
        case misplacedHyphen
        /// A label of the domain that begins with a combining mark.
        case leadingMark
        /// A label that begins with `xn--` and does not stand for another one.
        case invalidALabel
        /// Brackets without an IPv6 address in them.
        case invalidIPLiteral
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
