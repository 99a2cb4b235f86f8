import PresenceKit
import StanzaKit
import XCTest

final class MUCJoinTests: XCTestCase {
    private func presence(_ x: String) throws -> Presence {
        try XCTUnwrap(
            Presence(
                Element(
                    parsing: "<presence><x xmlns='\(XMLNamespace.muc)'>\(x)</x></presence>",
                    in: .client)))
    }

    func testARequestToJoinSaysThePasswordAndHowMuchToHear() throws {
        let join = try presence(
            """
            <password>cauldronburn</password><history maxchars='65000' maxstanzas='20' seconds='180' \
            since='1970-01-01T00:00:00Z'/>
            """)[MUCJoin.self]
        let history = MUCJoin.History(
            maximumCharacters: 65_000, maximumMessages: 20, seconds: 180,
            since: DateTime(secondsSince1970: 0))
        XCTAssertEqual(join, MUCJoin(password: "cauldronburn", history: history))
        XCTAssertEqual(try presence("")[MUCJoin.self], MUCJoin())
        XCTAssertNil(Presence()[MUCJoin.self])
        XCTAssertEqual(
            Presence(to: "coven@chat.shakespeare.lit/hag", payloads: [MUCJoin(history: .nothing)])
                .description,
            "<presence to='coven@chat.shakespeare.lit/hag'><x xmlns='http://jabber.org/protocol/muc'>"
                + "<history maxchars='0'/></x></presence>")
    }

    func testALimitThatCannotBeReadIsNoneAndIsTold() throws {
        for odd in ["maxchars='-1'", "maxstanzas='many'", "seconds=''", "since='today'"] {
            let presence = try presence("<history \(odd)/>")
            XCTAssertEqual(presence[MUCJoin.self], MUCJoin(history: .init()), odd)
            XCTAssertEqual(presence.irregularities.count, 1, odd)
        }
        XCTAssertEqual(try presence("<history seconds=' +7 '/>")[MUCJoin.self]?.history?.seconds, 7)
    }

    func testPasswordsAreComparedByTheirBytes() {
        XCTAssertNotEqual(MUCJoin(password: "\u{e9}"), MUCJoin(password: "e\u{301}"))
        XCTAssertEqual(MUCJoin(password: "a").hashValue, MUCJoin(password: "a").hashValue)
    }
}
