internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// What a room tells about an occupant beside its presence.
    struct News: Sendable {
        /// What everybody is told.
        var codes: [MUCStatusCode] = []
        /// What one client alone is told, such as that it has made the room.
        var personalCodes: (client: JID, codes: [MUCStatusCode])?
        /// The last that is heard of the occupant under that nickname; `nil` while it is there.
        var farewell: Presence?
        /// The nickname that it has from now on.
        var nextNick: String?
        /// That the room is no more.
        var destroy: MUCUser.Destroy?
        /// By whom, and why.
        var act: Act?

        /// That the occupant is there no more.
        static func departure(
            _ codes: [MUCStatusCode] = [], by act: Act? = nil,
            _ farewell: Presence = Presence(type: .unavailable)
        ) -> News {
            News(codes: codes, farewell: farewell, act: act)
        }
    }

    /// Who did something to an occupant, and why.
    struct Act: Sendable {
        var nick: String?
        var user: BareJID
        var reason: String?
    }

    /// Tells everybody who is in the room about an occupant, in the order in which they came in.
    mutating func announce(_ occupant: Occupant, _ news: News = News()) {
        for viewer in occupants {
            for session in viewer.sessions { tell(session, of: viewer, about: occupant, news) }
        }
    }

    /// Tells one client about an occupant.
    mutating func tell(
        _ session: Session, of viewer: Occupant, about occupant: Occupant, _ news: News = News()
    ) {
        let isSelf = viewer.has(occupant.nick)
        let own = isSelf ? session.presence : occupant.presence
        var presence = news.farewell ?? own
        var codes = news.codes
        if let personal = news.personalCodes, personal.client == session.jid {
            codes += personal.codes
        }
        if isSelf { codes.append(.selfPresence) }
        var user = MUCUser(items: items(about: occupant, news, for: viewer), codes: codes)
        user.destroy = news.destroy
        presence[MUCUser.self] = user
        presence.element[.from] = occupantAddress(occupant.nick)
        presence.element[.to] = session.jid.spelling
        send(presence.element)
    }

    /// One item for each client, where its address is to be seen; else one for all.
    private func items(
        about occupant: Occupant, _ news: News, for viewer: Occupant
    ) -> [MUCUser.Item] {
        let isSelf = viewer.has(occupant.nick)
        let seesAddresses = seesAddresses(viewer)
        var item = MUCUser.Item(
            affiliation: affiliation(of: occupant.user), role: occupant.role, nick: news.nextNick,
            reason: news.act?.reason)
        item.actor = news.act.flatMap { act in
            if act.nick == nil, !seesAddresses { return nil }
            return MUCUser.Actor(nick: act.nick, jid: seesAddresses ? JID(act.user) : nil)
        }
        guard isSelf || seesAddresses, !occupant.sessions.isEmpty else { return [item] }
        return occupant.sessions.map { session in
            var item = item
            item.jid = session.jid
            return item
        }
    }

    /// Whether somebody sees the real addresses of others. XEP-0045, sections 7.2.3 and 7.2.4.
    func seesAddresses(_ viewer: Occupant) -> Bool {
        configuration.isNonAnonymous || viewer.role == .moderator
    }
}
