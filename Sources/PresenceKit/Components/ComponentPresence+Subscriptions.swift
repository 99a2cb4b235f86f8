public import StanzaKit

// MARK: What is known

extension ComponentPresence {
    /// How a local address and a contact stand to each other; a stranger's record for one that nothing
    /// is known of.
    ///
    /// - Throws: What the store cannot tell.
    public func subscription(
        of contact: BareJID, at local: BareJID
    ) throws(ComponentError) -> SubscriptionRecord {
        try entry(for: contact, at: local)?.record ?? SubscriptionRecord()
    }

    /// Everybody who sees the presence of a local address, sorted.
    ///
    /// - Throws: What the store cannot tell.
    public func subscribers(of local: BareJID) throws(ComponentError) -> [BareJID] {
        try contacts(of: local, where: \.isSubscribedFrom)
    }

    /// Everybody whom a local address has anything to do with, in a state that is so, sorted.
    func contacts(
        of local: BareJID, where isMeant: (SubscriptionState) -> Bool
    ) throws(ComponentError) -> [BareJID] {
        var meant: [BareJID] = []
        for contact in try asking({ store throws(SubscriptionStoreError) in
            try store.contacts(of: local)
        }) where try isMeant(subscription(of: contact, at: local).state) {
            meant.append(contact)
        }
        return meant
    }

    func entry(
        for contact: BareJID, at local: BareJID
    ) throws(ComponentError) -> SubscriptionEntry? {
        try asking { store throws(SubscriptionStoreError) in
            try store.entry(for: contact, at: local)
        }
    }

    private func asking<Result>(
        _ body: (inout any SubscriptionStore) throws(SubscriptionStoreError) -> Result
    ) throws(ComponentError) -> Result {
        do throws(SubscriptionStoreError) {
            return try body(&store)
        } catch {
            throw ComponentError(.store(error))
        }
    }

    private func keep(
        _ record: SubscriptionRecord, request: Presence?, for contact: BareJID, at local: BareJID
    ) throws(ComponentError) {
        let entry = SubscriptionEntry(
            record.state, isApproved: record.isApproved, request: request)
        try asking { store throws(SubscriptionStoreError) in
            try store.set(entry, for: contact, at: local)
        }
    }
}

// MARK: Intents

extension ComponentPresence {
    /// Does what makes an intent of a local address come true, or finds that nothing is to be done.
    ///
    /// The component keeps approvals itself, so ``SubscriptionIntent/preApprove`` is always possible;
    /// the contact hears of it when it asks. Who may see the presence of the address from now on is
    /// sent it (RFC 6121, section 3.1.5), and who may not any more is sent that it is unavailable.
    ///
    /// - Parameters:
    ///   - intent: What is wanted.
    ///   - contact: Of whom.
    ///   - local: Which local address wants it.
    ///   - nickname: What to call it, in a request (XEP-0172, section 4.2).
    ///   - reason: What to say to it, in a request.
    /// - Returns: What was done.
    /// - Throws: Why not. Nothing is sent then, unless the store failed after the first of several
    ///   stanzas.
    @discardableResult
    public func perform(
        _ intent: SubscriptionIntent, for contact: BareJID, from local: BareJID,
        nickname: String? = nil, reason: String? = nil
    ) throws(ComponentError) -> SubscriptionPlan {
        try checkSession(of: local)
        if contact == local { throw ComponentError(.ownAddressee) }
        let plan = try subscription(of: contact, at: local)
            .plan(for: intent, announcesPreApproval: server.preApproval != .unsupported)
        guard case .send(let stanzas, let removesItem) = plan else { return plan }
        let request = Presence(
            type: .subscribe, to: JID(contact), status: reason, nickname: nickname)
        try check(request)
        try step { () throws(ComponentError) in
            for stanza in stanzas {
                let presence = stanza == .subscribe ? request : stanza.presence(to: contact)
                try send(stanza, presence, from: local, to: contact)
            }
            if removesItem { try remove(contact, from: local) }
        }
        return plan
    }

    /// Asks, for a local address, to see the presence of `contact`; see
    /// ``perform(_:for:from:nickname:reason:)``.
    @discardableResult
    public func subscribe(
        to contact: BareJID, from local: BareJID, nickname: String? = nil, reason: String? = nil
    ) throws(ComponentError) -> SubscriptionPlan {
        try perform(.request, for: contact, from: local, nickname: nickname, reason: reason)
    }

