import PresenceKit
import StanzaKit
import XCTest

/// Whatever a room says, and in whatever order, what is known of it makes sense.
final class RoomSequenceTests: XCTestCase {
    private struct Step {
        var isSent: Bool
        var presence: Presence
        var name: String
    }

    private var count = 0

    func testEverySequenceOfThreeMakesSenseWhereverItBegins() throws {
        let steps =
            try Self.sent.map { try step($0, isSent: true) }
            + Self.received.map { try step($0, isSent: false) }
        var room = Room(address: "coven@chat")
        explore(room, steps, depth: 3)
        // Coming in, listed, and inside.
        for xml in Self.entering {
            take(try step(xml, isSent: xml == Self.sent[0]), in: &room)
            explore(room, steps, depth: 3)
        }
        print("tried \(count) sequences of stanzas with a room")
    }

    private func step(_ xml: String, isSent: Bool) throws -> Step {
        let presence = try XCTUnwrap(Presence(Element(parsing: xml, in: .client)))
        return Step(isSent: isSent, presence: presence, name: xml)
    }

    private func explore(_ room: Room, _ steps: [Step], depth: Int) {
        if depth == 0 { return }
        for step in steps {
            var next = room
            take(step, in: &next)
            count += 1
            explore(next, steps, depth: depth - 1)
        }
    }

    private func take(_ step: Step, in room: inout Room) {
        let before = room
        if step.isSent {
            room.willSend(step.presence, from: "hag66@shakespeare.lit/pda")
            XCTAssertEqual(room.occupants, before.occupants, step.name)
        } else {
            check(room.receive(step.presence), before, room, step.name)
        }
        checkState(room, step.name)
    }

    private func checkState(_ room: Room, _ place: String) {
        let occupants = room.occupants
        let selves = occupants.filter(\.isSelf)
        switch room.membership {
        case .joined(let nick):
            XCTAssertEqual(selves.map(\.nick), [nick], place)
            XCTAssertEqual(room.ownOccupant, selves.first, place)
            XCTAssertEqual(room.lastOwnNick, nick, place)
            XCTAssertNil(room.departure, place)
        case .joining: XCTAssertEqual(selves, [], place)
        case .outside: XCTAssertEqual(occupants, [], place)
        @unknown default: XCTFail(place)
        }
        XCTAssertEqual(Set(occupants.map(\.id)).count, occupants.count, place)
        for occupant in occupants { XCTAssertEqual(room[occupant.nick], occupant, place) }

        var ended = room
        let event = ended.endSession()
        XCTAssertEqual(event == nil, room.membership == .outside, place)
        XCTAssertEqual(ended.membership, .outside, place)
        XCTAssertEqual(ended.occupants, [], place)
    }

    private func check(_ event: RoomEvent?, _ before: Room, _ after: Room, _ place: String) {
        switch event {
        case .occupantListed(let occupant):
            XCTAssertNil(before[occupant.nick], place)
            XCTAssertEqual(after[occupant.nick], occupant, place)
            XCTAssertNil(after.ownNick, place)
        case .occupantJoined(let occupant):
            XCTAssertNil(before[occupant.nick], place)
            XCTAssertEqual(after[occupant.nick], occupant, place)
            XCTAssertNotNil(after.ownNick, place)
        case .occupantUpdated(let occupant, _):
            XCTAssertEqual(before[occupant.nick]?.id, occupant.id, place)
            XCTAssertEqual(after[occupant.nick], occupant, place)
        case .occupantLeft(let occupant, _):
            XCTAssertEqual(before[occupant.nick], occupant, place)
            XCTAssertNil(after[occupant.nick], place)
            XCTAssertFalse(occupant.isSelf, place)
        case .nickChanged(let old, let occupant, _):
            XCTAssertEqual(before[old.nick], old, place)
            XCTAssertEqual(after[occupant.nick], occupant, place)
            XCTAssertNil(after[old.nick], place)
        case .selfJoined(let occupant):
            XCTAssertNil(before.ownNick, place)
            XCTAssertEqual(after.ownOccupant, occupant, place)
            XCTAssertTrue(occupant.codes.contains(.selfPresence), place)
        case .selfLeft(let departure):
            XCTAssertNotEqual(before.membership, .outside, place)
            XCTAssertNil(after.ownNick, place)
            XCTAssertEqual(after.departure, departure, place)
        case .joinRefused(let refusal):
            XCTAssertEqual(after.refusal, refusal, place)
            XCTAssertEqual(after.ownNick, before.ownNick, place)
        case .nickRefused:
            XCTAssertEqual(after.occupants, before.occupants, place)
            XCTAssertEqual(after.membership, before.membership, place)
        default: XCTAssertEqual(after, before, place)
        }
    }

    // MARK: Stanzas

    private static let sent = [
        "<presence id='a' to='coven@chat/third'><x xmlns='\(XMLNamespace.muc)'/></presence>",
        "<presence id='b' to='coven@chat/fourth'/>",
        "<presence type='unavailable' to='coven@chat/third'/>",
    ]

    private static let entering = [sent[0], received[0], received[2]]

    private static let received = {
        let item = "<item role='participant'/>"
        let own = "<status code='110'/>"
        let moved = { (nick: String) in "<status code='303'/><item nick='\(nick)'/>" }
        let said: [(String, String, String)] = [
            ("/first", "", item), ("/third", "", item), ("/third", "", item + own),
            ("/fourth", "", item + own), ("/first", "unavailable", item),
            ("/third", "unavailable", item), ("/third", "unavailable", item + own),
            ("/third", "unavailable", moved("fourth") + own),
            ("/fourth", "unavailable", moved("third") + own),
            ("/first", "unavailable", moved("third")), ("/third", "unavailable", moved("first")),
            ("/third", "unavailable", "<item jid='hag66@shakespeare.lit/phone'/>"),
            ("", "", ""), ("/third", "error", ""), ("/first", "error", ""),
            ("/third", "error' id='a", ""), ("", "error' id='b", ""),
        ]
        return said.map { from, type, children in
            let type = type.isEmpty ? "" : " type='\(type)'"
            return "<presence from='coven@chat\(from)'\(type)><x xmlns='\(XMLNamespace.mucUser)'>"
                + "\(children)</x></presence>"
        }
    }()
}
