extension StanzaStream {
    /// Sends a stanza. Once the stream is closed nothing is sent.
    ///
    /// - Throws: What XML does not allow; then nothing is sent.
    public func send(_ stanza: some Stanza) throws(SerializationError) {
        try send(stanza.element)
    }

    /// Sends a child of the stream element. Once the stream is closed nothing is sent.
    ///
    /// - Throws: What XML does not allow; then nothing is sent.
    public func send(_ element: Element) throws(SerializationError) {
        var bytes: [UInt8] = []
        let outgoing =
            role == .client
            ? element : element.movingContent(from: .client, to: role.contentNamespace)
        try serializer.append(outgoing, to: &bytes)
        if !isClosedHere { write(bytes) }
    }

    /// Sends the header of a stream. RFC 6120, section 4.7.
    ///
    /// - Throws: What XML does not allow; then nothing is sent.
    public func open(_ header: StreamHeader) throws(SerializationError) {
        var header = header
        header.contentNamespace = role.contentNamespace
        write(try serializer.bytes(of: header))
        isClosedHere = false
    }

    /// Sends the end tag of the stream, once. RFC 6120, section 4.4.
    public func close() {
        if isClosedHere { return }
        isClosedHere = true
        write(Array("</stream:stream>".utf8))
    }

    /// Makes a function that tells how long ago it was made, by the clock of the stream.
    package func makeStopwatch() -> () -> Duration { Self.makeStopwatch(clock) }

    private static func makeStopwatch<C: Clock<Duration>>(_ clock: C) -> () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// An id that no stanza of this stream has yet. RFC 6120, section 8.1.3.
    public func makeID() -> String { nextID() }

    static func unguessableIDs() -> () -> String {
        let prefix = String(UInt64.random(in: .min ... .max), radix: 36)
        var count = 0
        return {
            count += 1
            return "\(prefix)-\(count)"
        }
    }

    func sendError(_ error: StreamError) {
        var element = Element("error", in: .streams)
        element.append(
            Element(error.condition.rawValue, in: .streamErrors, text: error.conditionText))
        if let text = error.text {
            element.append(
                Element("text", in: .streamErrors, attributes: [.language: "en"], text: text))
        }
        try? send(element)
    }
}
