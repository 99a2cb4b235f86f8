import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// People with one client or two, real room clients over scripted streams, who do things with the
/// rooms of a service, at random; what arrives where is up to chance, in what order it arrives from
/// one to another is not.
final class RoomSimulation {
    private var service = RoomService(domain: "chat.shakespeare.lit")
    private var dice: Dice
    private let clients: [Client]
    private let rooms: [BareJID] = ["coven@chat.shakespeare.lit", "heath@chat.shakespeare.lit"]
    private let nicks = ["first", "second", "third", "fourth", "fifth"]
    /// How often what came to pass.
    private(set) var events: [String: Int] = [:]
    private(set) var comparisons = 0

    /// A session and what it knows.
    private final class Client {
        let jid: JID
        let script: ScriptedStream
        let rooms: RoomClient
        var isOnline = true
        /// Who is in a room as events alone tell it.
        var told: [BareJID: Set<Room.Occupant.ID>] = [:]

        init(_ jid: JID) {
            self.jid = jid
            script = ScriptedStream(as: jid)
            rooms = RoomClient(PresenceClient(script.stream))
            script.begin()
        }
    }

    /// The same numbers for the same seed, from Knuth's MMIX.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            var bits: UInt64 = 0
            for _ in 0..<2 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bits = bits << 32 | state >> 32
            }
            return bits
        }
    }

    init(seed: UInt64) {
        dice = Dice(state: seed)
        clients = [
            "crone@shakespeare.lit/1", "crone@shakespeare.lit/2", "hag@shakespeare.lit/1",
            "hag@shakespeare.lit/2", "wicca@shakespeare.lit/1", "hecate@shakespeare.lit/1",
        ].map(Client.init)
        var configuration = RoomConfiguration()
        configuration.isPersistent = true
        configuration.allowsSharedNicks = Bool.random(using: &dice)
        service.makeRoom(
            rooms[0], configuration: configuration,
            affiliations: ["crone@shakespeare.lit": .owner, "hag@shakespeare.lit": .admin])
        for client in clients {
            client.rooms.onEvent { [unowned self, unowned client] room, event in
                events[event.name, default: 0] += 1
                event.change(&client.told[room.address, default: []], in: room)
            }
        }
    }

    /// One to three things happen before anybody hears of any of them; then all comes to rest.
    func step() throws {
        for _ in 0..<Int.random(in: 1...3, using: &dice) { try act(pick(clients)) }
        try settle()
        compare()
    }

    private func pick<T>(_ values: [T]) -> T {
        values[Int.random(in: 0..<values.count, using: &dice)]
    }
}

// MARK: Delivery

extension RoomSimulation {
    /// Carries stanzas until nobody has any to send.
    private func settle() throws {
        while true {
            let sent = clients.map { ($0, $0.script.takeSent()) }.shuffled(using: &dice)
            if sent.allSatisfy({ $0.1.isEmpty }) { return }
            for (client, elements) in sent where client.isOnline {
                for var element in elements {
                    element[.from] = client.jid.spelling
                    try deliver(service.receive(element))
                }
            }
        }
    }

    private func deliver(_ elements: [Element]) throws {
        for element in elements {
            let address = element[.to].flatMap { try? JID(wire: $0) }
            guard let client = clients.first(where: { $0.jid == address && $0.isOnline })
            else { continue }
            try client.script.receive(element.description)
        }
    }

    private func goOffline(_ client: Client) throws {
        client.isOnline = false
        client.script.stream.end()
        _ = client.script.takeSent()
        for room in rooms {
            for occupant in service.occupants(of: room) where occupant.jids.contains(client.jid) {
                var farewell = Presence(type: .unavailable)
                farewell.from = client.jid
                farewell.element[.to] = "\(room)/\(occupant.nick)"
                try deliver(service.receive(farewell.element))
            }
        }
    }
}

// MARK: What they do

extension RoomSimulation {
    private func act(_ client: Client) throws {
        let room = pick(rooms)
        guard client.isOnline else {
            client.isOnline = true
            client.script.begin()
            return try client.rooms.rejoin()
        }
        switch Int.random(in: 0..<22, using: &dice) {
        case 0...5: try client.rooms.join(room, as: pick(nicks))
        case 6...8: try? client.rooms.changeNick(in: room, to: pick(nicks))
        case 9: try client.rooms.leave(room, status: pick([nil, "gone"]))
        case 10: try client.rooms.setPresence(Presence(show: pick([nil, .away, .dnd])))
        case 11: try goOffline(client)
        case 12: try bounce(client, room)
        case 13:
            try client.script.stream.send(
                Message(to: JID(room), type: .groupchat, children: [Element("body", in: .client)]))
        case 14...16:
            let role = pick(["none", "visitor", "participant", "moderator"])
            try ask(client, room, "admin", "<item nick='\(pick(nicks))' role='\(role)'/>")
        case 17...19:
            let affiliation = pick(["outcast", "none", "none", "member", "admin", "owner"])
            let item = "<item jid='\(pick(clients).jid.bare)' affiliation='\(affiliation)'/>"
            try ask(client, room, "admin", item)
        case 20: try ask(client, room, "owner", configuration())
        default:
            let content = pick([
                "<x xmlns='jabber:x:data' type='submit'/>",
                "<x xmlns='jabber:x:data' type='cancel'/>", "<destroy/>",
            ])
            try ask(client, room, "owner", content)
        }
    }

