/// A request or the answer to one. RFC 6120, section 8.2.3.
public struct IQ: Stanza {
    /// The stanza as XML.
    ///
    /// - Precondition: What is set is an IQ too.
    public var element: Element {
        didSet { precondition(Self.isMember(element), "not an IQ: \(element.name)") }
    }

    /// What an IQ is.
    public enum Kind: String, Sendable, Hashable {
        /// Asks for information.
        case get
        /// Provides data or asks for an action.
        case set
        /// Answers a request that succeeded.
        case result
        /// Answers a request that failed.
        case error
    }

    /// The IQ in `element`; `nil` if that is another stanza.
    public init?(_ element: Element) {
        guard Self.isMember(element) else { return nil }
        self.element = element
    }

    /// An IQ to send.
    ///
    /// - Parameters:
    ///   - type: What it is.
    ///   - to: The addressee; `nil` for the own account.
    ///   - id: The id; a request without one gets one when it is sent.
    ///   - payload: The one child, which every request has.
    public init(_ type: Kind, to: JID? = nil, id: String? = nil, payload: Element? = nil) {
        element = Element(
            "iq", in: .client,
            attributes: [.to: to?.spelling, .id: id, .type: type.rawValue],
            children: payload.map { [$0] } ?? [])
    }

    /// What the IQ is; `nil` for a type that the RFC does not have.
    public var type: Kind? { element[.type].flatMap(Kind.init) }

    /// The first child that is no error.
    public var payload: Element? {
        element.children.first { !$0.is("error", in: .client) }
    }

    /// The answer to this request.
    ///
    /// - Parameter payload: What was asked for, if anything was.
    /// - Returns: `nil` if this is no request.
    public func result(_ payload: Element? = nil) -> IQ? {
        guard isRequest else { return nil }
        var reply = IQ(.result, id: id, payload: payload)
        reply.element[.to] = element[.from]
        return reply
    }

    /// The refusal of this request.
    ///
    /// - Returns: `nil` if this is an answer itself: answers are never answered. RFC 6120, section
    ///   8.2.3.
    public func refusal(_ error: StanzaError) -> IQ? {
        type == .result ? nil : errorReply(error)
    }

    /// Whether the IQ is of type `get` or `set`.
    public var isRequest: Bool { type == .get || type == .set }

    private static func isMember(_ element: Element) -> Bool {
        element.is("iq", in: .client)
    }
}
