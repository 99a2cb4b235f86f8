/// The ordered stream of stanzas of one session: bytes or stanzas in, handlers called in line,
/// bytes out.
///
/// It opens no connection. Whoever has one feeds what arrives and writes what the stream hands out:
///
/// ```swift
/// let stream = StanzaStream { bytes in connection.write(bytes) }
/// stream.onPresence { presence in print(presence.from ?? "somebody") }
/// stream.begin(as: "romeo@montague.example/orchard")
/// for try await bytes in connection.inbound { try stream.receive(bytes) }
/// ```
///
/// A stream lives on the actor that made it, or on none; the compiler keeps it there. Every handler
/// runs before `receive` returns, stanza after stanza. What is received from inside a handler waits
/// until the handler and the stanza at hand are done; so does what a connection receives in line,
/// from inside the closure that writes, while a client of this package sends.
///
/// The stanzas of component and server streams are shown in ``XMLNamespace/client`` too, and
/// written in their own content namespace (RFC 6120, section 4.8.3).
public final class StanzaStream {
    /// Whose stream it is: this decides the content namespace. RFC 6120, section 4.8.3; XEP-0114.
    public enum Role: Sendable, Hashable {
        /// A client with its server.
        case client
        /// An external component with its server.
        case component
        /// A server with another one.
        case server

        var contentNamespace: XMLNamespace {
            switch self {
            case .client: .client
            case .component: .component
            case .server: .server
            }
        }
    }

    /// Whose stream it is.
    public let role: Role
    /// The own address once a session began, with its resource on a client's stream.
    public private(set) var address: JID?
    /// Whether a session is under way.
    public private(set) var isInSession = false
    /// The header that the peer sent last.
    public private(set) var header: StreamHeader?
    /// The features that the peer announced last. RFC 6120, section 4.3.2.
    public private(set) var features: Element?

    let clock: any Clock<Duration>
    let write: ([UInt8]) -> Void
    private var parser: StanzaParser
    var serializer: Serializer
    private var changes: [SessionChange] = []
    private var waiting: ArraySlice<Element> = []
    /// Whether a handler may be further up, so that what it asks for has to wait.
    private var isRunning = false
    /// Whether an element is at hand.
    private var isHandling = false
    private var restartsParser = false
    /// What ended the stream, until it is restarted.
    private(set) var failure: StreamError?
    /// Whether the end tag was sent.
    var isClosedHere = false
    let nextID: () -> String

    var requests: [PendingRequest] = []
    var requestHandlers = HandlerList<RequestHandler>()
    private var presenceHandlers = HandlerList<(Presence) -> Void>()
    private var messageHandlers = HandlerList<(Message) -> Void>()
    private var elementHandlers = HandlerList<(Element) -> Void>()
    private var streamHandlers = HandlerList<(StreamEvent) -> Void>()
    private var sessionHandlers = HandlerList<(SessionEvent) -> Void>()
    private var diagnosticHandlers = HandlerList<(Diagnostic) -> Void>()

    /// A stream without a connection yet.
    ///
    /// - Parameters:
    ///   - role: Whose stream it is.
    ///   - limits: What the peer may make the stream hold.
    ///   - clock: What timeouts are measured with.
    ///   - makeID: Makes the ids of requests, each another; by default such that nobody can guess
    ///     them.
    ///   - write: Takes the bytes to send, in order. Called in line.
    public init(
        role: Role = .client, limits: ParserLimits = ParserLimits(),
        clock: any Clock<Duration> = ContinuousClock(), makeID: (() -> String)? = nil,
        write: @escaping ([UInt8]) -> Void
    ) {
        self.role = role
        self.clock = clock
        self.write = write
        nextID = makeID ?? Self.unguessableIDs()
        parser = StanzaParser(limits: limits)
        serializer = Serializer(contentNamespace: role.contentNamespace)
    }
}

@available(*, unavailable)
extension StanzaStream: Sendable {}

/// What the user of a stream tells of its session.
private enum SessionChange {
    case begin(JID)
    case resume
    case end(StreamError?)
}

