internal import NIOCore
internal import StanzaKit

extension Connection {
    /// Connects once, and follows the connection to its end.
    ///
    /// - Returns: Why it ended, `nil` if by ``close()``, and how long its session lasted.
    func makeAttempt() async -> (ConnectionError?, Duration?) {
        change(to: .connecting)
        if isClosing { return (nil, nil) }
        let link = Link()
        self.link = link
        phase = .connecting
        isEndedByPeer = false
        isThrottled = false
        let error: ConnectionError?
        do throws(ConnectionError) {
            error = try await follow(link)
        } catch let failure {
            error = failure
        }
        var stay: Duration?
        if case .online(let start) = phase { stay = .now - start }
        endStream()
        phase = .closing
        outlet.link = nil
        entrance = nil
        securityLayer = nil
        mechanism = nil
        stream.end(error?.streamError)
        await link.close(within: settings.closingTimeout)
        self.link = nil
        return (error, stay)
    }

    /// Waits in front of the next attempt, or until the connection is closed.
    func wait(_ delay: Duration, after error: ConnectionError) async throws(ConnectionError) {
        change(to: .waiting(delay, after: error))
        if isClosing { return }
        let link = Link()
        self.link = link
        link.set(.retry, after: delay)
        for await _ in link.signals { break }
        await link.close(within: .zero)
        self.link = nil
        if Task.isCancelled { throw ConnectionError(.cancelled) }
    }

    /// Does what each signal asks for.
    ///
    /// - Returns: Why the connection ended, or `nil` if by ``close()``.
    private func follow(_ link: Link) async throws(ConnectionError) -> ConnectionError? {
        let preparation = try Preparation(settings)
        link.connect(
            to: preparation.host, port: preparation.port, timeout: settings.negotiationTimeout)
        for await signal in link.signals {
            switch signal {
            case .connected(let channel):
                link.attach(channel)
                link.set(.negotiation, after: settings.negotiationTimeout)
                change(to: .negotiating)
                if isClosing { return nil }
                try begin(link, preparation)
            case .secured(let layer):
                securityLayer = layer
                if isClosing { return nil }
                try negotiate(link, preparation)
            case .received(let buffer):
                link.didReceive()
                if try receive(buffer, link, preparation) { return nil }
            case .written(let count):
                link.didWrite(count)
                // What we do not read cannot show that the peer is alive.
                if isThrottled { link.noteSignOfLife() }
            case .salted(let password):
                if case .negotiating(let negotiation) = phase {
                    negotiation.continue(with: password)
                }
            case .due(let deadline):
                if link.isDue(deadline), try !pass(deadline, link) { return nil }
            case .poked:
                if isClosing, stream.header == nil { return nil }
            case .ended(let error):
                if isClosing { return nil }
                return error ?? ConnectionError(.closedByPeer)
            }
            readMore()
        }
        return isClosing ? nil : ConnectionError(.cancelled)
    }

    /// Asks for more, unless there is enough to do with what is there.
    func readMore() {
        guard let link, !isReadingPaused else { return }
        switch phase {
        // TLS reads by itself.
        case .connecting, .securing: return
        case .negotiating(let negotiation):
            guard case .elements = negotiation.next else { return }
        case .startingTLS, .online, .closing: break
        }
        let limit = settings.pauseReadingAt
        isThrottled = link.outgoingBytes > (isThrottled ? limit / 2 : limit)
        if !isThrottled { link.read() }
    }
}

// MARK: Steps

extension Connection {
    private func begin(
        _ link: Link, _ preparation: Preparation
    ) throws(ConnectionError) {
        switch settings.security {
        case .plaintextOnLoopback:
            guard link.isLoopback else { throw ConnectionError(.notLoopback) }
            try negotiate(link, preparation)
        case .directTLS: secure(link, preparation)
        case .startTLS:
            let startTLS = StartTLS(
                domain: settings.address.bare.domain, limits: settings.limits,
                write: { [weak link] in link?.write($0) })
            phase = .startingTLS(startTLS)
            startTLS.open()
        }
    }

