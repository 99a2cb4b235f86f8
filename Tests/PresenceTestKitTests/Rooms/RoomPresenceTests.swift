import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Being in a room: presence, nicknames, and leaving.
final class RoomPresenceTests: RoomServiceTestCase {
    func testNewPresenceIsToldToEverybodyInTheOrderOfComing() throws {
        try open([("hag", "third"), ("wicca", "second")])
        XCTAssertEqual(
            try presence("hag", "third", nil, "<show>away</show>"),
            [
                "crone < third show=away none participant jid=hag",
                "hag < third show=away none participant jid=hag 110",
                "wicca < third show=away none participant",
            ])
    }

    func testANicknameIsChangedInTwoSteps() throws {
        try open([("hag", "third"), ("wicca", "second")])
        XCTAssertEqual(
            try presence("hag", "oldhag"),
            [
                "crone < third unavailable none participant jid=hag nick=oldhag 303",
                "hag < third unavailable none participant jid=hag nick=oldhag 303 110",
                "wicca < third unavailable none participant nick=oldhag 303",
                "crone < oldhag none participant jid=hag",
                "hag < oldhag none participant jid=hag 110",
                "wicca < oldhag none participant",
            ])
        XCTAssertEqual(nicks, ["first", "oldhag", "second"], "in the same place")
    }

    func testWhatOneSaysWithANewNicknameIsShownUnderIt() throws {
        try open([("hag", "third")])
        XCTAssertEqual(
            try presence("hag", "oldhag", nil, "<show>away</show>").last,
            "hag < oldhag show=away none participant jid=hag 110")
        XCTAssertEqual(
            try join("wicca", as: "second")[1], "wicca < oldhag show=away none participant")
    }

    func testTheSameNicknameIsNoChangeAndATakenOneAConflict() throws {
        try open([("hag", "third")])
        XCTAssertEqual(try presence("hag", "third").count, 2)
        XCTAssertEqual(try presence("hag", "first"), ["hag < first error cancel conflict"])
        XCTAssertEqual(try presence("hag", nil), ["hag < room error modify jid-malformed"])
        XCTAssertEqual(nicks, ["first", "third"])
    }

    func testWhoLeavesIsToldFirstThenTheOthers() throws {
        try open([("hag", "third"), ("wicca", "second")])
        XCTAssertEqual(
            try presence("hag", "third", "unavailable", "<status>gone</status>"),
            [
                "hag < third unavailable status=gone none none jid=hag 110",
                "crone < third unavailable status=gone none none jid=hag",
                "wicca < third unavailable status=gone none none",
            ])
        XCTAssertEqual(try presence("hag", "third", "unavailable"), [])
    }

    func testATemporaryRoomGoesWithTheLastOccupantAndAPersistentOneStays() throws {
        for isPersistent in [false, true] {
            try open([("hag", "third")]) { $0.isPersistent = isPersistent }
            try presence("crone", "first", "unavailable")
            XCTAssertEqual(service.addresses, [coven])
            try admin("crone", "<item jid='hag@shakespeare.lit' affiliation='outcast'/>")
            XCTAssertEqual(service.addresses, isPersistent ? [coven] : [])
        }
    }

    func testARoomThatWasNeverConfiguredGoesWithItsMaker() throws {
        try join("crone", as: "first")
        XCTAssertEqual(
            try presence("crone", "first", "unavailable"),
            ["crone < first unavailable owner none jid=crone destroy= 110"])
        XCTAssertEqual(service.addresses, [])
    }

    // MARK: Several clients

    func testAnOccupantStaysWhileOneOfItsClientsDoes() throws {
        try open([("hag", "third"), ("hag/2", "third")])
        try presence("hag/2", "third", nil, "<show>xa</show>")
        XCTAssertEqual(
            try presence("hag", "third", "unavailable"),
            [
                "hag < third unavailable none participant jid=hag 110",
                "crone < third show=xa none participant jid=hag/2",
                "hag/2 < third show=xa none participant jid=hag/2 110",
            ])
        XCTAssertEqual(nicks, ["first", "third"])
    }

