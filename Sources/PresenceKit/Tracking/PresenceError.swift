public import StanzaKit

/// Why presence was not sent. Nothing was sent or noted.
public struct PresenceError: Error, Sendable, Hashable {
    /// Why.
    public var code: Code

    /// Why presence was not sent.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// No session is under way, and what is meant for somebody cannot wait for one.
        case disconnected
        /// A text holds what XML does not allow.
        case invalidText(SerializationError)
    }

    /// An error of that code.
    public init(_ code: Code) {
        self.code = code
    }
}

extension PresenceError: CustomStringConvertible {
    /// The code, and what is wrong with a text.
    public var description: String { "\(code)" }
}
