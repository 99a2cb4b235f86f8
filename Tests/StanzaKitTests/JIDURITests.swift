import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

final class JIDURITests: XCTestCase {
    private typealias Parameter = JID.URI.Parameter

    // MARK: Examples of the standards

    /// The examples of XEP-0147, sections 3.1 to 3.3.
    func testTheActionsOfTheStandard() throws {
        let romeo: JID = "romeo@montague.net"
        let examples: [(String, JID.URI.Action)] = [
            ("message", JID.URI.Action(.message)),
            (
                "message;subject=Test%20Message;body=Here%27s%20a%20test%20message",
                JID.URI.Action(
                    .message,
                    [
                        Parameter("subject", "Test Message"),
                        Parameter("body", "Here's a test message"),
                    ])
            ),
            ("roster", .roster()),
            ("roster;name=Romeo%20Montague", .roster(name: "Romeo Montague")),
            (
                "roster;name=Romeo%20Montague;group=Friends",
                .roster(name: "Romeo Montague", groups: ["Friends"])
            ),
            ("remove", .remove), ("subscribe", .subscribe), ("unsubscribe", .unsubscribe),
        ]
        for (query, action) in examples {
            let link = try JID.URI(validating: "xmpp:romeo@montague.net?\(query)")
            XCTAssertEqual(link, JID.URI(target: romeo, action: action))
            XCTAssertEqual(link.description, "xmpp:romeo@montague.net?\(query)")
        }
    }

    /// The examples of RFC 5122, sections 2.3 to 2.7 that are ASCII.
    func testTheFormsOfTheStandard() throws {
        let guest: BareJID = "guest@example.com"
        let support: JID = "support@example.com"
        let message = JID.URI.Action(.message)
        let nasty: JID = #"nasty!#$%()*+,-.;=?[\]^_`{|}~node@example.com"#
        let repulsive: JID =
            #"node@example.com/repulsive !#"$%&'()*+,-./:;<=>?@[\]^_`{|}~resource"#
        let examples: [(String, JID.URI)] = [
            ("xmpp:node@example.com", JID.URI(target: "node@example.com")),
            ("xmpp:example.com", JID.URI(target: "example.com")),
            (
                "xmpp:node@example.com/some-resource",
                JID.URI(target: "node@example.com/some-resource")
            ),
            ("xmpp://guest@example.com", try JID.URI(account: guest, target: nil)),
            (
                "xmpp://guest@example.com/support@example.com?message",
                try JID.URI(account: guest, target: support, action: message)
            ),
            ("xmpp:support@example.com?message", JID.URI(target: support, action: message)),
            (
                "xmpp:example-node@example.com?message;subject=Hello%20World",
                JID.URI(
                    target: "example-node@example.com",
                    action: JID.URI.Action(.message, [Parameter("subject", "Hello World")]))
            ),
            (
                "xmpp:nasty!%23$%25()*+,-.;=%3F%5B%5C%5D%5E_%60%7B%7C%7D~node@example.com",
                JID.URI(target: nasty)
            ),
            (
                "xmpp:node@example.com/repulsive%20!%23%22$%25&'()*+,-.%2F:;%3C=%3E%3F%40%5B%5C"
                    + "%5D%5E_%60%7B%7C%7D~resource",
                JID.URI(target: repulsive)
            ),
        ]
        for (text, link) in examples {
            XCTAssertEqual(try JID.URI(validating: text), link)
            XCTAssertEqual(link.description, text)
        }
    }

    /// RFC 5122, section 2.7: the same link as an IRI and as a URI.
    func testCharactersBeyondASCIIMayStandForThemselves() throws {
        let text = "xmpp:ji%C5%99i@%C4%8Dechy.example/v%20Praze"
        let link = try JID.URI(validating: "xmpp:ji\u{159}i@\u{10D}echy.example/v%20Praze")
        XCTAssertEqual(link.target, "ji\u{159}i@\u{10D}echy.example/v Praze")
        XCTAssertEqual(link, try JID.URI(validating: text))
        XCTAssertEqual(link.description, text)
        XCTAssertEqual(
            try JID.URI(validating: "xmpp:[2001:DB8::1]").description, "xmpp:[2001:db8::1]")
    }

