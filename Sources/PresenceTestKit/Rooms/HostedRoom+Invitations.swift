internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Sends invitations on, and lets the invited in where only members may come in. XEP-0045,
    /// section 7.8.2.
    mutating func invite(
        _ invites: [MUCUser.Invite], from sender: JID
    ) throws(StanzaError) {
        guard let index = index(of: sender) else { throw StanzaError(.notAcceptable) }
        let inviter = occupants[index]
        if configuration.isMembersOnly, affiliation(of: inviter.user) < .admin {
            throw StanzaError(.forbidden)
        }
        var invited: [(JID, MUCUser.Invite)] = []
        for var invite in invites {
            guard let jid = invite.to else { throw StanzaError(.jidMalformed) }
            invite.to = nil
            invite.from = try? JID(wire: occupantAddress(inviter.nick))
            invited.append((jid, invite))
        }
        for (jid, invite) in invited {
            if configuration.isMembersOnly, affiliation(of: jid.bare) == .unaffiliated {
                affiliations[jid.bare] = .member
            }
            self.invite(jid, invite)
        }
    }

    /// Sends an invitation, with the password where there is one.
    mutating func invite(_ jid: JID, _ invite: MUCUser.Invite) {
        var user = MUCUser(inviting: [invite])
        user.password = configuration.password
        send(Message(to: jid, children: [user.element]), to: jid)
    }

    /// Tells an occupant that somebody does not accept its invitation. Nobody else is told: the
    /// room carries no messages for strangers.
    mutating func forward(
        _ decline: MUCUser.Decline, _ message: Message, from sender: JID
    ) throws(StanzaError) {
        guard let jid = decline.to else { throw StanzaError(.jidMalformed) }
        let inviter =
            jid.bare == address
            ? jid.resource.flatMap { index(ofNick: $0) }.map { occupants[$0] }
            : occupant(of: jid)
        guard let inviter else { throw StanzaError(.itemNotFound) }
        var declined = MUCUser.Decline(from: JID(sender.bare))
        declined.reason = decline.reason
        var answer = Message(to: nil, children: [MUCUser(declining: declined).element])
        answer.id = message.id
        for session in inviter.sessions { send(answer, to: session.jid) }
    }
}
