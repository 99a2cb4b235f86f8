/// A push parser for one direction of an XMPP stream.
///
/// Bytes go in as they arrive, in chunks of any size; events come out, each stanza with its last
/// byte:
///
/// ```swift
/// var parser = StanzaParser()
/// parser.receive(bytes)
/// while let event = try parser.next() {
///     switch event {
///     case .opened(let header): print("stream", header.id ?? "")
///     case .element(let element): handle(element)
///     case .dropped(let limit): log("a stanza was beyond \(limit)")
///     case .closed: print("closed")
///     }
/// }
/// ```
///
/// White space between stanzas, the usual keepalive, is no event. What RFC 6120, section 11.1
/// forbids, any encoding but UTF-8, and XML that is not well-formed with its namespaces ends the
/// stream with a ``StreamError`` that names the condition to send, at the first byte that shows it.
/// A stanza beyond one of the ``ParserLimits`` is dropped and the stream goes on.
///
/// Memory is bounded by the limits, however long the stream and however many different names are on
/// it.
public struct StanzaParser: ~Copyable {
    /// What a stream consists of.
    public enum Event: Sendable, Hashable {
        /// The start tag of the stream.
        case opened(StreamHeader)
        /// A child of the stream element: a stanza, or features, errors and what else is
        /// negotiated.
        case element(Element)
        /// A stanza went beyond a limit. Told once, when that happens; the rest of the stanza is
        /// skipped.
        case dropped(ParserLimits.Kind)
        /// The end tag of the stream.
        case closed
    }

    /// The limits that hold.
    public let limits: ParserLimits

    private let isDocument: Bool
    private var input = GrowableBuffer<UInt8>(capacity: 4096)
    private var scanner: LexicalScanner
    private var session: SAXSession
    /// The end of what libxml2 was given or never needs to see.
    private var parsed = 0
    private var events: [Event] = []
    private var nextEvent = 0
    /// Where each event ends, those included that libxml2 is about to find.
    private var ends: [Int] = []
    /// The end of the event that was returned last.
    private var returned = 0
    private var failure: StreamError?
    /// Whether nothing more can be told until bytes arrive.
    private var isExhausted = true
    /// Whether the failure was told, so that nothing more needs to be kept.
    private var hasThrown = false

    /// As much as libxml2 is given at once, a tag that is longer excepted.
    private static let windowSize = 4096

    /// A parser for a stream that is about to be opened.
    ///
    /// - Parameter limits: What the peer may make the parser hold.
    public init(limits: ParserLimits = ParserLimits()) {
        self.init(limits: limits, isDocument: false)
    }

    init(limits: ParserLimits, isDocument: Bool) {
        self.limits = limits.clamped
        let limits = self.limits
        self.isDocument = isDocument
        scanner = LexicalScanner(limits: limits, isDocument: isDocument)
        session = SAXSession(baseDepth: scanner.baseDepth, tapeLimit: limits.tapeBytes)
    }

    /// Takes bytes that arrived; ``next()`` tells what they amount to.
    ///
    /// Take all events before more bytes are given: bytes that were not looked at are kept.
    public mutating func receive(_ bytes: some Sequence<UInt8>) {
        if hasThrown { return }
        isExhausted = false
        let isContiguous: Void? = bytes.withContiguousStorageIfAvailable { bytes in
            if let base = bytes.baseAddress { unsafe input.append(base, count: bytes.count) }
        }
        if isContiguous == nil {
            for byte in bytes { input.append(byte) }
        }
    }

    /// The next event; `nil` until more bytes arrive.
    ///
    /// - Throws: What ends the stream, after every event in front of it; again and again until
    ///   ``restart()``.
    public mutating func next() throws(StreamError) -> Event? {
        while true {
            if nextEvent < events.count {
                var event = Event.closed
                swap(&event, &events[nextEvent])
                returned = ends[nextEvent]
                nextEvent += 1
                return event
            }
            if let failure {
                hasThrown = true
                input.removeAll(retaining: Self.windowSize)
                throw failure
            }
            if isExhausted { return nil }
            forgetParsedBytes()
            parseWindow()
        }
    }

    /// Whether nothing of a further stanza has arrived.
    var isBetweenStanzas: Bool { scanner.state == .betweenStanzas }

    /// Starts over for a new stream on the same connection, as after authentication (RFC 6120,
    /// section 4.3.3).
    ///
    /// Bytes behind the event that was returned last belong to the new stream, so this is called
    /// before the next event is asked for. For a new connection make a new parser.
    public mutating func restart() {
        input.removeFirst(min(returned, input.count))
        scanner = LexicalScanner(limits: limits, isDocument: isDocument)
        session = SAXSession(baseDepth: scanner.baseDepth, tapeLimit: limits.tapeBytes)
        (parsed, returned, nextEvent) = (0, 0, 0)
        events.removeAll()
        ends.removeAll()
        failure = nil
        isExhausted = false
        hasThrown = false
    }
}

