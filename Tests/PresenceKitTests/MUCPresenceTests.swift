import PresenceKit
import StanzaKit
import XCTest

final class MUCPresenceTests: XCTestCase {
    func testTheFirstItemCountsAndIsAddedWhereSomethingIsSaid() throws {
        var presence = Presence(from: "room@conf.example/Nick")
        presence.muc.affiliation = nil
        presence.muc.role = nil
        presence.muc.jid = nil
        presence.muc.codes = []
        XCTAssertEqual(presence, Presence(from: "room@conf.example/Nick"))
        presence.muc.affiliation = .owner
        presence.muc.role = .moderator
        presence.muc.jid = "real@user.example/r"
        presence.muc.codes = [.selfPresence, .nickAssigned]
        XCTAssertEqual(
            presence[MUCUser.self],
            MUCUser(
                items: [
                    .init(affiliation: .owner, role: .moderator, jid: "real@user.example/r")
                ], codes: [.selfPresence, .nickAssigned]))
        presence[MUCUser.self]?.items.append(.init(affiliation: .member))
        XCTAssertEqual(presence.muc.affiliation, .owner)
        presence.muc.affiliation = .unaffiliated
        XCTAssertEqual(
            presence[MUCUser.self]?.items.map(\.affiliation), [.unaffiliated, .member])
        presence.muc.affiliation = nil
        XCTAssertNil(presence.muc.affiliation)
        XCTAssertEqual(presence.muc.role, .moderator)
    }

    func testNicknameAndRoomAreTheSenders() throws {
        var presence = Presence(from: "room@conf.example/Nick")
        XCTAssertEqual(presence.muc.nick, "Nick")
        XCTAssertEqual(presence.muc.room, "room@conf.example")
        presence.muc.role = .visitor
        presence.from = "other@conf.example"
        XCTAssertNil(presence.muc.nick)
        XCTAssertEqual(presence.muc.room, "other@conf.example")
        presence.from = nil
        XCTAssertNil(presence.muc.room)
        XCTAssertEqual(presence.muc.role, .visitor)
    }
}
