internal import StanzaKit

extension Connection {
    /// Begins to see whether the peer is alive, and to let it see that we are.
    func watch(_ link: Link) {
        link.noteSignOfLife()
        if let interval = settings.keepaliveInterval { link.set(.keepalive, after: interval) }
        if let interval = settings.pingInterval { link.set(.silence, after: interval) }
    }

    /// Does what is due.
    ///
    /// - Returns: Whether to go on; not if the peer had its time to end the stream.
    func pass(_ deadline: Deadline, _ link: Link) throws(ConnectionError) -> Bool {
        switch deadline {
        case .negotiation: throw ConnectionError(.negotiationTimedOut)
        case .closing: return false
        case .retry: break
        case .keepalive: keepAlive(link)
        case .silence: askForSign(link)
        case .pong:
            // As long as we do not read, silence says nothing.
            if link.isPingUnanswered && !isReadingPaused { throw ConnectionError(.peerSilent) }
            if let interval = settings.pingInterval { link.set(.silence, after: interval) }
        }
        return true
    }

    /// Sends a blank if nothing else was sent for a while. RFC 6120, section 4.6.1.
    private func keepAlive(_ link: Link) {
        guard let interval = settings.keepaliveInterval, case .online = phase else { return }
        if link.timeSinceWrite >= interval { outlet.write([0x20]) }
        link.set(.keepalive, after: interval - link.timeSinceWrite)
    }

    /// Pings the server if nothing came for a while; whatever comes then is a sign of life.
    private func askForSign(_ link: Link) {
        guard let interval = settings.pingInterval, case .online = phase else { return }
        guard link.timeSinceSign >= interval else {
            return link.set(.silence, after: interval - link.timeSinceSign)
        }
        // What a component sends to itself comes back.
        let isComponent = settings.role == .component
        let server = isComponent ? settings.address : try? JID(wire: settings.address.domain)
        var ping = IQ(.get, to: server, payload: Element("ping", in: "urn:xmpp:ping"))
        if isComponent { ping.element[.from] = settings.address.spelling }
        stream.request(ping) { _ in }
        link.notePing()
        link.set(.pong, after: settings.pingTimeout)
    }
}
