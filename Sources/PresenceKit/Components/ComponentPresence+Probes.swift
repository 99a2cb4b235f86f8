public import StanzaKit

extension ComponentPresence {
    /// Asks for the current presence of somebody, on behalf of a local address.
    ///
    /// The contact's server answers those who are subscribed; where the contact just registered with a
    /// gateway, that is how to learn what was sent before. RFC 6121, section 4.3.
    ///
    /// - Throws: ``ComponentError/Code/foreignSender``, or that there is no session.
    public func probe(_ contact: JID, from local: BareJID) throws(ComponentError) {
        try send(Presence(type: .probe, to: contact), from: JID(local))
    }

    /// Asks for the presence of everybody that a local address is subscribed to and does not see
    /// online. RFC 6121, section 4.3.1.
    ///
    /// - Throws: That there is no session, or what the store cannot tell; nobody is asked then.
    public func probeContacts(of local: BareJID) throws(ComponentError) {
        try checkSession(of: local)
        for contact in try contacts(of: local, where: \.isSubscribedTo)
        where !state.presence(of: contact, at: local).isOnline {
            transmit(Presence(type: .probe, to: JID(contact)), from: JID(local))
        }
    }
}

// MARK: Answers

extension ComponentPresence {
    func receiveProbe(_ probe: Presence, from prober: JID, to address: JID) {
        emit(.probe(probe, at: address.bare))
        if !answersProbes { return }
        do throws(ComponentError) {
            let record = try subscription(of: prober.bare, at: address.bare)
            answer(probe, from: prober, to: address, isSubscribed: record.state.isSubscribedFrom)
        } catch {
            report(error, at: address.bare)
        }
    }

    /// RFC 6121, sections 4.3.2 and 4.6.6.
    private func answer(
        _ probe: Presence, from prober: JID, to address: JID, isSubscribed: Bool
    ) {
        let local = state[address.bare]
        let own = local[address]
        if isSubscribed && address.resource == nil && local.isOnline {
            for var presence in local.broadcasts {
                guard let sender = presence.from else { continue }
                presence.to = prober
                transmit(presence, from: sender)
            }
        } else if let known = (isSubscribed ? own.broadcast : nil)
            ?? own.directedPresence(to: prober)
        {
            // Of one address, no more than that it is there.
            transmit(Presence(to: prober, id: known.id), from: address)
        } else if isSubscribed {
            var absence = Presence(type: .unavailable, to: prober, id: probe.id)
            if address.resource == nil, let since = local.offlineSince {
                absence[Delay.self] = Delay(stamp: since)
            }
            transmit(absence, from: address)
        } else {
            refuse(probe, from: prober, to: address)
        }
    }

    /// Tells that there is no subscription, which changes none. RFC 6121, section 4.3.2.
    func refuse(_ probe: Presence, from prober: JID, to address: JID) {
        transmit(
            Presence(type: .unsubscribed, to: prober, id: probe.id), from: JID(address.bare))
    }
}
