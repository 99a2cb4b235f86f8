internal import StanzaKit

extension ComponentPresence {
    func receive(_ presence: Presence) {
        // What arrives behind the end of a session is nobody's presence any more.
        guard stream.isInSession else { return }
        // XEP-0114 has both addresses in every stanza.
        guard let to = address(.to, of: presence), let sender = address(.from, of: presence) else {
            return
        }
        let local = to.bare
        guard isLocal(local), sender.bare != local else {
            return report(presence.element[isLocal(local) ? .from : .to], in: presence)
        }
        guard hasAddress(local) else {
            if presence.type == .probe { refuse(presence, from: sender, to: to) }
            return
        }
        switch presence.type {
        case .available: book(presence, from: sender, at: local)
        case .unavailable: clear(sender, at: local, by: presence, .unavailable(presence))
        case .error: receiveError(presence, from: sender, to: to)
        case .subscribe: receive(.subscribe, presence, from: sender.bare, at: local)
        case .subscribed: receive(.subscribed, presence, from: sender.bare, at: local)
        case .unsubscribe: receive(.unsubscribe, presence, from: sender.bare, at: local)
        case .unsubscribed: receive(.unsubscribed, presence, from: sender.bare, at: local)
        case .probe: receiveProbe(presence, from: sender, to: to)
        case nil:
            report(presence.element[.type], in: presence)
            // A server answers in the place of the address. RFC 6121, section 4.7.1.
            if let refusal = presence.refusalOfUndefinedType() { transmit(refusal, from: to) }
        }
    }

    private func address(_ name: AttributeName, of presence: Presence) -> JID? {
        if case .address(let jid) = presence.element.address(name) { return jid }
        report(presence.element[name], in: presence)
        return nil
    }

    private func report(_ value: String?, in presence: Presence) {
        stream.report(.undefinedValue(value ?? ""), in: presence.element)
    }

    /// Sends what could be written before, or holds no text that is not from the stream.
    func transmit(_ presence: Presence, from sender: JID) {
        var presence = presence
        presence.from = sender
        try? stream.send(presence)
    }
}

// MARK: Tracking

extension ComponentPresence {
    private func book(_ presence: Presence, from sender: JID, at local: BareJID) {
        let wasOnline = state.presence(of: sender.bare, at: local).isOnline
        guard let (contact, change) = state.book(presence.limited, from: sender, at: local)
        else {
            return stream.report(.tooMany, in: presence.element)
        }
        if !wasOnline {
            noteStranger(sender.bare, at: local)
            emit(.wentOnline(contact, at: local))
        } else if let change {
            emit(.changed(contact, change, at: local))
        }
    }

    /// Notes whether a local address is subscribed to somebody who is online; if too many are whom it
    /// is not, one is forgotten.
    func noteStranger(_ contact: BareJID, at local: BareJID) {
        let pair = SubscriptionPair(local: local, contact: contact)
        // Where the store cannot tell, nobody is worse off than a stranger is.
        let record = try? subscription(of: contact, at: local)
        if record?.state.isSubscribedTo == true { return state.noteSubscription(pair) }
        if !state.presence(of: contact, at: local).isOnline { return }
        if let forgotten = state.noteStranger(pair),
            let gone = state.clear(JID(forgotten.contact), at: forgotten.local, saying: nil)
        {
            emit(.wentOffline(gone, .forgotten, at: forgotten.local))
        }
    }

    private func receiveError(_ presence: Presence, from sender: JID, to address: JID) {
        state.change(address.bare) { $0.forget(sender, of: address) }
        emit(.error(presence, at: address.bare))
        clear(sender, at: address.bare, by: presence, .error(presence))
    }

    /// Removes one resource, or all where the bare address speaks. RFC 6121, section 4.5.4.
    private func clear(
        _ sender: JID, at local: BareJID, by presence: Presence,
        _ departure: PresenceEvent.Departure
    ) {
        let said = presence.type == .unavailable ? presence.limited : nil
        guard let contact = state.clear(sender, at: local, saying: said) else { return }
        if contact.isOnline {
            let change = PresenceChange(resource: sender.resource, .went)
            emit(.changed(contact, change, at: local))
        } else {
            emit(.wentOffline(contact, departure, at: local))
        }
    }
}
