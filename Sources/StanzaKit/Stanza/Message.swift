/// A message stanza: its envelope. RFC 6120, section 8.2.1.
public struct Message: Stanza {
    /// The stanza as XML.
    public var element: Element

    /// The message in `element`; `nil` if that is another stanza.
    public init?(_ element: Element) {
        guard element.is("message", in: .client) else { return nil }
        self.element = element
    }

    /// A message to send.
    ///
    /// - Parameters:
    ///   - to: The addressee.
    ///   - type: `chat`, `groupchat`, `headline`, `normal` or `error`. RFC 6121, section 5.2.2.
    ///   - children: Its contents.
    public init(to: JID?, type: String? = nil, children: [Element] = []) {
        element = Element(
            "message", in: .client, attributes: [.to: to?.description, .type: type],
            children: children)
    }

    /// The error to send back.
    ///
    /// - Returns: `nil` if this is an error itself. RFC 6120, section 8.3.1.
    public func refusal(_ error: StanzaError) -> Message? { errorReply(error) }
}
