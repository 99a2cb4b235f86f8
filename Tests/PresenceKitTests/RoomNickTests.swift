import PresenceKit
import StanzaKit
import XCTest

/// Changes of nicknames: the half that announces, and the half that completes.
final class RoomNickTests: RoomTestCase {
    private var changes: Room.Occupant.Changes?

    override func setUp() {
        super.setUp()
        rooms.onEvent { [unowned self] _, event in
            if case .occupantUpdated(_, let changes) = event { self.changes = changes }
        }
    }

    func testAnOccupantIsCalledAnewAtOnceAndItsPresenceFollows() throws {
        try enter()
        try receive("first", item: "role='moderator'", presence: "<show>away</show>")
        XCTAssertEqual(
            try receive("first", .unavailable, item: "nick='new' role='moderator'", codes: [303]),
            "nick-changed first to new")
        XCTAssertEqual(try room.occupants.map(\.nick), ["new", "second", "third"])
        XCTAssertEqual(try room["new"]?.presence.show, .away, "the last that is known")
        XCTAssertEqual(try room["new"]?.role, .moderator)
        XCTAssertEqual(try receive("new", item: "role='moderator'"), "occupant-updated new")
        XCTAssertEqual(changes, [.nick, .show])
        try receive("new", item: "role='moderator'")
        XCTAssertEqual(changes, [])
    }

    func testTheOwnNicknameChangesInTheSameWay() throws {
        try enter()
        try rooms.changeNick(in: coven, to: "fourth")
        XCTAssertEqual(sent(), ["<presence to='coven@chat/fourth'/>"])
        XCTAssertEqual(try room.membership, .joined(as: "third"), "not until the room says so")
        XCTAssertEqual(
            try receive("third", .unavailable, item: "nick='fourth'", codes: [110, 303]),
            "nick-changed third to fourth")
        XCTAssertEqual(try room.membership, .joined(as: "fourth"))
        XCTAssertEqual(try room.lastOwnNick, "fourth")
        XCTAssertEqual(try room.ownOccupant?.isSelf, true)
        XCTAssertEqual(try receive("fourth", codes: [110]), "occupant-updated fourth")
        XCTAssertEqual(changes, .nick)
        XCTAssertEqual(try receive("fourth", .unavailable), "self-left left")
    }

    func testTheOwnNicknameMayBeToldByItsItemAlone() throws {
        try enter()
        XCTAssertEqual(
            try receive(
                "third", .unavailable, item: "nick='fourth' jid='hag66@shakespeare.lit/pda'",
                codes: [303]), "nick-changed third to fourth")
        XCTAssertEqual(try room.ownNick, "fourth")
    }

    func testAChangeWithoutANewNicknameIsLeaving() throws {
        try enter()
        let tooLong = String(repeating: "n", count: 1024)
        for item in ["role='none'", "nick=''", "nick='\(tooLong)'"] {
            try receive("first")
            XCTAssertEqual(
                try receive("first", .unavailable, item: item, codes: [303]),
                "occupant-left first left", item)
        }
        XCTAssertEqual(
            try receive("third", .unavailable, item: nil, codes: [110, 303]), "self-left left")
    }

    func testWithoutTheCodeANewNicknameIsNoChange() throws {
        try enter()
        XCTAssertEqual(
            try receive("first", .unavailable, item: "nick='new'"), "occupant-left first left")
    }

    func testTheRoomMayChangeTheOwnNicknameWithoutAnnouncingIt() throws {
        try enter()
        let id = try room.ownOccupant?.id
        XCTAssertEqual(try receive("oldhag", codes: [110, 210]), "nick-changed third to oldhag")
        XCTAssertEqual(try room.occupants.map(\.nick), ["first", "oldhag", "second"])
        XCTAssertEqual(try room.ownOccupant?.id, id)
        XCTAssertEqual(
            try receive("third", .unavailable, item: "nick='oldhag'", codes: [110, 303]), "stray",
            "the other half, come late")
        XCTAssertEqual(try room.ownNick, "oldhag")
        XCTAssertEqual(try receive("oldhag", codes: [110]), "occupant-updated oldhag")
        XCTAssertEqual(changes, [])
    }