    func testOthersSeeTheClientThatHasBeenInLongest() throws {
        try open([("hag", "third"), ("hag/2", "third")])
        let both = "none participant jid=hag none participant jid=hag/2"
        XCTAssertEqual(
            try presence("hag/2", "third", nil, "<show>xa</show>"),
            [
                "crone < third \(both)", "hag < third \(both) 110",
                "hag/2 < third show=xa \(both) 110",
            ])
    }

    func testAClientMovesToANicknameOfItsOwn() throws {
        try open([("hag", "third"), ("hag/2", "third")])
        XCTAssertEqual(
            try presence("hag/2", "fourth"),
            [
                "hag/2 < third unavailable none participant jid=hag nick=fourth "
                    + "none participant jid=hag/2 nick=fourth 303 110",
                "crone < third none participant jid=hag",
                "hag < third none participant jid=hag 110", "hag/2 < third none participant",
                "crone < fourth none participant jid=hag/2", "hag < fourth none participant",
                "hag/2 < fourth none participant jid=hag/2 110",
            ])
        XCTAssertEqual(nicks, ["first", "third", "fourth"])
    }

    func testAClientMovesToTheNicknameOfAnotherOne() throws {
        try open([("hag", "third"), ("hag/2", "fourth")])
        XCTAssertEqual(
            try presence("hag/2", "third"),
            [
                "hag/2 < fourth unavailable none participant jid=hag/2 nick=third 303 110",
                "crone < fourth unavailable none none jid=hag/2",
                "hag < fourth unavailable none none",
                "crone < third none participant jid=hag none participant jid=hag/2",
                "hag < third none participant jid=hag none participant jid=hag/2 110",
                "hag/2 < third none participant jid=hag none participant jid=hag/2 110",
            ])
        XCTAssertEqual(nicks, ["first", "third"])
        try open([("hag", "third"), ("hag/2", "fourth")]) { $0.allowsSharedNicks = false }
        XCTAssertEqual(try presence("hag/2", "third"), ["hag/2 < third error cancel conflict"])
    }

    // MARK: Errors

    func testWhoSendsErrorsIsTakenOutForATechnicalReason() throws {
        let error = StanzaError(.serviceUnavailable).element
        for name in ["presence", "message"] {
            for to in ["\(coven)", "\(coven)/first"] {
                try open([("hag", "third")])
                XCTAssertEqual(
                    try send("hag", "<\(name) type='error' to='\(to)'>\(error)</\(name)>"),
                    [
                        "hag < third unavailable none none jid=hag 333 110",
                        "crone < third unavailable none none jid=hag 333",
                    ])
                XCTAssertEqual(
                    try send("hag", "<\(name) type='error' to='\(to)'>\(error)</\(name)>"), [])
            }
        }
    }

    func testAnErrorOfAnotherKindGoesToWhomItIsFor() throws {
        try open([("hag", "third")])
        let error = StanzaError(.notAcceptable, type: .cancel).element
        XCTAssertEqual(
            try send("hag", "<message type='error' to='\(coven)/first'>\(error)</message>"),
            ["crone < third message error cancel not-acceptable"])
        XCTAssertEqual(
            try send("hag", "<message type='error' to='\(coven)'>\(error)</message>"), [])
        XCTAssertEqual(nicks, ["first", "third"])
    }

    func testEverybodyIsToldOfTheShutdown() throws {
        try open([("hag", "third")]) { $0.isPersistent = true }
        service.makeRoom("agora@chat.shakespeare.lit")
        XCTAssertEqual(
            service.shutDown().map { Self.inShort($0) },
            [
                "crone < first unavailable owner none jid=crone 332 110",
                "hag < third unavailable none none jid=hag 332 110",
            ])
        XCTAssertEqual(service.addresses, [coven])
        XCTAssertEqual(nicks, [])
    }

    func testRoomsHaveNoSubscribers() throws {
        try open()
        XCTAssertEqual(try presence("hag", nil, "subscribe"), ["hag < room unsubscribed"])
        for type in ["subscribed", "unsubscribe", "unsubscribed", "probe"] {
            XCTAssertEqual(try presence("hag", nil, type), [], type)
        }
        XCTAssertEqual(try presence("hag", "x", "visible"), ["hag < x error modify bad-request"])
    }
}
