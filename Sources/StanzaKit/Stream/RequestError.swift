/// Why a request has no result.
public struct RequestError: Error, Sendable {
    /// Why.
    public var code: Code
    /// What the peer answered, for ``Code/refused``.
    public var stanzaError: StanzaError?

    /// Why a request has no result.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// The peer answered with an error.
        case refused
        /// No answer came in time. What was asked for may have happened all the same.
        case timedOut
        /// The task was cancelled. What was asked for may have happened all the same.
        case cancelled
        /// The session ended in front of the answer, or none has begun.
        case disconnected
        /// The request holds what XML does not allow, or is none; nothing was sent.
        case invalidRequest
        /// The answer is none to what was asked for.
        case unusableAnswer
    }

    /// A request that has no result.
    public init(_ code: Code, stanzaError: StanzaError? = nil) {
        self.code = code
        self.stanzaError = stanzaError
    }
}

extension RequestError: Hashable, CustomStringConvertible {
    /// Whether both have the same code and the same answer.
    public static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.stanzaError == right.stanzaError
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(stanzaError)
    }

    /// The code and the answer.
    public var description: String {
        "\(code)\(stanzaError.map { ": \($0)" } ?? "")"
    }
}