// MARK: Handlers

extension StanzaStream {
    /// Calls `handler` for every presence stanza.
    ///
    /// This, like the handlers of messages and requests, is also called where there is no session;
    /// the clients of this package heed nothing then.
    @discardableResult
    public func onPresence(_ handler: @escaping (Presence) -> Void) -> Registration {
        presenceHandlers.add(handler)
    }

    /// Calls `handler` for every message stanza.
    @discardableResult
    public func onMessage(_ handler: @escaping (Message) -> Void) -> Registration {
        messageHandlers.add(handler)
    }

    /// Calls `handler` for every child of the stream that is no stanza, such as features and what
    /// else is negotiated.
    @discardableResult
    public func onElement(_ handler: @escaping (Element) -> Void) -> Registration {
        elementHandlers.add(handler)
    }

    /// Calls `handler` when the header of the peer's stream arrives, and when the peer ends it: what a
    /// connection waits for, outside sessions too.
    @discardableResult
    public func onStream(_ handler: @escaping (StreamEvent) -> Void) -> Registration {
        streamHandlers.add(handler)
    }

    /// Calls `handler` when a session begins, is resumed or ends.
    @discardableResult
    public func onSession(_ handler: @escaping (SessionEvent) -> Void) -> Registration {
        sessionHandlers.add(handler)
    }

    /// Calls `handler` for what was received and could not be used as it was.
    @discardableResult
    public func onDiagnostic(_ handler: @escaping (Diagnostic) -> Void) -> Registration {
        diagnosticHandlers.add(handler)
    }

    package func report(_ kind: Diagnostic.Kind, in element: Element? = nil) {
        let diagnostic = Diagnostic(kind, in: element)
        diagnosticHandlers.forEach { $0(diagnostic) }
    }
}

// MARK: Session

extension StanzaStream {
    /// Tells that a new session began: authenticated, and on a client's stream with a resource
    /// bound. A session that is under way ends first.
    ///
    /// Told from inside a handler, it comes to pass when the stanza at hand is done, as do
    /// ``end(_:)`` and ``resume()``.
    ///
    /// - Parameter address: The own address.
    public func begin(as address: JID) {
        changes.append(.begin(address))
        try? run()
    }

    /// Tells that the session goes on over a new connection and nothing was lost (XEP-0198, section
    /// 5). Where it has ended, nothing happens; a new one is to begin.
    ///
    /// Requests that have no answer yet keep waiting for it.
    ///
    /// - Returns: Whether there is a session to go on.
    @discardableResult
    public func resume() -> Bool {
        changes.append(.resume)
        try? run()
        return isInSession
    }

    /// Tells that the session is over, because its connection is: every request fails with
    /// ``RequestError/Code/disconnected``.
    public func end(_ error: StreamError? = nil) {
        changes.append(.end(error))
        try? run()
    }

    /// Gets ready for the header of a new stream: after authentication, after STARTTLS, or on a new
    /// connection.
    ///
    /// Called from the handler of a stanza or another element, it counts from the byte behind that
    /// (RFC 6120, section 4.3.3). Called elsewhere, whatever was received is forgotten.
    public func restart() {
        header = nil
        features = nil
        isClosedHere = false
        if isHandling && failure == nil {
            restartsParser = true
        } else {
            failure = nil
            parser = StanzaParser(limits: parser.limits)
        }
    }

    private func perform(_ change: SessionChange) {
        switch change {
        case .begin(let address):
            if isInSession { perform(.end(nil)) }
            self.address = address
            isInSession = true
            sessionHandlers.forEach { $0(.began) }
        case .resume:
            if isInSession { sessionHandlers.forEach { $0(.resumed) } }
        case .end(let error):
            let unanswered = requests
            let wasInSession = isInSession
            requests = []
            isInSession = false
            header = nil
            for request in unanswered { request.settle(.failure(RequestError(.disconnected))) }
            if wasInSession { sessionHandlers.forEach { $0(.ended(error)) } }
        }
    }
}

// MARK: Receiving

