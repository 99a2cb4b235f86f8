internal import StanzaKit

/// How a session comes about on a connection that is secured already: authentication, a new stream,
/// and a bound resource; or the handshake of a component.
///
/// A client authenticates on a stream of its own, so that what comes from a server that has not
/// proved anything yet reaches nobody. It is told each element, answers on the stream, and says in
/// ``next`` what it needs.
final class Negotiation {
    /// What comes next.
    enum Next {
        /// Elements of the server.
        case elements
        /// A password with the server's salt, then ``continue(with:)``.
        case saltedPassword(HashFunction, password: String, SCRAM.Challenge)
        /// The stream of the sessions, ready for a new connection, then ``open(on:)``.
        case stream
        /// Nothing; the session has begun.
        case session
        /// Nothing; there will be no session.
        case failure(ConnectionError)
    }

    /// What the server is to say next.
    private enum Step {
        case mechanisms
        case challenge(SCRAM)
        case salt(SCRAM, SCRAM.Challenge)
        case signature(SCRAM, SCRAM.Proof)
        case success
        case resources
        case handshake
        case nothing
    }

    private let settings: ConnectionSettings
    private var stream: StanzaStream
    private let password: String
    private var step = Step.mechanisms
    /// What comes next.
    private(set) var next = Next.elements
    /// The mechanism in use.
    private(set) var mechanism: Mechanism?

    /// - Parameters:
    ///   - password: The password, prepared, or the secret of a component.
    ///   - stream: Where a client authenticates, and nobody else listens. A component has only one
    ///     stream, that of its sessions.
    init(_ settings: ConnectionSettings, password: String, on stream: StanzaStream) {
        self.settings = settings
        self.password = password
        self.stream = stream
        if settings.role == .component { return }
        stream.onStream { [weak self] in self?.receive($0) }
        stream.onElement { [weak self] in self?.receive($0) }
        stream.onPresence { [weak self] _ in self?.refuseStanza() }
        stream.onMessage { [weak self] _ in self?.refuseStanza() }
    }

    private func refuseStanza() {
        if case .elements = next { fail(.protocolViolated, "a stanza before authentication") }
    }

    /// Whether the server decides about the credentials now.
    var isAuthenticating: Bool {
        switch step {
        case .challenge, .salt, .signature, .success, .handshake: true
        case .mechanisms, .resources, .nothing: false
        }
    }

    /// Takes bytes up to the one that ends the authentication.
    ///
    /// - Returns: What is left; it belongs to the stream of the sessions.
    func receive<Bytes: Collection<UInt8>>(
        _ bytes: Bytes
    ) throws(StreamError) -> Bytes.SubSequence {
        var rest = bytes[...]
        while isAtEntrance, let byte = rest.popFirst() {
            try stream.receive(CollectionOfOne(byte))
        }
        return rest
    }

    /// Whether a client is not let in yet, nor turned away.
    private var isAtEntrance: Bool {
        switch next {
        case .elements, .saltedPassword: true
        case .stream, .session, .failure: false
        }
    }

    /// Sends the end tag of the stream at hand.
    func close() { stream.close() }

    /// Goes on with the stream of the sessions. RFC 6120, section 6.4.6.
    func open(on stream: StanzaStream) {
        self.stream = stream
        next = .elements
        open()
    }

    /// Opens the stream.
    func open() {
        let address = settings.address.bare
        let attributes: [Element.Attribute] =
            switch settings.role {
            case .component: [.init(.to, address.spelling)]
            default:
                .init(
                    to: address.domain,
                    from: settings.security == .plaintextOnLoopback ? nil : address)
            }
        do throws(SerializationError) {
            try stream.open(StreamHeader(attributes: attributes))
        } catch {
            fail(.invalidSettings, "\(error)")
        }
    }

    /// Takes the beginning or the end of the server's stream.
    func receive(_ event: StreamEvent) {
        switch (event, next) {
        case (.opened(let header), .elements): receive(header)
        case (.closed, .elements), (.closed, .saltedPassword): fail(ConnectionError(.closedByPeer))
        default: break
        }
    }

    private func receive(_ header: StreamHeader) {
        guard case .mechanisms = step else { return }
        if settings.role == .component {
            guard let id = header.id else { return fail(.protocolViolated, "a stream without id") }
            step = .handshake
            let digest = HashFunction.sha1.hash(Array((id + password).utf8))
            let hexadecimal = digest.map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            send(Element("handshake", in: .client, text: hexadecimal.joined()))
        } else if header.version?.utf8.starts(with: "1.".utf8) != true {
            fail(.protocolViolated, "the server is older than RFC 3920")
        }
    }

