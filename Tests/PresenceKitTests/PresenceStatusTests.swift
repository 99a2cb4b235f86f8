import PresenceKit
import StanzaKit
import XCTest

final class PresenceStatusTests: XCTestCase {
    private func presence(_ children: String, language: String? = nil) throws -> Presence {
        let attribute = language.map { " xml:lang='\($0)'" } ?? ""
        return try XCTUnwrap(
            Presence(Element(parsing: "<presence\(attribute)>\(children)</presence>", in: .client)))
    }

    private func texts(_ presence: Presence) -> [String] {
        presence.element.all("status", in: .client).map { "\($0[.language] ?? "-"): \($0.text)" }
    }

    func testOfOneLanguageTheFirstStatusCounts() throws {
        let presence = try presence(
            """
            <status> here </status><status xml:lang='de'>da</status>\
            <status xml:lang='EN'>again</status><status xml:lang=''>?</status>
            """, language: "en")
        XCTAssertEqual(
            presence.statuses,
            [.init(" here ", language: "en"), .init("da", language: "de"), .init("?")])
    }

    func testTagsDifferByTheirLettersOfASCIIOnly() throws {
        let presence = try presence(
            """
            <status xml:lang='k'>1</status><status xml:lang='\u{212A}'>2</status>\
            <status xml:lang='K'>3</status><status xml:lang='\u{e9}'>4</status>\
            <status xml:lang='e\u{301}'>5</status>
            """)
        XCTAssertEqual(presence.statuses.map(\.text), ["1", "2", "4", "5"])
        XCTAssertEqual(presence.status(in: ["\u{212A}"]), "2")
        XCTAssertEqual(presence.status(in: ["e\u{301}"]), "5")
    }

    /// Quadratic, this would take minutes.
    func testAnyNumberOfStatusesIsReadInTurn() throws {
        let presence = try presence(
            (0..<20_000).map { "<status xml:lang='x\($0)'>a</status>" }.joined())
        XCTAssertEqual(presence.statuses.count, 20_000)
        XCTAssertEqual(presence.statuses.last?.language, "x19999")
    }

    /// One subtag of a long tag after the other, this would take hours.
    func testALongLanguageIsLookedUpInLinearTime() throws {
        let long = String(repeating: "aa-", count: 20_000) + "bb"
        let presence = try presence(
            (1000..<6000).map { "<status xml:lang='aa-\($0)'>\($0)</status>" }.joined(),
            language: long)
        XCTAssertEqual(presence.status, "1000")
        XCTAssertEqual(presence.status(in: ["\(long)-cc", "aa-1007"]), "1000")
        XCTAssertEqual(presence.status(in: ["aa-1007-\(long)"]), "1007")
    }

    func testWithoutAPreferenceTheLanguageOfTheStanzaCounts() throws {
        let both = "<status xml:lang='en'>e</status><status>-</status>"
        XCTAssertEqual(try presence(both).status, "-")
        XCTAssertEqual(try presence(both, language: "fr").status, "-")
        XCTAssertEqual(try presence("<status xml:lang='en'>e</status>", language: "fr").status, "e")
        XCTAssertEqual(
            try presence(
                "<status xml:lang='de'>d</status><status xml:lang='en-GB'>e</status>",
                language: "en"
            ).status, "e")
        XCTAssertEqual(
            try presence(
                "<status xml:lang='en'>e</status><status xml:lang=''>-</status>", language: "fr"
            ).status, "-", "the one of no language")
        XCTAssertEqual(
            try presence(
                "<status xml:lang='en'>e</status><status xml:lang='de'>d</status>", language: "fr"
            ).status, "e", "the first")
        XCTAssertEqual(try presence("<status/>").status, "")
        XCTAssertNil(try presence("<status xmlns='u'>x</status>").status)
    }