    /// Sends a subscription stanza as a server does for its user.
    func send(
        _ stanza: SubscriptionStanza, _ presence: Presence, from local: BareJID,
        to contact: BareJID
    ) throws(ComponentError) {
        if contact == local { throw ComponentError(.ownAddressee) }
        let entry = try entry(for: contact, at: local)
        let outcome = server.outcome(
            of: stanza, .outbound, in: entry?.record ?? SubscriptionRecord())
        try keep(outcome.after, request: entry?.request, for: contact, at: local)
        take(outcome, forwarding: presence, for: contact, at: local)
        tell(outcome, of: contact, at: local)
    }

    private func remove(_ contact: BareJID, from local: BareJID) throws(ComponentError) {
        guard let removal = try server.removal(of: subscription(of: contact, at: local)) else {
            return
        }
        try keep(removal.after, request: nil, for: contact, at: local)
        if let presence = removal.presence { sendPresence(presence, to: contact, from: local) }
        for stanza in removal.stanzas {
            transmit(stanza.presence(to: contact), from: JID(local))
        }
        noteStranger(contact, at: local)
        emit(.subscriptionChanged(removal.after, of: contact, at: local))
    }
}

// MARK: Stanzas

extension ComponentPresence {
    /// A subscription stanza of a contact. It is kept, then answered, then told.
    func receive(
        _ stanza: SubscriptionStanza, _ presence: Presence, from contact: BareJID,
        at local: BareJID
    ) {
        do throws(ComponentError) {
            let entry = try entry(for: contact, at: local)
            let outcome = server.outcome(
                of: stanza, .inbound, in: entry?.record ?? SubscriptionRecord())
            let isRequest = stanza == .subscribe && outcome.after.state.isPendingIn
            if isRequest && !hasRoom(for: contact, at: local) {
                stream.report(.tooMany, in: presence.element)
                return tell(stanza, presence, at: local)
            }
            try keep(
                outcome.after, request: entry?.request ?? presence.shortened, for: contact,
                at: local)
            if isRequest { keepRequest(presence.shortened, of: contact, at: local) }
            take(outcome, forwarding: nil, for: contact, at: local)
            tell(outcome, of: contact, at: local)
            tell(stanza, presence, at: local)
            if isRequest { settleRequest(of: contact, at: local) }
        } catch {
            report(error, at: local)
        }
    }

    private func tell(_ stanza: SubscriptionStanza, _ presence: Presence, at local: BareJID) {
        switch stanza {
        case .subscribe: emit(.subscribe(presence, at: local))
        case .subscribed: emit(.subscribed(presence, at: local))
        case .unsubscribe: emit(.unsubscribe(presence, at: local))
        case .unsubscribed: emit(.unsubscribed(presence, at: local))
        }
    }

    private func tell(_ outcome: SubscriptionOutcome, of contact: BareJID, at local: BareJID) {
        guard outcome.changesRecord else { return }
        let request =
            outcome.after.state.isPendingIn
            ? nil : state.removeRequest(of: contact, at: local)
        emit(.subscriptionChanged(outcome.after, of: contact, at: local))
        if let request, request.isAnnounced { emit(.requestClosed(request, at: local)) }
    }

    /// Sends what is owed for a stanza. There is nobody to push to: the store has the one copy.
    private func take(
        _ outcome: SubscriptionOutcome, forwarding presence: Presence?, for contact: BareJID,
        at local: BareJID
    ) {
        for step in outcome.steps {
            switch step {
            case .forward:
                if let presence { transmit(presence, to: JID(contact), from: JID(local)) }
            case .reply(let stanza): transmit(stanza.presence(to: contact), from: JID(local))
            case .sendPresence(let presence): sendPresence(presence, to: contact, from: local)
            case .push: break
            }
        }
        if outcome.before.state.isSubscribedTo != outcome.after.state.isSubscribedTo {
            noteStranger(contact, at: local)
        }
    }

    /// Tells a contact of every resource of a local address that is available.
    private func sendPresence(
        _ availability: SubscriptionOutcome.Availability, to contact: BareJID,
        from local: BareJID
    ) {
        for var presence in state[local].broadcasts {
            guard let sender = presence.from else { continue }
            if availability == .unavailable { presence = Presence(type: .unavailable) }
            presence.id = nil
            transmit(presence, to: JID(contact), from: sender)
        }
    }
}

extension Presence {
    /// The request as it is kept: whole, or without its contents where those are too long.
    fileprivate var shortened: Presence {
        let bytes = (try? element.serialized().count) ?? .max
        if bytes <= ComponentPresence.maximumRequestBytes { return self }
        return Presence(type: type ?? .subscribe, to: to, from: from)
    }
}