extension StanzaStream {
    /// Takes bytes that arrived, and calls handlers for everything that they complete.
    ///
    /// - Throws: What ends the stream. The peer was told, the session has ended, and the connection
    ///   is to be closed. Bytes that are received afterwards throw the same until ``restart()``.
    public func receive(_ bytes: some Sequence<UInt8>) throws(StreamError) {
        if let failure { throw failure }
        parser.receive(bytes)
        try run()
    }

    /// Takes one child of the stream element, as if its bytes had arrived behind those that have.
    ///
    /// - Throws: The error, if the element is a stream error; the session has then ended.
    public func receive(_ element: Element) throws(StreamError) {
        if let failure { throw failure }
        waiting.append(element)
        try run()
    }

    /// Takes one stanza, as if its bytes had arrived.
    public func receive(_ stanza: some Stanza) throws(StreamError) {
        try receive(stanza.element)
    }

    /// Does something that sends, while whatever is received waits: a connection may answer before
    /// `send` returns, and the answer is not to be looked at before what was sent is noted.
    package func withoutReceiving<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if isRunning { return try body() }
        isRunning = true
        defer {
            isRunning = false
            // What ends the stream is kept, and thrown by the next `receive`.
            try? run()
        }
        return try body()
    }

    /// Does what there is to do, unless it is being done further up: changes of the session first,
    /// then what arrived as bytes, then what arrived as elements.
    private func run() throws(StreamError) {
        if isRunning { return }
        isRunning = true
        defer { isRunning = false }
        do throws(StreamError) {
            while true {
                if !changes.isEmpty {
                    perform(changes.removeFirst())
                } else if let event = try parser.next() {
                    try handleOne { () throws(StreamError) in try handle(event) }
                } else if let element = waiting.popFirst() {
                    try handleOne { () throws(StreamError) in try handle(element) }
                } else {
                    return
                }
            }
        } catch {
            fail(error)
            // A handler of the end may have restarted the stream, and received on it.
            isRunning = false
            if failure == nil { try run() }
            throw error
        }
    }

    private func handleOne(_ handle: () throws(StreamError) -> Void) throws(StreamError) {
        isHandling = true
        defer {
            isHandling = false
            if restartsParser {
                restartsParser = false
                parser.restart()
            }
        }
        try handle()
    }

    /// Ends the session and forgets what was received, until ``restart()``.
    private func fail(_ error: StreamError) {
        failure = error
        parser = StanzaParser(limits: parser.limits)
        waiting = []
        if error.origin == .local { sendError(error) }
        // Whoever found the error, the stream ends both ways. RFC 6120, section 4.9.1.1.
        close()
        changes.append(.end(error))
        while !changes.isEmpty { perform(changes.removeFirst()) }
    }

    private func handle(_ event: StanzaParser.Event) throws(StreamError) {
        switch event {
        case .opened(let header):
            self.header = header
            // A stream without default namespace declares it on every stanza. RFC 6120, section
            // 4.8.2.
            let isKnown = [role.contentNamespace, .streams, .empty].contains(
                header.contentNamespace)
            if !isKnown { throw StreamError(.invalidNamespace, text: "another content namespace") }
            streamHandlers.forEach { $0(.opened(header)) }
        case .element(let element): try handle(element)
        case .dropped(let limit): report(.stanzaBeyondLimit(limit))
        case .closed:
            close()
            changes.append(.end(nil))
            streamHandlers.forEach { $0(.closed) }
        }
    }

    private func handle(_ received: Element) throws(StreamError) {
        let element =
            role == .client
            ? received : received.movingContent(from: role.contentNamespace, to: .client)
        if let presence = Presence(element) {
            presenceHandlers.forEach { $0(presence) }
        } else if let message = Message(element) {
            messageHandlers.forEach { $0(message) }
        } else if let iq = IQ(element) {
            handle(iq)
        } else {
            if element.is("features", in: .streams) { features = element }
            elementHandlers.forEach { $0(element) }
            if element.is("error", in: .streams) { throw StreamError(received: element) }
        }
    }
}
