import Foundation
import StanzaKit
import XCTest

final class JIDTests: XCTestCase {
    /// The examples of RFC 7622, section 3.5; but for the leading space of a resource, which is legal
    /// (erratum 4560).
    func testTheExamplesOfTheStandard() throws {
        let valid: [(String, String?, String, String?)] = [
            ("juliet@example.com", "juliet", "example.com", nil),
            ("juliet@example.com/foo", "juliet", "example.com", "foo"),
            ("juliet@example.com/foo bar", "juliet", "example.com", "foo bar"),
            ("juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"),
            ("foo\\20bar@example.com", "foo\\20bar", "example.com", nil),
            ("fussball@example.com", "fussball", "example.com", nil),
            ("fu\u{DF}ball@example.com", "fu\u{DF}ball", "example.com", nil),
            ("\u{3C0}@example.com", "\u{3C0}", "example.com", nil),
            ("\u{3C3}@example.com/foo", "\u{3C3}", "example.com", "foo"),
            ("\u{3C2}@example.com/foo", "\u{3C2}", "example.com", "foo"),
            ("king@example.com/\u{265A}", "king", "example.com", "\u{265A}"),
            ("juliet@example.com/ foo", "juliet", "example.com", " foo"),
            ("example.com", nil, "example.com", nil),
            ("example.com/foobar", nil, "example.com", "foobar"),
            ("a.example.com/b@example.net", nil, "a.example.com", "b@example.net"),
        ]
        for (text, local, domain, resource) in valid {
            for jid in [
                try JID(validating: text), try JID(wire: text), try JID(wire: Array(text.utf8)),
            ] {
                XCTAssertEqual(jid.local, local, text)
                XCTAssertEqual(jid.domain, domain, text)
                XCTAssertEqual(jid.resource, resource, text)
                XCTAssertEqual(jid.description, text)
                XCTAssertTrue(jid.bare.isConforming, text)
            }
        }
        let invalid: [(String, JIDError.Part, JIDError.Reason)] = [
            ("\"juliet\"@example.com", .local, .invalidCharacter),
            ("foo bar@example.com", .local, .invalidCharacter),
            ("@example.com/", .local, .empty),
            ("henry\u{2163}@example.com", .local, .invalidCharacter),
            ("\u{265A}@example.com", .local, .invalidCharacter),
            ("juliet@", .domain, .empty), ("/foobar", .domain, .empty),
        ]
        for (text, part, reason) in invalid {
            XCTAssertThrowsError(try JID(validating: text), text) { error in
                XCTAssertEqual(error as? JIDError, JIDError(part: part, reason: reason), text)
            }
        }
    }

    func testLettersBecomeLowerCaseButForTheResource() throws {
        XCTAssertEqual("\u{3A3}@example.com/foo" as JID, "\u{3C3}@example.com/foo")
        XCTAssertNotEqual("\u{3A3}@example.com/foo" as JID, "\u{3C2}@example.com/foo")
        let text = "JULIET@Example.COM./Balcony"
        let jid = try JID(validating: text)
        XCTAssertEqual(jid.description, "juliet@example.com/Balcony")
        XCTAssertEqual(jid.bare, "juliet@example.com")
        XCTAssertEqual(try JID(wire: text), jid)
        XCTAssertEqual("JULIET@Example.COM./Balcony", jid, "a literal is prepared too")
        XCTAssertNotEqual(jid, "juliet@example.com/balcony")
    }

    /// Every ASCII character in every part, against the rules of RFC 7622, sections 3.2 to 3.4.
    func testEveryASCIICharacterInEveryPart() throws {
        for value in 0...0x7F as ClosedRange<UInt8> {
            let scalar = Unicode.Scalar(value)
            let isPrintable = (0x20...0x7E).contains(value)
            let isAlphanumeric = scalar.properties.isAlphabetic || (0x30...0x39).contains(value)
            let isLocal =
                isPrintable && value != 0x20 && !"\"&'/:<>@".unicodeScalars.contains(scalar)
            XCTAssertEqual(
                (try? BareJID(validating: "a\(scalar)b@example.net")) != nil, isLocal,
                "local \(value)")
            // In front of the slash and the at sign these are another address, not another domain.
            if scalar != "/" && scalar != "@" {
                let isDomain = isAlphanumeric || scalar == "-" || scalar == "."
                XCTAssertEqual(
                    (try? BareJID(validating: "a\(scalar)b.net")) != nil, isDomain,
                    "domain \(value)")
            }
            XCTAssertEqual(
                (try? JID(validating: "a@b/x\(scalar)y")) != nil, isPrintable, "resource \(value)")
        }
    }

