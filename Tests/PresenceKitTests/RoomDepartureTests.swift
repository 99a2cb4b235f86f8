import PresenceKit
import StanzaKit
import XCTest

/// Leaving a room: who left, and why.
final class RoomDepartureTests: RoomTestCase {
    private var departure: Room.Departure?

    /// The departure that presence of type `unavailable` is told as.
    private func departure(
        _ nick: String, codes: [Int] = [], more: String = "<item role='none'/>",
        presence: String = ""
    ) throws -> Room.Departure {
        departure = nil
        let registration = rooms.onEvent { [unowned self] _, event in
            switch event {
            case .occupantLeft(_, let departure), .selfLeft(let departure):
                self.departure = departure
            default: XCTFail("\(event)")
            }
        }
        try receive(nick, .unavailable, item: nil, codes: codes, more: more, presence: presence)
        registration.cancel()
        return try XCTUnwrap(departure)
    }

    /// The room has sent one out before it has heard that one asks again.
    func testARequestThatCrossesOnesRemovalIsOneToComeInAgain() throws {
        try enter()
        try rooms.join(coven, as: "third")
        XCTAssertEqual(try receive("third", .unavailable, codes: [307, 110]), "self-left kicked")
        XCTAssertEqual(try room.membership, .joining(as: "third"))
        XCTAssertEqual(try receive("first"), "occupant-listed first")
        XCTAssertEqual(try receive("third", codes: [110]), "self-joined third")
        XCTAssertEqual(try room.occupants.map(\.nick), ["first", "third"])
        // One that was answered is over.
        try rooms.join(coven, as: "third")
        XCTAssertEqual(try receive("third", codes: [110]), "occupant-updated third")
        XCTAssertEqual(try receive("third", .unavailable, codes: [307, 110]), "self-left kicked")
        XCTAssertEqual(try room.membership, .outside)
        // So is one that was refused.
        try enter()
        try rooms.join(coven, as: "third")
        XCTAssertEqual(try receiveError("third", id: sentIDs().last ?? nil), "self-left error")
        XCTAssertEqual(try room.membership, .outside)
    }

    func testTheCauseIsWhatTellsMost() throws {
        let cases: [([Int], Room.Departure.Cause)] = [
            ([], .left), ([999], .left), ([307], .kicked), ([301], .banned),
            ([321], .affiliationChanged), ([322], .membersOnly), ([332], .shutdown),
            ([333], .technicalError), ([307, 333], .technicalError), ([333, 307], .technicalError),
            ([307, 301], .banned), ([333, 301], .banned), ([332, 322, 321, 307], .kicked),
            ([332, 322, 321], .affiliationChanged), ([332, 322], .membersOnly),
        ]
        for (codes, cause) in cases {
            try enter()
            XCTAssertEqual(try departure("first", codes: codes).cause, cause, "\(codes)")
            XCTAssertEqual(try departure("third", codes: [110] + codes).cause, cause, "\(codes)")
            XCTAssertEqual(try room.departure?.cause, cause)
            XCTAssertEqual(try room.occupants, [])
        }
    }

    func testADepartureTellsEverythingThatTheRoomSays() throws {
        try enter()
        let item =
            "<item affiliation='outcast' role='none'><actor nick='second' jid='a@b/1'/>"
            + "<reason>Treason &amp; spam</reason></item>"
        let departure = try departure(
            "first", codes: [301], more: item, presence: "<status>argh</status>")
        XCTAssertEqual(departure.cause, .banned)
        XCTAssertEqual(departure.affiliation, .outcast)
        XCTAssertEqual(departure.role, .noRole)
        XCTAssertEqual(departure.actor?.nick, "second")
        XCTAssertEqual(departure.actor?.jid, "a@b/1")
        XCTAssertEqual(departure.reason, "Treason & spam")
        XCTAssertEqual(departure.codes, [.banned])
        XCTAssertEqual(departure.presence?.status, "argh")
        XCTAssertFalse(departure.isNickStaying)
        XCTAssertNil(departure.error)
    }

    func testTheOneWhoLeftIsToldAsItWasKnown() throws {
        try enter()
        try receive("first", item: "role='moderator' jid='a@b/1'")
        rooms.onEvent { _, event in
            guard case .occupantLeft(let occupant, _) = event else { return XCTFail("\(event)") }
            XCTAssertEqual(occupant.jid, "a@b/1")
            XCTAssertEqual(occupant.role, .moderator)
        }
        try receive("first", .unavailable, item: "role='none'")
    }

