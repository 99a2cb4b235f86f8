/// A request that has no answer yet.
struct PendingRequest {
    let id: ExactText
    /// Who was asked; `nil` for the own account.
    let to: JID?
    let registration: Registration
    let reply: (Result<IQ, RequestError>) -> Void

    func settle(_ result: Result<IQ, RequestError>) {
        if !registration.isCancelled { reply(result) }
    }
}

extension StanzaStream {
    /// Sends a request and calls `reply` in line with the answer.
    ///
    /// The answer is matched by id and sender (RFC 6120, section 8.1.2.1): a request without
    /// addressee is answered by the own account only. `reply` runs before any stanza behind the
    /// answer is looked at, and exactly once, unless the registration is cancelled. There is no
    /// timeout; use ``request(_:timeout:)`` for one.
    ///
    /// - Parameters:
    ///   - iq: The request. Without an id it gets one.
    ///   - reply: Takes the result, or why there is none.
    @discardableResult
    public func request(
        _ iq: IQ, reply: @escaping (Result<IQ, RequestError>) -> Void
    ) -> Registration {
        let registration = Registration()
        var iq = iq
        let id = iq.id ?? makeID()
        iq.id = id
        // Resource binding is a request too, and comes before the session. RFC 6120, section 7.
        if !(isInSession || header != nil) || isClosedHere || failure != nil {
            reply(.failure(RequestError(.disconnected)))
            return registration
        }
        let request = PendingRequest(
            id: ExactText(id), to: iq.to, registration: registration, reply: reply)
        let isTaken = requests.contains { $0.id == request.id && $0.to == request.to }
        if isTaken || !iq.isRequest || isUnusable(iq) {
            reply(.failure(RequestError(.invalidRequest)))
            return registration
        }
        requests.append(request)
        registration.release = { [weak self, weak registration] in
            self?.requests.removeAll { $0.registration === registration }
        }
        do throws(SerializationError) {
            try send(iq)
        } catch {
            requests.removeLast()
            reply(.failure(RequestError(.invalidRequest)))
        }
        return registration
    }

    /// Sends a request and waits for the answer.
    ///
    /// What the answer changes is changed when it is received; this returns soon after.
    ///
    /// - Parameters:
    ///   - iq: The request. Without an id it gets one.
    ///   - timeout: How long to wait, by the stream's clock; for ever if `nil`.
    /// - Returns: The result.
    /// - Throws: Why there is none.
    public func request(_ iq: IQ, timeout: Duration? = nil) async throws(RequestError) -> IQ {
        try await request(iq, timeout: timeout) { _ in }
    }

    /// Sends a request and waits for the answer, which `note` is told in line: before any stanza
    /// behind it is looked at, and before this returns. It is not told that nobody waits any more.
    package func request(
        _ iq: IQ, timeout: Duration?, note: @escaping (Result<IQ, RequestError>) -> Void
    ) async throws(RequestError) -> IQ {
        if Task.isCancelled { throw RequestError(.cancelled) }
        let pending = PendingReply()
        let registration = request(iq) { reply in
            note(reply)
            pending.settle(reply)
        }
        let timer = timeout.map { Self.startTimer(on: clock, $0, pending) }
        let outcome = await pending.outcome()
        timer?.cancel()
        registration.cancel()
        return try outcome.get()
    }

    /// Lets a request time out, counting from now and not from when the task is first run.
    private static func startTimer<C: Clock<Duration>>(
        on clock: C, _ timeout: Duration, _ pending: PendingReply
    ) -> Task<Void, any Error> {
        let deadline = clock.now.advanced(by: timeout)
        return Task {
            try await clock.sleep(until: deadline, tolerance: nil)
            pending.settle(.failure(RequestError(.timedOut)))
        }
    }

    /// A malformed addressee would wait for ever: no sender equals it.
    private func isUnusable(_ iq: IQ) -> Bool {
        if case .malformed = iq.element.address(.to) { true } else { false }
    }
}

// MARK: Answering

