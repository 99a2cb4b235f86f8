import PresenceKit
import StanzaKit
import XCTest

final class PresenceMeaningTests: XCTestCase {
    private func presence(_ xml: String) throws -> Presence {
        try XCTUnwrap(Presence(Element(parsing: xml, in: .client)))
    }

    func testTheTypeIsTheAttributeAlone() throws {
        for kind in Presence.Kind.allCases where kind != .available {
            XCTAssertEqual(try presence("<presence type='\(kind.rawValue)'/>").type, kind)
        }
        XCTAssertEqual(try presence("<presence/>").type, .available)
        XCTAssertEqual(try presence("<presence><show>subscribe</show></presence>").type, .available)
        for odd in ["available", "away", "", " subscribe", "Subscribe"] {
            XCTAssertNil(try presence("<presence type='\(odd)'/>").type, odd)
        }
    }

    func testTheFirstShowCountsWithoutWhiteSpace() throws {
        for show in Presence.Show.allCases {
            XCTAssertEqual(
                try presence("<presence><show>\(show.rawValue)</show></presence>").show, show)
        }
        XCTAssertEqual(
            try presence("<presence><show>\n xa\t</show><show>dnd</show></presence>").show, .xa)
        for odd in ["", "XA", "available", "x a", "\u{a0}xa"] {
            XCTAssertNil(try presence("<presence><show>\(odd)</show></presence>").show, odd)
        }
        XCTAssertNil(try presence("<presence><show xmlns='u'>xa</show></presence>").show)
    }

    func testThePriorityIsFromMinus128To127() throws {
        for value in -130...130 {
            let expected = (-128...127).contains(value) ? Int8(value) : 0
            for text in ["\(value)", " \(value)\n"]
                + (value > 0 ? ["+\(value)", "00\(value)"] : [])
            {
                XCTAssertEqual(
                    try presence("<presence><priority>\(text)</priority></presence>").priority,
                    expected, text)
            }
        }
        for odd in ["", "high", "1.0", "5_0", "\u{0665}", "1 2", "--1"] {
            XCTAssertEqual(
                try presence("<presence><priority>\(odd)</priority></presence>").priority, 0, odd)
        }
        XCTAssertEqual(try presence("<presence><priority>1<b/></priority></presence>").priority, 0)
        XCTAssertEqual(
            try presence("<presence><priority>1</priority><priority>2</priority></presence>")
                .priority, 1)
        XCTAssertEqual(try presence("<presence/>").priority, 0)
    }

    func testOfOneLanguageTheFirstStatusCounts() throws {
        let presence = try presence(
            """
            <presence xml:lang='en'><status> here </status><status xml:lang='de'>da</status>\
            <status xml:lang='EN'>again</status><status xml:lang=''>?</status></presence>
            """)
        XCTAssertEqual(
            presence.statuses,
            [
                .init(text: " here ", language: "en"), .init(text: "da", language: "de"),
                .init(text: "?", language: nil),
            ])
    }

    /// Quadratic, this would take minutes.
    func testAnyNumberOfStatusesIsReadInTurn() throws {
        let statuses = (0..<20_000).map { "<status xml:lang='x\($0)'>a</status>" }.joined()
        let presence = try presence("<presence>\(statuses)</presence>")
        XCTAssertEqual(presence.statuses.count, 20_000)
        XCTAssertEqual(presence.statuses.last?.language, "x19999")
    }

    func testTheNicknameIsTheOneSuggested() throws {
        let nick = "<nick xmlns='http://jabber.org/protocol/nick'>"
        XCTAssertEqual(
            try presence("<presence>\(nick)Ishmael</nick></presence>").nickname, "Ishmael")
        XCTAssertNil(try presence("<presence>\(nick)</nick></presence>").nickname)
        XCTAssertNil(try presence("<presence><nick>Ishmael</nick></presence>").nickname)
    }
}
