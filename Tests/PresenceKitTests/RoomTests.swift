import PresenceKit
import StanzaKit
import XCTest

/// Coming in, what is known of occupants, and what the room says besides.
final class RoomTests: RoomTestCase {
    func testOneIsInWhenTheRoomHasListedEverybody() throws {
        try rooms.join(coven, as: "third")
        XCTAssertEqual(try room.membership, .joining(as: "third"))
        XCTAssertEqual(try receive("second"), "occupant-listed second")
        XCTAssertEqual(try receive("second"), "occupant-updated second")
        XCTAssertEqual(
            try receive("third"), "occupant-listed third", "without 110 it is not oneself")
        XCTAssertNil(try room.ownOccupant)
        XCTAssertEqual(try receive("third", codes: [100, 110, 201]), "self-joined third")
        XCTAssertEqual(try room.membership, .joined(as: "third"))
        XCTAssertEqual(try room.ownOccupant?.codes, [.nonAnonymous, .selfPresence, .created])
        XCTAssertEqual(try receive("first"), "occupant-joined first")
        XCTAssertEqual(try room.occupants.map(\.nick), ["first", "second", "third"])
        XCTAssertEqual(try room.occupants.filter(\.isSelf).map(\.nick), ["third"])
        XCTAssertEqual(try room.count, 3)
    }

    func testTheRoomMayGiveAnotherNickname() throws {
        try rooms.join(coven, as: "Third")
        XCTAssertEqual(try receive("third", codes: [110, 210]), "self-joined third")
        XCTAssertEqual(try room.ownNick, "third")
    }