    private func secure(_ link: Link, _ preparation: Preparation) {
        guard let (context, name) = preparation.tls else { return }
        phase = .securing
        link.secure(with: context, name: name)
    }

    private func negotiate(
        _ link: Link, _ preparation: Preparation
    ) throws(ConnectionError) {
        let negotiation: Negotiation
        if settings.role == .component {
            negotiation = Negotiation(settings, password: preparation.secret, on: stream)
            phase = .negotiating(negotiation)
            open(link) { negotiation.open() }
        } else {
            let entrance = Outlet(maximumBytes: settings.maximumOutgoingBytes)
            entrance.link = link
            var settings = settings
            if serverHasProof { settings.mechanisms.remove(.plain) }
            negotiation = Negotiation(
                settings, password: preparation.secret,
                on: StanzaStream(limits: settings.limits) { entrance.write($0) })
            phase = .negotiating(negotiation)
            self.entrance = entrance
            negotiation.open()
        }
        try look(at: negotiation, link)
    }

    /// Lets the stream of the sessions speak, but nobody else on it before there is a session.
    private func open(_ link: Link, _ body: () -> Void) {
        entrance = nil
        stream.restart()
        outlet.link = link
        body()
        outlet.isHeldBack = true
    }

    /// - Returns: Whether the connection was closed as it should be.
    private func receive(
        _ buffer: ByteBuffer, _ link: Link, _ preparation: Preparation
    ) throws(ConnectionError) -> Bool {
        switch phase {
        case .startingTLS(let startTLS):
            startTLS.receive(buffer.readableBytesView)
            switch startTLS.outcome {
            case nil: break
            case .failure(let error): throw error
            case .success: secure(link, preparation)
            }
            return false
        case .connecting, .securing:
            // The system hands out what is left when the peer goes, asked or not, and TLS may not be
            // there by then.
            let code: ConnectionError.Code =
                settings.security == .startTLS ? .plaintextInjected : .tlsFailed
            throw ConnectionError(code, text: "plaintext in front of TLS")
        case .closing where stream.header == nil: return true
        case .negotiating, .online, .closing: break
        }
        do throws(StreamError) {
            try deliver(buffer.readableBytesView, link)
        } catch {
            if isClosing { return true }
            if case .negotiating(let negotiation) = phase, negotiation.isAuthenticating,
                error.condition == .notAuthorized
            {
                throw ConnectionError(.authenticationFailed, streamError: error)
            }
            throw ConnectionError(.streamError, streamError: error)
        }
        if isClosing { return stream.header == nil }
        if case .negotiating(let negotiation) = phase { try look(at: negotiation, link) }
        if isEndedByPeer { throw ConnectionError(.closedByPeer) }
        return false
    }

    /// Hands what arrived to the stream that it is for.
    private func deliver(_ bytes: ByteBufferView, _ link: Link) throws(StreamError) {
        guard case .negotiating(let negotiation) = phase else { return try stream.receive(bytes) }
        var rest = bytes
        if entrance != nil {
            rest = try negotiation.receive(bytes)
            guard case .stream = negotiation.next else { return }
            open(link) { negotiation.open(on: stream) }
        }
        outlet.isHeldBack = false
        defer { if case .negotiating = phase { outlet.isHeldBack = !stream.isInSession } }
        try stream.receive(rest)
    }

    /// Does what the negotiation needs.
    private func look(at negotiation: Negotiation, _ link: Link) throws(ConnectionError) {
        switch negotiation.next {
        case .elements, .stream: break
        case .failure(let error): throw error
        case .saltedPassword(let hashFunction, let password, let challenge):
            let teller = link.teller
            link.task = Task {
                let salted = try await hashFunction.salted(
                    Array(password.utf8), salt: challenge.salt, iterations: challenge.iterations)
                teller.yield(.salted(salted))
            }
        case .session:
            phase = .online(since: .now)
            link.clear(.negotiation)
            watch(link)
        }
    }
}
