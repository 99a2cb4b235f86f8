/// What the peer does with its stream, whether or not there is a session.
///
/// A stream that ends with an error tells no event: ``StanzaStream/receive(_:)`` throws it.
@nonexhaustive
public enum StreamEvent: Sendable, Hashable {
    /// The header of the peer's stream arrived. RFC 6120, section 4.2.
    case opened(StreamHeader)
    /// The peer ended its stream, and the own one was ended in answer where it was not before. A
    /// session that is under way ends next. RFC 6120, section 4.4.
    case closed
}

/// What becomes of the session on a stream.
@nonexhaustive
public enum SessionEvent: Sendable, Hashable {
    /// A new session: a resource is bound, nothing is known of what was before. RFC 6120, section
    /// 7.
    case began
    /// The session goes on over a new connection and nothing was lost. XEP-0198, section 5.
    case resumed
    /// The session is over. The error is what ended the stream, if one did.
    case ended(StreamError?)
}

/// Something that was received and could not be used as it was.
///
/// Nothing needs to be done about it; a log may want to know.
public struct Diagnostic: Sendable, Hashable {
    /// What was wrong.
    public var kind: Kind
    /// The stanza that it was in, where there is one.
    public var element: Element?

    /// What was wrong.
    @nonexhaustive
    public enum Kind: Sendable, Hashable {
        /// A stanza went beyond a limit and was dropped.
        case stanzaBeyondLimit(ParserLimits.Kind)
        /// An answer to no request of ours, or from somebody who was not asked; ignored.
        case unexpectedReply
        /// A request without an id or with a malformed sender, which cannot be answered; ignored.
        case unanswerableRequest
        /// A request that is not as the RFC demands; answered with `bad-request`.
        case malformedRequest
        /// An answer that holds what XML does not allow; not sent.
        case unserializableReply
        /// A value that the RFC does not have was read as if it were absent.
        case undefinedValue(String)
        /// There is more of something than is kept; the stanza was ignored.
        case tooMany
        /// An item of a roster has no address and was left out.
        case itemWithoutAddress
        /// A roster push that is not from the own account; ignored. RFC 6121, section 2.1.6.
        case foreignPush
        /// What a cache holds could not be had, or is damaged; everything is asked for anew.
        case cacheNotRead(String)
        /// A cache could not keep what it was given; it is tried again.
        case cacheNotWritten(String)
    }

    /// Something that could not be used as it was.
    public init(_ kind: Kind, in element: Element? = nil) {
        self.kind = kind
        self.element = element
    }
}