    /// The examples of XEP-0045 (16.7), XEP-0060 and XEP-0379 (3.2).
    func testActionsOfExtensionsAreKept() throws {
        let invitation = try XCTUnwrap(
            try JID.URI(
                validating:
                    "xmpp:coven@chat.shakespeare.lit?invite;jid=hecate@shakespeare.lit;"
                    + "jid=bard@shakespeare.lit"
            ).action)
        XCTAssertEqual(invitation.name, JID.URI.Action.Name(rawValue: "invite"))
        XCTAssertEqual(
            invitation.values(of: "jid"), ["hecate@shakespeare.lit", "bard@shakespeare.lit"])
        let room = try JID.URI(
            validating: "xmpp:coven@chat.shakespeare.lit?join;password=cauldronburn"
        ).action
        XCTAssertEqual(room?.name, .join)
        XCTAssertEqual(room?["password"], "cauldronburn")
        XCTAssertNil(room?["Password"])
        let node = try JID.URI(validating: "xmpp:pubsub.shakespeare.lit?;node=the-coven-node")
        XCTAssertEqual(node.action?.name.rawValue, "")
        XCTAssertEqual(node.action?["node"], "the-coven-node")
        XCTAssertEqual(node.description, "xmpp:pubsub.shakespeare.lit?;node=the-coven-node")
        let preauth = try XCTUnwrap(
            try JID.URI(
                validating:
                    "xmpp:romeo@montague.net?roster;preauth=1tMFqYDdKhfe2pwp;name=Romeo%20Montague"
            ).action)
        XCTAssertEqual(preauth["preauth"], "1tMFqYDdKhfe2pwp")
        XCTAssertEqual(preauth.contactName, "Romeo Montague")
        // A plus is a plus: the standard has no forms.
        XCTAssertEqual(
            try JID.URI(validating: "xmpp:a@b?roster;name=C+D").action?.contactName, "C+D")
    }

    // MARK: Reading

    func testARosterActionProposesANameAndGroups() throws {
        let text = "xmpp:a@b?roster;group=B;name=;group=;group=A;name=N;group=B;group=e%CC%81"
        let action = try XCTUnwrap(try JID.URI(validating: text + ";group=%C3%A9").action)
        XCTAssertNil(action.contactName, "the first name counts, and it is empty")
        XCTAssertEqual(
            action.contactGroups.map { Array($0.utf8) },
            ["B", "A", "e\u{301}", "\u{E9}"].map { Array($0.utf8) })
        let other = try JID.URI(validating: "xmpp:a@b?subscribe;name=N;group=G").action
        XCTAssertNil(other?.contactName)
        XCTAssertEqual(other?.contactGroups, [])
        XCTAssertEqual(other?["name"], "N")
    }

    func testWhatIsEncodedSeparatesNothing() throws {
        let action = JID.URI.Action(
            JID.URI.Action.Name(rawValue: "a;b"), [Parameter("c=d", "e;f=g&h#i?j/k@l%m+n")])
        let link = JID.URI(target: "a@b/c/d@e", action: action, fragment: "#f%")
        XCTAssertEqual(
            link.description,
            "xmpp:a@b/c%2Fd%40e?a%3Bb;c%3Dd=e%3Bf%3Dg%26h%23i%3Fj%2Fk%40l%25m%2Bn#%23f%25")
        XCTAssertEqual(try JID.URI(validating: link.description), link)
        for (text, part, separator) in [
            ("xmpp:romeo%40montague.net", JIDError.Part.domain, "@"),
            ("xmpp:a%40b@c", .local, "@"), ("xmpp:a%2Fb@c", .local, "/"),
            ("xmpp:a@b%2Fc", .domain, "/"), ("xmpp:a@b@c", .domain, "@"),
        ] {
            XCTAssertThrowsError(try JID.URI(validating: text), text) { error in
                let error = error as? JID.URI.ParsingError
                let reason = JIDError(part: part, reason: .invalidCharacter)
                XCTAssertEqual(error, JID.URI.ParsingError(.target, .address(reason)), text)
                guard case .address(let reason) = error?.reason else { return }
                XCTAssertEqual(reason.scalar.map { String($0) }, separator, text)
            }
        }
    }

    /// Drafts separated parameters by `&`; the standard does not let one stand there.
    func testAnAmpersandSeparatesWhereThereIsNoSemicolon() throws {
        let link = try JID.URI(validating: "xmpp:a@b?message&subject=S&body=B")
        XCTAssertEqual(link, try JID.URI(validating: "xmpp:a@b?message;subject=S;body=B"))
        XCTAssertEqual(link.description, "xmpp:a@b?message;subject=S;body=B")
        XCTAssertEqual(try JID.URI(validating: "xmpp:a@b?message;body=Q&A").action?["body"], "Q&A")
        XCTAssertEqual(
            try JID.URI(validating: "xmpp:a@b?message&body=Q%26A%3B").action?.parameters,
            [Parameter("body", "Q&A;")])
    }

