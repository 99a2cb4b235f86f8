internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// Subscriptions, as ``SubscriptionServer`` has them. RFC 6121, section 3.
extension InMemoryServer {
    /// A client sent a subscription stanza.
    func send(
        _ stanza: SubscriptionStanza, _ presence: Presence, to contact: BareJID, from user: BareJID
    ) {
        // Nobody subscribes to itself: everybody sees the own resources.
        if contact == user { return }
        let outcome = behavior.subscriptions.outcome(
            of: stanza, .outbound, in: accounts[user]?[contact].record ?? SubscriptionRecord())
        apply(outcome, to: contact, of: user, presence)
    }

    /// A subscription stanza arrived for an account.
    func receive(
        _ stanza: SubscriptionStanza, _ presence: Presence, from contact: BareJID,
        for user: BareJID
    ) {
        if contact == user { return }
        let outcome = behavior.subscriptions.outcome(
            of: stanza, .inbound, in: accounts[user]?[contact].record ?? SubscriptionRecord())
        apply(outcome, to: contact, of: user, presence)
    }

    private func apply(
        _ outcome: SubscriptionOutcome, to contact: BareJID, of user: BareJID,
        _ presence: Presence
    ) {
        var stanza = presence
        stanza.from = JID(outcome.direction == .outbound ? user : contact)
        stanza.to = JID(outcome.direction == .outbound ? contact : user)
        accounts[user]?[contact].record = outcome.after
        noteRequest(stanza, outcome, of: contact, to: user)
        for step in outcome.steps {
            switch step {
            case .forward where outcome.direction == .outbound: send(stanza.element)
            case .forward: deliver(stanza, to: user)
            case .reply(let reply):
                send(reply.presence(to: contact), to: JID(contact), from: JID(user))
            case .push: push(contact, of: user)
            case .sendPresence(let availability): tell(availability, to: contact, of: user)
            }
        }
    }

    /// Keeps the first request until it is answered or taken back. RFC 6121, section 3.1.3.
    private func noteRequest(
        _ request: Presence, _ outcome: SubscriptionOutcome, of contact: BareJID, to user: BareJID
    ) {
        if !outcome.after.state.isPendingIn {
            accounts[user]?[contact].request = nil
        } else if !outcome.before.state.isPendingIn {
            accounts[user]?[contact].request = request
        }
    }

    /// Delivers a subscription stanza: a request to who is available (section 3.1.3), all else to who
    /// asked for the roster (sections 3.1.6, 3.2.3 and 3.3.3).
    private func deliver(_ stanza: Presence, to user: BareJID) {
        let isRequest = stanza.type == .subscribe
        for session in (isRequest ? accounts[user]?.available : accounts[user]?.interested) ?? [] {
            session.connection.send(stanza.element)
        }
    }

    /// Shows the contact the available resources, or that they are gone.
    func tell(
        _ availability: SubscriptionOutcome.Availability, to contact: BareJID, of user: BareJID
    ) {
        for session in accounts[user]?.available ?? [] {
            let presence =
                availability == .available ? session.presence : Presence(type: .unavailable)
            if let presence { send(presence, to: JID(contact), from: session.address) }
        }
    }
}