    func testLabelsOfADomain() {
        let long = String(repeating: "a", count: 63)
        XCTAssertNoThrow(try BareJID(validating: "\(long).example"))
        let wrong: [(String, JIDError.Reason)] = [
            ("\(long)a.example", .tooLong), ("-a.example", .misplacedHyphen),
            ("a-.example", .misplacedHyphen),
            ("ab--c.example", .misplacedHyphen), ("a..example", .empty), (".example", .empty),
            ("a.example..", .empty), (".", .empty), ("a_b.example", .invalidCharacter),
            ("xn--a.example", .invalidCharacter), ("xn--abc-.example", .invalidALabel),
            ("xn--\(long)", .tooLong), ("\u{301}a.example", .leadingMark),
            ("[::1", .invalidIPLiteral), ("[v1.x]", .invalidIPLiteral),
            ("a\u{b7}b.example", .context), ("\u{5d0}a.example", .direction),
            ("\u{378}.example", .unassigned), ("\u{2603}.example", .invalidCharacter),
        ]
        for (domain, reason) in wrong {
            XCTAssertThrowsError(try BareJID(validating: domain), domain) { error in
                XCTAssertEqual(error as? JIDError, JIDError(part: .domain, reason: reason), domain)
            }
        }
        for domain in ["192.0.2.1", "localhost", "1.example", "a-b.example", "a--b.example"] {
            XCTAssertNoThrow(try BareJID(validating: domain), domain)
        }
    }

    func testPartsHaveAtMost1023Octets() throws {
        let most = String(repeating: "a", count: 1023)
        XCTAssertNoThrow(try JID(validating: "\(most)@example.net/\(most)"))
        for text in ["\(most)a@example.net", "a@b/\(most)a", "a@\(most)a"] {
            XCTAssertThrowsError(try JID(validating: text)) {
                XCTAssertEqual(($0 as? JIDError)?.reason, .tooLong)
            }
            XCTAssertThrowsError(try JID(wire: text)) {
                XCTAssertEqual(($0 as? JIDError)?.reason, .tooLong)
            }
        }
        XCTAssertNoThrow(try JID(wire: "a@\(most)"))
    }

    /// What the rules refuse is kept, in lower case as far as it is ASCII; what they take is known by
    /// its normal form. Either is written back as it was.
    func testTheWireIsReadLeniently() throws {
        for (text, normal, isConforming) in [
            ("J\u{dc}rgen@Example.org", "j\u{fc}rgen@example.org", true),
            ("xn--bcher-kva.example", "b\u{fc}cher.example", true),
            ("Foo\u{301}@x.", "fo\u{f3}@x", true), ("[::A]", "[::a]", true),
            ("A_b@c_D", "a_b@c_d", false), ("\"A b\"@\u{dc}", "\"a b\"@\u{dc}", false),
            ("\u{1F600}e\u{301}@X", "\u{1F600}e\u{301}@x", false), ("a@B..", "a@b..", false),
        ] {
            for suffix in ["", "/R\u{1F600}\u{3000}"] {
                let jid = try JID(wire: text + suffix)
                XCTAssertEqual(Array(jid.description.utf8), Array((normal + suffix).utf8))
                XCTAssertEqual(Array(jid.spelling.utf8), Array((text + suffix).utf8))
                XCTAssertEqual(jid.bare.isConforming, isConforming, text)
                XCTAssertEqual(BareJID(text) == jid.bare, isConforming, text)
                XCTAssertEqual(try JID(wire: jid.description), jid, text)
                XCTAssertEqual("\(jid.local.map { "\($0)@" } ?? "")\(jid.domain)", normal)
                var presence = Presence(to: jid)
                XCTAssertEqual(
                    presence.element[.to].map { Array($0.utf8) }, Array((text + suffix).utf8))
                presence.from = jid
                XCTAssertEqual(presence.from, jid)
                XCTAssertEqual(presence.from?.spelling, text + suffix)
            }
        }
    }

