public import StanzaKit

/// A connection to an XMPP server, which keeps itself alive.
///
/// ```swift
/// let connection = Connection(ConnectionSettings(account: "juliet@capulet.example", password: password))
/// let roster = RosterClient(connection.stream)
/// roster.onEvent { event in print(event) }
/// try await connection.run()     // until somebody calls close()
/// ```
///
/// It lives on the actor that made it, like the stream: every handler is called there, and nothing
/// is read from the network while one is at work. ``stream`` is the same for all sessions; each begins
/// and ends as its ``StanzaKit/StanzaStream/onSession(_:)`` says.
public final class Connection {
    /// The stream on which the sessions take place. What is sent outside of one is lost.
    public let stream: StanzaStream
    /// Where the connection goes, as it was made.
    public let settings: ConnectionSettings
    /// How far it is.
    public private(set) var state = ConnectionState.idle
    /// The TLS of the connection at hand; `nil` while it has none.
    public internal(set) var securityLayer: SecurityLayer?
    /// The mechanism by which the session at hand was authenticated; `nil` for components.
    public internal(set) var mechanism: Mechanism?
    /// Whether to leave what arrives with the system, and so with the server, for a while.
    ///
    /// Handlers need not care, as nothing is read while they run; who hands things on, to a task or
    /// a store that is slower than the server, sets this while there is too much of it.
    public var isReadingPaused = false {
        didSet {
            guard oldValue, !isReadingPaused else { return }
            // An answer to a ping may have been left with the system.
            link?.noteSignOfLife()
            readMore()
        }
    }

    /// Where the stream of the sessions goes.
    let outlet: Outlet
    /// Where the stream goes on which a client authenticates; `nil` while it does not.
    var entrance: Outlet?
    /// The connection at hand.
    var link: Link?
    var phase = Phase.connecting
    var isClosing = false
    /// Whether the peer ended the stream of the sessions.
    var isEndedByPeer = false
    var isThrottled = false
    /// Whether the server has proved once that it knows the password without being told, so that it
    /// need never be told.
    private(set) var serverHasProof = false
    private var isRunning = false
    private var stateHandlers: [(ConnectionState) -> Void] = []

    /// What is being done on the link.
    enum Phase {
        case connecting
        case startingTLS(StartTLS)
        case securing
        case negotiating(Negotiation)
        case online(since: ContinuousClock.Instant)
        case closing
    }

    /// A connection that goes nowhere until it is run.
    public init(_ settings: ConnectionSettings) {
        self.settings = settings
        let outlet = Outlet(maximumBytes: settings.maximumOutgoingBytes)
        self.outlet = outlet
        stream = StanzaStream(role: settings.role, limits: settings.limits) { outlet.write($0) }
        stream.onStream { [weak self] event in
            if case .negotiating(let negotiation) = self?.phase { negotiation.receive(event) }
            if event == .closed { self?.isEndedByPeer = true }
        }
        stream.onElement { [weak self] element in
            if case .negotiating(let negotiation) = self?.phase { negotiation.receive(element) }
        }
        stream.onSession { [weak self] event in
            guard event == .began, let self, let address = stream.address else { return }
            outlet.isHeldBack = false
            if case .negotiating(let negotiation) = phase { mechanism = negotiation.mechanism }
            if mechanism?.hashFunction != nil { serverHasProof = true }
            change(to: .online(address))
        }
    }

    /// Whether what is sent now cannot be read by others.
    public var isSecure: Bool { securityLayer != nil }

    /// Calls `handler` whenever ``state`` has changed, for as long as the connection lives.
    ///
    /// The handler must not hold the connection strongly.
    public func onStateChange(_ handler: @escaping (ConnectionState) -> Void) {
        stateHandlers.append(handler)
    }

    /// Connects, delivers what arrives, and connects again by ``ConnectionSettings/reconnection``,
    /// until ``close()``.
    ///
    /// All of that happens on the caller's actor, which must be the one that made the connection.
    /// One that failed may be run again; one that was closed returns at once. It must not be run
    /// twice at the same time.
    ///
    /// - Throws: Why there is no connection, and will be none by waiting longer. A task that is
    ///   cancelled ends with ``ConnectionError/Code/cancelled``, without waiting for the server.
    public func run() async throws(ConnectionError) {
        precondition(!isRunning, "the connection is running")
        isRunning = true
        defer { isRunning = false }
        var backOff = BackOff(settings.reconnection)
        var generator = SystemRandomNumberGenerator()
        while !isClosing {
            let (error, stay) = await makeAttempt()
            guard let error, !isClosing else { break }
            if let stay { backOff.sessionEnded(after: stay) }
            guard error.isTemporary, let delay = backOff.next(using: &generator) else {
                change(to: .closed)
                throw error
            }
            do throws(ConnectionError) {
                try await wait(delay, after: error)
            } catch {
                change(to: .closed)
                throw error
            }
        }
        change(to: .closed)
    }

    /// Ends the session and the connection in order, so that ``run()`` returns: sends what was written
    /// and the end tag, waits for that of the server, but no longer than
    /// ``ConnectionSettings/closingTimeout``. RFC 6120, section 4.4.
    public func close() {
        if isClosing { return }
        isClosing = true
        guard let link else { return }
        if case .startingTLS(let startTLS) = phase { startTLS.close() }
        endStream()
        phase = .closing
        link.set(.closing, after: settings.closingTimeout)
        link.teller.yield(.poked)
    }

    /// Sends the end tag of the stream on which something other than TLS was talked about.
    func endStream() {
        switch phase {
        case .negotiating(let negotiation):
            outlet.isHeldBack = false
            negotiation.close()
        case .online: stream.close()
        case .connecting, .startingTLS, .securing, .closing: break
        }
    }

    func change(to state: ConnectionState) {
        if state == self.state { return }
        self.state = state
        for handler in stateHandlers { handler(state) }
    }
}

@available(*, unavailable)
extension Connection: Sendable {}
