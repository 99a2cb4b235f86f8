internal import PresenceKit
internal import RosterKit
public import StanzaKit

extension InMemoryServer {
    /// Connects a client: when this returns, its session has begun.
    ///
    /// The account is made where it does not exist. Who has the resource already is disconnected with
    /// the stream error `conflict` (RFC 6120, section 7.7.2.2).
    ///
    /// - Parameter address: The account and the resource; without a resource the server makes one up.
    public func connect(as address: JID) -> Connection {
        let connection = makeConnection(as: address)
        connection.connect()
        return connection
    }

    /// Makes the connection of a client that is not connected yet, so that others can follow its
    /// stream from the beginning of the session; see ``Connection/connect()``.
    ///
    /// The account is made where it does not exist.
    ///
    /// - Parameters:
    ///   - address: The account and the resource; without a resource the server makes one up.
    ///   - limits: What the server may make the client's stream hold.
    public func makeConnection(
        as address: JID, limits: ParserLimits = ParserLimits()
    ) -> Connection {
        addAccount(address.bare)
        return Connection(self, as: address, role: .client, limits: limits)
    }

    /// Connects a component: all that is sent to its domain reaches it (XEP-0114). Another one that
    /// has the domain is disconnected with the stream error `conflict`.
    public func connectComponent(_ domain: BareJID) -> Connection {
        let connection = makeComponentConnection(domain)
        connection.connect()
        return connection
    }

    /// Makes the connection of a component that is not connected yet.
    ///
    /// - Parameters:
    ///   - domain: The domain that it serves.
    ///   - limits: What the server may make the component's stream hold.
    public func makeComponentConnection(
        _ domain: BareJID, limits: ParserLimits = ParserLimits()
    ) -> Connection {
        Connection(self, as: JID(domain), role: .component, limits: limits)
    }
}

extension InMemoryServer.Connection {
    /// Connects, or connects again after the connection was lost or closed; the session on the stream
    /// begins before this returns, whatever else is under way. In a handler of the stream itself it
    /// begins when that is done. Nothing happens where there is a connection.
    ///
    /// - Returns: Whether a session began.
    @discardableResult
    public func connect() -> Bool {
        guard !isOpen, let server else { return false }
        stream.end()
        stream.restart()
        open()
        server.connections.append(self)
        let header = StreamHeader(attributes: [
            .init(.to, address.domain), .init("version", "1.0"),
        ])
        try? stream.open(header)
        if stream.role == .component { try? stream.send(Element("handshake", in: .client)) }
        // In a handler everything is delivered further up; but this is not to wait for that.
        server.deliver { deliverAll() } ?? deliverAll()
        server.wake()
        return stream.isInSession
    }

    /// Takes what the server sends before the session: features to a client, which then binds its
    /// resource (RFC 6120, section 7), and the word that a component may begin (XEP-0114).
    func negotiate(_ element: Element) {
        if element.is("features", in: .streams) {
            bind()
        } else if element.is("handshake", in: .client) {
            stream.begin(as: address)
        }
    }

    private func bind() {
        var request = Element("bind", in: .bind)
        if let resource = address.resource {
            request.append(Element("resource", in: .bind, text: resource))
        }
        stream.request(IQ(.set, payload: request)) { [weak self] reply in
            guard let self, let payload = try? reply.get().payload,
                let text = payload.first("jid", in: .bind)?.text,
                let bound = try? JID(wire: text)
            else { return }
            address = bound
            stream.begin(as: bound)
        }
    }

    /// Loses the connection without a word: what was under way is lost, the session on the stream
    /// ends, and the server tells everybody that the resource is gone.
    public func disconnect() {
        server?.hangUp(self)
    }

    /// Closes the stream as RFC 6120, section 4.4, has it: what is under way arrives.
    public func close() {
        stream.close()
    }
}

extension InMemoryServer {
    /// There is no connection any more.
    func hangUp(_ connection: Connection) {
        guard connection.isOpen else { return }
        act {
            connection.cut()
            connections.removeAll { $0 === connection }
            sessionEnded(of: connection)
            endStream(of: connection)
        }
    }

    /// Ends the session on the stream of a connection that is gone, unless who heard of it before has
    /// connected again.
    func endStream(of connection: Connection) {
        whenDone {
            if !connection.isOpen { connection.stream.end() }
        }
    }

    /// Something arrived from a client or a component.
    func handle(_ event: StanzaParser.Event, on connection: Connection) {
        act {
            switch event {
            case .opened(let header): connection.answer(header, offering: features)
            case .element(let element): receive(element, on: connection)
            case .dropped: connection.fail(StreamError(.policyViolation))
            case .closed: connection.finish()
            }
        }
    }

    private var features: Element {
        var features = Element(
            "features", in: .streams, children: [Element("bind", in: .bind)])
        if behavior.versioning != .unsupported {
            features.append(Element("ver", in: .rosterVersioning))
        }
        if behavior.announcesPreApproval {
            features.append(Element("sub", in: .preApproval))
        }
        return features
    }

    /// Gives a connection its resource.
    func bind(_ iq: IQ, on connection: Connection) {
        let wanted = iq.payload?.first("resource", in: .bind)?.text ?? ""
        let bare = connection.address.bare
        guard
            let resource = try? JID(bare).appending(
                resource: wanted.isEmpty ? "r\(nextNumber())" : wanted)
        else { return answer(iq, with: StanzaError(.badRequest), on: connection) }
        if let index = accounts[bare]?.sessionIndex(of: resource),
            let other = accounts[bare]?.sessions[index].connection
        {
            other.fail(StreamError(.conflict))
        }
        connection.address = resource
        accounts[bare]?.sessions.append(ServerSession(address: resource, connection: connection))
        let payload = Element(
            "bind", in: .bind, children: [Element("jid", in: .bind, text: resource.spelling)])
        if let result = iq.result(payload) { connection.send(result.element) }
    }

    /// Gives a component its domain.
    func acceptHandshake(on connection: Connection) {
        let domain = connection.address.bare
        components[domain]?.fail(StreamError(.conflict))
        components[domain] = connection
        connection.send(Element("handshake", in: .client))
    }

    /// Nobody speaks on a connection any more: everybody who saw the resource learns that it is gone.
    /// RFC 6121, section 4.5.2.
    func sessionEnded(of connection: Connection) {
        components = components.filter { $0.value !== connection }
        let bare = connection.address.bare
        let index = accounts[bare]?.sessions.firstIndex { $0.connection === connection }
        if let index, let session = accounts[bare]?.sessions[index] {
            goOffline(session, saying: nil)
            accounts[bare]?.sessions.removeAll { $0.connection === connection }
        }
        deliverRouted()
    }
}
