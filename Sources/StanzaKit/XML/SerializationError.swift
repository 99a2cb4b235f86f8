/// Why an element cannot be written: it holds what XML does not allow, so no peer could read it.
public struct SerializationError: Error, Sendable {
    /// What is wrong.
    public var code: Code
    /// The name or the character that is wrong, for people.
    public var detail: String

    /// What is wrong with an element.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// A character that XML 1.0, section 2.2 does not have, such as U+0000.
        case invalidCharacter
        /// A local name that is no `NCName`. Namespaces in XML 1.0, section 3.
        case invalidName
        /// A namespace that nothing may be in. Namespaces in XML 1.0, section 3.
        case invalidNamespace
    }
}

extension SerializationError: Hashable, CustomStringConvertible {
    /// Whether both have the same code.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// Hashes the code.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// The code and the detail.
    public var description: String { "\(code): \(detail)" }
}