    private func configuration() -> String {
        let (name, value) = pick([
            ("whois", "anyone"), ("whois", "moderators"), ("membersonly", "1"),
            ("membersonly", "0"), ("membersonly", "0"), ("moderatedroom", "1"),
            ("moderatedroom", "0"), ("maxusers", "3"), ("maxusers", "none"),
        ])
        return "<x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_\(name)'>"
            + "<value>\(value)</value></field></x>"
    }

    private func ask(_ client: Client, _ room: BareJID, _ kind: String, _ content: String) throws {
        let id = client.script.stream.makeID()
        try client.script.stream.send(
            Element(
                parsing: "<iq type='set' id='\(id)' to='\(room)'>"
                    + "<query xmlns='\(XMLNamespace.muc)#\(kind)'>\(content)</query></iq>",
                in: .client))
    }

    /// Something could not be delivered to a client.
    private func bounce(_ client: Client, _ room: BareJID) throws {
        var error = Presence(to: JID(room))
        error.setError(StanzaError(.recipientUnavailable))
        try client.script.stream.send(error)
    }
}

// MARK: Comparing

extension RoomSimulation {
    /// Whether everybody knows of the rooms what is so.
    private func compare() {
        for client in clients {
            for address in rooms { compare(client, address) }
        }
    }

    private func compare(_ client: Client, _ address: BareJID) {
        let place = "\(client.jid) in \(address)"
        let occupants = service.occupants(of: address)
        let own = occupants.first { $0.jids.contains(client.jid) }
        let room = client.rooms[address]
        comparisons += 1
        XCTAssertEqual(
            client.told[address] ?? [], Set(room?.occupants.map(\.id) ?? []), "\(place) by events")
        guard let own else {
            XCTAssertEqual(room?.membership ?? .outside, .outside, place)
            return XCTAssertEqual(room?.count ?? 0, 0, place)
        }
        XCTAssertEqual(room?.membership, .joined(as: own.nick), place)
        XCTAssertEqual(room?.occupants.map(\.nick), occupants.map(\.nick).sorted(), place)
        for occupant in occupants {
            guard let known = room?[occupant.nick] else { continue }
            let isSelf = occupant.nick == own.nick
            // A client is shown what it has sent itself, and others what the first client has. Who
            // was seen once need not be forgotten when it is hidden.
            let isRight =
                known.affiliation == occupant.affiliation && known.role == occupant.role
                && known.isSelf == isSelf
                && (isSelf
                    ? known.jid == client.jid
                    : known.presence.show == occupant.presence.show)
                && known.jids.allSatisfy(occupant.jids.contains)
            XCTAssertTrue(isRight, "\(known) as seen by \(place) is \(occupant)")
        }
    }
}

extension RoomEvent {
    /// Without what it tells.
    fileprivate var name: String {
        switch self {
        case .occupantListed: "listed"
        case .occupantJoined: "joined"
        case .occupantUpdated: "updated"
        case .occupantLeft: "left"
        case .nickChanged: "nick changed"
        case .selfJoined: "self joined"
        case .selfLeft: "self left"
        case .joinRefused: "join refused"
        case .nickRefused: "nick refused"
        case .notice: "notice"
        default: "other"
        }
    }

    /// What somebody makes of it who shows a list of occupants.
    fileprivate func change(_ shown: inout Set<Room.Occupant.ID>, in room: Room) {
        switch self {
        case .occupantListed(let occupant), .occupantJoined(let occupant):
            XCTAssertTrue(shown.insert(occupant.id).inserted)
        case .selfJoined(let occupant): shown.insert(occupant.id)
        case .occupantUpdated(let occupant, _): XCTAssertTrue(shown.contains(occupant.id))
        case .occupantLeft(let occupant, _): XCTAssertNotNil(shown.remove(occupant.id))
        case .nickChanged(let old, let occupant, _):
            XCTAssertNotNil(shown.remove(old.id))
            shown.insert(occupant.id)
        case .selfLeft: shown = []
        case .joinRefused: if room.ownNick == nil { shown = [] }
        default: break
        }
    }
}
