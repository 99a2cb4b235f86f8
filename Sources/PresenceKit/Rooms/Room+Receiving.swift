internal import HashTreeCollections
package import StanzaKit

/// What stanzas of the room change: each is one event, whatever the room sends and in any order.
extension Room {
    /// Takes a presence stanza, and tells what it means; `nil` where it is not of this room or, by
    /// its type, not about being there.
    package mutating func receive(_ presence: Presence) -> RoomEvent? {
        guard let sender = presence.from, sender.bare == address else { return nil }
        switch presence.type {
        case .error:
            return receiveError(presence, from: sender.resource.map(ExactText.init))
        case .available, .unavailable:
            guard sender.resource != nil else { return .roomPresence(presence) }
            let isHere = presence.type == .available
            let news = RoomNews(
                isHere ? presence.limitedInRoom : presence, from: sender, ownAddress)
            return isHere ? receiveAvailable(news) : receiveUnavailable(news)
        default: return nil
        }
    }

    /// Takes a message; `nil` where it is not the room's own, or says nothing about it.
    package func receive(_ message: Message) -> RoomEvent? {
        guard let sender = message.from, sender == JID(address), !message.isError,
            let user = message[MUCUser.self], !user.codes.isEmpty || !user.items.isEmpty
        else { return nil }
        return .notice(message)
    }

    /// Forgets who is there; `nil` where one was neither in nor coming in.
    package mutating func endSession() -> RoomEvent? {
        if ownKey == nil, entry == nil { return nil }
        entry = nil
        repeatedEntry = nil
        return leave(.sessionEnded)
    }
}

// MARK: Available

extension Room {
    private mutating func receiveAvailable(_ news: RoomNews) -> RoomEvent {
        if news.isSelfPresence { repeatedEntry = nil }
        if let ownKey {
            if news.isSelfPresence, news.key != ownKey { return moveSelf(news, from: ownKey) }
        } else {
            if news.isSelfPresence { return enter(news) }
            if entry == nil { return .stray(news.presence) }
        }
        let before = table[news.key]
        guard let occupant = book(news) else { return .tooManyOccupants(news.presence) }
        if let before { return .occupantUpdated(occupant, occupant.changes(since: before)) }
        return ownKey == nil ? .occupantListed(occupant) : .occupantJoined(occupant)
    }

    private mutating func enter(_ news: RoomNews) -> RoomEvent {
        departure = nil
        refusal = nil
        // Where one has asked again behind one's leaving, the id tells which is answered.
        if let entry, !entry.isBehindLeaving || entry.isAnswered(byPresenceWith: news.presence.id) {
            if entry.isBehindLeaving { isLeaving = false }
            self.entry = nil
        }
        return .selfJoined(bookSelf(news, before: table[news.key]))
    }

    /// The room gave one another nickname and did not announce it.
    private mutating func moveSelf(_ news: RoomNews, from old: ExactText) -> RoomEvent {
        let before = table.removeValue(forKey: old)
        nickChange = nil
        let occupant = bookSelf(news, before: table[news.key] ?? before)
        return .nickChanged(from: before ?? occupant, to: occupant, by: news.presence)
    }

    /// Gives an occupant its new values; `nil` where it is one too many.
    private mutating func book(_ news: RoomNews) -> Occupant? {
        let before = table[news.key]
        if before == nil, table.count >= Self.maximumOccupants { return nil }
        let occupant = Occupant(
            news, id: before?.id ?? makeOccupantID(), isSelf: news.key == ownKey, before: before)
        table[news.key] = occupant
        return occupant
    }

    /// Oneself is followed in any case.
    private mutating func bookSelf(_ news: RoomNews, before: Occupant?) -> Occupant {
        let occupant = Occupant(
            news, id: before?.id ?? makeOccupantID(), isSelf: true, before: before)
        setOwnKey(news.key)
        table[news.key] = occupant
        return occupant
    }

    private mutating func setOwnKey(_ key: ExactText) {
        ownKey = key
        lastOwnKey = key
    }

    private mutating func makeOccupantID() -> Occupant.ID {
        occupantCount += 1
        return Occupant.ID(room: address, roomNumber: number, number: occupantCount)
    }
}

// MARK: Unavailable

