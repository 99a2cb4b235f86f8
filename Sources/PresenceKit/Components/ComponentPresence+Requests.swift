internal import HashTreeCollections
public import StanzaKit

// MARK: Policies

extension ComponentPresence {
    /// How requests to a local address are answered: by its own policy, or by that for all.
    public func policy(for local: BareJID) -> SubscriptionPolicy { policies[local] ?? policy }

    /// Gives a local address a policy of its own, and answers its open requests by it.
    ///
    /// - Parameter policy: Its policy; `nil` for that of all.
    public func setPolicy(_ policy: SubscriptionPolicy?, for local: BareJID) {
        policies[local] = policy
        applyPolicy(at: [local])
    }

    /// Answers what is open at some local addresses; outside of a session it waits for one.
    func applyPolicy(at locals: [BareJID]) {
        guard stream.isInSession else { return }
        step {
            for local in locals {
                for request in state.requests(at: local) {
                    guard let decision = policy(for: local).decision(for: request.jid) else {
                        continue
                    }
                    reportingFailure(at: local) { () throws(ComponentError) in
                        try answer(request.jid, decision, at: local)
                    }
                }
            }
        }
    }
}

// MARK: Answers

extension ComponentPresence {
    /// The requests to see the presence of a local address that wait for an answer, oldest first. They
    /// survive the session, and in a store that does the program.
    public func requests(at local: BareJID) -> [SubscriptionRequest] { state.requests(at: local) }

    /// How long a request has been waiting here, in this program.
    public func age(of request: SubscriptionRequest) -> Duration { elapsed() - request.received }

    /// Answers the request of `contact`; nothing happens where there is none.
    ///
    /// - Parameter nickname: What to call the local address where it asks back.
    /// - Throws: Why not; see ``perform(_:for:from:nickname:reason:)``.
    public func answer(
        _ contact: BareJID, _ decision: SubscriptionDecision, at local: BareJID,
        nickname: String? = nil
    ) throws(ComponentError) {
        // The request has the address as the contact's server spells it.
        guard let contact = requests(at: local).first(where: { $0.jid == contact })?.jid else {
            return
        }
        try perform(decision.intent, for: contact, from: local, nickname: nickname)
    }

    /// Answers all open requests to a local address, or some.
    ///
    /// - Parameter isMeant: Which of them.
    /// - Throws: Why not; those before are answered then.
    public func answerAll(
        _ decision: SubscriptionDecision, at local: BareJID,
        where isMeant: (SubscriptionRequest) -> Bool = { _ in true }
    ) throws(ComponentError) {
        try step { () throws(ComponentError) in
            for request in requests(at: local) where isMeant(request) {
                try answer(request.jid, decision, at: local)
            }
        }
    }
}

extension ComponentPresence {
    /// Answers requests to all local addresses, the open ones and all that come, as `decide` says when
    /// it is done thinking, one after the other, until the task is cancelled.
    ///
    /// ```swift
    /// Task {
    ///     await component.answerRequests { request, local in
    ///         await directory.has(request.jid, mayWrite: local) ? .accept : .decline
    ///     }
    /// }
    /// ```
    ///
    /// It runs where it is called. While `decide` is asked, a request can be answered by somebody else
    /// or taken back; then its decision does not count. A decision that the store cannot keep is told
    /// as ``ComponentEvent/storeFailed(_:at:)``, and the request stays open.
    ///
    /// - Parameter decide: The answer to a request to a local address; `nil` leaves it open.
    public func answerRequests(
        deciding decide: (SubscriptionRequest, BareJID) async -> SubscriptionDecision?
    ) async {
        for await update in updates() {
            for (request, local) in update.newRequests {
                guard !Task.isCancelled, isOpen(request, at: local) else { continue }
                guard let decision = await decide(request, local), isOpen(request, at: local) else {
                    continue
                }
                reportingFailure(at: local) { () throws(ComponentError) in
                    try answer(request.jid, decision, at: local)
                }
            }
        }
    }

    /// Whether that request waits, and not another one of the same contact.
    private func isOpen(_ request: SubscriptionRequest, at local: BareJID) -> Bool {
        requests(at: local).contains { $0.jid == request.jid && $0.received == request.received }
    }
}

extension ComponentUpdate {
    /// The requests that it tells, or all where it begins a sequence.
    fileprivate var newRequests: [(SubscriptionRequest, BareJID)] {
        if events.isEmpty {
            return state.addressesWithRequests.flatMap { local in
                state.requests(at: local).map { ($0, local) }
            }
        }
        return events.compactMap { event in
            if case .requestOpened(let request, at: let local) = event, request.repeats == 0 {
                (request, local)
            } else {
                nil
            }
        }
    }
}

// MARK: Keeping and closing

extension ComponentPresence {
    /// Whether one more request can be kept. One that is answered at once always can.
    func hasRoom(for contact: BareJID, at local: BareJID) -> Bool {
        if policy(for: local).decision(for: contact) != nil { return true }
        let requests = requests(at: local)
        return requests.contains { $0.jid == contact }
            || requests.count < Self.maximumRequestsPerAddress
                && state.requestCount < Self.maximumRequests
    }

    func keepRequest(_ presence: Presence, of contact: BareJID, at local: BareJID) {
        requestCount += 1
        state.keep(
            SubscriptionRequest(
                jid: contact, presence: presence, serial: requestCount, received: elapsed()),
            at: local)
    }

    /// Answers a request by the policy, or tells that it waits. A handler may have answered it.
    func settleRequest(of contact: BareJID, at local: BareJID) {
        guard requests(at: local).contains(where: { $0.jid == contact }) else { return }
        if let decision = policy(for: local).decision(for: contact) {
            reportingFailure(at: local) { () throws(ComponentError) in
                try answer(contact, decision, at: local)
            }
        } else if let request = state.announce(contact, at: local) {
            emit(.requestOpened(request, at: local))
        }
    }

    /// Takes up the requests that were open when the program stopped.
    func loadRequests() throws(SubscriptionStoreError) {
        for local in try store.addressesWithRequests() {
            for contact in try store.contacts(of: local) {
                guard let entry = try store.entry(for: contact, at: local),
                    entry.state.isPendingIn
                else { continue }
                let presence =
                    entry.request
                    ?? Presence(type: .subscribe, to: JID(local), from: JID(contact))
                keepRequest(presence, of: contact, at: local)
                _ = state.announce(contact, at: local)
            }
        }
    }
}
