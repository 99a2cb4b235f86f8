import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// What is sent to rooms, and what becomes of them with the session.
final class RoomClientTests: RoomTestCase {
    private let muc = "<x xmlns='\(XMLNamespace.muc)'/>"

    // MARK: Joining

    func testJoiningSaysWhatItIsTold() throws {
        try rooms.join(
            coven, as: "third", password: "cauldronburn", history: .nothing,
            presence: Presence(show: .dnd, status: "stirring"))
        XCTAssertEqual(
            sent(),
            [
                "<presence to='coven@chat/third'><show>dnd</show><status>stirring</status>"
                    + "<x xmlns='\(XMLNamespace.muc)'><history maxchars='0'/>"
                    + "<password>cauldronburn</password></x></presence>"
            ])
        XCTAssertEqual(rooms.rooms.map(\.address), [coven])
    }

    func testEveryRequestHasAnIdOfItsOwn() throws {
        try rooms.join(coven, as: "third")
        try rooms.join(coven, as: "third")
        let ids = sentIDs()
        XCTAssertNotNil(ids[0])
        XCTAssertNotEqual(ids[0], ids[1])
    }

    func testANicknameIsPreparedByTheStrictRules() throws {
        for nick in ["", "\u{202e}evil", "\u{1fae9}", String(repeating: "n", count: 1024)] {
            XCTAssertThrowsError(try rooms.join(coven, as: nick)) { error in
                let error = error as? RoomError
                XCTAssertEqual(error?.code, .invalidNick)
                XCTAssertEqual(error?.addressError?.part, .resource)
            }
        }
        XCTAssertEqual(rooms.rooms, [])
        XCTAssertEqual(sent(), [])
        try rooms.join(coven, as: "\u{1fae9}", allowing: .unassignedCodePoints)
        try rooms.join("heath@chat", as: "e\u{301}")
        XCTAssertEqual(rooms["heath@chat"]?.membership, .joining(as: "\u{e9}"))
        XCTAssertEqual(
            sent(),
            [
                "<presence to='coven@chat/\u{1fae9}'>\(muc)</presence>",
                "<presence to='heath@chat/\u{e9}'>\(muc)</presence>",
            ])
    }

    func testWhatXMLDoesNotAllowIsNotSentAndChangesNothing() throws {
        XCTAssertThrowsError(try rooms.join(coven, as: "third", password: "\0")) {
            XCTAssertEqual($0 as? RoomError, RoomError(.invalidText))
        }
        XCTAssertEqual(rooms.rooms, [])
        try enter()
        let before = try room
        XCTAssertThrowsError(try rooms.leave(coven, status: "\0"))
        XCTAssertThrowsError(try rooms.setPresence(Presence(status: "\0")))
        XCTAssertEqual(try room, before)
        XCTAssertEqual(sent(), [])
        try rooms.setPresence(Presence())
        XCTAssertEqual(sent(), ["<presence to='coven@chat/third'/>"])
    }

    func testWithoutASessionNothingIsSent() throws {
        script.stream.end()
        let attempts: [() throws -> Void] = [
            { [self] in try rooms.join(coven, as: "third") }, { [self] in try rooms.rejoin() },
            { [self] in try rooms.changeNick(in: coven, to: "fourth") },
        ]
        for attempt in attempts {
            XCTAssertThrowsError(try attempt()) {
                XCTAssertEqual($0 as? RoomError, RoomError(.disconnected))
            }
        }
        try rooms.leave(coven)
        XCTAssertEqual(sent(), [])
        XCTAssertEqual(rooms.rooms, [])
    }

    func testOnlyWhoeverIsInARoomHasANicknameToChange() throws {
        assertNoNickToChange()
        try rooms.join(coven, as: "third")
        assertNoNickToChange()
        try receive("third", codes: [110])
        try rooms.changeNick(in: coven, to: "fourth")
        try rooms.leave(coven)
        assertNoNickToChange()
    }

    private func assertNoNickToChange(line: UInt = #line) {
        XCTAssertThrowsError(try rooms.changeNick(in: coven, to: "fourth"), line: line) {
            XCTAssertEqual($0 as? RoomError, RoomError(.notInRoom), line: line)
        }
    }

