import PresenceKit
import StanzaKit
import XCTest

final class PresenceMeaningTests: XCTestCase {
    private func presence(_ xml: String) throws -> Presence {
        try XCTUnwrap(Presence(Element(parsing: xml, in: .client)))
    }

    // MARK: Type and show

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
        for odd in ["", " ", "XA", "available", "x a", "\u{a0}xa"] {
            XCTAssertNil(try presence("<presence><show>\(odd)</show></presence>").show, odd)
        }
        XCTAssertNil(try presence("<presence><show xmlns='u'>xa</show></presence>").show)
    }

    /// A stanza has a show only if it is available, and an error only if it is one.
    func testTypeShowAndErrorGoTogether() {
        for first in Presence.Kind.allCases {
            for second in Presence.Kind.allCases {
                var presence = Presence()
                presence.type = first
                presence.show = .dnd
                XCTAssertEqual(presence.type, .available, "a show is one of who is available")
                presence.type = first
                presence.type = second
                XCTAssertEqual(presence.type, second)
                XCTAssertEqual(
                    presence.show, first == .available && second == .available ? .dnd : nil)
                XCTAssertEqual(
                    presence.error, second == .error ? StanzaError(.undefinedCondition) : nil)
                XCTAssertEqual(presence.irregularities, [])
            }
        }
    }

    func testASecondShowGoesWhenOneIsSet() throws {
        var presence = try presence(
            "<presence><a xmlns='u'/><show>away</show><b xmlns='u'/><show>dnd</show></presence>")
        presence.show = .xa
        XCTAssertEqual(presence.element.children.map(\.name), ["a", "show", "b"])
        XCTAssertEqual(presence.show, .xa)
        presence.show = nil
        XCTAssertEqual(presence.element.children.map(\.name), ["a", "b"])
    }

    func testEachOfTwelveWordsReplacesTheOneBefore() throws {
        XCTAssertEqual(Presence.TypeOrShow.allCases.count, 12)
        for first in Presence.TypeOrShow.allCases {
            for second in Presence.TypeOrShow.allCases {
                var presence = try presence("<presence><x xmlns='u'/></presence>")
                presence.typeOrShow = second
                let expected = presence
                for word in [first, second] {
                    presence.typeOrShow = word
                    XCTAssertEqual(presence.typeOrShow, word)
                }
                XCTAssertEqual(presence, expected, "\(second) after \(first)")
                XCTAssertEqual(
                    presence.type?.rawValue ?? "",
                    presence.show == nil ? second.rawValue : "available")
                presence.typeOrShow = nil
                XCTAssertEqual(presence.typeOrShow, .available)
                XCTAssertEqual(presence, try self.presence("<presence><x xmlns='u'/></presence>"))
            }
        }
        XCTAssertNil(try presence("<presence type='odd'><show>xa</show></presence>").typeOrShow)
        XCTAssertEqual(
            try presence("<presence type='error'><show>xa</show></presence>").typeOrShow, .error)
        XCTAssertEqual(
            try presence("<presence><show>subscribe</show></presence>").typeOrShow, .available)
    }

    func testAnErrorThatIsSetIsTheOnlyOne() throws {
        var presence = try presence(
            """
            <presence><show>xa</show><error type='wait'><gone xmlns='\(XMLNamespace.stanzaErrors)'/></error>\
            <error/></presence>
            """)
        XCTAssertNil(presence.error)
        presence.setError(StanzaError(.itemNotFound))
        XCTAssertEqual(presence.error, StanzaError(.itemNotFound))
        XCTAssertEqual(presence.element.children.map(\.name), ["error"])
        XCTAssertEqual(presence.type, .error)
    }

    // MARK: Priority and nickname

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

    func testEveryPriorityIsReadAsItIsWritten() throws {
        var presence = try presence(
            "<presence><priority>1</priority><x xmlns='u'/><priority>high</priority></presence>")
        for value in Int8.min...Int8.max {
            presence.priority = value
            XCTAssertEqual(presence.priority, value)
            XCTAssertEqual(presence.element.first("priority", in: .client)?.text, "\(value)")
        }
        XCTAssertEqual(presence.element.children.map(\.name), ["priority", "x"])
        presence.removePriority()
        presence.removePriority()
        XCTAssertEqual(presence.priority, 0)
        XCTAssertEqual(presence.element.children.map(\.name), ["x"])
    }

    func testTheNicknameIsTheOneSuggested() throws {
        let nick = "<nick xmlns='http://jabber.org/protocol/nick'>"
        var presence = try presence("<presence>\(nick)Ishmael</nick>\(nick)Ahab</nick></presence>")
        XCTAssertEqual(presence.nickname, "Ishmael")
        presence.nickname = "Queequeg"
        XCTAssertEqual(presence[all: Nickname.self].map(\.name), ["Queequeg"])
        presence.nickname = ""
        XCTAssertNil(presence.nickname)
        XCTAssertEqual(presence, Presence())
        XCTAssertNil(try self.presence("<presence>\(nick)</nick></presence>").nickname)
        XCTAssertNil(try self.presence("<presence><nick>Ishmael</nick></presence>").nickname)
    }

    // MARK: Irregularities

    func testWhatIsNotAsItShouldBeIsToldInTheOrderOfTheStanza() throws {
        let presence = try presence(
            """
            <presence type='odd' from='a@@b'><priority>300</priority><show a='1'> xa</show>\
            <status>a</status><idle xmlns='urn:xmpp:idle:1' since='now'/>\
            <status xml:lang='de'>b</status><status>c<i/></status><error/><other/>\
            <x xmlns='http://jabber.org/protocol/muc'><history seconds='-1'/></x>\
            <x xmlns='http://jabber.org/protocol/muc#user'><item role='king'/><status code='1'/></x></presence>
            """)
        XCTAssertEqual(
            presence.irregularities.map(name),
            [
                "type odd", "from domain invalidCharacter", "priority 300", "show a", "show  xa",
                "idle", "repeated c", "unexpected error", "history", "item", "status",
            ])
        let bare = try self.presence(
            "<presence type='error' to=''><show>online<b/></show><priority/><status><b/></status></presence>"
        )
        XCTAssertEqual(
            bare.irregularities.map(name),
            [
                "to domain empty", "missing error", "mixed show", "show online", "priority ",
                "mixed status",
            ])
    }

    private func name(_ irregularity: Presence.Irregularity) -> String {
        switch irregularity {
        case .undefinedType(let type): "type \(type)"
        case .malformedAddress(let attribute, let error):
            "\(attribute) \(error.part) \(error.reason)"
        case .missingError: "missing error"
        case .unexpectedError: "unexpected error"
        case .undefinedShow(let text), .paddedShow(let text): "show \(text)"
        case .undefinedPriority(let text): "priority \(text)"
        case .repeated(let element): "repeated \(element.text)"
        case .mixedContent(let element): "mixed \(element.name)"
        case .undefinedAttribute(let attribute, let element): "\(element.name) \(attribute)"
        case .nicknameInBroadcast: "nickname"
        case .malformedPayload(let element): element.name
        @unknown default: "\(irregularity)"
        }
    }

    func testANicknameIsIrregularInBroadcastsOnly() {
        for kind in Presence.Kind.allCases {
            var presence = Presence(type: kind)
            presence.nickname = "Ishmael"
            XCTAssertEqual(
                presence.irregularities,
                [.available, .unavailable].contains(kind) ? [.nicknameInBroadcast] : [])
        }
    }

    /// Quadratic, this would take minutes.
    func testAnyNumberOfChildrenIsLookedThroughInTurn() throws {
        let children = (0..<20_000).map { "<status xml:lang='x\($0)'>a</status><show/>" }.joined()
        var presence = try presence("<presence>\(children)</presence>")
        XCTAssertEqual(presence.irregularities.count, 20_000)
        presence.statuses = presence.statuses.reversed()
        XCTAssertEqual(presence.statuses.first?.language, "x19999")
        presence.show = .xa
        XCTAssertEqual(presence.irregularities, [])
        presence.statuses = []
        XCTAssertEqual(presence.element.children.map(\.name), ["show"])
    }
}
