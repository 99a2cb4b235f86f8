internal import HashTreeCollections
public import StanzaKit

extension ComponentPresence {
    /// Sends presence from a local address, or from a resource of it.
    ///
    /// - *Available or unavailable without an addressee* goes to everybody who is subscribed to the
    ///   address. Who was sent presence directly hears too that it is unavailable (RFC 6121, section
    ///   4.6.3). Outside of a session it is sent as soon as one begins.
    /// - *Available or unavailable with an addressee* goes there: directed presence.
    /// - *A subscription stanza* goes through the tables of RFC 6121, and is sent where they say so:
    ///   approving somebody who has not asked is kept, and sends nothing. Rather use
    ///   ``perform(_:for:from:nickname:reason:)``.
    /// - *Everything else* goes to its addressee as it is.
    ///
    /// - Throws: Why not; then nothing is sent or noted.
    public func send(_ presence: Presence, from sender: JID) throws(ComponentError) {
        var presence = presence
        presence.from = sender
        try check(presence)
        switch (presence.type, presence.to) {
        case (.available, nil), (.unavailable, nil):
            guard isLocal(sender.bare) else { throw ComponentError(.foreignSender) }
            let subscribers = try contacts(of: sender.bare, where: \.isSubscribedFrom)
            step { broadcast(presence, from: sender, to: subscribers) }
        case (_, nil): throw ComponentError(.noAddressee)
        case (let type, let addressee?):
            try checkSession(of: sender.bare)
            try step { () throws(ComponentError) in
                if let stanza = type.flatMap(SubscriptionStanza.init) {
                    try send(stanza, presence, from: sender.bare, to: addressee.bare)
                } else {
                    transmit(presence, from: sender)
                    if type == .available || type == .unavailable { note(presence, from: sender) }
                }
            }
        }
    }

    /// Sends presence to somebody, whoever else sees it or not: directed presence. RFC 6121, section
    /// 4.6.
    ///
    /// The addressee is told when the sender goes offline.
    ///
    /// - Throws: Why not; then nothing is sent or noted.
    public func send(
        _ presence: Presence, to addressee: JID, from sender: JID
    ) throws(ComponentError) {
        var presence = presence
        presence.to = addressee
        try send(presence, from: sender)
    }

    /// Sends `addressee` the presence of a local address, or of that resource of it, again: what it was
    /// sent directly or, if something was broadcast since, that. Nothing is sent where the sender is
    /// offline, or there is no session.
    public func sendAgain(to addressee: JID, from sender: JID) {
        guard stream.isInSession,
            var presence = state[sender.bare][sender].presence(for: addressee)
        else { return }
        presence.id = nil
        transmit(presence, from: sender)
    }

    /// Tells everybody who was told that an address is available, itself or as any resource, that it
    /// is not any more. RFC 6121, sections 4.5 and 4.6.3.
    ///
    /// The subscribers of an address that told nothing yet are told too: after a crash, they may
    /// believe it available.
    ///
    /// - Parameter status: What to say to it.
    /// - Throws: Why not; then nothing is sent or noted.
    public func goOffline(_ local: BareJID, status: String? = nil) throws(ComponentError) {
        try step { () throws(ComponentError) in
            var senders = state[local].allSenders.filter { $0.resource != nil }
            if state[local][JID(local)] != OwnPresence() || !state[local].isOnline {
                senders.insert(JID(local), at: 0)
            }
            for sender in senders {
                try send(Presence(type: .unavailable, status: status), from: sender)
            }
        }
    }
}

// MARK: Broadcasting

extension ComponentPresence {
    /// What a local address has to tell when the next session begins.
    struct Departure {
        var presence: Presence
        var directedTo: [JID]
    }

    private func broadcast(_ presence: Presence, from sender: JID, to subscribers: [BareJID]) {
        let local = sender.bare
        let before = state[local]
        let isLeaving = presence.type == .unavailable
        note(presence, from: sender, isSilent: true)
        if stream.isInSession {
            for subscriber in subscribers { transmit(presence, to: JID(subscriber), from: sender) }
            if isLeaving {
                depart(presence, from: sender, to: before[sender].directedTo, except: subscribers)
            } else if !before.isOnline && probesContacts {
                reportingFailure(at: local) { () throws(ComponentError) in
                    try probeContacts(of: local)
                }
            }
        } else if isLeaving {
            let earlier = departures[sender]?.directedTo ?? []
            departures[sender] = Departure(
                presence: presence, directedTo: before[sender].directedTo + earlier)
        }
        emit(.ownPresenceChanged(state[local]))
    }

    /// Tells those who were sent presence directly; subscribers were told.
    func depart(
        _ presence: Presence, from sender: JID, to directed: [JID], except subscribers: [BareJID]
    ) {
        let told = Set(subscribers)
        for addressee in directed where !told.contains(addressee.bare) {
            transmit(presence, to: addressee, from: sender)
        }
    }

    func transmit(_ presence: Presence, to addressee: JID, from sender: JID) {
        var presence = presence
        presence.to = addressee
        transmit(presence, from: sender)
    }

    private func note(_ presence: Presence, from sender: JID, isSilent: Bool = false) {
        let now = now?()
        state.change(sender.bare) { local in
            let wasOnline = local.isOnline
            local.note(presence, from: sender)
            if local.isOnline {
                local.offlineSince = nil
            } else if wasOnline {
                local.offlineSince = now
            }
        }
        if !isSilent { emit(.ownPresenceChanged(state[sender.bare])) }
    }
}

// MARK: Checks

extension ComponentPresence {
    func check(_ presence: Presence) throws(ComponentError) {
        do throws(SerializationError) {
            _ = try presence.element.serialized()
        } catch {
            throw ComponentError(.unserializable(error))
        }
    }

    func checkSession(of local: BareJID) throws(ComponentError) {
        if !isLocal(local) { throw ComponentError(.foreignSender) }
        if !stream.isInSession { throw ComponentError(.disconnected) }
    }

    /// Tells the failure of what nobody waits for.
    func reportingFailure(at local: BareJID, _ body: () throws(ComponentError) -> Void) {
        do throws(ComponentError) {
            try body()
        } catch {
            report(error, at: local)
        }
    }

    func report(_ error: ComponentError, at local: BareJID) {
        if case .store(let failure) = error.code { emit(.storeFailed(failure, at: local)) }
    }
}