    /// Takes a child of the stream that is no stanza.
    func receive(_ element: Element) {
        if element.is("error", in: .streams) { return }
        switch next {
        case .elements: break
        case .saltedPassword, .stream:
            return fail(.protocolViolated, "<\(element.name)/> out of turn")
        case .session, .failure: return
        }
        switch step {
        case .mechanisms where element.is("features", in: .streams): authenticate(element)
        case .challenge(let scram) where element.is("challenge", in: .sasl):
            answer(element, scram)
        case .signature(let scram, let proof) where element.is("challenge", in: .sasl):
            if verify(element, scram, proof) {
                step = .success
                send(Element("response", in: .sasl))
            }
        case .signature(let scram, let proof) where element.is("success", in: .sasl):
            if verify(element, scram, proof) { restart() }
        case .success where element.is("success", in: .sasl): restart()
        case .resources where element.is("features", in: .streams): bind(element)
        case .handshake where element.is("handshake", in: .client):
            begin(as: settings.address)
        case _ where isAuthenticating && element.is("failure", in: .sasl): refuse(element)
        case _ where isAuthenticating && element.is("success", in: .sasl):
            // SCRAM that ends before the server proved anything.
            fail(.serverNotVerified, "the server skipped its proof")
        default: fail(.protocolViolated, "<\(element.name)/> out of turn")
        }
    }

    private func send(_ element: Element) {
        do throws(SerializationError) {
            try stream.send(element)
        } catch {
            fail(.invalidSettings, "\(error)")
        }
    }

    private func fail(_ code: ConnectionError.Code, _ text: String) {
        fail(ConnectionError(code, text: text))
    }

    private func fail(_ error: ConnectionError) {
        // The first reason stands: what follows from it is no other.
        if case .failure = next { return }
        step = .nothing
        next = .failure(error)
    }
}

// MARK: Authentication

extension Negotiation {
    /// Begins with the strongest mechanism that both sides know. RFC 6120, section 6.4.1.
    private func authenticate(_ features: Element) {
        let offered = features.first("mechanisms", in: .sasl)?.all("mechanism", in: .sasl) ?? []
        let names = Set(offered.map(\.text))
        let mechanism = Mechanism.allCases.first {
            settings.mechanisms.contains($0) && names.contains($0.rawValue)
        }
        guard let mechanism else {
            return fail(.noCommonMechanism, names.sorted().joined(separator: ", "))
        }
        self.mechanism = mechanism
        let username = settings.address.local ?? ""
        let first: String
        if let hashFunction = mechanism.hashFunction {
            let scram = SCRAM(hashFunction, username: username)
            step = .challenge(scram)
            first = scram.first
        } else {
            step = .success
            first = "\0\(username)\0\(password)"
        }
        send(
            Element(
                "auth", in: .sasl, attributes: ["mechanism": mechanism.rawValue],
                text: Base64.encoded(Array(first.utf8))))
    }

    private func answer(_ element: Element, _ scram: SCRAM) {
        do throws(SCRAM.Violation) {
            let challenge = try scram.challenge(
                try message(in: element), maximumIterations: settings.maximumIterations)
            step = .salt(scram, challenge)
            next = .saltedPassword(scram.hashFunction, password: password, challenge)
        } catch {
            fail(.serverNotVerified, error.text)
        }
    }

    /// Goes on with what ``Next/saltedPassword(_:password:_:)`` asked for.
    func `continue`(with saltedPassword: [UInt8]) {
        guard case .saltedPassword = next, case .salt(let scram, let challenge) = step else {
            return
        }
        let proof = scram.proof(for: challenge, saltedPassword: saltedPassword)
        next = .elements
        step = .signature(scram, proof)
        send(Element("response", in: .sasl, text: Base64.encoded(Array(proof.message.utf8))))
    }

    private func verify(_ element: Element, _ scram: SCRAM, _ proof: SCRAM.Proof) -> Bool {
        do throws(SCRAM.Violation) {
            try scram.verify(try message(in: element), against: proof)
            return true
        } catch {
            fail(.serverNotVerified, error.text)
            return false
        }
    }

    private func message(in element: Element) throws(SCRAM.Violation) -> String {
        guard let bytes = Base64.decoded(element.text),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw SCRAM.Violation("a message that is not text in base64") }
        return text
    }

    /// The stream begins anew behind `<success/>`. RFC 6120, section 6.4.6.
    private func restart() {
        step = .resources
        next = .stream
    }

    private func refuse(_ failure: Element) {
        let condition = failure.children.first { $0.isIn(.sasl) && !$0.is("text", in: .sasl) }
        fail(
            ConnectionError(
                .authenticationFailed, text: failure.first("text", in: .sasl)?.text,
                saslCondition: condition?.name))
    }
}

// MARK: Binding

extension Negotiation {
    /// Asks for the resource that is wished for, or for any. RFC 6120, section 7.
    private func bind(_ features: Element) {
        guard features.first("bind", in: .bind) != nil else {
            return fail(.bindingFailed, "the server offers no resource")
        }
        var payload = Element("bind", in: .bind)
        if let resource = settings.address.resource {
            payload.append(Element("resource", in: .bind, text: resource))
        }
        step = .nothing
        stream.request(IQ(.set, payload: payload)) { [weak self] result in
            switch result {
            case .success(let answer):
                let text = answer.payload?.first("jid", in: .bind)?.text
                guard let address = text.flatMap({ try? JID(wire: $0) }), address.resource != nil
                else {
                    self?.fail(.bindingFailed, "the server named no address")
                    return
                }
                self?.begin(as: address)
            case .failure(let error):
                self?.fail(ConnectionError(.bindingFailed, stanzaError: error.stanzaError))
            }
        }
    }

    /// The address is the server's to choose; it may have another resource than what was asked for.
    private func begin(as address: JID) {
        step = .nothing
        next = .session
        stream.begin(as: address)
    }
}
