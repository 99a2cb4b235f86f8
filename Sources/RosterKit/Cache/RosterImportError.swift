/// Why a document is no roster.
///
/// Two errors are equal if their codes are.
public struct RosterImportError: Error, Sendable {
    /// What was found wrong first.
    public var code: Code
    /// Where that is: the byte, where the document is no JSON, else the way to the value, such as
    /// `items["juliet@capulet.example"].subscription`.
    public var location: String

    /// A document that is no roster.
    public init(_ code: Code, at location: String) {
        self.code = code
        self.location = location
    }

    /// What can be wrong with a document.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// Not JSON by RFC 8259, or not in UTF-8.
        case malformed
        /// More bytes than ``Roster/maximumJSONBytes``, or deeper than 64 levels.
        case tooLarge
        /// An object has a member twice, or two spellings of one address.
        case duplicate
        /// A value is of another JSON type than it should be.
        case unexpectedType
        /// A subscription or pending request that the RFC does not have.
        case undefinedValue
        /// An entry is filed under what is no address.
        case invalidAddress
        /// A text has a character that XML does not have, so it cannot have come from a server.
        case invalidCharacter
        /// The bytes of a cache are not those that were saved, or not those of a cache.
        case damaged
    }
}

extension RosterImportError: Hashable, CustomStringConvertible {
    /// Whether both have the same code.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// Hashes the code.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// The code and the place.
    public var description: String { "\(code) at \(location)" }
}
