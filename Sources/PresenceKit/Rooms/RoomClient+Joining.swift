internal import HashTreeCollections
public import StanzaKit

extension RoomClient {
    /// Asks a room to let one in. XEP-0045, section 7.2.
    ///
    /// Returns at once. The room answers with those who are there, then ``RoomEvent/selfJoined(_:)``,
    /// or with ``RoomEvent/joinRefused(_:)``; one that has restricted whose presence it sends may
    /// not answer at all (section 7.2.2). In a room that one is in, this asks it to list everybody
    /// again; another nickname is asked for with ``changeNick(in:to:allowing:)``.
    ///
    /// - Parameters:
    ///   - room: The room. A service may make one that there is not (section 10.1).
    ///   - nick: The nickname, prepared by the strict rules. The room may give one another.
    ///   - password: For a room that asks for one. It is kept for ``rejoin()``.
    ///   - history: How much one wants to hear of what was said before; `nil` leaves it to the room.
    ///   - presence: What this room alone is told of oneself, until ``setPresence(_:)``; `nil` for
    ///     what all rooms are told. Its addresses and id do not count.
    ///   - allowance: What is let through in the nickname all the same, such as emoji newer than
    ///     Unicode 15.0.
    /// - Throws: A nickname that is none, text that XML does not allow, or that there is no session.
    ///   Nothing was sent then, and nothing changed.
    /// - Precondition: `presence` is available.
    public func join(
        _ room: BareJID, as nick: String, password: String? = nil, history: MUCJoin.History? = nil,
        presence: Presence? = nil, allowing allowance: JID.Allowance = []
    ) throws(RoomError) {
        precondition(presence.map { $0.type == .available } ?? true, "one joins by being available")
        let address = try occupantAddress(nick, in: room, allowance)
        var followed = followed[room] ?? beginning(room)
        followed.request = MUCJoin(password: password, history: history)
        followed.presence = presence
        try join(followed, as: address)
    }

    /// Asks every room to let one in again in which one was, or was coming in, when a session ended:
    /// under the same nickname, and with the same password and request for history.
    ///
    /// Call it when a new session has begun and the own presence was sent. A room that refuses is
    /// not asked a second time, nor is one that one left or was sent out of.
    ///
    /// - Throws: That there is no session; nothing was sent then.
    public func rejoin() throws(RoomError) {
        guard stream.isInSession else { throw RoomError(.disconnected) }
        for room in rooms {
            guard let followed = followed[room.address], followed.isWanted,
                followed.room.membership == .outside, let address = followed.lostAddress
            else { continue }
            try join(followed, as: address)
        }
    }

    /// Asks a room that one is in for another nickname: ``RoomEvent/nickChanged(from:to:by:)`` tells
    /// that one has it, ``RoomEvent/nickRefused(_:)`` that one has not. XEP-0045, section 7.6.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - nick: The nickname, prepared by the strict rules. The room may give one another.
    ///   - allowance: What is let through all the same.
    /// - Throws: A nickname that is none, that one is not in the room, or that there is no session.
    public func changeNick(
        in room: BareJID, to nick: String, allowing allowance: JID.Allowance = []
    ) throws(RoomError) {
        let address = try occupantAddress(nick, in: room, allowance)
        guard stream.isInSession else { throw RoomError(.disconnected) }
        guard let followed = followed[room], followed.room.isInside else {
            throw RoomError(.notInRoom)
        }
        try tell(followed, at: address)
    }

    /// Leaves a room: ``RoomEvent/selfLeft(_:)`` tells that one is outside. XEP-0045, section 7.14.
    ///
    /// Where one is outside already nothing is sent, and the room is followed no longer. In no case
    /// does ``rejoin()`` ask for it any more.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - status: A text that one leaves behind, for people.
    /// - Throws: A status that XML does not allow; then one has not left.
    public func leave(_ room: BareJID, status: String? = nil) throws(RoomError) {
        guard let followed = followed[room], let address = followed.room.ownOccupantAddress else {
            return self.followed[room] = nil
        }
        try send(Presence(type: .unavailable, to: address, status: status), to: followed)
    }

