public import StanzaKit

extension PresenceClient {
    /// The requests to see our presence that wait for an answer, oldest first.
    public var requests: [SubscriptionRequest] { state.requests }

    /// How long a request has been waiting here. What it waited at the server its
    /// ``SubscriptionRequest/delay`` says.
    public func age(of request: SubscriptionRequest) -> Duration { elapsed() - request.received }

    /// Answers the request of `contact`; nothing happens where there is none.
    ///
    /// - Parameter nickname: What to call us where we ask back.
    /// - Throws: That no session is under way, or what XML does not allow in the nickname.
    public func answer(
        _ contact: BareJID, _ decision: SubscriptionDecision, nickname: String? = nil
    ) throws(PresenceError) {
        guard let contact = requests.first(where: { $0.jid == contact })?.jid else { return }
        // It can be that the server has a request no more, say because another resource removed the
        // contact. To answer it does no harm.
        if !subscription(of: contact).state.isPendingIn {
            change(contact) { $0.received(.subscribe) }
        }
        try perform(decision.intent, for: contact, nickname: nickname)
    }

    /// Answers all open requests, or some.
    ///
    /// - Parameter isMeant: Which of them.
    public func answerAll(
        _ decision: SubscriptionDecision,
        where isMeant: (SubscriptionRequest) -> Bool = { _ in true }
    ) {
        step {
            // Without a nickname there is nothing that could not be written.
            for request in requests where isMeant(request) { try? answer(request.jid, decision) }
        }
    }

    /// Answers requests, the open ones and all that come, as `decide` says when it is done thinking,
    /// one after the other, until the task is cancelled.
    ///
    /// ```swift
    /// Task {
    ///     await presence.answerRequests { request in
    ///         await directory.knows(request.jid) ? .acceptAndAskBack : .decline
    ///     }
    /// }
    /// ```
    ///
    /// It runs where it is called, so that no answer comes between a stanza and its handlers. While
    /// `decide` is asked, a request can be answered by somebody else or taken back; then its decision
    /// does not count.
    ///
    /// - Parameter decide: The answer to a request; `nil` leaves it open.
    public func answerRequests(
        deciding decide: (SubscriptionRequest) async -> SubscriptionDecision?
    ) async {
        for await update in updates() {
            for request in update.state.requests where request.isNew(in: update) {
                guard !Task.isCancelled, requests.contains(where: { $0.isSame(as: request) }) else {
                    continue
                }
                if let decision = await decide(request),
                    requests.contains(where: { $0.isSame(as: request) })
                {
                    try? answer(request.jid, decision)
                }
            }
        }
    }

    func applyPolicy() {
        for request in requests {
            if let decision = policy.decision(for: request.jid) {
                try? answer(request.jid, decision)
            }
        }
    }
}

extension SubscriptionRequest {
    /// Whether both are one request, however often it was repeated.
    fileprivate func isSame(as other: SubscriptionRequest) -> Bool {
        jid == other.jid && serial == other.serial
    }

    /// Whether an update told of it, or begins a sequence.
    fileprivate func isNew(in update: PresenceUpdate) -> Bool {
        update.events.isEmpty
            || update.events.contains { event in
                if case .requestOpened(let request) = event {
                    request.repeats == 0 && request.isSame(as: self)
                } else {
                    false
                }
            }
    }
}

// MARK: Keeping and closing

extension PresenceClient {
    /// Notes a request, or that it is repeated.
    ///
    /// - Returns: Whether there is room for it.
    func keepRequest(_ presence: Presence, of contact: BareJID) -> Bool {
        if let index = requests.firstIndex(where: { $0.jid == contact }) {
            state.requests[index].repeats += 1
            return true
        }
        // Nobody asks to see what it sees.
        if subscription(of: contact).state.isSubscribedFrom { return true }
        if requests.count >= Self.maximumRequests, policy.decision(for: contact) == nil {
            stream.report(.tooMany, in: presence.element)
            return false
        }
        requestCount += 1
        state.requests.append(
            SubscriptionRequest(
                jid: contact, presence: presence.limited, serial: requestCount,
                received: elapsed()))
        return true
    }

    /// Answers a request by the policy, or tells that it waits. A handler may have answered it.
    func settleRequest(of contact: BareJID) {
        guard requests.contains(where: { $0.jid == contact }) else { return }
        if let decision = policy.decision(for: contact) { try? answer(contact, decision) }
        // What was answered before it was asked is under way, and cannot be declined any more: the
        // request waits until that has arrived.
        guard let index = requests.firstIndex(where: { $0.jid == contact }) else { return }
        state.requests[index].isAnnounced = true
        emit(.requestOpened(state.requests[index]))
    }

    func closeRequest(of contact: BareJID) {
        if let request = takeRequest(of: contact) { emit(.requestClosed(request)) }
    }

    /// Removes a request.
    ///
    /// - Returns: The request, if it was told to wait: then that it waits no more is to be told.
    func takeRequest(of contact: BareJID) -> SubscriptionRequest? {
        guard let index = requests.firstIndex(where: { $0.jid == contact }) else { return nil }
        let request = state.requests.remove(at: index)
        return request.isAnnounced ? request : nil
    }
}
