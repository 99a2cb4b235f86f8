internal import HashTreeCollections
internal import StanzaKit

extension PresenceClient {
    func receive(_ presence: Presence) {
        // What arrives behind the end of a session is nobody's presence any more.
        guard stream.isInSession else { return }
        guard let type = presence.type else {
            stream.report(.undefinedValue(presence.element[.type] ?? ""), in: presence.element)
            return refuse(presence)
        }
        guard let sender = sender(of: presence, type) else {
            // Without a sender nothing is known of whom an error speaks.
            if type == .error { emit(.error(presence)) }
            return
        }
        if isOccupant(sender) { return }
        switch type {
        case .available: book(presence, from: sender)
        case .unavailable: clear(sender, by: presence, .unavailable(presence))
        case .error: receiveError(presence, from: sender)
        case .subscribe, .subscribed, .unsubscribe, .unsubscribed:
            receiveSubscription(presence, from: sender.bare)
        case .probe: emit(.probe(presence))
        }
    }

    /// Who sent the stanza: without a sender, the own account. RFC 6120, section 8.1.2.1.
    private func sender(of presence: Presence, _ type: Presence.Kind) -> JID? {
        switch presence.element.address(.from) {
        case .address(let jid): return jid
        case .absent: return type == .error ? nil : stream.address.map { JID($0.bare) }
        case .malformed:
            stream.report(.undefinedValue(presence.element[.from] ?? ""), in: presence.element)
            return nil
        }
    }

    /// Answers presence of a type that the RFC does not have with an error (RFC 6121, section 4.7.1);
    /// but strangers are not to learn that somebody is here.
    private func refuse(_ presence: Presence) {
        guard let sender = presence.from,
            subscription(of: sender.bare).state.isSubscribedFrom
                || state.own.directedPresence(to: sender) != nil,
            let refusal = presence.refusalOfUndefinedType()
        else { return }
        // What was received can be written.
        try? stream.send(refusal)
    }

    private func book(_ presence: Presence, from sender: JID) {
        let isOwn = sender.bare == state.ownResources?.jid
        let wasOnline = state[sender.bare].isOnline
        guard let (contact, change) = state.book(presence.limited, from: sender) else {
            return stream.report(.tooMany, in: presence.element)
        }
        if isOwn {
            if let change { emit(.ownResourceChanged(contact, change)) }
            return
        }
        if !isContact(sender.bare) { noteStranger(sender.bare) }
        if !wasOnline {
            emit(.wentOnline(contact))
        } else if let change {
            emit(.changed(contact, change))
        }
    }

    /// Notes that somebody is online who is not in the roster; if that are too many, one is forgotten.
    func noteStranger(_ stranger: BareJID) {
        if let forgotten = state.noteStranger(stranger),
            let gone = state.clear(JID(forgotten), saying: nil)
        {
            emit(.wentOffline(gone, .forgotten))
        }
    }

    private func receiveError(_ presence: Presence, from sender: JID) {
        if state.own.directedPresence(to: sender) != nil {
            state.own.forget(sender)
            emit(.ownPresenceChanged(state.own))
        }
        emit(.error(presence))
        // What the own account refuses says nothing of its resources.
        if sender == state.ownResources.map({ JID($0.jid) }) { return }
        clear(sender, by: presence, .error(presence))
    }

    /// Notes what one says who is not online: it answers a probe, and may say since when it is gone.
    /// RFC 6121, section 4.3.2.
    private func noteDeparture(_ presence: Presence, of contact: BareJID) {
        guard contact != state.ownResources?.jid, !state[contact].isOnline, isContact(contact)
        else {
            return
        }
        emit(.stayedOffline(state.noteDeparture(presence, of: contact)))
    }

    /// Whether somebody is in the roster; where nobody tells what is in it, everybody is.
    private func isContact(_ jid: BareJID) -> Bool {
        !hasRoster || mirrors[jid]?.record.isInRoster == true
    }

    /// Removes one resource, or all where the bare address speaks. RFC 6121, section 4.5.4.
    private func clear(
        _ sender: JID, by presence: Presence, _ departure: PresenceEvent.Departure
    ) {
        let said = presence.type == .unavailable ? presence.limited : nil
        guard let contact = state.clear(sender, saying: said) else {
            if let said { noteDeparture(said, of: sender.bare) }
            return
        }
        let change = PresenceChange(resource: sender.resource, .went)
        if contact.jid == state.ownResources?.jid {
            emit(.ownResourceChanged(contact, change))
        } else if contact.isOnline {
            emit(.changed(contact, change))
        } else {
            emit(.wentOffline(contact, departure))
        }
    }
}

extension Presence {
    /// The presence as it is kept: of one that is too long, what counts for tracking. Anybody may
    /// send such.
    var limited: Presence {
        guard element.storedBytes > PresenceClient.maximumPresenceBytes else { return self }
        var presence = Presence(type: type ?? .available, from: from, show: show)
        presence.element[.to] = element[.to].flatMap { $0.utf8.count > 3071 ? nil : $0 }
        presence.priority = priority
        return presence
    }
}