    func testADestroyedRoomTellsWhereToMeet() throws {
        try enter()
        let destroy =
            "<destroy jid='heath@chat'><reason>Macbeth doth come.</reason>"
            + "<password>thane</password></destroy><item role='none'/>"
        let departure = try departure("third", codes: [307], more: destroy)
        guard case .destroyed(let destroyed) = departure.cause else { return XCTFail() }
        XCTAssertEqual(destroyed.alternative, "heath@chat")
        XCTAssertEqual(destroyed.reason, "Macbeth doth come.")
        XCTAssertEqual(destroyed.password, "thane")
        XCTAssertEqual(try room.membership, .outside)

        try receive("third", codes: [110])
        XCTAssertNil(try room.departure, "one is in again")
        guard case .destroyed(let destroyed) = try self.departure("third", more: "<destroy/>").cause
        else { return XCTFail() }
        XCTAssertNil(destroyed.alternative)
    }

    func testWhoeverWasNotThereDoesNotLeave() throws {
        try enter()
        XCTAssertEqual(try receive("ghost", .unavailable), "stray")
        XCTAssertEqual(try receive("ghost", .unavailable, codes: [307]), "stray")
        XCTAssertEqual(try receive("ghost", .unavailable, item: "nick='a'", codes: [303]), "stray")
        XCTAssertEqual(try room.count, 3)
    }

    func testOneLeavesWithoutTheRoomSayingThatItIsOneself() throws {
        try enter()
        XCTAssertEqual(try receive("third", .unavailable, item: nil), "self-left left")
        XCTAssertEqual(try room.membership, .outside)
        XCTAssertEqual(try room.lastOwnNick, "third")
        XCTAssertNil(try room.ownNick)
    }

    func testAnotherSessionOfTheOwnNicknameLeavesAlone() throws {
        let other = "jid='hag66@shakespeare.lit/phone' role='participant'"
        let cases: [(String, [Int], String)] = [
            ("<item \(other)/>", [], "session-left"),
            ("<item \(other)/><item jid='a@b/1'/>", [], "session-left"),
            ("<item \(other) nick='fourth'/>", [303], "session-left"),
            ("<item \(other)/>", [110], "self-left left"),
            ("<item \(other)/><item/>", [], "self-left left"),
            ("<item \(other)/><item jid='hag66@shakespeare.lit/pda'/>", [], "self-left left"),
            ("<item jid='hag66@shakespeare.lit'/>", [], "self-left left"),
            ("<item/>", [], "self-left left"), ("<status code='999'/>", [], "self-left left"),
        ]
        for (items, codes, event) in cases {
            try enter()
            let before = try room
            XCTAssertEqual(
                try receive("third", .unavailable, item: nil, codes: codes, more: items), event,
                items)
            XCTAssertEqual(try room == before, event == "session-left", items)
            try receive("third", .unavailable, codes: [110])
        }
    }

    func testTheNicknameMayStayWithAnotherSession() throws {
        try enter()
        let departure = try departure(
            "third", codes: [110],
            more: "<item jid='hag66@shakespeare.lit/phone' role='moderator'/>")
        XCTAssertTrue(departure.isNickStaying)
        XCTAssertEqual(try room.occupants, [], "of which one knows nothing, outside")
    }

    func testOutsideNothingIsKnownOfOccupants() throws {
        try enter()
        try receive("third", .unavailable, codes: [110])
        let before = try room
        for nick in ["first", "third", "new"] {
            XCTAssertEqual(try receive(nick), "stray")
            XCTAssertEqual(try receive(nick, .unavailable), "stray")
        }
        XCTAssertEqual(try receive("third", .unavailable, codes: [110]), "stray")
        XCTAssertEqual(try receiveError("third"), "error")
        XCTAssertEqual(try room, before)
    }

    func testARoomMaySendOneOutBeforeOneIsIn() throws {
        try rooms.join(coven, as: "third")
        try receive("first")
        XCTAssertEqual(
            try receive("third", .unavailable, codes: [110, 307, 333]), "self-left error")
        XCTAssertEqual(try room.membership, .outside)
        XCTAssertEqual(try room.occupants, [])
    }
}
