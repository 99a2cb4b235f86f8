internal import StanzaKit

/// What is said in the clear to get TLS, on a stream of its own: whatever anybody may have put there
/// reaches nobody. RFC 6120, section 5.
final class StartTLS {
    private let stream: StanzaStream
    private let domain: String
    private var isRequested = false
    /// Whether TLS may begin, or why not; `nil` while that is open.
    private(set) var outcome: Result<Void, ConnectionError>?

    init(domain: String, limits: ParserLimits, write: @escaping ([UInt8]) -> Void) {
        self.domain = domain
        stream = StanzaStream(limits: limits, write: write)
        stream.onStream { [weak self] event in
            if event == .closed, self?.outcome == nil { self?.fail(.closedByPeer, nil) }
        }
        stream.onElement { [weak self] in self?.receive($0) }
        stream.onPresence { [weak self] _ in self?.fail(.protocolViolated, "a stanza before TLS") }
        stream.onMessage { [weak self] _ in self?.fail(.protocolViolated, "a stanza before TLS") }
    }

    func open() {
        do throws(SerializationError) {
            try stream.open(StreamHeader(attributes: .init(to: domain)))
        } catch {
            fail(.invalidSettings, "\(error)")
        }
    }

    /// Takes what arrived, byte by byte, so that nothing behind `<proceed/>` is overlooked.
    func receive(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if case .failure = outcome { return }
            if outcome != nil { return fail(.plaintextInjected, nil) }
            do throws(StreamError) {
                try stream.receive(CollectionOfOne(byte))
            } catch {
                outcome = .failure(ConnectionError(.streamError, streamError: error))
            }
        }
    }

    func close() { stream.close() }

    private func receive(_ element: Element) {
        if outcome != nil { return }
        if element.is("features", in: .streams), !isRequested {
            guard element.first("starttls", in: .tls) != nil else {
                return fail(.tlsNotOffered, nil)
            }
            isRequested = true
            try? stream.send(Element("starttls", in: .tls))
        } else if element.is("proceed", in: .tls), isRequested {
            outcome = .success(())
        } else if element.is("failure", in: .tls) {
            fail(.tlsNotOffered, "the server refused")
        } else if !element.is("error", in: .streams) {
            fail(.protocolViolated, "<\(element.name)/> before TLS")
        }
    }

    private func fail(_ code: ConnectionError.Code, _ text: String?) {
        outcome = .failure(ConnectionError(code, text: text))
    }
}

extension [Element.Attribute] {
    /// What a client says in the header of its stream. RFC 6120, section 4.7.
    init(to domain: String, from address: BareJID? = nil) {
        self = [.init(.to, domain)]
        // Who logs in is nobody's business before TLS. RFC 6120, section 4.7.1.
        if let address { append(.init(.from, address.spelling)) }
        append(.init("version", "1.0"))
    }
}