    func testWhatIsAbsentIsNotWhatIsEmpty() throws {
        for (text, name, fragment) in [
            ("xmpp:a@b", nil, nil), ("xmpp:a@b?", "", nil), ("xmpp:a@b#", nil, ""),
            ("xmpp:a@b?#", "", ""), ("xmpp:a@b#?", nil, "?"), ("xmpp:a@b?c#d?e/f", "c", "d?e/f"),
        ] as [(String, String?, String?)] {
            let link = try JID.URI(validating: text)
            XCTAssertEqual(link.action?.name.rawValue, name, text)
            XCTAssertEqual(link.fragment, fragment, text)
            XCTAssertEqual(link.description, text)
        }
        for (text, parameters) in [
            ("c;", []), ("c;;d=e;", [Parameter("d", "e")]), ("c;d", [Parameter("d", "")]),
            ("c;d=", [Parameter("d", "")]), ("c;=e", [Parameter("", "e")]),
            ("c;d=e=f==", [Parameter("d", "e=f==")]),
        ] {
            XCTAssertEqual(
                try JID.URI(validating: "xmpp:a@b?\(text)").action?.parameters, parameters, text)
        }
    }

    func testTheSchemeIsReadInAnyCaseAndASlashBehindTheAccountIsNothing() throws {
        XCTAssertEqual(try JID.URI(validating: "XMPP:A@B"), JID.URI(target: "a@b"))
        XCTAssertEqual(
            try JID.URI(validating: "xmpp://a@b/?message"),
            try JID.URI(account: "a@b", target: nil, action: JID.URI.Action(.message)))
    }

    // MARK: Refusing

    func testWhatIsNoLinkIsRefusedWithAReason() {
        typealias ParsingError = JID.URI.ParsingError
        func address(_ part: JIDError.Part, _ reason: JIDError.Reason) -> ParsingError.Reason {
            .address(JIDError(part: part, reason: reason))
        }
        for (text, component, reason) in [
            ("", .link, .otherScheme), ("romeo@montague.net", .link, .otherScheme),
            ("mailto:a@b", .link, .otherScheme), ("xmpp", .link, .otherScheme),
            (" xmpp:a@b", .link, .invalidCharacter), ("xmpp:a@b/c d", .link, .invalidCharacter),
            ("xmpp:a@b?message;body=\n", .link, .invalidCharacter),
            ("xmpp:a@b\u{7F}", .link, .invalidCharacter), ("xmpp:\0", .link, .invalidCharacter),
            ("xmpp:", .target, address(.domain, .empty)),
            ("xmpp:@b", .target, address(.local, .empty)),
            ("xmpp:a@b/", .target, address(.resource, .empty)),
            ("xmpp:/a@b", .target, address(.domain, .empty)),
            ("xmpp:%22@b", .target, address(.local, .invalidCharacter)),
            ("xmpp:a@b/%00", .target, address(.resource, .invalidCharacter)),
            ("xmpp://", .account, address(.domain, .empty)),
            ("xmpp://b", .account, address(.local, .empty)),
            ("xmpp://b/a@b", .account, address(.local, .empty)),
            ("xmpp://a@b:5222/c@d", .account, address(.domain, .invalidCharacter)),
            ("xmpp://a:secret@b", .account, address(.local, .invalidCharacter)),
            ("xmpp://a@b//c", .target, address(.domain, .empty)),
            ("xmpp:%", .target, .malformedPercentEncoding),
            ("xmpp:a@b/%4", .target, .malformedPercentEncoding),
            ("xmpp:a@b?%zz", .query, .malformedPercentEncoding),
            ("xmpp:a@b?c;%+1=d", .query, .malformedPercentEncoding),
            ("xmpp:a@b?c;d=%0", .query, .malformedPercentEncoding),
            ("xmpp:a@b#%", .fragment, .malformedPercentEncoding),
            ("xmpp://%@b", .account, .malformedPercentEncoding),
            ("xmpp:a@b/%FF", .target, .invalidUTF8),
            ("xmpp:a@b?c;d=%C3", .query, .invalidUTF8),
            ("xmpp:a@b?c;d=%C3\u{E9}", .query, .invalidUTF8),
            ("xmpp:a@b?c;d=%C0%AF", .query, .invalidUTF8),
            ("xmpp:a@b?c;d=%ED%A0%80", .query, .invalidUTF8),
        ] as [(String, ParsingError.Component, ParsingError.Reason)] {
            XCTAssertThrowsError(try JID.URI(validating: text), text) { error in
                XCTAssertEqual(error as? ParsingError, ParsingError(component, reason), text)
            }
        }
    }