/// What handles requests with one payload.
struct RequestHandler {
    let type: IQ.Kind
    let name: String
    let namespace: XMLNamespace
    let answer: (IQ) -> StanzaStream.Answer
}

extension StanzaStream {
    /// What a handler makes of a request.
    public enum Answer: Sendable, Hashable {
        /// It succeeded, with or without something to tell.
        case result(Element?)
        /// It failed.
        case error(StanzaError)
        /// It is answered later, with ``StanzaStream/answer(_:with:)``.
        case later
        /// Nothing is sent; so the sender learns nothing.
        case silence
        /// The request is none of the handler's business.
        case unhandled
    }

    /// Answers requests of one payload.
    ///
    /// Where several handlers take the same payload, they are asked in the order of registration
    /// until one does not say ``Answer/unhandled``. A request that nobody handles is answered with
    /// `service-unavailable` (RFC 6120, section 8.4).
    ///
    /// - Parameters:
    ///   - type: ``IQ/Kind/get`` or ``IQ/Kind/set``.
    ///   - name: The local name of the payload.
    ///   - namespace: The namespace of the payload.
    ///   - answer: Answers a request, in line.
    @discardableResult
    public func onRequest(
        _ type: IQ.Kind, _ name: String, in namespace: XMLNamespace,
        _ answer: @escaping (IQ) -> Answer
    ) -> Registration {
        requestHandlers.add(
            RequestHandler(type: type, name: name, namespace: namespace, answer: answer))
    }

    func handle(_ iq: IQ) {
        switch iq.type {
        case .result, .error: settle(iq)
        case .get, .set, nil: receiveRequest(iq)
        }
    }

    private func settle(_ iq: IQ) {
        let sender = iq.element.address(.from)
        let index = requests.firstIndex { request in
            iq.id?.isExactly(request.id.string) == true && isReply(from: sender, to: request)
        }
        guard let index else { return report(.unexpectedReply, in: iq.element) }
        let request = requests.remove(at: index)
        if let error = iq.error {
            request.settle(.failure(RequestError(.refused, stanzaError: error)))
        } else {
            request.settle(.success(iq))
        }
    }

    /// Whether the answer may come from `sender`. RFC 6120, section 8.1.2.1.
    private func isReply(from sender: AddressAttribute, to request: PendingRequest) -> Bool {
        let own = address.map { JID($0.bare) }
        switch sender {
        case .absent: return request.to == nil || request.to == own
        case .address(let from): return from == request.to ?? own
        case .malformed: return false
        }
    }

    private func receiveRequest(_ iq: IQ) {
        let children = Array(iq.element.children)
        if case .malformed = iq.element.address(.from) {
            return report(.unanswerableRequest, in: iq.element)
        }
        guard iq.id != nil else { return report(.unanswerableRequest, in: iq.element) }
        guard iq.isRequest, children.count == 1, let payload = children.first else {
            report(.malformedRequest, in: iq.element)
            return answer(iq, with: .error(StanzaError(.badRequest)))
        }
        var given = Answer.unhandled
        requestHandlers.forEach { handler in
            if given == .unhandled, handler.type == iq.type,
                payload.is(handler.name, in: handler.namespace)
            {
                given = handler.answer(iq)
            }
        }
        answer(iq, with: given)
    }

    /// Answers a request whose handler said ``Answer/later``.
    ///
    /// On a component's stream the answer comes from the address that was asked. A request is
    /// answered once, in the session that it came in; that is for the caller to see to.
    public func answer(_ iq: IQ, with answer: Answer) {
        let reply: IQ?
        switch answer {
        case .result(let payload): reply = iq.result(payload)
        case .error(let error): reply = iq.refusal(error)
        case .unhandled: reply = iq.refusal(StanzaError(.serviceUnavailable))
        case .later, .silence: reply = nil
        }
        guard var reply else { return }
        if role != .client { reply.element[.from] = iq.element[.to] }
        do throws(SerializationError) {
            try send(reply)
        } catch {
            report(.unserializableReply, in: reply.element)
        }
    }
}
