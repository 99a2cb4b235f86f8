internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Keeps what a client has said of itself.
    mutating func update(_ presence: Presence, of sender: JID, announcing: Bool) {
        guard let index = index(of: sender),
            let place = occupants[index].sessions.firstIndex(where: { $0.jid == sender })
        else { return }
        occupants[index].sessions[place].presence = presence.withoutRoomParts()
        if announcing { announce(occupants[index]) }
    }

    /// Gives a client another nickname. XEP-0045, section 7.6.
    ///
    /// - Parameters:
    ///   - nick: The nickname.
    ///   - asked: The nickname as the client has spelled it.
    mutating func changeNick(
        of sender: JID, to nick: String, asking asked: String, _ presence: Presence
    ) throws(StanzaError) {
        guard let index = index(of: sender) else { return }
        let old = occupants[index]
        if configuration.assignedNicks[old.user].map({ !$0.isExactly(nick) }) == true {
            throw StanzaError(.notAcceptable, type: .cancel)
        }
        if configuration.isReserved(nick, for: old.user) { throw StanzaError(.conflict) }
        let place = self.index(ofNick: nick)
        if let place, !configuration.allowsSharedNicks || occupants[place].user != old.user {
            throw StanzaError(.conflict)
        }
        let codes: [MUCStatusCode] = nick.isExactly(asked) ? [] : [.nickAssigned]
        if place == nil, old.sessions.count == 1 {
            rename(index, to: nick, presence, codes)
        } else {
            move(sender, from: index, to: nick, presence, codes)
        }
    }

    /// An occupant of one client takes a nickname that nobody has.
    private mutating func rename(
        _ index: Int, to nick: String, _ presence: Presence, _ codes: [MUCStatusCode]
    ) {
        let client = occupants[index].sessions[0].jid
        announce(
            occupants[index],
            News(
                codes: [.nickChanged], farewell: Presence(type: .unavailable), nextNick: nick))
        occupants[index].nick = nick
        occupants[index].sessions[0].presence = presence.withoutRoomParts()
        announce(occupants[index], News(personalCodes: (client, codes)))
    }

    /// A client goes from one occupant to another one of the same user, which may be new. It alone
    /// sees that as a change of nickname: to others, who see occupants, one may stay and the other
    /// may have been there.
    private mutating func move(
        _ sender: JID, from index: Int, to nick: String, _ presence: Presence,
        _ codes: [MUCStatusCode]
    ) {
        guard var session = occupants[index].session(sender) else { return }
        let old = occupants[index]
        tell(
            session, of: old, about: old,
            News(codes: [.nickChanged], farewell: Presence(type: .unavailable), nextNick: nick))
        session.presence = presence.withoutRoomParts()
        take(sender, from: index, .departure())
        if let place = self.index(ofNick: nick) {
            occupants[place].sessions.append(session)
        } else {
            occupants.append(
                Occupant(nick: nick, user: old.user, role: old.role, sessions: [session]))
        }
        if let stays = self.index(ofNick: old.nick) { announce(occupants[stays]) }
        if let place = self.index(of: sender) {
            announce(occupants[place], News(personalCodes: (sender, codes)))
        }
    }

    /// Takes a client out; tells the others if the occupant goes with it.
    private mutating func take(_ sender: JID, from index: Int, _ news: News) {
        if occupants[index].sessions.count > 1 {
            occupants[index].sessions.removeAll { $0.jid == sender }
            return
        }
        var occupant = occupants.remove(at: index)
        occupant.role = .noRole
        announce(occupant, news)
    }

    /// A client leaves, or is lost. XEP-0045, section 7.14.
    ///
    /// An occupant that stays with other clients keeps its role also in what the one that leaves is
    /// told.
    mutating func leave(
        _ sender: JID, _ farewell: Presence = Presence(type: .unavailable),
        codes: [MUCStatusCode] = []
    ) {
        guard let index = index(of: sender), let session = occupants[index].session(sender)
        else { return }
        if stage == .locked, occupants.count == 1, occupants[index].sessions.count == 1 {
            // A room that was never configured goes with who has made it. Section 10.1.3.
            return destroy(MUCUser.Destroy())
        }
        let news = News.departure(codes, farewell.withoutRoomParts())
        var own = occupants[index]
        own.sessions = [session]
        let isLast = occupants[index].sessions.count == 1
        if isLast { own.role = .noRole }
        tell(session, of: own, about: own, news)
        let nick = own.nick
        take(sender, from: index, news)
        if !isLast, let index = self.index(ofNick: nick) { announce(occupants[index]) }
        closeIfEmpty()
    }

    /// Sends occupants out, each for the same reason: first they are told, then who stays.
    ///
    /// - Parameter between: What is to be sent between the two.
    mutating func remove(
        _ isUnwanted: (Occupant) -> Bool, _ news: News,
        _ between: (inout HostedRoom) -> Void = { _ in }
    ) {
        let removed = occupants.filter(isUnwanted).map { occupant in
            var occupant = occupant
            occupant.role = .noRole
            return occupant
        }
        occupants.removeAll(where: isUnwanted)
        for occupant in removed {
            for session in occupant.sessions { tell(session, of: occupant, about: occupant, news) }
        }
        between(&self)
        for occupant in removed { announce(occupant, news) }
        if !removed.isEmpty { closeIfEmpty() }
    }

    /// Sends everybody out, each told of itself alone, and ends the room. XEP-0045, section 10.9.
    mutating func destroy(_ destroy: MUCUser.Destroy) {
        var news = News.departure()
        news.destroy = destroy
        dismissAll(news)
        stage = .gone
    }

    /// Sends everybody out, each told of itself alone.
    mutating func dismissAll(_ news: News) {
        for var occupant in occupants {
            occupant.role = .noRole
            for session in occupant.sessions { tell(session, of: occupant, about: occupant, news) }
        }
        occupants = []
        closeIfEmpty()
    }

    /// Ends a room that does not stay without occupants.
    mutating func closeIfEmpty() {
        if occupants.isEmpty, !configuration.isPersistent { stage = .gone }
    }
}
