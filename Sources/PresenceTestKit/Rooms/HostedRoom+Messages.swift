internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Takes a message that is no error. XEP-0045, sections 7.4, 7.5, 7.8 and 8.1.
    mutating func receive(_ message: Message, from sender: JID) throws(StanzaError) {
        if message.to?.resource != nil {
            try receivePrivate(message, from: sender)
        } else if message.type == .groupchat {
            try receiveGroupchat(message, from: sender)
        } else if let user = message[MUCUser.self], let decline = user.decline {
            try forward(decline, message, from: sender)
        } else if let user = message[MUCUser.self], !user.invites.isEmpty {
            try invite(user.invites, from: sender)
        } else if occupant(of: sender) == nil {
            throw StanzaError(.notAcceptable)
        } else {
            throw StanzaError(.badRequest)
        }
    }

    private mutating func receiveGroupchat(
        _ message: Message, from sender: JID
    ) throws(StanzaError) {
        guard let index = index(of: sender) else { throw StanzaError(.notAcceptable) }
        let occupant = occupants[index]
        if occupant.role < .participant { throw StanzaError(.forbidden) }
        var element = message.element
        element.removeAll("x", in: .mucUser)
        element[.from] = occupantAddress(occupant.nick)
        if message.isSubjectChange {
            if occupant.role < .moderator { throw StanzaError(.forbidden) }
            element[.to] = nil
            subject = element
        }
        for occupant in occupants {
            for session in occupant.sessions {
                element[.to] = session.jid.spelling
                send(element)
            }
        }
    }

    private mutating func receivePrivate(
        _ message: Message, from sender: JID
    ) throws(StanzaError) {
        guard let index = index(of: sender) else { throw StanzaError(.notAcceptable) }
        if message.type == .groupchat { throw StanzaError(.badRequest) }
        let place = message.to?.resource.flatMap { self.index(ofNick: $0) }
        guard let place else { throw StanzaError(.itemNotFound) }
        forward(message, from: occupants[index], to: occupants[place])
    }

    /// Forwards a message to all clients of an occupant, as private.
    private mutating func forward(
        _ message: Message, from sender: Occupant, to receiver: Occupant
    ) {
        var message = message
        message[MUCUser.self] = MUCUser()
        message.element[.from] = occupantAddress(sender.nick)
        for session in receiver.sessions {
            message.element[.to] = session.jid.spelling
            send(message.element)
        }
    }

    /// Takes a message that came back. Where a client is not to be reached it is taken out; other
    /// errors go to whom they are for. XEP-0045, section 11.1.
    mutating func receiveError(_ message: Message, from sender: JID) {
        guard let index = index(of: sender), let error = message.error else { return }
        if error.condition.meansUnreachable {
            leave(sender, codes: [.removedByError])
        } else if let nick = message.to?.resource, let place = self.index(ofNick: nick),
            place != index
        {
            forward(message, from: occupants[index], to: occupants[place])
        }
    }
}

extension Message {
    /// Whether a message to a room is for its subject. XEP-0045, section 8.1.
    fileprivate var isSubjectChange: Bool {
        element.first("subject", in: .client) != nil && element.first("body", in: .client) == nil
            && element.first("thread", in: .client) == nil
    }
}

extension StanzaError.Condition {
    /// Whether who answers so is not there.
    fileprivate var meansUnreachable: Bool {
        switch self {
        case .gone, .internalServerError, .itemNotFound, .jidMalformed, .recipientUnavailable,
            .redirect, .remoteServerNotFound, .remoteServerTimeout, .serviceUnavailable:
            true
        default: false
        }
    }
}
