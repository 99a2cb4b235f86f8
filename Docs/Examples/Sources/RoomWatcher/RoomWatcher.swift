import PresenceKit
import PresenceTestKit
import StanzaKit

/// Watches a room: who comes in, changes and leaves, and why.
@main
struct RoomWatcher {
    static func main() throws {
        let server = InMemoryServer()
        server.addRoomService("rooms.montague.example")
        let ball: BareJID = "ball@rooms.montague.example"
        let capulet = Guest("capulet@capulet.example/hall", on: server)
        let benvolio = Guest("benvolio@montague.example/mask", on: server)
        let romeo = Guest("romeo@montague.example/mask", on: server)
        let juliet = Guest("juliet@capulet.example/mask", on: server)
        let tybalt = Guest("tybalt@capulet.example/mask", on: server)
        benvolio.rooms.onEvent { room, event in
            if let news = news(event) { print("    \(news)") }
        }

        // Whoever comes first makes the room, and opens it as it is.
        try capulet.rooms.join(ball, as: "Capulet")
        try capulet.ask(ball, .owner, "<x xmlns='jabber:x:data' type='submit'/>")

        print("Benvolio comes to the ball, and tells us what he sees:")
        try benvolio.rooms.join(ball, as: "Benvolio")

        print("\nOthers come in masks:")
        try romeo.rooms.join(ball, as: "Pilgrim")
        try juliet.rooms.join(ball, as: "Saint", presence: Presence(status: "Dancing"))

        print("\nThe masks fall:")
        try romeo.rooms.changeNick(in: ball, to: "Romeo")
        try juliet.rooms.changeNick(in: ball, to: "Juliet")
        try juliet.rooms.setPresence(Presence(show: .chat, status: "By the stairs"))

        print("\nBenvolio would like to be called as somebody else is:")
        try benvolio.rooms.changeNick(in: ball, to: "Romeo")

        print("\nThe host decides who may do what:")
        try capulet.ask(ball, .admin, "<item nick='Juliet' role='moderator'/>")
        try capulet.ask(ball, .admin, "<item nick='Romeo' affiliation='member'/>")
        try tybalt.rooms.join(ball, as: "Tybalt")
        let reason = "<reason>He shall be endured</reason>"
        try capulet.ask(ball, .admin, "<item nick='Tybalt' role='none'>\(reason)</item>")

        print("\nThe ball ends:")
        try romeo.rooms.leave(ball, status: "The sport is at the best")
        juliet.connection.disconnect()
        let rest = benvolio.rooms[ball]?.occupants.map(\.nick) ?? []
        print("    Still here: \(rest.joined(separator: " and "))")
        try capulet.ask(ball, .owner, "<destroy><reason>More light, and away</reason></destroy>")
    }

    /// What happened, as Benvolio would tell it.
    static func news(_ event: RoomEvent) -> String? {
        switch event {
        case .occupantListed(let guest): "\(guest.nick) is here already, \(standing(guest))"
        case .selfJoined(let me): "I am in as \(me.nick), \(standing(me))"
        case .occupantJoined(let guest): "\(guest.nick) comes in, \(standing(guest))"
        case .nickChanged(let before, let after, _): "\(before.nick) is \(after.nick)"
        case .nickRefused(let refusal):
            "I am not \(refusal.nick): \(refusal.error.condition.rawValue)"
        case .occupantUpdated(let guest, let changes):
            if !changes.isDisjoint(with: [.role, .affiliation]) {
                "\(guest.nick) is now \(standing(guest)), says \(guest.actor?.nick ?? "the room")"
            } else if !changes.isDisjoint(with: [.show, .status]) {
                "\(guest.nick) does something else: \(availability(guest))"
            } else {
                nil
            }
        case .occupantLeft(let guest, let departure): "\(guest.nick) \(cause(departure))"
        case .selfLeft(let departure): "I \(cause(departure))"
        default: nil
        }
    }

    static func standing(_ guest: Room.Occupant) -> String {
        let role = guest.role?.rawValue ?? "nobody"
        let affiliation = guest.affiliation ?? .unaffiliated
        return affiliation == .unaffiliated ? role : "\(role) and \(affiliation.rawValue)"
    }

    static func availability(_ guest: Room.Occupant) -> String {
        let presence = guest.presence
        return "\(presence.show?.rawValue ?? "available"), \(presence.status ?? "without a word")"
    }

    static func cause(_ departure: Room.Departure) -> String {
        switch departure.cause {
        case .left: "left, \(departure.presence?.status ?? "without a word")"
        case .kicked: "was kicked by \(departure.actor?.nick ?? ""): \(departure.reason ?? "")"
        case .destroyed(let room): "am outside, as the room is no more: \(room.reason ?? "")"
        default: "is gone: \(departure.cause)"
        }
    }
}

/// Somebody who can be in rooms.
final class Guest {
    let connection: InMemoryServer.Connection
    let rooms: RoomClient

    init(_ address: JID, on server: InMemoryServer) {
        connection = server.connect(as: address)
        rooms = RoomClient(PresenceClient(connection.stream))
    }

    enum Right: String {
        case admin
        case owner
    }

    /// Asks a room for something to which one needs to be more than a guest.
    func ask(_ room: BareJID, _ right: Right, _ xml: String) throws {
        let query = "<query xmlns='http://jabber.org/protocol/muc#\(right)'>\(xml)</query>"
        let request = IQ(.set, to: JID(room), payload: try Element(parsing: query, in: .client))
        connection.stream.request(request) { _ in }
    }
}
