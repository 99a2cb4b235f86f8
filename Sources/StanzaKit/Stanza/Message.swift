/// A message stanza: its envelope. RFC 6120, section 8.2.1.
public struct Message: Stanza {
    /// The stanza as XML.
    ///
    /// - Precondition: What is set is a message too.
    public var element: Element {
        didSet { precondition(Self.isMember(element), "not a message: \(element.name)") }
    }

    /// What a message is. RFC 6121, section 5.2.2.
    public enum Kind: String, Sendable, Hashable {
        /// Part of a conversation of two.
        case chat
        /// Something about an earlier message went wrong.
        case error
        /// Sent to a room, or by one.
        case groupchat
        /// A notice that no answer is expected to.
        case headline
        /// A message on its own.
        case normal
    }

    /// What the message is: `normal` where nothing is said, or nothing that the RFC has.
    public var type: Kind { element[.type].flatMap(Kind.init) ?? .normal }

    /// The message in `element`; `nil` if that is another stanza.
    public init?(_ element: Element) {
        guard Self.isMember(element) else { return nil }
        self.element = element
    }

    /// A message to send.
    ///
    /// - Parameters:
    ///   - to: The addressee.
    ///   - type: What it is; `normal` where nothing is said.
    ///   - children: Its contents.
    public init(to: JID?, type: Kind? = nil, children: [Element] = []) {
        element = Element(
            "message", in: .client, attributes: [.to: to?.spelling, .type: type?.rawValue],
            children: children)
    }

    /// The error to send back.
    ///
    /// - Returns: `nil` if this is an error itself. RFC 6120, section 8.3.1.
    public func refusal(_ error: StanzaError) -> Message? { errorReply(error) }

    private static func isMember(_ element: Element) -> Bool {
        element.is("message", in: .client)
    }
}
