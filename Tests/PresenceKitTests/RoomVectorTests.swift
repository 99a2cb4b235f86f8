import PresenceKit
import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

/// What SleekXMPP's table of occupants showed, and what it told of rooms. The table and the events
/// that begin with `muc::` are demanded; see `FORMAT.md`.
final class RoomVectorTests: XCTestCase {
    /// Where SleekXMPP tells what is not so.
    private let better = [
        "muc-track-unknown-leave": "somebody who was never seen does not go offline"
    ]

    func testOccupantsAreThoseThatSleekXMPPShowed() throws {
        try replay(.muctrack) { vector, demands in
            let id = try XCTUnwrap(vector["id"]?.string)
            let script = ScriptedStream(
                as: try JID(wire: try XCTUnwrap(vector["own_address"]?.string)))
            let rooms = RoomClient(PresenceClient(script.stream))
            var told: [String] = []
            rooms.onEvent { room, event in told += event.namesOfSleekXMPP(room.address) }
            script.begin()
            let steps = try XCTUnwrap(vector["steps"]?.array)
            for step in steps {
                told = []
                try perform(try XCTUnwrap(step["do"]), rooms, script)
                let column = try XCTUnwrap(step["sleekxmpp"])
                var wanted = try XCTUnwrap(column["trace"]?.array)
                    .compactMap { $0["event"]?.string }.filter { $0.hasPrefix("muc::") }
                if better[id] != nil { wanted.removeAll { $0.hasSuffix("::got_offline") } }
                XCTAssertEqual(told, wanted, id)
                XCTAssertEqual(
                    facts(rooms), try facts(try XCTUnwrap(column["rooms"])), id)
                if !rooms.rooms.isEmpty { XCTAssertEqual(rooms.presence.contacts, [], id) }
                demands.count(better[id] == nil ? .sleekXMPP : .recommended)
            }
            XCTAssertTrue(
                vector["agrees_rfc"]?.bool == true || better[id] != nil, "\(id) is not agreed on")
            return steps.count
        }
    }

    private func perform(_ step: JSON, _ rooms: RoomClient, _ script: ScriptedStream) throws {
        switch step["do"]?.string {
        case "muc_join":
            try rooms.join(
                BareJID(wire: try XCTUnwrap(step["room"]?.string)),
                as: try XCTUnwrap(step["nick"]?.string))
        case "recv": try script.receive(try XCTUnwrap(step["xml"]?.string))
        default: throw NotUnderstood(what: "\(step)")
        }
    }

    /// What is known of each occupant of each room.
    private func facts(_ rooms: RoomClient) -> [String: [String]] {
        var facts: [String: [String]] = [:]
        for room in rooms.rooms {
            facts[room.address.description] = room.occupants.map { occupant in
                [
                    occupant.nick, occupant.affiliation?.rawValue ?? "",
                    occupant.role?.rawValue ?? "", occupant.jid?.description ?? "",
                    occupant.presence.show?.rawValue ?? "", occupant.presence.status ?? "",
                    occupant.presence.nickname ?? "",
                ].description
            }
        }
        return facts
    }

    private func facts(_ json: JSON) throws -> [String: [String]] {
        var facts: [String: [String]] = [:]
        for (room, occupants) in try XCTUnwrap(json.members) {
            facts[room] = try XCTUnwrap(occupants.members).map { nick, values in
                let nickname = try Element(
                    parsing: try XCTUnwrap(values["alt_nick"]?["stanza"]?.string), in: .client)
                XCTAssertEqual(values["nick"]?.string, nick)
                return try ["nick", "affiliation", "role", "jid", "show", "status"]
                    .map { try XCTUnwrap(values[$0]?.string) }.description.dropLast()
                    + ", \(nickname.text.debugDescription)]"
            }.sorted()
        }
        return facts
    }
}

extension RoomEvent {
    /// The events that SleekXMPP fires for it.
    fileprivate func namesOfSleekXMPP(_ room: BareJID) -> [String] {
        let names =
            switch self {
            case .occupantListed, .occupantJoined, .selfJoined: ["presence", "got_online"]
            case .occupantLeft, .selfLeft: ["presence", "got_offline"]
            case .occupantUpdated, .stray: ["presence"]
            default: ["unexpected \(self)"]
            }
        return names.map { "muc::\(room)::\($0)" }
    }
}
