internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Takes a request about roles and affiliations. XEP-0045, sections 8 to 10.
    mutating func administer(_ iq: IQ, _ query: Element, from sender: JID) throws(StanzaError) {
        var items: [AdminItem] = []
        for element in query.children { items.append(try AdminItem(element)) }
        guard let first = items.first else { throw StanzaError(.badRequest) }
        if iq.type == .get {
            if items.count > 1 { throw StanzaError(.badRequest) }
            return try list(first.change, iq, for: sender)
        }
        switch first.change {
        case .role: try changeRoles(items, iq, by: sender)
        case .affiliation: try changeAffiliations(items, iq, by: sender)
        }
    }

    private mutating func list(
        _ wanted: AdminItem.Change, _ iq: IQ, for sender: JID
    ) throws(StanzaError) {
        let standing = standing(of: sender)
        let items: [Element]
        switch wanted {
        case .affiliation(let wanted):
            try standing.checkListing(wanted, in: configuration)
            items = affiliations.filter { $0.value == wanted }.keys.sorted().map {
                AdminItem.listed(affiliation: wanted, jid: JID($0))
            }
        case .role(let wanted):
            try standing.checkListing(wanted)
            items = occupants.filter { $0.role == wanted }.map { occupant in
                AdminItem.listed(
                    affiliation: affiliation(of: occupant.user),
                    jid: occupant.sessions.first?.jid ?? JID(occupant.user), role: wanted,
                    nick: occupant.nick)
            }
        }
        acknowledge(iq, Element("query", in: .mucAdmin, children: items))
    }

    private func act(of sender: JID, _ reason: String?) -> Act {
        Act(nick: occupant(of: sender)?.nick, user: sender.bare, reason: reason)
    }
}

// MARK: Roles

extension HostedRoom {
    /// All of them, or none.
    private mutating func changeRoles(
        _ items: [AdminItem], _ iq: IQ, by sender: JID
    ) throws(StanzaError) {
        let standing = standing(of: sender)
        var changed = self
        for item in items {
            guard case .role(let role) = item.change, let nick = item.nick else {
                throw StanzaError(.badRequest)
            }
            if standing.role != .moderator { throw StanzaError(.forbidden) }
            guard let index = changed.index(ofNick: nick) else { throw StanzaError(.itemNotFound) }
            let occupant = changed.occupants[index]
            if role == .noRole, occupant.user == sender.bare { throw StanzaError(.conflict) }
            try standing.checkSetting(role, for: changed.standing(of: occupant))
            changed.occupants[index].role = role
        }
        let acts = items.map { ($0, act(of: sender, $0.reason)) }
        kick(changed, acts, acknowledging: iq)
        for (item, act) in acts {
            guard case .role(let role) = item.change, role != .noRole, let nick = item.nick,
                let index = index(ofNick: nick), occupants[index].role != role
            else { continue }
            occupants[index].role = role
            announce(occupants[index], News(act: act))
        }
    }

    /// Sends out those who have no role any more; says so between telling them and the others.
    /// XEP-0045, section 8.2.
    private mutating func kick(
        _ changed: HostedRoom, _ acts: [(AdminItem, Act)], acknowledging iq: IQ
    ) {
        var isAcknowledged = false
        for kicked in changed.occupants where kicked.role == .noRole {
            let act = acts.last { $0.0.nick.map(kicked.has) == true }?.1
            remove({ $0.has(kicked.nick) }, .departure([.kicked], by: act)) { room in
                if !isAcknowledged { room.acknowledge(iq) }
                isAcknowledged = true
            }
        }
        if !isAcknowledged { acknowledge(iq) }
    }
}

// MARK: Affiliations

extension HostedRoom {
    /// All of them, or none.
    private mutating func changeAffiliations(
        _ items: [AdminItem], _ iq: IQ, by sender: JID
    ) throws(StanzaError) {
        let standing = standing(of: sender)
        var changed = self
        var acts: [(user: BareJID, act: Act)] = []
        for item in items {
            guard case .affiliation(let new) = item.change else { throw StanzaError(.badRequest) }
            if standing.affiliation < .admin { throw StanzaError(.forbidden) }
            let user = try user(of: item)
            if new == .outcast, user == sender.bare { throw StanzaError(.conflict) }
            try standing.checkSetting(new, for: changed.affiliation(of: user))
            changed.affiliations[user] = new == .unaffiliated ? nil : new
            // The last item about somebody counts; what it has come to is told once.
            acts.removeAll { $0.user == user }
            acts.append((user, act(of: sender, item.reason)))
        }
        let hadOwners = affiliations.values.contains(.owner)
        if hadOwners, !changed.affiliations.values.contains(.owner) {
            throw StanzaError(.conflict)
        }
        let before = self
        affiliations = changed.affiliations
        acknowledge(iq)
        for (user, act) in acts { apply(act, to: user, since: before) }
    }

    /// Whom an item is about.
    private func user(of item: AdminItem) throws(StanzaError) -> BareJID {
        if let jid = item.jid { return jid.bare }
        guard let nick = item.nick else { throw StanzaError(.badRequest) }
        guard let index = index(ofNick: nick) else { throw StanzaError(.itemNotFound) }
        return occupants[index].user
    }

    /// Tells everybody what somebody has become, or sends it out. XEP-0045, sections 9.1 to 9.4.
    private mutating func apply(_ act: Act, to user: BareJID, since before: HostedRoom) {
        let isAffected = { (occupant: Occupant) in
            // Whoever is in a domain shares its ban.
            occupant.user == user
                || user.local == nil && occupant.user.domain.isExactly(user.domain)
        }
        let new = affiliation(of: user)
        let old = before.affiliation(of: user)
        if old == new { return }
        if !occupants.contains(where: isAffected) { return tellOfAbsent(user, new, old, act) }
        let now = { [self] (occupant: Occupant) in affiliation(of: occupant.user) }
        remove({ isAffected($0) && now($0) == .outcast }, .departure([.banned], by: act))
        remove(
            { [configuration] occupant in
                isAffected(occupant)
                    && Standing.defaultRole(of: now(occupant), in: configuration) == nil
            }, .departure([.removedByAffiliation], by: act))
        for index in occupants.indices where isAffected(occupants[index]) {
            let standing = before.standing(of: occupants[index])
            let new = affiliation(of: occupants[index].user)
            guard new != standing.affiliation,
                let role = standing.role(becoming: new, in: configuration)
            else { continue }
            occupants[index].role = role
            announce(occupants[index], News(act: act))
        }
    }

    /// Tells those who see real addresses about somebody who is not in the room, and invites it
    /// where it may come in only now. XEP-0045, sections 9.5 and 10.3.
    private mutating func tellOfAbsent(
        _ user: BareJID, _ new: Affiliation, _ old: Affiliation, _ act: Act
    ) {
        let item = MUCUser.Item(affiliation: new, jid: JID(user), reason: act.reason)
        let message = Message(to: nil, children: [MUCUser(items: [item]).element])
        for viewer in occupants where seesAddresses(viewer) {
            for session in viewer.sessions { send(message, to: session.jid) }
        }
        if configuration.isMembersOnly, new == .member, old == .unaffiliated {
            invite(JID(user), MUCUser.Invite(from: JID(act.user), reason: act.reason))
        }
    }
}
