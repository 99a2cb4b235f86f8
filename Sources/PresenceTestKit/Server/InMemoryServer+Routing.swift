internal import PresenceKit
internal import RosterKit
internal import StanzaKit

extension InMemoryServer {
    /// Takes one child of a stream from a client or a component.
    func receive(_ element: Element, on connection: Connection) {
        if connection.stream.role == .component {
            return receiveFromComponent(
                element.movingContent(from: .component, to: .client), connection)
        }
        let isBound =
            accounts[connection.address.bare]?.sessions.contains { $0.connection === connection }
            == true
        if let iq = IQ(element), iq.payload?.is("bind", in: .bind) == true, iq.type == .set {
            return isBound
                ? answer(iq, with: StanzaError(.notAllowed), on: connection)
                : bind(iq, on: connection)
        }
        // RFC 6120, section 7.1.
        guard isBound else { return connection.fail(StreamError(.notAuthorized)) }
        guard element.isStanza else {
            return connection.fail(StreamError(.unsupportedStanzaType))
        }
        // RFC 6120, section 8.1.2.1.
        switch element.address(.from) {
        case .absent: break
        case .address(let from)
        where from == connection.address || from == JID(connection.address.bare):
            break
        default: return connection.fail(StreamError(.invalidFrom))
        }
        var stanza = element
        stanza[.from] = connection.address.spelling
        if case .malformed = element.address(.to) {
            return refuse(stanza, StanzaError(.jidMalformed))
        }
        if let presence = Presence(stanza) {
            receive(presence, from: connection.address)
        } else {
            send(stanza)
        }
    }

    private func receiveFromComponent(_ element: Element, _ connection: Connection) {
        if element.is("handshake", in: .client) { return acceptHandshake(on: connection) }
        guard components[connection.address.bare] === connection else {
            return connection.fail(StreamError(.notAuthorized))
        }
        guard case .address(let from) = element.address(.from),
            from.domain.isExactly(connection.address.domain)
        else { return connection.fail(StreamError(.invalidFrom)) }
        guard element.address(.to).jid != nil else {
            return refuse(element, StanzaError(.jidMalformed))
        }
        send(element)
    }

    /// Sends a stanza that has its sender; it arrives behind what was sent before.
    func send(_ stanza: Element) {
        routed.append(stanza)
    }

    /// Lets arrive what was sent inside the server, in order.
    func deliverRouted() {
        while let stanza = routed.popFirst() { route(stanza) }
    }

    private func route(_ stanza: Element) {
        let sender = stanza.address(.from).jid
        // Without an addressee it is for the sender's account. RFC 6120, section 10.3.
        guard let to = stanza.address(.to).jid ?? sender.map({ JID($0.bare) }) else { return }
        guard let domain = try? BareJID(wire: to.domain) else { return }
        if let component = components[domain] {
            component.send(stanza)
        } else if roomServices[domain] != nil {
            receive(stanza, atRoomService: domain)
        } else if accounts[to.bare] != nil {
            deliver(stanza, to: to)
        } else if domains.contains(domain) {
            to.bare == domain ? receiveAsDomain(stanza) : refuseForNobody(stanza, to: to)
        } else {
            refuse(stanza, StanzaError(.remoteServerNotFound))
        }
    }

    private func deliver(_ stanza: Element, to address: JID) {
        if let presence = Presence(stanza) {
            deliver(presence, to: address)
        } else if let iq = IQ(stanza) {
            deliver(iq, to: address)
        } else if let message = Message(stanza) {
            deliver(message, to: address)
        }
    }

    /// RFC 6121, section 8.5.1.
    private func refuseForNobody(_ stanza: Element, to address: JID) {
        if let presence = Presence(stanza) {
            if presence.type == .probe { answerUnsubscribed(presence, as: address.bare) }
        } else {
            refuse(stanza, StanzaError(.serviceUnavailable))
        }
    }

    private func receiveAsDomain(_ stanza: Element) {
        guard let iq = IQ(stanza) else { return }
        guard iq.isRequest, let payload = iq.payload else { return refuseMalformed(iq) }
        if payload.is("ping", in: .ping) {
            answer(iq, with: nil)
        } else {
            refuse(stanza, StanzaError(.serviceUnavailable))
        }
    }

    // MARK: Answers

    /// Answers a stanza with an error, in the name of its addressee.
    func refuse(_ stanza: Element, _ error: StanzaError) {
        guard var refusal = stanza.refusal(error) else { return }
        refusal[.to] = stanza[.from]
        refusal[.from] = stanza[.to]
        route(refusal)
    }

    /// Answers a request in the name of its addressee, at once: pushes come behind the roster.
    func answer(_ iq: IQ, with payload: Element?) {
        guard var result = iq.result(payload) else { return }
        result.element[.from] = iq.element[.to]
        route(result.element)
    }

    func answer(_ iq: IQ, with error: StanzaError, on connection: Connection) {
        if let refusal = iq.refusal(error) { connection.send(refusal.element) }
    }
}

extension XMLNamespace {
    /// Pings. XEP-0199.
    static let ping: XMLNamespace = "urn:xmpp:ping"
}