extension Room {
    private mutating func receiveUnavailable(_ news: RoomNews) -> RoomEvent {
        let isOwnNick = ownKey != nil && news.key == ownKey
        if isOwnNick, news.isOfOtherSessions { return .sessionLeft(news.presence) }
        // A room may send one out that has not let one in yet.
        let isSelf = isOwnNick || news.isSelfPresence && (ownKey != nil || entry != nil)
        if let next = news.nextAddress {
            return rename(news, isSelf: isSelf, to: next)
        }
        if isSelf { return leave(Departure(news)) }
        guard let occupant = table.removeValue(forKey: news.key) else {
            return .stray(news.presence)
        }
        return .occupantLeft(occupant, Departure(news))
    }

    /// Follows an occupant to its next nickname.
    private mutating func rename(_ news: RoomNews, isSelf: Bool, to next: JID) -> RoomEvent {
        let key = ExactText(next.resource ?? "")
        let oldKey = isSelf ? ownKey ?? news.key : news.key
        // One may have moved already; then this is the other half, come late.
        guard let before = table[oldKey], !(isSelf && key == ownKey) else {
            return .stray(news.presence)
        }
        table[news.key] = nil
        table[oldKey] = nil
        // Clients of one user may come to share a nickname: who had it stays, and is oneself if
        // either is.
        let taken = table[key]
        let known = before.isSelf ? before : taken ?? before
        let occupant = known.renamed(next, id: taken?.id ?? before.id)
        table[key] = occupant
        if before.isSelf {
            setOwnKey(key)
            nickChange = nil
        }
        return .nickChanged(from: before, to: occupant, by: news.presence)
    }

    private mutating func leave(_ departure: Departure) -> RoomEvent {
        table = [:]
        ownKey = nil
        nickChange = nil
        isLeaving = false
        // What was sent behind one's leaving is still to be answered.
        entry = entry?.isBehindLeaving == true ? entry : repeatedEntry
        repeatedEntry = nil
        entry?.isBehindLeaving = false
        self.departure = departure
        return .selfLeft(departure)
    }
}

// MARK: Errors

extension Room {
    private mutating func receiveError(_ presence: Presence, from nick: ExactText?) -> RoomEvent {
        let error = presence.error ?? StanzaError(.undefinedCondition)
        if let entry, entry.isAnswered(byErrorWith: presence.id, from: nick) {
            let refusal = Refusal(nick: entry.nick.string, error: error, presence: presence)
            self.refusal = refusal
            self.entry = nil
            if ownKey == nil {
                table = [:]
                isLeaving = false
            }
            return .joinRefused(refusal)
        }
        let isOwnNick = ownKey != nil && nick == ownKey
        if let nickChange,
            nickChange.isAnswered(byErrorWith: presence.id, from: nick)
                || presence.id == nil && isOwnNick
        {
            if nickChange == repeatedEntry { repeatedEntry = nil }
            self.nickChange = nil
            return .nickRefused(
                Refusal(nick: nickChange.nick.string, error: error, presence: presence))
        }
        if let repeatedEntry, repeatedEntry.isAnswered(byErrorWith: presence.id, from: nick) {
            self.repeatedEntry = nil
            if !isOwnNick {
                return .nickRefused(
                    Refusal(nick: repeatedEntry.nick.string, error: error, presence: presence))
            }
        }
        return isOwnNick ? leave(Departure(error: presence)) : .error(presence)
    }
}

extension Presence {
    /// The presence as that of an occupant is kept: of one that is too long, what counts for the
    /// room.
    fileprivate var limitedInRoom: Presence {
        guard element.storedBytes > PresenceClient.maximumPresenceBytes else { return self }
        var presence = limited
        presence.id = id.flatMap { $0.utf8.count > 1023 ? nil : $0 }
        if let user = self[MUCUser.self] {
            let items = user.items.prefix(8).map { item in
                MUCUser.Item(
                    affiliation: item.affiliation, role: item.role, jid: item.jid,
                    nick: item.nick.flatMap { $0.utf8.count > 1023 ? nil : $0 })
            }
            presence[MUCUser.self] = MUCUser(items: items, codes: Array(user.codes.prefix(32)))
        }
        return presence
    }
}