    func testALanguageIsLookedUpFromTheMostWantedOn() throws {
        let presence = try presence(
            ["en", "de-AT", "zh-Hant", "i-klingon", "pt-BR", "pt"]
                .map { "<status xml:lang='\($0)'>\($0)</status>" }.joined())
        let expected: KeyValuePairs<[String], String> = [
            ["de-AT"]: "de-AT", ["DE-at"]: "de-AT", ["de-AT-1996"]: "de-AT",
            ["de"]: "de-AT", ["de-CH"]: "de-AT", ["d"]: "en", ["de-"]: "de-AT",
            ["zh-Hant-CN-x-private1-private2"]: "zh-Hant", ["pt"]: "pt", ["pt-PT"]: "pt",
            ["pt-BR"]: "pt-BR", ["fr", "pt"]: "pt", ["fr-CA", "fr", "pt-BR", "en"]: "pt-BR",
            ["i-default"]: "en", ["i-klingon"]: "i-klingon", ["*"]: "en", [""]: "en",
            ["-"]: "en", ["fr"]: "en", []: "en",
        ]
        for (preferred, language) in expected {
            XCTAssertEqual(presence.status(in: preferred), language, "\(preferred)")
        }
    }

    func testSettingOneLanguageLeavesTheOthersAndTheirPlaces() throws {
        var presence = try presence(
            """
            <status xml:lang='de'>1</status><show>xa</show><status>2</status>\
            <status xml:lang='DE'>3</status>
            """, language: "en")
        presence.setStatus("da", language: "De")
        XCTAssertEqual(texts(presence), ["De: da", "-: 2"])
        XCTAssertEqual(presence.element.children.map(\.name), ["status", "show", "status"])
        presence.setStatus("here")
        XCTAssertEqual(texts(presence), ["De: da", "-: here"])
        presence.setStatus("there", language: "EN")
        XCTAssertEqual(texts(presence), ["De: da", "-: there"], "the language of the stanza")
        presence.setStatus("ici", language: "fr")
        XCTAssertEqual(texts(presence), ["De: da", "-: there", "fr: ici"])
        presence.setStatus(nil)
        presence.setStatus("", language: "de")
        presence.setStatus(nil, language: "cs")
        XCTAssertEqual(texts(presence), ["fr: ici"])
    }

    func testSettingTheTableReplacesTheTable() throws {
        var presence = try presence(
            "<status xml:lang='de'>1</status><show>xa</show><status>2</status>", language: "en")
        presence.statuses = [
            .init("a", language: "fr"), .init("b"), .init("", language: "cs"),
            .init("c", language: "EN"),
        ]
        XCTAssertEqual(texts(presence), ["fr: a", "-: b", "cs: "])
        XCTAssertEqual(
            presence.element.children.map(\.name), ["status", "show", "status", "status"])
        XCTAssertEqual(presence.statuses.map(\.language), ["fr", "en", "cs"])
        presence.statuses = []
        XCTAssertEqual(presence.element.children.map(\.name), ["show"])
    }

    func testEveryTableIsReadAsItIsWritten() throws {
        let texts = ["", "a", " \n\t", "<&>\"'", "e\u{301}", "\u{1F339}"]
        let languages: [String?] = [nil, "en", "de-CH", "x-a"]
        for own in languages {
            for (first, second) in texts.flatMap({ first in texts.map { (first, $0) } }) {
                for (left, right) in [(0, 1), (1, 2), (2, 0), (3, 1)] {
                    let table: [Presence.Status] = [
                        .init(first, language: languages[left] ?? own),
                        .init(second, language: languages[right] ?? own),
                    ]
                    if table[0].language == table[1].language { continue }
                    var presence = Presence(language: own)
                    presence.statuses = table
                    XCTAssertEqual(presence.statuses, table)
                    XCTAssertEqual(presence.irregularities, [])
                    let xml = String(decoding: try presence.element.serialized(), as: UTF8.self)
                    let again = try XCTUnwrap(Presence(Element(parsing: xml, in: .client)))
                    XCTAssertEqual(again.statuses, table, xml)
                }
            }
        }
    }

    func testStatusesAreComparedByTheirBytes() {
        XCTAssertNotEqual(Presence.Status("\u{e9}"), Presence.Status("e\u{301}"))
        XCTAssertNotEqual(Presence.Status("a", language: "de"), Presence.Status("a"))
        XCTAssertEqual(Set([Presence.Status("a"), Presence.Status("a")]).count, 1)
    }
}
