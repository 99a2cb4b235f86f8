internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Takes a request of an owner: for the form, with the form, or to end the room. XEP-0045,
    /// section 10.
    mutating func configure(_ iq: IQ, _ query: Element, from sender: JID) throws(StanzaError) {
        guard affiliation(of: sender.bare) == .owner else { throw StanzaError(.forbidden) }
        if iq.type == .get {
            let form = Element("query", in: .mucOwner, children: [configuration.form])
            return acknowledge(iq, form)
        }
        if let element = query.first("destroy", in: .mucOwner) {
            try end(iq, element)
        } else if let form = query.first("x", in: .dataForm) {
            switch form[.type] {
            case "submit": try configure(iq, form)
            case "cancel": cancel(iq)
            default: throw StanzaError(.badRequest)
            }
        } else {
            throw StanzaError(.badRequest)
        }
    }

    private mutating func end(_ iq: IQ, _ element: Element) throws(StanzaError) {
        if case .malformed = element.address(.jid) { throw StanzaError(.jidMalformed) }
        let text = { (name: String) in element.first(name, in: .mucOwner)?.text }
        destroy(
            MUCUser.Destroy(
                alternative: element.address(.jid).jid, reason: text("reason"),
                password: text("password")))
        acknowledge(iq)
    }

    /// A new room is not made after all; one that is open stays as it was.
    private mutating func cancel(_ iq: IQ) {
        if stage == .locked { destroy(MUCUser.Destroy()) }
        acknowledge(iq)
    }

    private mutating func configure(_ iq: IQ, _ form: Element) throws(StanzaError) {
        let before = configuration
        configuration = try before.changed(by: form)
        if stage == .locked { stage = .open }
        acknowledge(iq)
        tell(codesOfChange(since: before))
        if configuration.isMembersOnly, !before.isMembersOnly { removeStrangers() }
        // One that never was persistent is there until somebody who came in has left.
        if before.isPersistent { closeIfEmpty() }
    }

    /// What is told about a change of the configuration. XEP-0045, section 10.2.1.
    private func codesOfChange(since before: RoomConfiguration) -> [MUCStatusCode] {
        var codes: [MUCStatusCode] = []
        var seen = before
        if configuration.isLogged != before.isLogged {
            codes.append(configuration.isLogged ? .nowLogged : .noLongerLogged)
            seen.isLogged = configuration.isLogged
        }
        if configuration.isNonAnonymous != before.isNonAnonymous {
            codes.append(configuration.isNonAnonymous ? .nowNonAnonymous : .nowSemiAnonymous)
            seen.isNonAnonymous = configuration.isNonAnonymous
        }
        if configuration != seen { codes.append(.configurationChanged) }
        return codes
    }

    /// Tells everybody something about the room.
    private mutating func tell(_ codes: [MUCStatusCode]) {
        if codes.isEmpty { return }
        let message = Message(
            to: nil, type: .groupchat, children: [MUCUser(codes: codes).element])
        for occupant in occupants {
            for session in occupant.sessions { send(message, to: session.jid) }
        }
    }

    /// Sends those out who are no members.
    private mutating func removeStrangers() {
        remove(
            { [self] in affiliation(of: $0.user) < .member }, .departure([.removedAsNotMember]))
    }
}