    /// Two ways to write one address are one key.
    func testTheSpellingDoesNotCount() throws {
        let spelled = try BareJID(wire: "Romeo@xn--bcher-kva.example.")
        let normal: BareJID = "romeo@b\u{fc}cher.example"
        XCTAssertEqual(spelled, normal)
        XCTAssertEqual(normal, spelled)
        XCTAssertEqual(spelled, try BareJID(wire: "ROMEO@b\u{fc}cher.example"))
        XCTAssertNotEqual(spelled, try BareJID(wire: "romea@xn--bcher-kva.example."))
        XCTAssertEqual(Set([spelled, normal]).count, 1)
        XCTAssertFalse(spelled < normal || normal < spelled)
        XCTAssertEqual(normal.spelling, normal.description)
        XCTAssertEqual(spelled.local, "romeo")
        XCTAssertEqual(spelled.domain, "b\u{fc}cher.example")
        XCTAssertEqual(spelled.domainASCII, "xn--bcher-kva.example")
        XCTAssertEqual(try BareJID(wire: "xn--bcher-kva.example").domain, "b\u{fc}cher.example")
    }

    func testAnAddressIsSmall() {
        XCTAssertEqual(MemoryLayout<BareJID>.stride, 24)
        XCTAssertEqual(MemoryLayout<JID>.stride, 40)
        XCTAssertEqual(MemoryLayout<JID?>.stride, 40)
    }

    func testWhatNoServerSendsIsRefusedFromTheWireToo() {
        for text in [
            "", "@", "@example.com", "a@", "/", "/a", "a@b/", "a@b@c", "a@@b", " a@b", "a@b ",
            "a@b\n", "\ta",
            ".", "a@.",
        ] {
            XCTAssertThrowsError(try JID(wire: text), text)
            XCTAssertThrowsError(try JID(validating: text), text)
        }
        XCTAssertThrowsError(try JID(wire: [0x61, 0x40, 0xFF]), "not UTF-8")
        XCTAssertThrowsError(try JID(wire: Array("a@b/".utf8) + [0xC3]), "not UTF-8")
        XCTAssertNoThrow(try JID(wire: "a@b/ c@d/e "))
    }

    func testABareAddressHasNoResource() {
        let text = "a@b/c"
        XCTAssertThrowsError(try BareJID(validating: text))
        XCTAssertThrowsError(try BareJID(wire: text))
    }

    func testAddressesCompareByTheirOctets() throws {
        // Neither conforms, so that neither is normalized.
        let composed = try JID(wire: "\u{e9}@x_y/r")
        let decomposed = try JID(wire: "e\u{301}@x_y/r")
        XCTAssertNotEqual(composed, decomposed)
        XCTAssertEqual(Set([composed, decomposed, composed]).count, 2)
        XCTAssertNotEqual(try JID(wire: "a@x/\u{e9}"), try JID(wire: "a@x/e\u{301}"))
        let sorted: [JID] = ["a@b", "a@b/A", "a@b/a", "b@a", "c"]
        XCTAssertEqual(sorted.shuffled().sorted(), sorted)
    }

    func testAddressesAreMadeOfParts() throws {
        let bare: BareJID = "a@b"
        XCTAssertEqual(try bare.appending(resource: "c"), "a@b/c")
        XCTAssertEqual(try ("a@b/d" as JID).appending(resource: "e\u{301}"), "a@b/\u{e9}")
        XCTAssertEqual(try JID(bare, resource: nil), JID(bare))
        XCTAssertEqual(try BareJID(local: "A", domain: "B."), bare)
        XCTAssertEqual(try BareJID(local: nil, domain: "\u{c4}"), "\u{e4}")
        let wrong: [(String?, String, JIDError.Part, JIDError.Reason)] = [
            ("", "b", .local, .empty), ("a", "", .domain, .empty), ("a", ".", .domain, .empty),
            ("a@b", "c", .local, .invalidCharacter), ("a", "b/c", .domain, .invalidCharacter),
            ("a", "b@c", .domain, .invalidCharacter),
            (String(repeating: "a", count: 1024), "b", .local, .tooLong),
        ]
        for (local, domain, part, reason) in wrong {
            XCTAssertThrowsError(try BareJID(local: local, domain: domain)) {
                XCTAssertEqual($0 as? JIDError, JIDError(part: part, reason: reason))
            }
        }
        for resource in ["", "\u{7}", String(repeating: "a", count: 1024)] {
            XCTAssertThrowsError(try bare.appending(resource: resource))
        }
    }