    /// Follows a room no longer, from now on and without a word about it: for one that does not
    /// answer, say. If one is in it, or coming in, one leaves.
    public func forget(_ room: BareJID) {
        // There is no text in it that XML could not allow.
        try? leave(room)
        followed[room] = nil
    }

    /// Tells all rooms how one is available: those that one is in at once, others as soon as one
    /// comes in.
    ///
    /// Presence that is broadcast does not reach rooms (XEP-0045, section 7.7), so call it whenever
    /// the own presence changed. To be unavailable, leave.
    ///
    /// - Parameter presence: Show, status and whatever else it holds. Its addresses and id do not
    ///   count.
    /// - Throws: Text that XML does not allow; then nothing was sent, and nothing changed.
    /// - Precondition: `presence` is available.
    public func setPresence(_ presence: Presence) throws(RoomError) {
        precondition(presence.type == .available, "rooms are left, not told to be unavailable")
        do { _ = try presence.element.serialized() } catch { throw RoomError(.invalidText) }
        ownPresence = presence
        for room in rooms {
            guard var followed = followed[room.address] else { continue }
            followed.presence = nil
            self.followed[room.address] = followed
            if followed.room.isInside { try repeatPresence(to: followed) }
        }
    }
}

// MARK: Sending

extension RoomClient {
    /// Sends presence to a nickname in a room as it is, and follows what it asks for. A room is
    /// followed from the first request to join on.
    package func send(_ presence: Presence) throws(RoomError) {
        var followed: Followed?
        if let to = presence.to, to.resource != nil {
            followed = self.followed[to.bare]
            if followed == nil, let request = presence[MUCJoin.self], presence.type == .available {
                followed = beginning(to.bare)
                followed?.request = request
            }
        }
        try send(presence, to: followed)
    }

    /// Sends again what a room that one has just come into has missed.
    func catchUp(_ room: BareJID) {
        guard let followed = followed[room], followed.room.isInside,
            let told = followed.told, told != followed.presence ?? ownPresence
        else { return }
        // It could be written when it was set.
        try? repeatPresence(to: followed)
    }

    private func beginning(_ room: BareJID) -> Followed {
        followedCount += 1
        return Followed(room: Room(address: room, number: followedCount))
    }

    private func join(_ followed: Followed, as address: JID) throws(RoomError) {
        guard stream.isInSession else { throw RoomError(.disconnected) }
        try tell(followed, at: address, followed.request)
    }

    private func repeatPresence(to followed: Followed) throws(RoomError) {
        guard let address = followed.room.ownOccupantAddress else { return }
        try tell(followed, at: address)
    }

    /// Sends what the room is to know of oneself.
    private func tell(
        _ followed: Followed, at address: JID, _ request: MUCJoin? = nil
    ) throws(RoomError) {
        var followed = followed
        let told = followed.presence ?? ownPresence
        followed.told = told
        var presence = told
        presence.to = address
        presence.from = nil
        presence.id = stream.makeID()
        presence[MUCJoin.self] = request
        try send(presence, to: followed)
    }

    private func send(_ presence: Presence, to followed: Followed?) throws(RoomError) {
        let address = followed?.room.address
        let before = address.flatMap { self.followed[$0] }
        if var followed {
            followed.room.willSend(presence, from: presence.from ?? stream.address)
            if presence.type == .unavailable { followed.isWanted = false }
            if presence[MUCJoin.self] != nil { followed.isWanted = true }
            self.followed[followed.room.address] = followed
            claimOccupants(of: followed.room.address)
        }
        do {
            try stream.send(presence)
        } catch {
            if let address { self.followed[address] = before }
            throw RoomError(.invalidText)
        }
    }

    private func occupantAddress(
        _ nick: String, in room: BareJID, _ allowance: JID.Allowance
    ) throws(RoomError) -> JID {
        do throws(JIDError) {
            return try room.appending(resource: nick, allowing: allowance)
        } catch {
            throw RoomError(.invalidNick, addressError: error)
        }
    }
}
