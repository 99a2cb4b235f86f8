internal import PresenceKit
internal import StanzaKit

/// Presence probes. RFC 6121, section 4.3.
extension InMemoryServer {
    /// Asks for the presence of a contact in the name of a resource that just came. Of accounts here
    /// the server knows it, and tells that resource alone (section 4.3.1).
    func probe(_ contact: BareJID, for resource: JID) {
        let isLocal = accounts[contact] != nil
        let prober = isLocal ? resource : JID(resource.bare)
        var probe = Presence(type: .probe, to: JID(contact), id: "probe\(nextNumber())")
        probe.from = prober
        send(probe.element)
    }

    /// RFC 6121, sections 4.3.2 and 4.6.6.
    func receiveProbe(_ probe: Presence, from prober: JID, to address: JID) {
        guard let account = accounts[address.bare] else { return }
        let isSubscribed =
            prober.bare == account.address
            || account[prober.bare].record.state.isSubscribedFrom
        let named = account.available.first { $0.address == address }
        let isForAll = address.resource == nil || behavior.probes.resource == .presenceOfAll
        if isSubscribed && isForAll && !account.available.isEmpty {
            for session in account.available {
                if let presence = session.presence {
                    send(presence, to: prober, from: session.address)
                }
            }
        } else if isSubscribed, let named {
            let presence =
                behavior.probes.resource == .presence
                ? named.presence : Presence(id: named.presence?.id)
            presence.map { send($0, to: prober, from: named.address) }
        } else if isSubscribed {
            answerAbsent(probe, from: prober, to: address)
        } else if let session = account.sessions.first(where: { $0.address == address }),
            session.directed.contains(where: { $0 == prober || $0 == JID(prober.bare) })
        {
            send(Presence(), to: prober, from: session.address)
        } else {
            answerUnsubscribed(probe, as: address.bare)
        }
    }

    private func answerAbsent(_ probe: Presence, from prober: JID, to address: JID) {
        if behavior.probes.absence == .silence { return }
        var absence = Presence(type: .unavailable, id: probe.id)
        if behavior.probes.absence == .dated, address.resource == nil,
            let since = accounts[address.bare]?.absence?.since
        {
            absence[Delay.self] = Delay(stamp: since)
        }
        send(absence, to: prober, from: address)
    }

    /// Tells a prober that it has no subscription, which changes none here. RFC 6121, section 4.3.2.
    func answerUnsubscribed(_ probe: Presence, as address: BareJID) {
        guard let prober = probe.from, behavior.probes.refuseStrangers else { return }
        send(
            Presence(type: .unsubscribed, id: probe.id), to: JID(prober.bare), from: JID(address))
    }
}