    func testAnAccountHasALocalPart() throws {
        XCTAssertThrowsError(try JID.URI(account: "b", target: "a@b")) { error in
            XCTAssertEqual(error as? JIDError, JIDError(part: .local, reason: .empty))
        }
    }

    func testALinkHasAtMost65536Octets() throws {
        let head = "xmpp:a@b?message;body="
        let most = head + String(repeating: "x", count: JID.URI.maximumLength - head.utf8.count)
        XCTAssertEqual(try JID.URI(validating: most).description, most)
        XCTAssertThrowsError(try JID.URI(validating: most + "x")) { error in
            let expected = JID.URI.ParsingError(.link, .tooLong)
            XCTAssertEqual(error as? JID.URI.ParsingError, expected)
        }
        // As many parameters as there is room for.
        let crowd = head + String(repeating: ";=", count: 32_000)
        XCTAssertEqual(try JID.URI(validating: crowd).action?.parameters.count, 32_001)
    }

    // MARK: Properties

    func testEveryLinkIsReadBackAsItWasWritten() throws {
        var random = SeededGenerator(seed: 5122)
        for _ in 0..<5_000 {
            let link = try randomLink(using: &random)
            let text = link.description
            XCTAssertTrue(text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, text)
            XCTAssertEqual(try JID.URI(validating: text), link, text)
        }
    }

    /// Damaged links are read or refused, and what is read is written back as the same link.
    func testWhatCanBeReadCanBeWritten() throws {
        var random = SeededGenerator(seed: 147)
        let pieces = [
            "%", "%25", "%C3", "%A9", "\u{E9}", ";", "=", "&", "?", "#", "/", "//", "@", "[", ":",
            "a", "B", ".", "+", " ",
        ]
        var read = 0
        for _ in 0..<20_000 {
            var bytes = Array(try randomLink(using: &random).description.unicodeScalars)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0...bytes.count, using: &random)
                let piece = pieces.randomElement(using: &random) ?? ""
                bytes.insert(contentsOf: piece.unicodeScalars, at: index)
                if Bool.random(using: &random) { bytes.remove(at: index) }
            }
            let text = String(String.UnicodeScalarView(bytes))
            guard let link = JID.URI(text) else { continue }
            read += 1
            XCTAssertEqual(try JID.URI(validating: link.description), link, text)
        }
        XCTAssertGreaterThan(read, 5_000)
    }

    private func randomLink(using random: inout SeededGenerator) throws -> JID.URI {
        let values = [
            "", "a", "Romeo Montague", "e\u{301}", "\u{E9}", "\u{1F600}", "\0\n", "%41", "+", "a=b",
            ";&?#/@:%", "\u{10FFFF}", "~-._", "\"<>\\^`{|}[]", "\u{FF0F}",
        ]
        func text() -> String {
            (0...Int.random(in: 0...2, using: &random))
                .map { _ in values.randomElement(using: &random) ?? "" }.joined()
        }
        func address() throws -> JID {
            let locals = [
                "", "a", "romeo", #"d\27artagnan"#, "a!#$%()*+,-.;=?[]^_`{|}~", "%2f",
                "j\u{FC}rgen",
            ]
            let local = locals.randomElement(using: &random) ?? ""
            let domains = [
                "b", "montague.example", "a-b.c", "192.0.2.1", "[2001:db8::1]", "\u{4F8B}.x",
            ]
            let domain = domains.randomElement(using: &random) ?? ""
            let resources = [
                nil, "r", "a/b", " !#\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "%2F", "/", "\u{265A}",
            ]
            return try JID(
                BareJID(local: local.isEmpty ? nil : local, domain: domain),
                resource: resources.randomElement(using: &random) ?? nil)
        }
        var action: JID.URI.Action?
        if Bool.random(using: &random) {
            action = JID.URI.Action(
                JID.URI.Action.Name(rawValue: text()),
                (0..<Int.random(in: 0...3, using: &random)).map { _ in Parameter(text(), text()) })
        }
        let fragment = Int.random(in: 0...3, using: &random) == 0 ? text() : nil
        let target = try address()
        let account = try address().bare
        guard account.local != nil, Bool.random(using: &random) else {
            return JID.URI(target: target, action: action, fragment: fragment)
        }
        return try JID.URI(
            account: account, target: Bool.random(using: &random) ? target : nil, action: action,
            fragment: fragment)
    }
}
