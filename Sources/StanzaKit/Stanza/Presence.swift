/// A presence stanza; PresenceKit says what it means. RFC 6120, section 8.2.2.
public struct Presence: Stanza {
    /// The stanza as XML.
    ///
    /// - Precondition: What is set is a presence too.
    public var element: Element {
        didSet { precondition(Self.isMember(element), "not a presence: \(element.name)") }
    }

    /// The presence in `element`; `nil` if that is another stanza.
    public init?(_ element: Element) {
        guard Self.isMember(element) else { return nil }
        self.element = element
    }

    /// An empty presence to send, which says that one is available.
    ///
    /// - Parameter to: The addressee; `nil` for all who are subscribed.
    public init(to: JID? = nil) {
        element = Element("presence", in: .client, attributes: [.to: to?.spelling])
    }

    /// The error to send back.
    ///
    /// - Returns: `nil` if this is an error itself. RFC 6120, section 8.3.1.
    public func refusal(_ error: StanzaError) -> Presence? { errorReply(error) }

    private static func isMember(_ element: Element) -> Bool {
        element.is("presence", in: .client)
    }
}
