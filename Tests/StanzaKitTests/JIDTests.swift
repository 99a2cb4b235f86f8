import StanzaKit
import XCTest

final class JIDTests: XCTestCase {
    /// The examples of RFC 7622, section 3.5 that are ASCII.
    func testTheASCIIExamplesOfTheStandard() throws {
        let valid: [(String, String?, String, String?)] = [
            ("juliet@example.com", "juliet", "example.com", nil),
            ("juliet@example.com/foo", "juliet", "example.com", "foo"),
            ("juliet@example.com/foo bar", "juliet", "example.com", "foo bar"),
            ("juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"),
            ("foo\\20bar@example.com", "foo\\20bar", "example.com", nil),
            ("fussball@example.com", "fussball", "example.com", nil),
            ("example.com", nil, "example.com", nil),
            ("example.com/foobar", nil, "example.com", "foobar"),
            ("a.example.com/b@example.net", nil, "a.example.com", "b@example.net"),
        ]
        for (text, local, domain, resource) in valid {
            for jid in [try JID(text), try JID(wire: text), try JID(wire: Array(text.utf8))] {
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
            ("juliet@", .domain, .empty), ("/foobar", .domain, .empty),
        ]
        for (text, part, reason) in invalid {
            XCTAssertThrowsError(try JID(text), text) { error in
                XCTAssertEqual(error as? JIDError, JIDError(part: part, reason: reason), text)
            }
        }
    }

    func testLettersBecomeLowerCaseButForTheResource() throws {
        let text = "JULIET@Example.COM./Balcony"
        let jid = try JID(text)
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
                (try? BareJID("a\(scalar)b@example.net")) != nil, isLocal, "local \(value)")
            // In front of the slash and the at sign these are another address, not another domain.
            if scalar != "/" && scalar != "@" {
                let isDomain = isAlphanumeric || scalar == "-" || scalar == "."
                XCTAssertEqual(
                    (try? BareJID("a\(scalar)b.net")) != nil, isDomain, "domain \(value)")
            }
            XCTAssertEqual((try? JID("a@b/x\(scalar)y")) != nil, isPrintable, "resource \(value)")
        }
    }

    func testLabelsOfADomain() {
        let long = String(repeating: "a", count: 63)
        XCTAssertNoThrow(try BareJID("\(long).example"))
        let wrong: [(String, JIDError.Reason)] = [
            ("\(long)a.example", .tooLong), ("-a.example", .misplacedHyphen),
            ("a-.example", .misplacedHyphen),
            ("ab--c.example", .misplacedHyphen), ("a..example", .empty), (".example", .empty),
            ("a.example..", .empty), (".", .empty), ("xn--bcher-kva.example", .unsupported),
            ("b\u{fc}cher.example", .unsupported), ("[::1]", .unsupported),
            ("a_b.example", .invalidCharacter),
        ]
        for (domain, reason) in wrong {
            XCTAssertThrowsError(try BareJID(domain), domain) { error in
                XCTAssertEqual(error as? JIDError, JIDError(part: .domain, reason: reason), domain)
            }
        }
        for domain in ["192.0.2.1", "localhost", "1.example", "a-b.example", "a--b.example"] {
            XCTAssertNoThrow(try BareJID(domain), domain)
        }
    }

    func testPartsHaveAtMost1023Octets() throws {
        let most = String(repeating: "a", count: 1023)
        XCTAssertNoThrow(try JID("\(most)@example.net/\(most)"))
        for text in ["\(most)a@example.net", "a@b/\(most)a", "a@\(most)a"] {
            XCTAssertThrowsError(try JID(text)) {
                XCTAssertEqual(($0 as? JIDError)?.reason, .tooLong)
            }
            XCTAssertThrowsError(try JID(wire: text)) {
                XCTAssertEqual(($0 as? JIDError)?.reason, .tooLong)
            }
        }
        XCTAssertNoThrow(try JID(wire: "a@\(most)"))
    }

    func testTheWireIsReadLeniently() throws {
        for (text, normal) in [
            ("J\u{dc}rgen@Example.org/\u{1F600}", "j\u{dc}rgen@example.org/\u{1F600}"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("a_b@c_d", "a_b@c_d"),
            ("Foo\u{301}@x", "foo\u{301}@x"), ("[::1]", "[::1]"), ("\"a b\"@c", "\"a b\"@c"),
        ] {
            let jid = try JID(wire: text)
            XCTAssertEqual(Array(jid.description.utf8), Array(normal.utf8))
            XCTAssertEqual(
                jid.bare.isConforming, (try? JID(text))?.bare.isConforming ?? false, text)
        }
    }

    func testWhatNoServerSendsIsRefusedFromTheWireToo() {
        for text in [
            "", "@", "@example.com", "a@", "/", "/a", "a@b/", "a@b@c", "a@@b", " a@b", "a@b ",
            "a@b\n", "\ta",
            ".", "a@.", "a@b..",
        ] {
            XCTAssertThrowsError(try JID(wire: text), text)
            XCTAssertThrowsError(try JID(text), text)
        }
        XCTAssertThrowsError(try JID(wire: [0x61, 0x40, 0xFF]), "not UTF-8")
        XCTAssertThrowsError(try JID(wire: Array("a@b/".utf8) + [0xC3]), "not UTF-8")
        XCTAssertNoThrow(try JID(wire: "a@b/ c@d/e "))
    }

    func testABareAddressHasNoResource() {
        let text = "a@b/c"
        XCTAssertThrowsError(try BareJID(text))
        XCTAssertThrowsError(try BareJID(wire: text))
    }

    func testAddressesCompareByTheirOctets() throws {
        let (composed, decomposed) = (try JID(wire: "\u{e9}@x/r"), try JID(wire: "e\u{301}@x/r"))
        XCTAssertNotEqual(composed, decomposed)
        XCTAssertEqual(Set([composed, decomposed, composed]).count, 2)
        XCTAssertNotEqual(try JID(wire: "a@x/\u{e9}"), try JID(wire: "a@x/e\u{301}"))
        let sorted: [JID] = ["a@b", "a@b/A", "a@b/a", "b@a", "c"]
        XCTAssertEqual(sorted.shuffled().sorted(), sorted)
    }

    func testAResourceIsAddedToABareAddress() throws {
        XCTAssertEqual(try JID("a@b", resource: "c"), "a@b/c")
        let bare: BareJID = "a@b"
        XCTAssertEqual(try JID(bare, resource: nil), JID(bare))
        XCTAssertThrowsError(try JID("a@b", resource: ""))
        XCTAssertThrowsError(try JID("a@b", resource: "\u{1F600}"))
    }
}
