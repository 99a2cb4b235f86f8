internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// Subscriptions, as ``ServerBehavior`` has them. RFC 6121, section 3.
extension InMemoryServer {
    /// A client sent a subscription stanza.
    func send(
        _ stanza: SubscriptionStanza, _ presence: Presence, to contact: BareJID, from user: BareJID
    ) {
        // Nobody subscribes to itself: everybody sees the own resources.
        if contact == user {
            if behavior.requests.refuseOwnAccount {
                refuse(presence.element, StanzaError(.badRequest))
            }
            return
        }
        var presence = presence
        presence.from = JID(user)
        presence.to = JID(contact)
        let outcome = behavior.outcome(of: stanza, .outbound, in: record(of: contact, for: user))
        apply(outcome, to: contact, of: user, presence) { send(presence.element) }
    }

    /// A subscription stanza arrived for an account.
    func receive(
        _ stanza: SubscriptionStanza, _ presence: Presence, from contact: BareJID,
        for user: BareJID
    ) {
        if contact == user { return }
        var presence = presence
        presence.from = JID(contact)
        presence.to = JID(user)
        let outcome = behavior.outcome(of: stanza, .inbound, in: record(of: contact, for: user))
        apply(outcome, to: contact, of: user, presence) { deliver(presence, stanza, to: user) }
    }

    private func apply(
        _ outcome: ServerBehavior.Outcome, to contact: BareJID, of user: BareJID,
        _ presence: Presence, forward: () -> Void
    ) {
        accounts[user]?[contact].record = outcome.after
        noteRequest(presence, outcome, of: contact, to: user)
        for step in outcome.steps {
            switch step {
            case .forward: forward()
            case .reply(let reply): send(reply.presence(to: contact), from: user)
            case .push:
                push(
                    contact, of: user,
                    isChange: behavior.shownItem(of: outcome.before)
                        != behavior.shownItem(of: outcome.after))
            case .show(let availability): tell(availability, to: contact, of: user)
            case .probe: send(Presence(type: .probe, to: JID(contact)), from: user)
            case .acknowledge:
                send(Presence(type: .unavailable, to: JID(contact)), from: user)
            }
        }
    }

    /// Sends a stanza of the account itself.
    func send(_ presence: Presence, from user: BareJID) {
        var presence = presence
        presence.from = JID(user)
        send(presence.element)
    }

    /// Keeps the first request until it is answered or taken back. RFC 6121, section 3.1.3.
    private func noteRequest(
        _ request: Presence, _ outcome: ServerBehavior.Outcome, of contact: BareJID,
        to user: BareJID
    ) {
        if !outcome.after.state.isPendingIn {
            accounts[user]?[contact].request = nil
        } else if !outcome.before.state.isPendingIn {
            accounts[user]?[contact].request = behavior.requests.kept.part(of: request)
        }
    }

    /// Delivers a subscription stanza: a request to who is available (section 3.1.3), all else to who
    /// asked for the roster (sections 3.1.6, 3.2.3 and 3.3.3).
    func deliver(_ presence: Presence, _ stanza: SubscriptionStanza, to user: BareJID) {
        guard let account = accounts[user] else { return }
        let requests = behavior.requests
        let isForAvailable = stanza == .subscribe || requests.reachAvailableResources
        for session in isForAvailable ? account.available : account.interested {
            let addressee = requests.areAddressedToResources ? session.address : JID(user)
            send(presence, to: addressee, through: session)
        }
    }

    /// Shows the contact the available resources, or that they are gone.
    func tell(
        _ availability: SubscriptionOutcome.Availability, to contact: BareJID, of user: BareJID
    ) {
        guard let account = accounts[user] else { return }
        switch availability {
        case .available:
            for session in account.available {
                session.presence.map { send($0, to: JID(contact), from: session.address) }
            }
        case .unavailable:
            let everybody = behavior.requests.dismissEveryResource
            for session in everybody ? account.sessions.reversed() : account.available {
                send(Presence(type: .unavailable), to: JID(contact), from: session.address)
                // What was sent directly before does not outlast it (section 4.6.1); a resource that
                // is not available hears only what is addressed to itself.
                for addressee in session.directed where addressee.bare == contact {
                    if addressee.resource != nil {
                        send(Presence(type: .unavailable), to: addressee, from: session.address)
                    }
                }
                accounts[user]?.withdrawDirected(session.address, from: contact)
            }
        }
    }

    /// Sends the account's own requests again, and pushes their items: a resource became available.
    func repeatRequests(of user: BareJID) {
        guard behavior.requests.areRepeatedAtLogin else { return }
        let contacts = accounts[user]?.contacts(where: \.record.state.isPendingOut) ?? []
        for contact in contacts {
            push(contact.address, of: user, isChange: false)
            send(SubscriptionStanza.subscribe.presence(to: contact.address), from: user)
        }
    }
}

extension ServerBehavior.Requests.Kept {
    /// What is kept of a request.
    fileprivate func part(of request: Presence) -> Presence {
        if self == .everything { return request }
        var kept = request
        kept.id = nil
        kept.element.removeChildren { child in
            let isNickname = Nickname.isName(of: child)
            return !child.is("status", in: .client)
                && !(isNickname && self == .statusAndNickname)
        }
        return kept
    }
}
