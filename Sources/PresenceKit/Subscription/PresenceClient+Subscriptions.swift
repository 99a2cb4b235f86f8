internal import HashTreeCollections
public import StanzaKit

extension XMLNamespace {
    /// The feature by which a server announces that it keeps approvals. RFC 6121, section 3.4.
    public static let preApproval: XMLNamespace = "urn:xmpp:features:pre-approval"
}

// MARK: Intents

extension PresenceClient {
    /// Sends what makes an intent come true, or finds that nothing is to be sent.
    ///
    /// ```swift
    /// switch try presence.perform(.approve, for: "romeo@montague.example") {
    /// case .send: print("Romeo may see your presence")
    /// case .alreadySo: print("he does already")
    /// case .impossible(let reason): print("he cannot: \(reason)")
    /// }
    /// ```
    ///
    /// Removing an item from the roster is RosterKit's: of ``SubscriptionIntent/remove`` only the
    /// stanzas are sent here. Who may see our presence from now on is sent it, as the server does too
    /// (RFC 6121, section 3.1.5). Stanzas are addressed as the server spells the contact, if it is
    /// known to it.
    ///
    /// - Parameters:
    ///   - intent: What is wanted.
    ///   - contact: Of whom.
    ///   - nickname: What to call us, in a request (XEP-0172, section 4.2).
    ///   - reason: What to say to it, in a request.
    /// - Returns: What was sent.
    /// - Throws: That no session is under way, or what XML does not allow.
    @discardableResult
    public func perform(
        _ intent: SubscriptionIntent, for contact: BareJID, nickname: String? = nil,
        reason: String? = nil
    ) throws(PresenceError) -> SubscriptionPlan {
        let plan = mirror(of: contact).plan(for: intent)
        guard case .send(let stanzas, _) = plan else { return plan }
        let contact = spelled(contact)
        let presences = stanzas.map { stanza in
            var presence = stanza.presence(to: contact)
            if stanza == .subscribe {
                presence.setStatus(reason)
                presence.nickname = nickname
            }
            return presence
        }
        for presence in presences { try check(presence) }
        try step { () throws(PresenceError) in
            for presence in presences {
                try send(presence)
                if presence.type == .subscribed
                    && subscription(of: contact).state.isSubscribedFrom
                {
                    sendAgain(to: JID(contact))
                }
            }
        }
        return plan
    }

    /// Asks to see the presence of `contact`; see ``perform(_:for:nickname:reason:)``.
    ///
    /// The contact may answer in a minute, in a year, or never. RFC 6121, section 3.1.
    @discardableResult
    public func subscribe(
        to contact: BareJID, nickname: String? = nil, reason: String? = nil
    ) throws(PresenceError) -> SubscriptionPlan {
        try perform(.request, for: contact, nickname: nickname, reason: reason)
    }

    /// What is known of the subscriptions between us and `contact`.
    public func subscription(of contact: BareJID) -> SubscriptionRecord {
        mirrors[contact]?.record ?? SubscriptionRecord()
    }
}

// MARK: What arrives and what is sent

extension PresenceClient {
    /// A subscription stanza of a contact. What it changes is known before it is told; what is sent
    /// for it is sent after.
    func receiveSubscription(_ presence: Presence, from contact: BareJID) {
        guard let stanza = presence.type.flatMap(SubscriptionStanza.init) else { return }
        // The account has no subscription to itself.
        if contact == stream.address?.bare {
            return stream.report(
                .undefinedValue(presence.element[.type] ?? ""), in: presence.element)
        }
        let isKept = stanza != .subscribe || keepRequest(presence, of: contact)
        if isKept { change(contact) { $0.received(stanza) } }
        let closed = stanza == .unsubscribe ? takeRequest(of: contact) : nil
        switch stanza {
        case .subscribe: emit(.subscribe(presence))
        case .subscribed: emit(.subscribed(presence))
        case .unsubscribe: emit(.unsubscribe(presence))
        case .unsubscribed: emit(.unsubscribed(presence))
        }
        if stanza == .subscribe { settleRequest(of: contact) }
        if let closed { emit(.requestClosed(closed)) }
    }

    /// What a stanza that is sent does to subscriptions.
    func noteSubscription(_ presence: Presence) {
        guard let stanza = presence.type.flatMap(SubscriptionStanza.init), let to = presence.to
        else { return }
        change(to.bare) { $0.sent(stanza) }
        if stanza == .subscribed || stanza == .unsubscribed { closeRequest(of: to.bare) }
    }

    func mirror(of contact: BareJID) -> SubscriptionMirror {
        mirrors[contact] ?? newMirror()
    }

    private func newMirror() -> SubscriptionMirror {
        let announces = stream.features?.first("sub", in: .preApproval) != nil
        return SubscriptionMirror(announcesPreApproval: announces)
    }

    /// The contact as the server spells it, where it is known to have a relation to us.
    func spelled(_ contact: BareJID) -> BareJID {
        mirrors.index(forKey: contact).map { mirrors[$0].key } ?? contact
    }

    /// Changes what is known of a contact, and keeps nothing of a stranger.
    func change(_ contact: BareJID, _ body: (inout SubscriptionMirror) -> Void) {
        var mirror = mirror(of: contact)
        body(&mirror)
        mirrors[contact] = mirror == newMirror() ? nil : mirror
    }
}
