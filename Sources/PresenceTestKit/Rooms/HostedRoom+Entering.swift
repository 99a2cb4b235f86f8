internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Takes available presence: it asks to come in, tells something new, or asks for another
    /// nickname. XEP-0045, sections 7.2, 7.6 and 7.7.
    mutating func receiveAvailable(
        _ presence: Presence, from sender: JID, mayCreate: Bool
    ) throws(StanzaError) {
        let wanted = presence.to?.resource
        guard let wanted else { throw StanzaError(.jidMalformed) }
        let isJoining = presence[MUCJoin.self] != nil
        let asked = try prepared(wanted)
        // Who asks to come in gets the own nickname, who asks for another one is refused. Sections
        // 7.2.2 and 7.6.
        let nick = isJoining ? try assignedNick(of: sender.bare) ?? asked : asked
        if let index = index(of: sender) {
            if occupants[index].has(nick) {
                update(presence, of: sender, announcing: !isJoining)
            } else {
                try changeNick(of: sender, to: nick, asking: wanted, presence)
            }
            if isJoining { welcomeAgain(sender, asking: wanted) }
        } else if isJoining {
            if stage == .new, !mayCreate { throw StanzaError(.notAllowed) }
            try enter(presence, sender, as: nick)
        } else {
            refuseUnjoined(wanted, sender)
        }
    }

    /// The nickname that an address asks for, in its normal form.
    private func prepared(_ nick: String) throws(StanzaError) -> String {
        do throws(JIDError) {
            let jid = try address.appending(resource: nick, allowing: .unassignedCodePoints)
            return jid.resource ?? nick
        } catch {
            throw StanzaError(.jidMalformed)
        }
    }

    private mutating func enter(
        _ presence: Presence, _ sender: JID, as nick: String
    ) throws(StanzaError) {
        let user = sender.bare
        if stage == .new { affiliations[user] = .owner }
        let role = try checkEntrance(of: user, presence[MUCJoin.self])
        let session = Session(jid: sender, presence: presence.withoutRoomParts())
        let place = try freePlace(for: nick, user)

        let codes =
            (stage == .new ? [.created] : [])
            + codesOfWelcome(as: nick, asking: presence.to?.resource)
        if stage == .new { stage = .locked }

        if let place {
            occupants[place].sessions.append(session)
        } else {
            occupants.append(Occupant(nick: nick, user: user, role: role, sessions: [session]))
        }
        guard let index = index(of: sender) else { return }
        let occupant = occupants[index]
        list(for: session, of: occupant)
        announce(occupant, News(personalCodes: (sender, codes)))
        sendSubject(to: sender)
    }

    /// Checks that somebody may come in. XEP-0045, sections 7.2.5 to 7.2.7, 7.2.9 and 7.2.10.
    ///
    /// - Returns: The role that it comes in with.
    private func checkEntrance(of user: BareJID, _ join: MUCJoin?) throws(StanzaError) -> Role {
        let affiliation = affiliation(of: user)
        if stage == .locked, affiliation != .owner { throw StanzaError(.itemNotFound) }
        if affiliation == .outcast { throw StanzaError(.forbidden) }
        guard let role = Standing.defaultRole(of: affiliation, in: configuration) else {
            throw StanzaError(.registrationRequired)
        }
        if let password = configuration.password, join?.password?.isExactly(password) != true {
            throw StanzaError(.notAuthorized)
        }
        return role
    }

    private func assignedNick(of user: BareJID) throws(StanzaError) -> String? {
        guard let nick = configuration.assignedNicks[user] else { return nil }
        return try prepared(nick)
    }

    /// Checks that somebody new may have a nickname. XEP-0045, sections 7.2.8 and 7.2.9.
    ///
    /// - Returns: The occupant to share it with, if there is one.
    private func freePlace(for nick: String, _ user: BareJID) throws(StanzaError) -> Int? {
        if configuration.isReserved(nick, for: user) { throw StanzaError(.conflict) }
        if let index = index(ofNick: nick) {
            guard configuration.allowsSharedNicks, occupants[index].user == user else {
                throw StanzaError(.conflict)
            }
            return index
        }
        if let maximum = configuration.maximumOccupants, occupants.count >= maximum,
            affiliation(of: user) < .admin
        {
            throw StanzaError(.serviceUnavailable, type: .wait)
        }
        return nil
    }

    /// Tells a client who else is in the room.
    private mutating func list(for session: Session, of viewer: Occupant) {
        for occupant in occupants where !occupant.has(viewer.nick) {
            tell(session, of: viewer, about: occupant)
        }
    }

    /// Tells a client that has lost track what it would be told if it had just come in. XEP-0045,
    /// section 7.2.1.
    private mutating func welcomeAgain(_ sender: JID, asking asked: String) {
        guard let index = index(of: sender), let session = occupants[index].session(sender)
        else { return }
        let occupant = occupants[index]
        list(for: session, of: occupant)
        let codes = codesOfWelcome(as: occupant.nick, asking: asked)
        announce(occupant, News(personalCodes: (sender, codes)))
        sendSubject(to: sender)
    }

    /// What a client is told of the room when it comes in. XEP-0045, sections 7.2.2, 7.2.3 and
    /// 7.2.12.
    private func codesOfWelcome(as nick: String, asking asked: String?) -> [MUCStatusCode] {
        var codes: [MUCStatusCode] = []
        if configuration.isNonAnonymous { codes.append(.nonAnonymous) }
        if configuration.isLogged { codes.append(.nowLogged) }
        if asked?.isExactly(nick) == false { codes.append(.nickAssigned) }
        return codes
    }

    /// Tells a client that thinks that it is in the room that it is not. XEP-0045, section 7.2.18.
    private mutating func refuseUnjoined(_ nick: String, _ sender: JID) {
        let affiliation = affiliation(of: sender.bare)
        var presence = Presence(type: .unavailable)
        presence[MUCUser.self] = MUCUser(
            items: [
                MUCUser.Item(
                    affiliation: affiliation, role: .noRole, reason: "You are not in the room.")
            ], codes: [.selfPresence, .kicked, .removedByError])
        presence.element[.from] = occupantAddress(nick)
        presence.element[.to] = sender.spelling
        send(presence.element)
    }

    /// Tells the subject, which is empty where nobody has set one. XEP-0045, section 7.2.15.
    private mutating func sendSubject(to sender: JID) {
        let none = Message(to: nil, type: .groupchat, children: [Element("subject", in: .client)])
        var message = subject ?? none.element
        if subject == nil { message[.from] = address.spelling }
        message[.to] = sender.spelling
        send(message)
    }
}
