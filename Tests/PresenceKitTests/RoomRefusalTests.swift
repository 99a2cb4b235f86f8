import PresenceKit
import StanzaKit
import XCTest

/// Not being let in, errors, and a leaving that crosses a coming.
final class RoomRefusalTests: RoomTestCase {
    func testARefusalTellsWhy() throws {
        let conditions: [StanzaError.Condition] = [
            .notAuthorized, .forbidden, .itemNotFound, .notAllowed, .notAcceptable,
            .registrationRequired, .conflict, .serviceUnavailable, .jidMalformed,
        ]
        for condition in conditions {
            try rooms.join(coven, as: "third", password: "wrong")
            let id = try XCTUnwrap(sentIDs().first)
            try receive("first")
            XCTAssertEqual(
                try receiveError("third", condition, id: id),
                "join-error third \(condition.rawValue)")
            XCTAssertEqual(try room.membership, .outside)
            XCTAssertEqual(try room.refusal?.error.condition, condition)
            XCTAssertEqual(try room.refusal?.nick, "third")
            XCTAssertEqual(try room.occupants, [], "who was listed is forgotten")
        }
        try rooms.join(coven, as: "third", password: "right")
        XCTAssertNotNil(try room.refusal)
        try receive("third", codes: [110])
        XCTAssertNil(try room.refusal, "one is in")
    }

    func testAnErrorWithoutAnIdAnswersByItsSender() throws {
        for sender in ["third", nil] {
            try rooms.join(coven, as: "third")
            XCTAssertEqual(try receiveError("first"), "error")
            XCTAssertEqual(try receiveError(sender), "join-error third conflict")
            XCTAssertEqual(try receiveError(sender), "error", "it is answered")
        }
    }

    func testAnErrorWithAnotherIdAnswersSomethingElse() throws {
        try rooms.join(coven, as: "third")
        for sender in ["third", "first", nil] {
            XCTAssertEqual(try receiveError(sender, id: "other"), "error")
        }
        XCTAssertEqual(try room.membership, .joining(as: "third"))
    }

    func testAnErrorThatTellsNothingIsARefusalToo() throws {
        try rooms.join(coven, as: "third")
        XCTAssertEqual(
            try receive("third", .error, item: nil), "join-error third undefined-condition")
    }

    func testOfSeveralRequestsTheLastOneWaits() throws {
        try rooms.join(coven, as: "third")
        try rooms.join(coven, as: "fourth")
        let ids = sentIDs()
        XCTAssertEqual(try room.membership, .joining(as: "fourth"))
        XCTAssertEqual(try receiveError("third", id: ids[0]), "error")
        XCTAssertEqual(try receiveError("fourth", id: ids[1]), "join-error fourth conflict")
    }

    func testAnErrorFromTheOwnAddressMeansThatOneIsOutside() throws {
        try enter()
        XCTAssertEqual(try receiveError("first"), "error")
        XCTAssertEqual(try receiveError(nil), "error")
        XCTAssertEqual(try room.count, 3)
        XCTAssertEqual(try receiveError("third", .remoteServerNotFound), "self-left error")
        XCTAssertEqual(try room.departure?.cause, .technicalError)
        XCTAssertEqual(try room.departure?.error?.condition, .remoteServerNotFound)
        XCTAssertEqual(try room.occupants, [])
    }

    func testHowOneLeftIsKeptWhenOneIsNotLetInAgain() throws {
        try enter()
        try receive("third", .unavailable, codes: [110, 301])
        try rooms.join(coven, as: "third")
        XCTAssertEqual(try receiveError("third", .forbidden), "join-error third forbidden")
        XCTAssertEqual(try room.departure?.cause, .banned)
        try rooms.join(coven, as: "third")
        try receive("third", codes: [110])
        XCTAssertNil(try room.departure)
    }

    func testOneMayJoinAgainBeforeTheRoomSaysThatOneLeft() throws {
        try enter()
        try rooms.leave(coven)
        try rooms.join(coven, as: "third")
        XCTAssertEqual(try room.membership, .joined(as: "third"))
        XCTAssertEqual(try receive("third", .unavailable, codes: [110]), "self-left left")
        XCTAssertEqual(try room.membership, .joining(as: "third"))
        XCTAssertEqual(try receive("first"), "occupant-listed first")
        XCTAssertEqual(try receive("third", codes: [110]), "self-joined third")
        XCTAssertEqual(try room.occupants.map(\.nick), ["first", "third"])
    }

    func testOneMayLeaveBeforeOneIsIn() throws {
        try rooms.join(coven, as: "third")
        try rooms.leave(coven)
        XCTAssertEqual(try room.membership, .joining(as: "third"), "the room has not said anything")
        XCTAssertEqual(try receive("first"), "occupant-listed first")
        XCTAssertEqual(try receive("third", codes: [110]), "self-joined third")
        XCTAssertEqual(try receive("third", .unavailable, codes: [110]), "self-left left")
        XCTAssertEqual(try room.membership, .outside)
    }

    func testOneMayComeLeaveAndComeWithoutAnyAnswer() throws {
        for isFirstRefused in [false, true] {
            try rooms.join(coven, as: "third")
            try rooms.leave(coven)
            try rooms.join(coven, as: "third")
            let ids = sentIDs()
            if isFirstRefused {
                XCTAssertEqual(try receiveError("third", id: ids[0]), "error")
            } else {
                XCTAssertEqual(try receive("third", codes: [110]), "self-joined third")
                XCTAssertEqual(try receive("third", .unavailable, codes: [110]), "self-left left")
            }
            XCTAssertEqual(try receive("first"), "occupant-listed first")
            XCTAssertEqual(try receive("third", codes: [110], id: ids[2]), "self-joined third")
            XCTAssertEqual(try room.occupants.map(\.nick), ["first", "third"])
            try rooms.changeNick(in: coven, to: "fourth")
            XCTAssertEqual(try receiveError("third"), "nick-error fourth conflict")
            try receive("third", .unavailable, codes: [110])
            _ = sentIDs()
        }
    }

    func testARoomThatSaysThatOneIsInIsBelieved() throws {
        try rooms.join(coven, as: "third")
        try receiveError("third")
        XCTAssertEqual(try receive("third", codes: [110]), "self-joined third")
    }
}