    func testNobodyElseMakesARoom() throws {
        XCTAssertEqual(try receive("first"), "")
        XCTAssertEqual(try receive("third", codes: [110]), "")
        XCTAssertEqual(try receive("third", .unavailable, codes: [307]), "")
        XCTAssertEqual(try receiveError(nil), "")
        XCTAssertEqual(
            try receive(
                xml: "<message from='coven@chat'><x xmlns='\(XMLNamespace.mucUser)'>"
                    + "<status code='104'/></x></message>"), "")
        XCTAssertEqual(rooms.rooms, [])
    }

    func testOccupantsOfRoomsThatAreFollowedAreNoContacts() throws {
        try enter()
        try receive("first", presence: "<show>away</show>")
        XCTAssertEqual(rooms.presence.contacts, [])
        rooms.forget(coven)
        try receive("first")
        XCTAssertEqual(rooms.presence.contacts, [], "nor later")
        try receive(nil, item: nil)
        try receive(xml: "<presence from='heath@chat/first'/>")
        XCTAssertEqual(
            rooms.presence.contacts.map(\.jid), ["coven@chat", "heath@chat"],
            "but the room itself is one, and so is whoever is in another")
    }

    func testRoomsAreSortedByAddressAndFollowedEachOnItsOwn() throws {
        for room in ["b@chat", "a@chat", "c@chat"] {
            try rooms.join(try BareJID(wire: room), as: "third")
        }
        try receive(xml: "<presence from='b@chat/first'/>")
        XCTAssertEqual(rooms.rooms.map(\.address), ["a@chat", "b@chat", "c@chat"])
        XCTAssertEqual(rooms.rooms.map(\.count), [0, 1, 0])
        XCTAssertNil(rooms[coven])
    }

    // MARK: Own presence

    func testOwnPresenceGoesToTheRoomsThatOneIsIn() throws {
        try enter()
        try rooms.join("heath@chat", as: "third")
        try rooms.join("moor@chat", as: "third")
        try receive(xml: "<presence type='error' from='moor@chat/third'/>")
        _ = sent()
        var presence = Presence(to: "a@b", show: .away, status: "brewing", payloads: [MUCJoin()])
        presence.from = "c@d"
        try rooms.setPresence(presence)
        let away = "<show>away</show><status>brewing</status>"
        XCTAssertEqual(sent(), ["<presence to='coven@chat/third'>\(away)</presence>"])
        XCTAssertEqual(try room.membership, .joined(as: "third"))

        try receive(xml: "<presence from='heath@chat/third'>\(selfPresence)</presence>")
        XCTAssertEqual(
            sent(), ["<presence to='heath@chat/third'>\(away)</presence>"], "it has missed that")
        try rooms.changeNick(in: coven, to: "fourth")
        XCTAssertEqual(sent(), ["<presence to='coven@chat/fourth'>\(away)</presence>"])
        try rooms.join("moor@chat", as: "third")
        XCTAssertEqual(sent(), ["<presence to='moor@chat/third'>\(away)\(muc)</presence>"])
        try receive(xml: "<presence from='moor@chat/third'>\(selfPresence)</presence>")
        XCTAssertEqual(sent(), [], "it knows")
    }

    private let selfPresence =
        "<x xmlns='\(XMLNamespace.mucUser)'><item/><status code='110'/></x>"

    func testARoomMayBeToldSomethingOfItsOwnUntilAllAreToldAnew() throws {
        try rooms.setPresence(Presence(show: .away))
        try rooms.join(coven, as: "third", presence: Presence(show: .chat))
        try receive("third", codes: [110])
        try rooms.changeNick(in: coven, to: "fourth")
        XCTAssertEqual(
            sent(),
            [
                "<presence to='coven@chat/third'><show>chat</show>\(muc)</presence>",
                "<presence to='coven@chat/fourth'><show>chat</show></presence>",
            ])
        try rooms.setPresence(Presence(show: .xa))
        XCTAssertEqual(sent(), ["<presence to='coven@chat/third'><show>xa</show></presence>"])
    }

    // MARK: Leaving

