internal import PresenceKit
internal import StanzaKit

/// What a client's presence causes. RFC 6121, section 4.
extension InMemoryServer {
    func receive(_ presence: Presence, from sender: JID) {
        var presence = presence
        guard let type = presence.type else {
            return refuse(presence.element, StanzaError(.badRequest))
        }
        if let stanza = SubscriptionStanza(type) {
            guard let contact = presence.to?.bare else {
                return refuse(presence.element, StanzaError(.badRequest))
            }
            return send(stanza, presence, to: contact, from: sender.bare)
        }
        if presence.to != nil { return sendDirected(presence, from: sender) }
        switch type {
        case .available: broadcast(&presence, from: sender)
        case .unavailable: withSession(sender) { goOffline($0, saying: presence) }
        default: break
        }
    }

    private func withSession(_ address: JID, _ body: (ServerSession) -> Void) {
        guard let account = accounts[address.bare], let index = account.sessionIndex(of: address)
        else { return }
        body(account.sessions[index])
    }

    // MARK: Broadcasts

    /// RFC 6121, sections 4.2.2 and 4.4.2.
    private func broadcast(_ presence: inout Presence, from sender: JID) {
        let bare = sender.bare
        guard let index = accounts[bare]?.sessionIndex(of: sender) else { return }
        let isInitial = accounts[bare]?.sessions[index].presence == nil
        accounts[bare]?.sessions[index].presence = presence
        let requestsComeFirst = isInitial && behavior.requests.precedeOwnPresence
        if requestsComeFirst { redeliverRequests(to: sender) }
        tellSubscribers(presence, of: bare)
        tellOwnResources(presence, of: bare)
        guard isInitial, let account = accounts[bare] else { return }
        for other in account.available where other.address != sender {
            if let known = other.presence { send(known, to: sender, from: other.address) }
        }
        for contact in account.contacts(where: \.record.state.isSubscribedTo) {
            probe(contact.address, for: sender)
        }
        if !requestsComeFirst { redeliverRequests(to: sender) }
        repeatRequests(of: bare)
    }

    /// Delivers to a resource that became available the requests that wait for an answer. RFC 6121,
    /// section 3.1.3.
    private func redeliverRequests(to resource: JID) {
        withSession(resource) { session in
            for request in requests(to: resource.bare) {
                send(request, to: JID(resource.bare), through: session)
            }
        }
    }

    private func tellSubscribers(_ presence: Presence, of bare: BareJID) {
        guard let sender = presence.from else { return }
        let subscribers = accounts[bare]?.contacts(where: \.record.state.isSubscribedFrom) ?? []
        for contact in subscribers { send(presence, to: JID(contact.address), from: sender) }
    }

    private func tellOwnResources(_ presence: Presence, of bare: BareJID) {
        for session in accounts[bare]?.available ?? [] {
            send(presence, to: JID(bare), through: session)
        }
    }

    /// Tells everybody who saw a resource that it is gone, and forgets whom that was. RFC 6121,
    /// sections 4.5.2 and 4.6.3.
    ///
    /// - Parameter farewell: What the client said; `nil` where it could not say anything.
    func goOffline(_ session: ServerSession, saying farewell: Presence?) {
        let bare = session.address.bare
        guard let index = accounts[bare]?.sessionIndex(of: session.address) else { return }
        var presence = farewell ?? Presence(type: .unavailable)
        presence.from = session.address
        if session.presence != nil {
            tellSubscribers(presence, of: bare)
            tellOwnResources(presence, of: bare)
        }
        for addressee in session.directed where !isTold(addressee, of: session) {
            send(presence, to: addressee, from: session.address)
        }
        accounts[bare]?.sessions[index].presence = nil
        accounts[bare]?.sessions[index].directed = []
        if session.presence != nil { accounts[bare]?.absence = now.map { (farewell, $0) } }
    }

    /// Whether a broadcast of the resource reaches `addressee`.
    private func isTold(_ addressee: JID, of session: ServerSession) -> Bool {
        if session.presence == nil { return false }
        let bare = session.address.bare
        return addressee.bare == bare
            || accounts[bare]?[addressee.bare].record.state.isSubscribedFrom == true
    }

    // MARK: Directed presence

    /// RFC 6121, section 4.6.3.
    private func sendDirected(_ presence: Presence, from sender: JID) {
        guard let to = presence.to else { return }
        if presence.type == .available || presence.type == .unavailable,
            let index = accounts[sender.bare]?.sessionIndex(of: sender)
        {
            accounts[sender.bare]?.sessions[index].noteDirected(presence, to: to)
        }
        send(presence.element)
    }

    // MARK: Sending

    /// Sends a copy of a presence stanza.
    func send(_ presence: Presence, to addressee: JID, from sender: JID) {
        var presence = presence
        presence.to = addressee
        presence.from = sender
        send(presence.element)
    }

    /// Sends a copy of a presence stanza to one resource, whatever its addressee.
    func send(_ presence: Presence, to addressee: JID, through session: ServerSession) {
        var presence = presence
        presence.to = addressee
        session.connection.send(presence.element)
    }
}