// MARK: Steps

extension StanzaParser {
    private mutating func forgetParsedBytes() {
        events.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        nextEvent = 0
        // Moving what is left costs as much as it is long: only where more goes than stays.
        if parsed == 0 || parsed < input.count - parsed { return }
        let count = parsed
        if count == input.count {
            input.removeAll(retaining: 4 * Self.windowSize)
        } else {
            input.removeFirst(count)
        }
        scanner.rebase(by: count)
        parsed = 0
        returned = 0
    }

    /// Scans some bytes and gives libxml2 the complete tags among them.
    private mutating func parseWindow() {
        unsafe ByteClass.table.withUnsafeBufferPointer { table in
            guard let classes = table.baseAddress else { return }
            let end = min(input.count, scanner.position + Self.windowSize)
            unsafe parse(ClassifiedBytes(input.base, upTo: end, classes: classes))
        }
    }

    private mutating func parse(_ window: ClassifiedBytes) {
        while true {
            switch unsafe scanner.scan(window) {
            case .exhausted:
                parseCompleteTags()
                if scanner.hasNothingToKeep {
                    parsed = scanner.position
                    scanner.complete = parsed
                }
                isExhausted = unsafe window.end == input.count
                return
            case .header:
                parsed = max(parsed, scanner.rootStart)
                unsafe session.setHeader(
                    UnsafeBufferPointer(rebasing: input.values[parsed..<scanner.complete]))
                ends.append(scanner.complete)
            case .stanza:
                ends.append(scanner.complete)
                if session.isWorn {
                    parseCompleteTags()
                    session.renew()
                }
            case .end: ends.append(scanner.complete)
            case .limit(let kind):
                parseCompleteTags()
                if failure != nil { return }
                if isDocument || scanner.isInTagOfStream {
                    failure = StreamError(.policyViolation, text: "beyond the limit \(kind)")
                    return
                }
                events.append(.dropped(kind))
                ends.append(scanner.position)
                if session.isInStanza { session.renew() }
            case .droppedStanza: parsed = scanner.complete
            case .failure:
                parseCompleteTags()
                if failure == nil { failure = scanner.failure }
                return
            }
        }
    }

    private mutating func parseCompleteTags() {
        // An XML declaration is never shown to libxml2, nor is white space in front of the root.
        parsed = max(parsed, min(scanner.rootStart, scanner.complete))
        let count = scanner.complete - parsed
        if count <= 0 || failure != nil { return }
        unsafe session.parse(input.base + parsed, count: count)
        parsed = scanner.complete
        session.takeEvents(into: &events)
        // After a failure there are fewer events than the scanner saw ends.
        ends.removeLast(max(ends.count - events.count, 0))
        failure = session.failure
    }
}

// MARK: Documents

extension Element {
    /// Parses a stand-alone document, with the same restrictions as a stream.
    ///
    /// - Parameters:
    ///   - document: The bytes, in UTF-8; an XML declaration may come first.
    ///   - limits: Limits, which here end the parsing.
    /// - Throws: Why the bytes are no such document.
    public init(
        parsing document: some Sequence<UInt8>, limits: ParserLimits = ParserLimits()
    ) throws(StreamError) {
        var parser = StanzaParser(limits: limits, isDocument: true)
        parser.receive(document)
        var element: Element?
        while let event = try parser.next() {
            if case .element(let root) = event { element = root }
        }
        guard let element else {
            throw StreamError(.notWellFormed, text: "the document ends too soon")
        }
        self = element
    }

    /// Parses one element as it stands on a stream: names without a prefix are in `namespace`, and
    /// the prefix `stream` is declared.
    ///
    /// ```swift
    /// let xml = "<presence from='romeo@example.net/orchard'/>"
    /// let presence = try Element(parsing: xml, in: .client)
    /// ```
    public init(
        parsing xml: String, in namespace: XMLNamespace, limits: ParserLimits = ParserLimits()
    ) throws(StreamError) {
        var parser = StanzaParser(limits: limits)
        let header = "<stream:stream xmlns:stream='\(XMLNamespace.streams)' xmlns='"
        parser.receive(header.utf8)
        var serializer = Serializer()
        guard let value = try? serializer.escaped(namespace.rawValue) else {
            throw StreamError(.notWellFormed, text: "not a namespace")
        }
        parser.receive(value)
        parser.receive("'>".utf8)
        parser.receive(xml.utf8)
        var elements: [Element] = []
        while let event = try parser.next() {
            switch event {
            case .element(let element): elements.append(element)
            case .dropped(let kind):
                throw StreamError(.policyViolation, text: "beyond the limit \(kind)")
            case .closed: throw StreamError(.notWellFormed, text: "an end tag too many")
            case .opened: break
            }
        }
        guard let element = elements.first, elements.count == 1, parser.isBetweenStanzas else {
            throw StreamError(.notWellFormed, text: "not one element")
        }
        self = element
    }
}