    func testWhatIsAllowedIsKnownNotToConform() throws {
        let underscore = "a@my_host.b\u{fc}cher_.example"
        XCTAssertNil(BareJID(underscore))
        let jid = try BareJID(validating: underscore.uppercased(), allowing: .underscoresInDomain)
        XCTAssertEqual(jid.description, underscore)
        XCTAssertFalse(jid.isConforming)
        XCTAssertEqual(jid.domainASCII, "my_host.xn--bcher_-3ya.example")
        XCTAssertThrowsError(try BareJID(validating: underscore, allowing: .unassignedCodePoints))
        let room: BareJID = "room@x"
        // Assigned in Unicode 16.
        let emoji = "\u{1FAE9}"
        XCTAssertThrowsError(try room.appending(resource: emoji)) {
            XCTAssertEqual(($0 as? JIDError)?.reason, .unassigned)
            XCTAssertEqual(($0 as? JIDError)?.scalar, "\u{1FAE9}")
        }
        XCTAssertEqual(
            try room.appending(resource: emoji, allowing: .unassignedCodePoints).resource, emoji)
        let needless = try BareJID(validating: "a@b", allowing: [.underscoresInDomain])
        XCTAssertTrue(needless.isConforming)
    }

    func testDomainsForDNS() throws {
        for (domain, ascii) in [
            ("B\u{dc}CHER.example", "xn--bcher-kva.example"), ("example.org.", "example.org"),
            ("[2001:DB8::1]", "[2001:db8::1]"), ("192.0.2.1", "192.0.2.1"),
        ] {
            XCTAssertEqual(try BareJID(validating: "a@\(domain)").domainASCII, ascii)
        }
        for domain in [
            "a b.example", "a..b", "\(String(repeating: "a", count: 64))", "[x]",
            String(repeating: "\u{1F600}", count: 70),
            Array(repeating: "a", count: 128).joined(separator: "."),
        ] {
            XCTAssertNil(try BareJID(wire: domain).domainASCII, domain)
        }
        // Not by the rules, yet a name.
        XCTAssertEqual(try BareJID(wire: "\u{1F600}.example").domainASCII, "xn--e28h.example")
    }

    /// Cherokee is written with capitals in domains, whose small forms RFC 5892 does not allow.
    func testWhatALabelMayHoldIsNotMapped() throws {
        let jid = try BareJID(validating: "\u{13A3}@\u{13E3}\u{13B3}.xn--p9d9g")
        XCTAssertEqual(jid.description, "\u{AB73}@\u{13E3}\u{13B3}.\u{13E3}\u{13B3}")
        XCTAssertEqual(BareJID(jid.description), jid)
        XCTAssertThrowsError(try BareJID(validating: "\u{ABB3}\u{AB83}"))
    }

    /// A number of more digits than an integer holds is no byte of an address.
    func testNumbersOfAnyLengthAreNoIPv4() throws {
        for count in [4, 19, 20, 900] {
            let digits = String(repeating: "9", count: count)
            for literal in ["[1.2.3.\(digits)]", "[::\(digits).2.3.4]", "[::1.2.3.\(digits)x]"] {
                XCTAssertNil(BareJID("a@\(literal)"), literal)
                XCTAssertEqual(try BareJID(wire: "a@\(literal)").isConforming, false, literal)
                XCTAssertNil(try BareJID(wire: literal).domainASCII, literal)
            }
        }
    }