    func testNicknamesAreComparedAndSortedByTheirBytes() throws {
        try enter()
        let nicks = ["e\u{301}", "\u{e9}", "z", "E", " a  b ", "\u{1f916}", "\u{fffd}"]
        for nick in nicks { XCTAssertEqual(try receive(nick), "occupant-joined \(nick)") }
        XCTAssertEqual(
            try room.occupants.map(\.nick),
            (nicks + ["first", "second", "third"])
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        XCTAssertEqual(try room["\u{e9}"]?.nick.utf8.count, 2)
        XCTAssertNotEqual(Room.Membership.joined(as: "\u{e9}"), .joined(as: "e\u{301}"))
        XCTAssertNotEqual(Room.Membership.joined(as: "a"), .joining(as: "a"))
    }

    func testTheNewestPresenceReplacesWhatWasKnown() throws {
        try enter()
        try receive("first", item: "affiliation='owner' role='moderator' jid='a@b/1'")
        let first = try XCTUnwrap(try room["first"])
        XCTAssertEqual(first.affiliation, .owner)
        XCTAssertEqual(first.role, .moderator)
        XCTAssertEqual(first.jid, "a@b/1")
        try receive("first", item: "affiliation='nobody'")
        let changed = try XCTUnwrap(try room["first"])
        XCTAssertNil(changed.affiliation)
        XCTAssertNil(changed.role)
        XCTAssertNil(changed.jid, "it is not shown any more")
        XCTAssertEqual(changed.id, first.id)
    }

    func testPresenceInWhichTheRoomSaysNothingLeavesWhatItSaid() throws {
        try enter()
        try receive("first", item: "affiliation='owner' role='moderator' jid='a@b/1'", codes: [999])
        XCTAssertEqual(try room["first"]?.codes.map(\.rawValue), [999])
        try receive("first", item: nil, presence: "<show>xa</show>")
        let first = try XCTUnwrap(try room["first"])
        XCTAssertEqual([first.affiliation], [.owner])
        XCTAssertEqual([first.role], [.moderator])
        XCTAssertEqual(first.jids, ["a@b/1"])
        XCTAssertEqual(first.presence.show, .xa)
        XCTAssertEqual(first.codes, [])
    }

    func testWhatChangedIsTold() throws {
        try enter()
        let same = "role='participant'"
        let cases: [(String, String, Room.Occupant.Changes)] = [
            (same, "<priority>7</priority>", []),
            ("role='visitor'", "", .role), (same, "", .role),
            (same + " affiliation='member'", "", .affiliation), (same, "", .affiliation),
            (same + " jid='a@b/1'", "", .jid), (same + " jid='a@b/2'", "", .jid), (same, "", .jid),
            (same, "<show>dnd</show>", .show), (same, "<status>s</status>", [.show, .status]),
        ]
        for (item, presence, changes) in cases {
            var found: Room.Occupant.Changes?
            let registration = rooms.onEvent { _, event in
                if case .occupantUpdated(_, let changes) = event { found = changes }
            }
            try receive("first", item: item, presence: presence)
            XCTAssertEqual(found, changes, item + presence)
            registration.cancel()
        }
    }

    func testActorAndReasonOfAChangeAreThoseOfTheLastPresence() throws {
        try enter()
        let item =
            "<item role='visitor'><actor nick='second' jid='a@b'/><reason>Hush!</reason></item>"
        try receive("first", item: nil, more: item)
        XCTAssertEqual(try room["first"]?.actor?.nick, "second")
        XCTAssertEqual(try room["first"]?.actor?.jid, "a@b")
        XCTAssertEqual(try room["first"]?.reason, "Hush!")
        try receive("first")
        XCTAssertNil(try room["first"]?.actor)
        XCTAssertNil(try room["first"]?.reason)
    }

    func testOfSeveralItemsTheOneOfTheOwnSessionCounts() throws {
        try enter()
        let items =
            "<item jid='hag66@shakespeare.lit/phone' role='visitor'/>"
            + "<item jid='hag66@shakespeare.lit/pda' role='moderator'/>"
        try receive("third", item: nil, more: items)
        let own = try XCTUnwrap(try room.ownOccupant)
        XCTAssertEqual(own.jids, ["hag66@shakespeare.lit/phone", "hag66@shakespeare.lit/pda"])
        XCTAssertEqual(own.jid, "hag66@shakespeare.lit/pda")
        XCTAssertEqual(own.role, .moderator)

        let others = "<item role='visitor'/><item jid='a@b/1' role='moderator'/>"
        try receive("first", item: nil, more: others)
        XCTAssertEqual(try room["first"]?.role, .visitor, "of others the first")
        XCTAssertEqual(try room["first"]?.jids, ["a@b/1"])
        XCTAssertNil(try room["first"]?.jid)
    }

    func testAStayHasOneIdentity() throws {
        try enter()
        let first = try XCTUnwrap(try room["first"]).id
        try receive("first", .unavailable, item: "nick='new'", codes: [303])
        try receive("new")
        XCTAssertEqual(try room["new"]?.id, first)
        try receive("new", .unavailable)
        try receive("new")
        XCTAssertNotEqual(try room["new"]?.id, first)
        rooms.forget(coven)
        try enter()
        XCTAssertNotEqual(try room["first"]?.id, first)
        XCTAssertEqual(Set(try room.occupants.map(\.id)).count, 3)
    }

    func testACopyStaysAsItWas() throws {
        try enter()
        let copy = try room
        try receive("first", .unavailable)
        XCTAssertEqual(copy.occupants.map(\.nick), ["first", "second", "third"])
        XCTAssertNotEqual(copy, try room)
    }

    func testPresenceOfTheRoomItselfIsNoOccupants() throws {
        try enter()
        XCTAssertEqual(try receive(nil, item: nil), "room-presence")
        XCTAssertEqual(try receive(nil, .unavailable), "room-presence")
        XCTAssertEqual(try room.count, 3)
    }

    func testMessagesOfTheRoomWithCodesOrItemsAreNotices() throws {
        try enter()
        let x = { (content: String) in "<x xmlns='\(XMLNamespace.mucUser)'>\(content)</x>" }
        let code = x("<status code='104'/>")
        let cases = [
            ("<message from='coven@chat' type='groupchat'>\(code)</message>", "notice"),
            ("<message from='coven@chat'>\(x("<item affiliation='none'/>"))</message>", "notice"),
            ("<message from='coven@chat'>\(x("<invite from='a@b'/>"))</message>", ""),
            ("<message from='coven@chat'>\(x("<status code='x'/>"))</message>", ""),
            ("<message from='coven@chat'/>", ""),
            ("<message from='coven@chat' type='error'>\(code)</message>", ""),
            ("<message from='coven@chat/first'>\(code)</message>", ""),
            ("<message from='other@chat'>\(code)</message>", ""),
            ("<message>\(code)</message>", ""),
        ]
        for (xml, event) in cases { XCTAssertEqual(try receive(xml: xml), event, xml) }
    }

    func testWhatIsNotAboutBeingThereIsNoEvent() throws {
        try enter()
        let before = try room
        for type: Presence.Kind in [.subscribe, .subscribed, .unsubscribe, .unsubscribed, .probe] {
            XCTAssertEqual(try receive("first", type), "")
            XCTAssertEqual(try receive(nil, type), "")
        }
        XCTAssertEqual(try receive(xml: "<presence from='coven@chat/first' type='odd'/>"), "")
        XCTAssertEqual(try receive(xml: "<presence from='other@chat/first'/>"), "")
        XCTAssertEqual(try receive(xml: "<presence from='coven@chat/'/>"), "")
        XCTAssertEqual(try receive(xml: "<presence/>"), "")
        XCTAssertEqual(try room, before)
    }

    func testCodesThatAreNoNumbersSayNothing() throws {
        try rooms.join(coven, as: "third")
        let codes = ["", "abc", "1100", "-110", "110.0", "99999999999999999999"]
            .map { "<status code='\($0)'/>" }.joined()
        XCTAssertEqual(try receive("third", more: codes + "<status/>"), "occupant-listed third")
        XCTAssertEqual(try receive("third", .unavailable, more: codes), "occupant-left third left")
    }

    func testOfALongPresenceOnlyWhatCountsForTheRoomIsKept() throws {
        try rooms.join(coven, as: "third")
        try receive("third", codes: [110])
        let long = String(repeating: "x", count: PresenceClient.maximumPresenceBytes)
        try receive(
            "first", item: "role='moderator' affiliation='owner' jid='a@b/c'", codes: [100],
            presence: "<show>dnd</show><status>\(long)</status>")
        let occupant = try XCTUnwrap(try room["first"])
        XCTAssertEqual(occupant.role, .moderator)
        XCTAssertEqual(occupant.affiliation, .owner)
        XCTAssertEqual(occupant.jid, "a@b/c")
        XCTAssertEqual(occupant.codes.map(\.rawValue), [100])
        XCTAssertEqual(occupant.presence.show, .dnd)
        XCTAssertNil(occupant.presence.status)
    }

    func testTheNumberOfOccupantsIsBounded() throws {
        try rooms.join(coven, as: "third")
        for number in 0..<Room.maximumOccupants { try receive("\(number)") }
        XCTAssertEqual(try room.count, Room.maximumOccupants)
        XCTAssertEqual(try receive("9000"), "occupant-updated 9000")
        XCTAssertEqual(diagnostics, [])
        XCTAssertEqual(try receive("more"), "too-many-occupants")
        XCTAssertEqual(diagnostics, [.tooMany])
        XCTAssertNil(try room["more"])
        XCTAssertEqual(try receive("more", .unavailable), "stray")
        XCTAssertEqual(try receive("7"), "occupant-updated 7", "known ones are followed")
        XCTAssertEqual(try receive("third", codes: [110]), "self-joined third", "and oneself is")
        XCTAssertEqual(try receive("more"), "too-many-occupants")
        try receive("7", .unavailable)
        try receive("8", .unavailable)
        XCTAssertEqual(try receive("more"), "occupant-joined more")
    }
}
