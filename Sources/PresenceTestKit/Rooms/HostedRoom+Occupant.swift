internal import PresenceKit
internal import StanzaKit

extension HostedRoom {
    /// Somebody in the room under a nickname, with one client or several.
    struct Occupant: Sendable {
        var nick: String
        let user: BareJID
        var role: Role
        /// In the order in which they came in; there is at least one.
        var sessions: [Session]

        /// What others see of the occupant: of several clients, the one that has been in longest.
        var presence: Presence { sessions.first?.presence ?? Presence() }

        func has(_ nick: String) -> Bool { self.nick.isExactly(nick) }

        func session(_ jid: JID) -> Session? { sessions.first { $0.jid == jid } }
    }

    /// A client in the room.
    struct Session: Sendable {
        let jid: JID
        /// What it sent last, without addresses and without what only a room may say.
        var presence: Presence
    }
}

extension Presence {
    /// The presence as a room passes it on: without what only rooms say.
    func withoutRoomParts() -> Presence {
        var presence = self
        presence.from = nil
        presence.to = nil
        presence.element.removeChildren { child in
            child.isIn(.muc) || child.isIn(.mucUser) || child.isIn("urn:xmpp:occupant-id:0")
        }
        return presence
    }
}
