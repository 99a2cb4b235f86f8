public import StanzaKit

extension PresenceClient {
    /// Sends presence. One without an addressee goes to everybody who is subscribed, and to the own
    /// resources. RFC 6121, sections 4.2 to 4.7.
    ///
    /// Outside of a session a presence without an addressee is sent as soon as one begins, unless
    /// ``resendsPresence`` is off; one with an addressee is an error, but for unavailable presence, which
    /// the server sent already.
    ///
    /// - Throws: That no session is under way, or what XML does not allow.
    public func send(_ presence: Presence) throws(PresenceError) {
        var presence = presence
        if givesIDs, presence.id == nil { presence.id = stream.makeID() }
        try step { () throws(PresenceError) in
            try check(presence)
            if stream.isInSession {
                // It can be written.
                try? stream.send(presence)
            } else if presence.element[.to] != nil && presence.type != .unavailable {
                throw PresenceError(.disconnected)
            }
            if state.own.note(presence) {
                forgetLapsed(for: presence)
                emit(.ownPresenceChanged(state.own))
            }
            noteSubscription(presence)
        }
    }

    /// Sends presence to somebody, whoever else sees it or not: directed presence. RFC 6121, section
    /// 4.6.
    ///
    /// The addressee is to be told when we go offline; see ``OwnPresence/directedTo``.
    ///
    /// - Throws: That no session is under way, or what XML does not allow.
    public func send(_ presence: Presence, to addressee: JID) throws(PresenceError) {
        var presence = presence
        presence.to = addressee
        try send(presence)
    }

    /// Tells everybody who sees our presence that we are gone; the server tells those who were sent
    /// presence directly. RFC 6121, sections 4.5 and 4.6.3.
    ///
    /// - Parameter status: What to say to it.
    /// - Throws: That no session is under way, or what XML does not allow.
    public func goOffline(status: String? = nil) throws(PresenceError) {
        try send(Presence(type: .unavailable, status: status))
    }

    /// Tells one that was sent presence directly that we are gone. RFC 6121, section 4.6.2.
    ///
    /// - Throws: That no session is under way, or what XML does not allow.
    public func goOffline(
        for addressee: JID, status: String? = nil
    ) throws(PresenceError) {
        try send(Presence(type: .unavailable, status: status), to: addressee)
    }

    /// Sends `addressee` our presence again: what it was sent directly or, if something was broadcast
    /// since, that. It is a stanza of its own, so the id is not that of the first time. Nothing is
    /// sent where we are offline.
    public func sendAgain(to addressee: JID) {
        guard stream.isInSession, var presence = state.own.presence(for: addressee) else { return }
        if givesIDs { presence.id = stream.makeID() }
        // It could be written before.
        try? stream.send(presence)
    }

    /// Asks for the current presence of somebody. Servers do so for their users; components have to
    /// do it themselves. RFC 6121, section 4.3.
    ///
    /// - Throws: That no session is under way.
    public func probe(_ contact: JID) throws(PresenceError) {
        try send(Presence(type: .probe, to: contact))
    }

    /// Finds out whether a presence can be written.
    func check(_ presence: Presence) throws(PresenceError) {
        var bytes: [UInt8] = []
        var serializer = Serializer()
        do throws(SerializationError) {
            try serializer.append(presence.element, to: &bytes)
        } catch {
            throw PresenceError(.invalidText(error))
        }
    }
}