    func testIPLiterals() {
        for literal in [
            "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8",
            "::192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "fe80::1%eth0", "fe80::1%25a%2f", "ABCD::",
        ] {
            XCTAssertEqual(
                BareJID("[\(literal)]")?.domain, "[\(literal == "ABCD::" ? "abcd::" : literal)]")
        }
        for literal in [
            "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":1::", "::1:",
            ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:8::", "12345::", "g::", "192.0.2.1",
            "::192.0.2.256", "::192.0.2", "::192.0.2.01", "::192.0.2.1:1", "1.2.3.4::", "::1%",
            "::1%a/", "::1%%", "::1%%2", "::1]", "[::1", "1:2:3:4:5:6:7:192.0.2.1",
        ] {
            XCTAssertNil(BareJID(literal: literal), literal)
        }
    }

    func testAddressesAreCodedAsTheyAreSpelled() throws {
        let texts = [
            "a@b", "a@b/c", "Romeo@xn--bcher-kva.example/\u{3000}", "a_b@c_D.", "\u{1F600}@b",
        ]
        let jids = try texts.map { try JID(wire: $0) }
        let data = try JSONEncoder().encode(jids)
        XCTAssertEqual(try JSONDecoder().decode([String].self, from: data), texts)
        let decoded = try JSONDecoder().decode([JID].self, from: data)
        XCTAssertEqual(decoded, jids)
        XCTAssertEqual(decoded.map(\.spelling), texts)
        XCTAssertEqual(decoded.map(\.bare.isConforming), jids.map(\.bare.isConforming))
        let bare = try JSONEncoder().encode(["a": jids[2].bare])
        XCTAssertEqual(
            try JSONDecoder().decode([String: BareJID].self, from: bare), ["a": jids[2].bare])
        // A dictionary by address is an object.
        let byAddress = try JSONEncoder().encode([jids[2].bare: 1])
        XCTAssertEqual(
            try JSONDecoder().decode([String: Int].self, from: byAddress),
            [jids[2].bare.spelling: 1])
        XCTAssertEqual(
            try JSONDecoder().decode([BareJID: Int].self, from: byAddress), [jids[2].bare: 1])
        for text in ["\"\"", "\"a@\"", "1", "\"a@b/c\""] {
            XCTAssertThrowsError(try JSONDecoder().decode(BareJID.self, from: Data(text.utf8))) {
                XCTAssertTrue($0 is DecodingError)
            }
        }
    }

    /// `JID("…")` of a variable is `nil` where it is none; `try JID(validating:)` says why, of a
    /// literal too.
    func testTextBecomesAnAddressOrNot() throws {
        let (good, bad) = ("A@b/C", "a b@c")
        XCTAssertEqual(JID(good), "a@b/C")
        XCTAssertNil(JID(bad))
        XCTAssertNil(BareJID(good))
        XCTAssertNil(BareJID(bad))
        XCTAssertThrowsError(try JID(validating: "a b@c")) {
            XCTAssertEqual($0 as? JIDError, JIDError(part: .local, reason: .invalidCharacter))
            XCTAssertEqual("\($0)", "local: invalidCharacter (U+20)")
        }
        // U+FF20 is an at sign once it is mapped.
        XCTAssertThrowsError(try JID(validating: "a\u{ff20}b@c")) {
            XCTAssertEqual(($0 as? JIDError)?.scalar, "@")
        }
    }

    /// What may become a part that fits is prepared; more is refused unread.
    func testLongTextsAreRefused() {
        let shrinking = String(repeating: "\u{ff35}\u{308}\u{304}", count: 511)
        XCTAssertEqual(BareJID("\(shrinking)@b")?.local?.utf8.count, 1022)
        for text in [
            "\(shrinking)\(shrinking)@b", String(repeating: "a", count: 5_000_000),
            "b/" + String(repeating: "e\u{301}", count: 1_000_000),
            "xn--" + String(repeating: "9", count: 4_000),
            String(repeating: "\u{fc}", count: 2_000), String(repeating: "a.", count: 2_000),
        ] {
            XCTAssertThrowsError(try JID(validating: text)) {
                XCTAssertEqual(($0 as? JIDError)?.reason, .tooLong)
            }
            if text.utf8.count > 2048 { XCTAssertThrowsError(try JID(wire: text)) }
        }
    }
}

extension BareJID {
    fileprivate init?(literal: String) {
        self.init("[\(literal)]")
    }
}
