package import StanzaKit

extension Room {
    /// A request for a nickname that the room has not answered yet.
    struct Attempt: Sendable, Hashable {
        /// The address that it was sent to: that of the room, with the nickname as the resource.
        let address: JID
        let id: ExactText?
        /// Whether it was sent behind one's leaving, which the room is to answer first.
        var isBehindLeaving = false

        var nick: ExactText { ExactText(address.resource ?? "") }

        /// Whether presence answers it for certain: rooms may say the id again, and need not.
        func isAnswered(byPresenceWith id: String?) -> Bool {
            self.id != nil && self.id == id.map(ExactText.init)
        }

        /// Whether an error answers it: by its id or, where it has none, by its sender.
        func isAnswered(byErrorWith id: String?, from nick: ExactText?) -> Bool {
            if let id { return self.id == ExactText(id) }
            return nick == nil || nick == self.nick
        }
    }

    /// Takes note of presence that is about to be sent.
    ///
    /// While one is not in the room, available presence to a nickname asks to come in; inside, that
    /// to another nickname asks for it. XEP-0045, sections 7.2.18 and 7.6.
    ///
    /// - Parameter ownAddress: The address that it is sent from.
    package mutating func willSend(_ presence: Presence, from ownAddress: JID?) {
        guard let to = presence.to, to.bare == address, to.resource != nil else { return }
        self.ownAddress = ownAddress
        switch presence.type {
        case .available:
            var attempt = Attempt(address: to, id: presence.id.map(ExactText.init))
            if ownKey == nil || isLeaving {
                attempt.isBehindLeaving = isLeaving
                entry = attempt
            } else {
                if presence[MUCJoin.self] != nil { repeatedEntry = attempt }
                if ownKey != attempt.nick { nickChange = attempt }
            }
        case .unavailable:
            isLeaving = ownKey != nil || entry != nil
            entry?.isBehindLeaving = false
            repeatedEntry = nil
        default: break
        }
    }
}
