public import StanzaKit

/// A stream without a network, for tests: say what arrives, read what was sent.
///
/// ```swift
/// let script = ScriptedStream(as: "romeo@montague.example/orchard")
/// let client = RosterClient(script.stream)
/// script.begin()
/// XCTAssertEqual(script.takeSent(IQ.self).map(\.type), [.get])     // the roster request
/// try script.answer("<query xmlns='jabber:iq:roster'><item jid='juliet@capulet.example'/></query>")
/// try script.receive("<presence from='juliet@capulet.example/balcony'/>")
/// ```
///
/// The ids of requests are `id1`, `id2` and so on. What a component sends and gets is shown in
/// ``StanzaKit/XMLNamespace/client`` here too.
public final class ScriptedStream {
    /// The stream under test.
    public let stream: StanzaStream
    /// The own address.
    public let address: JID

    private let recorder: Recorder

    /// A stream for the client `address`, not yet in a session.
    ///
    /// - Parameters:
    ///   - address: The own address.
    ///   - clock: What timeouts are measured with.
    public convenience init(as address: JID, clock: any Clock<Duration> = ContinuousClock()) {
        self.init(address, .client, clock)
    }

    /// A stream for the component that serves `domain` (XEP-0114), not yet in a session.
    ///
    /// - Parameters:
    ///   - domain: The own domain.
    ///   - clock: What timeouts are measured with.
    public convenience init(
        asComponent domain: BareJID, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(JID(domain), .component, clock)
    }

    private init(_ address: JID, _ role: StanzaStream.Role, _ clock: any Clock<Duration>) {
        self.address = address
        let content: XMLNamespace = role == .component ? .component : .client
        let recorder = Recorder(content)
        self.recorder = recorder
        var count = 0
        stream = StanzaStream(
            role: role, clock: clock,
            makeID: {
                count += 1
                return "id\(count)"
            }, write: { recorder.write($0) })
        try? stream.open(StreamHeader())
        try? stream.receive(
            "<stream:stream xmlns='\(content)' xmlns:stream='\(XMLNamespace.streams)'>".utf8)
    }
}

@available(*, unavailable)
extension ScriptedStream: Sendable {}

// MARK: The session

extension ScriptedStream {
    /// Begins a session, with features as the server announced them to a client; a component is
    /// announced none.
    ///
    /// - Parameter features: Children of the features element, such as
    ///   `<ver xmlns='urn:xmpp:features:rosterver'/>`.
    public func begin(features: String = "") {
        if stream.role == .client {
            try? stream.receive("<stream:features>\(features)</stream:features>".utf8)
        }
        recorder.requests = []
        stream.begin(as: address)
    }

    /// Ends the session, as when the connection is lost; ``begin(features:)`` begins another.
    public func end() {
        stream.end()
    }

    /// Goes on with the session over another connection. XEP-0198, section 5.
    public func resume() {
        stream.resume()
    }
}

// MARK: What arrives

extension ScriptedStream {
    /// Lets stanzas arrive, as literal XML of the stream.
    ///
    /// - Throws: What ends the stream.
    public func receive(_ xml: String) throws(StreamError) {
        try stream.receive(xml.utf8)
    }

    /// Lets a stanza arrive.
    ///
    /// - Throws: What ends the stream.
    public func receive(_ stanza: some Stanza) throws(StreamError) {
        try stream.receive(stanza)
    }

    /// Answers the latest request that was sent in this session and was not answered in this way yet.
    ///
    /// - Parameter payload: What was asked for, if anything was.
    /// - Returns: Whether there was such a request.
    /// - Throws: What ends the stream.
    @discardableResult
    public func answer(_ payload: Element? = nil) throws(StreamError) -> Bool {
        try answer { $0.result(payload) }
    }

    /// Answers the latest request with a payload that is literal XML; see ``answer(_:)-(Element?)``.
    ///
    /// - Throws: What ends the stream, or why the literal is no element.
    @discardableResult
    public func answer(_ payload: String) throws(StreamError) -> Bool {
        try answer(Element(parsing: payload, in: .client))
    }

    /// Refuses the latest request; see ``answer(_:)-(Element?)``.
    ///
    /// - Throws: What ends the stream.
    @discardableResult
    public func answer(with error: StanzaError) throws(StreamError) -> Bool {
        try answer { $0.refusal(error) }
    }

    private func answer(_ makeReply: (IQ) -> IQ?) throws(StreamError) -> Bool {
        guard let request = recorder.requests.popLast(), var reply = makeReply(request) else {
            return false
        }
        // Who was asked answers. RFC 6120, section 8.1.2.1.
        reply.element[.from] = request.element[.to]
        try receive(reply)
        return true
    }
}

// MARK: What was sent

extension ScriptedStream {
    /// What was sent since the last time, stanza by stanza.
    ///
    /// - Precondition: What was written is a stream of XML.
    public func takeSent() -> [Element] {
        takeSent { $0 }
    }

    /// The stanzas of one kind that were sent since the last time; the others are there still.
    ///
    /// ```swift
    /// script.takeSent(Presence.self).map(\.type)
    /// ```
    ///
    /// - Precondition: What was written is a stream of XML.
    public func takeSent<Kind: Stanza>(_ kind: Kind.Type) -> [Kind] {
        takeSent { Kind($0) }
    }

    private func takeSent<Result>(_ convert: (Element) -> Result?) -> [Result] {
        if let failure = recorder.failure {
            preconditionFailure("no stream was written: \(failure)")
        }
        var taken: [Result] = []
        recorder.sent.removeAll { element in
            guard let result = convert(element) else { return false }
            taken.append(result)
            return true
        }
        return taken
    }
}

/// What was written, as it was parsed back.
private final class Recorder {
    var sent: [Element] = []
    /// The requests that have no answer.
    var requests: [IQ] = []
    private(set) var failure: StreamError?
    private var parser = StanzaParser()
    private let content: XMLNamespace

    init(_ content: XMLNamespace) {
        self.content = content
    }

    func write(_ bytes: [UInt8]) {
        // A header begins a new stream.
        if bytes.starts(with: "<?xml".utf8) { parser = StanzaParser() }
        parser.receive(bytes)
        do throws(StreamError) {
            while let event = try parser.next() {
                if case .element(let element) = event { note(element) }
            }
        } catch {
            failure = error
        }
    }

    private func note(_ element: Element) {
        let shown = element.movingContent(from: content, to: .client)
        sent.append(shown)
        if let iq = IQ(shown), iq.isRequest { requests.append(iq) }
    }
}