    func testLeavingSaysSoToTheNicknameThatOneHas() throws {
        try enter()
        try receive("third", .unavailable, item: "nick='fourth'", codes: [110, 303])
        try rooms.leave(coven, status: "gone where the goblins go")
        XCTAssertEqual(
            sent(),
            [
                "<presence to='coven@chat/fourth' type='unavailable'>"
                    + "<status>gone where the goblins go</status></presence>"
            ])
        XCTAssertEqual(try receive("fourth", .unavailable, codes: [110]), "self-left left")
        XCTAssertEqual(try room.departure?.cause, .left)
        try rooms.leave(coven)
        XCTAssertEqual(sent(), [], "one is outside")
        XCTAssertNil(rooms[coven])
        try rooms.leave(coven)
    }

    func testARoomThatAnswersNothingIsWaitedForUntilItIsForgotten() throws {
        try rooms.join(coven, as: "third")
        try rooms.setPresence(Presence(show: .away))
        XCTAssertThrowsError(try rooms.changeNick(in: coven, to: "fourth"))
        try rooms.leave(coven)
        XCTAssertEqual(try room.membership, .joining(as: "third"))
        _ = sent()
        rooms.forget(coven)
        XCTAssertEqual(sent(), ["<presence to='coven@chat/third' type='unavailable'/>"])
        XCTAssertNil(rooms[coven])
        XCTAssertEqual(told(), "")
        XCTAssertEqual(try receive("third", codes: [110]), "")
    }

    // MARK: Sessions

    func testNobodyIsKnownBehindTheEndOfASession() throws {
        try enter()
        try rooms.join("heath@chat", as: "third")
        script.stream.end()
        XCTAssertEqual(told(), "self-left session-ended; self-left session-ended")
        XCTAssertEqual(rooms.rooms.map(\.membership), [.outside, .outside])
        XCTAssertEqual(rooms.rooms.map(\.departure?.cause), [.sessionEnded, .sessionEnded])
        XCTAssertEqual(try room.occupants, [])
        XCTAssertEqual(try receive("first"), "")
    }

    func testAResumedSessionKeepsEverything() throws {
        try enter()
        let before = try room
        script.stream.resume()
        XCTAssertEqual(try room, before)
        XCTAssertEqual(told(), "")
        XCTAssertEqual(sent(), [])
    }

    func testWhereOneWasOneMayComeInAgain() throws {
        try rooms.join(coven, as: "third", password: "cauldronburn", history: .nothing)
        try receive("oldhag", codes: [110, 210])
        try rooms.join("heath@chat", as: "third", presence: Presence(show: .chat))
        try rooms.setPresence(Presence(show: .xa))
        let request = { (room: String, children: String) in
            "<presence to='\(room)'><show>xa</show><x xmlns='\(XMLNamespace.muc)'"
                + (children.isEmpty ? "/>" : ">\(children)</x>") + "</presence>"
        }
        let requests = [
            request(
                "coven@chat/oldhag", "<history maxchars='0'/><password>cauldronburn</password>"),
            request("heath@chat/third", ""),
        ]
        for _ in 1...2 {
            // The second session ends before anybody asks.
            script.begin()
            script.begin()
            _ = sent()
            try rooms.rejoin()
            XCTAssertEqual(sent(), requests)
            try rooms.rejoin()
            XCTAssertEqual(sent(), [], "they are asked already")
        }
        try receive("oldhag", codes: [110])
        XCTAssertNil(try room.departure)
    }

    func testWhereOneWantsToBeOutsideOneStaysOutside() throws {
        for address in ["left", "leaving", "kicked", "refused", "regretted", "lost", "again"] {
            let room = try BareJID(wire: "\(address)@chat")
            try rooms.join(room, as: "third")
            if ["regretted", "refused"].contains(address) { continue }
            try receive(xml: "<presence from='\(room)/third'>\(selfPresence)</presence>")
        }
        try rooms.leave("left@chat")
        for address in ["left", "kicked"] {
            try receive(
                xml: "<presence type='unavailable' from='\(address)@chat/third'>\(selfPresence)"
                    + "</presence>")
        }
        for address in ["leaving", "regretted", "again"] {
            try rooms.leave(try BareJID(wire: "\(address)@chat"))
        }
        try receive(xml: "<presence type='error' from='refused@chat/third'/>")
        try rooms.join("again@chat", as: "fourth")
        script.begin()
        XCTAssertEqual(rooms.rooms.map(\.address), ["again@chat", "lost@chat"])
        _ = sent()
        try rooms.rejoin()
        XCTAssertEqual(
            sent(),
            ["again@chat/fourth", "lost@chat/third"].map {
                "<presence to='\($0)'>\(muc)</presence>"
            }
        )
        try receive(xml: "<presence type='error' from='lost@chat/third'/>")
        try rooms.leave("again@chat")
        script.begin()
        XCTAssertEqual(rooms.rooms, [])
    }

