public import StanzaKit

/// A stream without a network, for tests: say what arrives, read what was sent.
///
/// ```swift
/// let script = ScriptedStream(as: "romeo@montague.example/orchard")
/// let client = RosterClient(script.stream)
/// script.begin()
/// XCTAssertEqual(script.takeSent().count, 1)                       // the roster request
/// try script.receive("<iq type='result' id='id1'><query xmlns='jabber:iq:roster'/></iq>")
/// ```
///
/// The ids of requests are `id1`, `id2` and so on.
public final class ScriptedStream {
    /// The stream under test.
    public let stream: StanzaStream
    /// The own address.
    public let address: JID

    private let recorder = Recorder()

    /// What was written, as it was parsed back.
    private final class Recorder {
        var parser = StanzaParser()
        var sent: [Element] = []
        var failure: StreamError?

        func write(_ bytes: [UInt8]) {
            // A header begins a new stream.
            if bytes.starts(with: "<?xml".utf8) { parser = StanzaParser() }
            parser.receive(bytes)
            do throws(StreamError) {
                while let event = try parser.next() {
                    if case .element(let element) = event { sent.append(element) }
                }
            } catch {
                failure = error
            }
        }
    }

    /// A stream for the client `address`, not yet in a session.
    ///
    /// - Parameters:
    ///   - address: The own address.
    ///   - clock: What timeouts are measured with.
    public init(as address: JID, clock: any Clock<Duration> = ContinuousClock()) {
        self.address = address
        let recorder = recorder
        var count = 0
        stream = StanzaStream(
            clock: clock,
            makeID: {
                count += 1
                return "id\(count)"
            }, write: { recorder.write($0) })
        try? stream.open(StreamHeader())
        try? stream.receive(
            "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>".utf8)
    }

    /// Begins a session, with features as the server announced them.
    ///
    /// - Parameter features: Children of the features element, such as
    ///   `<ver xmlns='urn:xmpp:features:rosterver'/>`.
    public func begin(features: String = "") {
        try? stream.receive("<stream:features>\(features)</stream:features>".utf8)
        stream.begin(as: address)
    }

    /// Lets stanzas arrive, as literal XML of a client's stream.
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

    /// What was sent since the last time, stanza by stanza.
    ///
    /// - Precondition: What was written is a stream of XML.
    public func takeSent() -> [Element] {
        if let failure = recorder.failure {
            preconditionFailure("no stream was written: \(failure)")
        }
        defer { recorder.sent = [] }
        return recorder.sent
    }
}

@available(*, unavailable)
extension ScriptedStream: Sendable {}