    func testANicknameThatIsTakenOverHasOneOccupant() throws {
        try enter()
        XCTAssertEqual(
            try receive("first", .unavailable, item: "nick='second'", codes: [303]),
            "nick-changed first to second")
        XCTAssertEqual(try room.occupants.map(\.nick), ["second", "third"])
        let own = try room.ownOccupant?.id
        XCTAssertEqual(
            try receive("second", .unavailable, item: "nick='third'", codes: [303]),
            "nick-changed second to third")
        XCTAssertEqual(try room.occupants.map(\.nick), ["third"])
        XCTAssertEqual(
            try room.ownOccupant?.id, own, "another session has come to the own nickname")
    }

    /// Whoever shows a list of occupants by what events tell can follow: one goes, one stays.
    func testWhoTakesANicknameThatIsTakenBecomesOneWithItsOccupant() throws {
        let moves: [(old: String, item: String, codes: [Int], to: String)] = [
            ("first", "nick='second' role='participant'", [303], "second"),
            ("first", "nick='third' role='participant'", [303], "third"),
            ("third", "nick='second' role='participant'", [303, 110], "second"),
        ]
        for move in moves {
            try enter()
            let (old, taken) = (try room[move.old], try room[move.to])
            var change: (from: Room.Occupant, to: Room.Occupant)?
            let registration = rooms.onEvent { _, event in
                if case .nickChanged(let from, let to, _) = event { change = (from, to) }
            }
            try receive(move.old, .unavailable, item: move.item, codes: move.codes)
            registration.cancel()
            XCTAssertEqual(change?.from, old)
            XCTAssertEqual(change?.to.id, taken?.id)
            XCTAssertEqual(change?.to.isSelf, old?.isSelf == true || taken?.isSelf == true)
            XCTAssertEqual(try room.count, 2)
            XCTAssertEqual(try room[move.to], change?.to)
            XCTAssertEqual(try receive(move.to), "occupant-updated \(move.to)")
            try receive(try XCTUnwrap(room.ownNick), .unavailable)
        }
        try enter()
        let taken = try room["second"]
        XCTAssertEqual(try receive("second", codes: [110]), "nick-changed third to second")
        XCTAssertEqual(try room.ownOccupant?.id, taken?.id)
        XCTAssertEqual(try room.occupants.map(\.nick), ["first", "second"])
    }

    func testTheRoomKnowsBestWhoOneIs() throws {
        try enter()
        let id = try room.ownOccupant?.id
        XCTAssertEqual(
            try receive("first", .unavailable, item: "nick='new'", codes: [110, 303]),
            "nick-changed third to new")
        XCTAssertEqual(try room.occupants.map(\.nick), ["new", "second"])
        XCTAssertEqual(try room.ownOccupant?.id, id)
        XCTAssertEqual(try receive("second", .unavailable, codes: [110]), "self-left left")
    }

    func testAnyItemMayTellTheNewNickname() throws {
        try enter()
        XCTAssertEqual(
            try receive(
                "first", .unavailable, item: nil, codes: [303], more: "<item/><item nick='new'/>"),
            "nick-changed first to new")
    }

    func testThoseWhoAreListedMayChangeTheirNicknames() throws {
        try rooms.join(coven, as: "third")
        try receive("first")
        XCTAssertEqual(
            try receive("first", .unavailable, item: "nick='new'", codes: [303]),
            "nick-changed first to new")
        XCTAssertEqual(try receive("new"), "occupant-updated new")
    }

    func testARefusalLeavesTheNickname() throws {
        try enter()
        // From the old nickname, the new one, or the room.
        for sender in ["third", "fourth", nil] {
            try rooms.changeNick(in: coven, to: "fourth")
            let id = try XCTUnwrap(sentIDs().last)
            XCTAssertEqual(try receiveError(sender, id: id), "nick-error fourth conflict")
            try rooms.changeNick(in: coven, to: "fourth")
            XCTAssertEqual(try receiveError(sender), "nick-error fourth conflict")
            XCTAssertEqual(try room.membership, .joined(as: "third"))
            XCTAssertNil(try room.refusal, "one was let in")
        }
        try rooms.changeNick(in: coven, to: "fourth")
        XCTAssertEqual(try receiveError("first"), "error")
        XCTAssertEqual(try receiveError("fourth", id: "other"), "error")
        XCTAssertEqual(
            try receiveError("third", id: "other"), "self-left error",
            "this answers something else that one sent as an occupant")
    }
}