    func testALostRoomMayBeGivenUp() throws {
        try enter()
        script.begin()
        try rooms.leave(coven)
        _ = sent()
        try rooms.rejoin()
        XCTAssertEqual(sent(), [])
        XCTAssertNil(rooms[coven])
    }

    func testNothingHappensInRoomsBehindTheEndOfTheSession() throws {
        try enter()
        rooms.onEvent { [unowned stream = script.stream] _, event in
            if case .occupantJoined = event { stream.end() }
        }
        XCTAssertEqual(
            try receive(xml: "<presence from='coven@chat/a'/><presence from='coven@chat/b'/>"),
            "occupant-joined a; self-left session-ended")
    }

    // MARK: Handlers

    func testAHandlerMaySendAndCancel() throws {
        var registration: Registration?
        registration = rooms.onEvent { [unowned rooms, coven] _, event in
            if case .selfJoined = event {
                registration?.cancel()
                try? rooms.setPresence(Presence(show: .away))
                try? rooms.changeNick(in: coven, to: "fourth")
                try? rooms.leave(coven)
            }
        }
        try rooms.join(coven, as: "third")
        _ = sent()
        try receive("third", codes: [110])
        XCTAssertEqual(
            sent(),
            [
                "<presence to='coven@chat/third'><show>away</show></presence>",
                "<presence to='coven@chat/fourth'><show>away</show></presence>",
                "<presence to='coven@chat/third' type='unavailable'/>",
            ])
        try receive("third", .unavailable, codes: [110])
        try receive("third", codes: [110])
        XCTAssertEqual(sent(), [])
    }

    func testAServiceMayAnswerAtOnce() throws {
        weak var receiver: StanzaStream?
        let stream = StanzaStream { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if !text.contains("coven@chat/third") { return }
            try? receiver?.receive(
                "<presence from='coven@chat/third'><x xmlns='\(XMLNamespace.mucUser)'>"
                    .appending("<status code='110'/></x></presence>").utf8)
        }
        receiver = stream
        let rooms = RoomClient(PresenceClient(stream))
        try stream.receive(
            "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>".utf8)
        stream.begin(as: "hag66@shakespeare.lit/pda")
        try rooms.join(coven, as: "third")
        XCTAssertEqual(rooms[coven]?.membership, .joined(as: "third"))
    }

    func testUpdatesBeginWithHowThingsStandAndMissNothing() async throws {
        try rooms.join(coven, as: "third")
        let updates = rooms.updates()
        try receive("first")
        try receive("third", codes: [110])
        script.stream.end()
        var told: [String] = []
        for await update in updates {
            let counts = update.rooms.map { "\($0.address) \($0.count)" }
            told.append("\(update.event?.recordedName ?? "-") \(update.room == coven) \(counts)")
            if told.count == 4 { break }
        }
        XCTAssertEqual(
            told,
            [
                "- false [\"coven@chat 0\"]", "occupant-listed true [\"coven@chat 1\"]",
                "self-joined true [\"coven@chat 2\"]", "self-left true [\"coven@chat 0\"]",
            ])
    }

    func testAClientThatIsGoneIsNotCalled() throws {
        var other: RoomClient? = RoomClient(PresenceClient(script.stream))
        weak let remembered = other
        other?.onEvent { _, _ in XCTFail("the client is gone") }
        try other?.join(coven, as: "third")
        other = nil
        XCTAssertNil(remembered)
        try receive("first")
    }
}
