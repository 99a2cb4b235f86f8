public import StanzaKit

extension PresenceClient {
    /// Sends presence. One without an addressee goes to everybody who is subscribed, and to the own
    /// resources. RFC 6121, sections 4.2 to 4.7.
    ///
    /// Outside of a session a presence without an addressee is sent as soon as one begins.
    ///
    /// - Throws: What XML does not allow; then nothing is sent or noted.
    public func send(_ presence: Presence) throws(SerializationError) {
        var presence = presence
        if givesIDs, presence.id == nil { presence.id = stream.makeID() }
        try step { () throws(SerializationError) in
            if stream.isInSession || presence.to != nil {
                try stream.send(presence)
            } else {
                try check(presence)
            }
            if state.own.note(presence) { emit(.ownPresenceChanged(state.own)) }
            noteSubscription(presence)
        }
    }

    /// Sends presence to somebody, whoever else sees it or not: directed presence. RFC 6121, section
    /// 4.6.
    ///
    /// The addressee is to be told when we go offline; see ``OwnPresence/directedTo``.
    ///
    /// - Throws: What XML does not allow; then nothing is sent or noted.
    public func send(_ presence: Presence, to addressee: JID) throws(SerializationError) {
        var presence = presence
        presence.to = addressee
        try send(presence)
    }

    /// Tells everybody who sees our presence that we are gone; the server tells those who were sent
    /// presence directly. RFC 6121, sections 4.5 and 4.6.3.
    ///
    /// - Parameter status: What to say to it.
    /// - Throws: What XML does not allow; then nothing is sent or noted.
    public func goOffline(status: String? = nil) throws(SerializationError) {
        try send(Presence(type: .unavailable, status: status))
    }

    /// Tells one that was sent presence directly that we are gone. RFC 6121, section 4.6.2.
    ///
    /// - Throws: What XML does not allow; then nothing is sent or noted.
    public func goOffline(
        for addressee: JID, status: String? = nil
    ) throws(SerializationError) {
        try send(Presence(type: .unavailable, status: status), to: addressee)
    }

    /// Sends `addressee` our presence again: what it was sent directly or, if something was broadcast
    /// since, that. It is a stanza of its own, so the id is not that of the first time. Nothing is
    /// sent where we are offline.
    public func sendAgain(to addressee: JID) {
        guard var presence = state.own.presence(for: addressee) else { return }
        presence.id = givesIDs ? stream.makeID() : nil
        // It could be written before.
        try? stream.send(presence)
    }

    /// Asks for the current presence of somebody. Servers do so for their users; components have to
    /// do it themselves. RFC 6121, section 4.3.
    public func probe(_ contact: JID) {
        // An address can always be written.
        try? send(Presence(type: .probe, to: contact))
    }

    private func check(_ presence: Presence) throws(SerializationError) {
        var bytes: [UInt8] = []
        var serializer = Serializer()
        try serializer.append(presence.element, to: &bytes)
    }
}
