import StanzaKit
import VectorSupport
import XCTest

final class LocalPartEscapingTests: XCTestCase {
    /// The recorded vectors; where libraries disagree, the recorded choice is demanded.
    func testRecordedNamesAreEscapedAndUnescaped() throws {
        for file in try VectorFolder.files(of: .jid)
        where file.url.lastPathComponent == "jid-escaping.json" {
            let vectors = try XCTUnwrap(try file.json()["vectors"]?.array)
            XCTAssertFalse(vectors.isEmpty, file.name)
            for vector in vectors {
                let input = try XCTUnwrap(vector["input"]?.string)
                let output = try XCTUnwrap(vector["output"]?.string)
                switch vector["op"]?.string {
                case "escape": check(LocalPartEscaping.escape(input), is: output, input)
                case "unescape": check(LocalPartEscaping.unescape(input), is: output, input)
                default: XCTFail("\(file.name): \(vector) is not understood")
                }
            }
            file.report(vectors: vectors.count, steps: vectors.count)
        }
    }

    /// The examples of XEP-0106, section 5.1: what a person enters, and the local part of it.
    func testTheExamplesOfTheStandard() throws {
        for (name, local) in [
            ("space cadet", #"space\20cadet"#),
            (#"call me "ishmael""#, #"call\20me\20\22ishmael\22"#),
            ("at&t guy", #"at\26t\20guy"#), ("d'artagnan", #"d\27artagnan"#),
            ("/.fanboy", #"\2f.fanboy"#), ("::foo::", #"\3a\3afoo\3a\3a"#),
            ("<foo>", #"\3cfoo\3e"#), ("user@host", #"user\40host"#),
            (#"c:\net"#, #"c\3a\net"#), (#"c:\\net"#, #"c\3a\\net"#),
            (#"c:\cool stuff"#, #"c\3a\cool\20stuff"#), (#"c:\5commas"#, #"c\3a\5c5commas"#),
        ] {
            let jid = try BareJID(escaping: name, domain: "example.com")
            XCTAssertEqual(jid.local, local)
            XCTAssertEqual(jid.unescapedLocal, name)
            XCTAssertEqual(try JID(jid, resource: "r").unescapedLocal, name)
        }
        XCTAssertNil(("example.com" as BareJID).unescapedLocal)
    }

    /// Every text of up to four characters of an alphabet that is chosen to hurt.
    func testEveryShortTextSurvivesAndNothingForbiddenIsLeft() throws {
        let alphabet = Array(#"\2035cCfF '/:a"#)
        let forbidden = Set(#" "&'/:<>@"#)
        var texts = [""]
        var checked = 0
        for _ in 0...4 {
            for text in texts {
                let escaped = LocalPartEscaping.escape(text)
                if !escaped.allSatisfy({ !forbidden.contains($0) }) { XCTFail(escaped) }
                if LocalPartEscaping.unescape(escaped) != text { XCTFail(text) }
                // Taken for a name, it is the same name in lower case, or none at all.
                let jid = try? BareJID(escaping: text, domain: "b")
                if jid?.unescapedLocal != expectedName(text) { XCTFail(text) }
                checked += 1
            }
            texts = texts.flatMap { text in alphabet.map { text + String($0) } }
        }
        XCTAssertEqual(
            checked,
            (0...4).reduce(0) { sum, length in
                sum + (0..<length).reduce(1) { power, _ in power * alphabet.count }
            })
    }

    private func expectedName(_ text: String) -> String? {
        text.isEmpty || text.hasPrefix(" ") || text.hasSuffix(" ") ? nil : text.lowercased()
    }

    /// The same with what becomes ASCII or part of it when a name is prepared.
    func testWhatIsShownIsTheSameAddressWhenItIsTypedAgain() throws {
        let alphabet: [Unicode.Scalar] = [
            "\\", "2", "F", "3", "e", "/", ">", " ", "\u{FF3C}", "\u{FF0F}", "\u{307}", "\u{301}",
        ]
        var names: [[Unicode.Scalar]] = [[]]
        var accepted: Set<BareJID> = []
        for _ in 0...4 {
            for name in names {
                let text = String(String.UnicodeScalarView(name))
                guard let jid = try? BareJID(escaping: text, domain: "b") else { continue }
                accepted.insert(jid)
                let shown = try XCTUnwrap(jid.unescapedLocal)
                XCTAssertEqual(try BareJID(escaping: shown, domain: "b"), jid, text)
                XCTAssertEqual(BareJID(jid.description), jid, text)
            }
            names = names.flatMap { name in alphabet.map { name + [$0] } }
        }
        XCTAssertGreaterThan(accepted.count, 5_000)
    }

    func testANameIsPreparedInFrontOfTheEscaping() throws {
        for (name, local, shown) in [
            (#"a\2F"#, #"a\5c2f"#, #"a\2f"#), (#"A\5C"#, #"a\5c5c"#, #"a\5c"#),
            ("D'Artagnan", #"d\27artagnan"#, "d'artagnan"),
            // The same in full width.
            ("a\u{FF3C}\u{FF12}\u{FF26}", #"a\5c2f"#, #"a\2f"#), ("a\u{FF07}b", #"a\27b"#, "a'b"),
            ("a\u{3000}b", #"a\20b"#, "a b"),
            // Composed.
            ("D'Art\u{65}\u{301}", "d\\27art\u{E9}", "d'art\u{E9}"),
            ("\\3\u{E9}", "\\3\u{E9}", "\\3\u{E9}"),
            ("\\3e\u{301}", "\\3\u{E9}", "\\3\u{E9}"),
        ] {
            let jid = try BareJID(escaping: name, domain: "example.com")
            XCTAssertEqual(jid.local, local)
            XCTAssertEqual(jid.unescapedLocal, shown)
        }
    }

    func testASpaceAtEitherEndIsRefused() {
        for name in [" a", "a ", " ", "\u{3000}a", " \u{E31}"] {
            XCTAssertThrowsError(try BareJID(escaping: name, domain: "b")) { error in
                let error = error as? JIDError
                XCTAssertEqual(error, JIDError(part: .local, reason: .invalidCharacter))
                XCTAssertEqual(error?.scalar, " ")
            }
        }
    }

    /// The last digit of `\2f` would become one character with the dot, and the slash be lost.
    func testAnAccentThatWouldUndoASequenceIsRefused() throws {
        for (name, wrong) in [
            ("a/\u{307}", "\u{1E1F}"), ("\u{201}:\u{301}b", "\u{E1}"), (">\u{301}", "\u{E9}"),
            ("<\u{327}", "\u{E7}"), ("<\u{338}", "\u{226E}"),
        ] as [(String, Unicode.Scalar)] {
            XCTAssertThrowsError(try BareJID(escaping: name, domain: "b"), name) { error in
                let error = error as? JIDError
                XCTAssertEqual(error, JIDError(part: .local, reason: .invalidCharacter))
                XCTAssertEqual(error?.scalar, wrong, name)
            }
        }
        // No character is a seven with an acute accent, nor a quotation mark with one.
        let jid = try BareJID(escaping: "o'\u{301}", domain: "b")
        XCTAssertEqual(jid.unescapedLocal, "o'\u{301}")
    }

    func testOnlyTheLocalPartIsEscaped() {
        for (name, domain, part) in [
            ("", "b", JIDError.Part.local), ("a", "", .domain), ("a", "b c", .domain),
            ("a", "b@c", .domain), ("a", "b/c", .domain),
        ] {
            XCTAssertThrowsError(try BareJID(escaping: name, domain: domain)) { error in
                XCTAssertEqual((error as? JIDError)?.part, part, "\(name)@\(domain)")
            }
        }
    }

    func testTheEscapedNameHasAtMost1023Octets() throws {
        let most = String(repeating: "'", count: 341)
        XCTAssertEqual(try BareJID(escaping: most, domain: "b").unescapedLocal, most)
        XCTAssertThrowsError(try BareJID(escaping: most + "'", domain: "b")) { error in
            XCTAssertEqual(error as? JIDError, JIDError(part: .local, reason: .tooLong))
        }
    }

    private func check(_ text: String, is expected: String, _ input: String) {
        XCTAssertEqual(Array(text.utf8), Array(expected.utf8), "\(text) from \(input)")
    }
}
