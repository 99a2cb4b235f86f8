import PresenceKit
import StanzaKit
import XCTest

/// A payload that this library does not know.
private struct Mood: StanzaPayload, Hashable {
    static let elementName = "mood"
    static let namespace: XMLNamespace = "urn:example:mood"

    var word: String

    init(word: String) { self.word = word }

    init?(_ element: Element) {
        guard Self.isName(of: element), !element.text.isEmpty else { return nil }
        word = element.text
    }

    var element: Element { Element(Self.elementName, in: Self.namespace, text: word) }
}

final class StanzaPayloadTests: XCTestCase {
    private func presence(_ children: String) throws -> Presence {
        try XCTUnwrap(Presence(Element(parsing: "<presence>\(children)</presence>", in: .client)))
    }

    // MARK: Any payload

    func testTheFirstThatCanBeReadCountsAndTheOthersStay() throws {
        let mood = "<mood xmlns='urn:example:mood'"
        let presence = try presence(
            "\(mood)/><a xmlns='u'/>\(mood)>happy</mood>\(mood)>sad</mood><mood>no</mood>")
        XCTAssertEqual(presence[Mood.self], Mood(word: "happy"))
        XCTAssertEqual(presence[all: Mood.self].map(\.word), ["happy", "sad"])
        XCTAssertEqual(presence.malformed(Mood.self), [Element("mood", in: Mood.namespace)])
        XCTAssertEqual(
            presence.element.children.map(\.name), ["mood", "a", "mood", "mood", "mood"])
        XCTAssertNil(presence[Delay.self])
        XCTAssertEqual(presence.malformed(Delay.self), [])
    }

    func testSettingLeavesExactlyOneInThePlaceOfTheFirst() throws {
        let mood = "<mood xmlns='urn:example:mood'"
        var presence = try presence("t<b xmlns='u'/>\(mood)/>u\(mood)>sad</mood>v<a xmlns='u'/>")
        presence[Mood.self] = Mood(word: "happy")
        XCTAssertEqual(presence.element.children.map(\.name), ["b", "mood", "a"])
        XCTAssertEqual(presence.element.content.count, 5)
        XCTAssertEqual(presence.element.text, "tuv")
        presence[Mood.self]?.word = "glad"
        XCTAssertEqual(presence[Mood.self]?.word, "glad")
        presence[all: Mood.self] = [Mood(word: "1"), Mood(word: "2"), Mood(word: "3")]
        XCTAssertEqual(presence.element.children.map(\.name), ["b", "mood", "mood", "mood", "a"])
        XCTAssertEqual(presence[all: Mood.self].map(\.word), ["1", "2", "3"])
        presence[all: Mood.self].removeFirst()
        XCTAssertEqual(presence[all: Mood.self].map(\.word), ["2", "3"])
        presence[Mood.self] = nil
        XCTAssertEqual(presence.element.children.map(\.name), ["b", "a"])
        presence[Mood.self] = nil
        XCTAssertEqual(presence.element.text, "tuv")
    }

    func testAMessageHasPayloadsToo() {
        var message = Message(to: "coven@chat.shakespeare.lit")
        message[MUCUser.self] = MUCUser(inviting: [.init(to: "hecate@shakespeare.lit")])
        XCTAssertEqual(message[MUCUser.self]?.invites.first?.to, "hecate@shakespeare.lit")
    }

    // MARK: Those of the library

    /// What is written is read back equal, also through bytes, and by its own type alone.
    private func checkRoundTrip<Payload: StanzaPayload & Hashable>(
        _ payload: Payload, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        var presence = Presence()
        presence[Payload.self] = payload
        let xml = String(decoding: try presence.element.serialized(), as: UTF8.self)
        let again = try XCTUnwrap(Presence(Element(parsing: xml, in: .client)))
        XCTAssertEqual(again[Payload.self], payload, xml, file: file, line: line)
        XCTAssertEqual(again[Payload.self]?.hashValue, payload.hashValue, file: file, line: line)
        XCTAssertEqual(again[Payload.self]?.element, payload.element, file: file, line: line)
        XCTAssertEqual(again, presence, file: file, line: line)
        let others = again.irregularities.filter { $0 != .nicknameInBroadcast }
        XCTAssertEqual(others, [], xml, file: file, line: line)
        let read: [(any StanzaPayload)?] = [
            again[Nickname.self], again[Delay.self], again[Idle.self], again[VCardAvatar.self],
            again[EntityCapabilities.self], again[MUCUser.self], again[MUCJoin.self],
        ]
        XCTAssertEqual(read.compactMap(\.self).count, 1, xml, file: file, line: line)
    }

    private static let texts = [
        "a", "  \u{c9}l\u{e9}onore ", "<&'\">", "e\u{301}", "\n", "\u{1F339}",
    ]
    private static let moments = [
        "0000-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "2002-09-10T23:08:25.5Z",
        "9999-12-31T23:59:59Z",
    ].compactMap { DateTime($0) }

    func testEveryNicknameIsReadAsItIsWritten() throws {
        for text in Self.texts { try checkRoundTrip(try XCTUnwrap(Nickname(text))) }
        XCTAssertNil(Nickname(""))
        XCTAssertNotEqual(Nickname("\u{e9}"), Nickname("e\u{301}"))
    }

    func testEveryDelayIsReadAsItIsWritten() throws {
        for stamp in Self.moments {
            for from: JID? in [nil, "capulet.com", "juliet@capulet.com/balcony"] {
                for reason in [nil] + Self.texts.map(Optional.some) {
                    try checkRoundTrip(Delay(stamp: stamp, from: from, reason: reason))
                }
            }
        }
    }

    func testOfSeveralDelaysEachIsRead() throws {
        let delay = "<delay xmlns='urn:xmpp:delay'"
        let presence = try presence(
            """
            \(delay) stamp='2002-09-10T23:41:07Z' from='a@b/c'/>\(delay) stamp='yesterday'/>\(delay)/>\
            \(delay) stamp='2002-09-10T23:41:08Z' from='a@@b'/>\
            \(delay) stamp='2002-09-10T23:41:09Z' from='b'>Offline Storage</delay>
            """)
        XCTAssertEqual(presence.delays.map(\.from), ["a@b/c", "b"])
        XCTAssertEqual(presence.delays.first { $0.from == "b" }?.reason, "Offline Storage")
        XCTAssertEqual(presence.malformed(Delay.self).count, 3)
        XCTAssertEqual(presence.irregularities.count, 3)
    }

    func testEveryIdleTimeIsReadAsItIsWritten() throws {
        for since in Self.moments {
            try checkRoundTrip(Idle(since: since))
            var presence = Presence()
            presence.idleSince = since
            XCTAssertEqual(presence.idleSince, since)
            presence.idleSince = nil
            XCTAssertEqual(presence, Presence())
        }
        let odd = try presence(
            "<idle xmlns='urn:xmpp:idle:1'/><idle xmlns='urn:xmpp:idle:1' since='1'/>")
        XCTAssertNil(odd.idleSince)
        XCTAssertEqual(odd.irregularities.count, 2)
    }

    func testAnAvatarHasThreeStatesAndNoneAtAll() throws {
        let digest = "01b87fcd030b72895ff8e88db57ec525450f000d"
        for avatar in [VCardAvatar.notReady, .noImage, .image(sha1: digest)] {
            try checkRoundTrip(avatar)
        }
        XCTAssertNil(Presence().vCardAvatar)
        let x = "<x xmlns='vcard-temp:x:update'"
        XCTAssertEqual(try presence("\(x)/>").vCardAvatar, .notReady)
        XCTAssertEqual(try presence("\(x)><photo/></x>").vCardAvatar, .noImage)
        XCTAssertEqual(try presence("\(x)><photo> \n</photo></x>").vCardAvatar, .noImage)
        XCTAssertEqual(
            try presence("\(x)>\n<photo>\n\(digest.uppercased())\n</photo></x>").vCardAvatar,
            .image(sha1: digest))
        for odd in ["0", "g" + digest.dropFirst(), digest + "0", "\u{0660}" + digest.dropFirst()] {
            let presence = try presence("\(x)><photo>\(odd)</photo></x>")
            XCTAssertNil(presence.vCardAvatar, odd)
            XCTAssertEqual(presence.irregularities.count, 1, odd)
        }
        XCTAssertEqual(try presence("\(x)><photo xmlns='u'>0</photo></x>").vCardAvatar, .notReady)
    }

    func testCapabilitiesAreReadAsTheyAreWritten() throws {
        for hash in [nil, "sha-1", "sha-256"] {
            for extensions in [[], ["voice"], ["voice", "share"]] {
                try checkRoundTrip(
                    EntityCapabilities(
                        node: "http://psi-im.org#<&'\">",
                        verification: "q07IKJEyjvHSyhy//CH0CxmKi8w=",
                        hash: hash, extensions: extensions))
            }
        }
        let c = "<c xmlns='http://jabber.org/protocol/caps'"
        let legacy = try presence("\(c) node='http://exodus' ver='0.9' ext=' a\tb&#10;c '/>")
        XCTAssertEqual(legacy.capabilities?.isLegacy, true)
        XCTAssertEqual(legacy.capabilities?.queryNode, "http://exodus#0.9")
        XCTAssertEqual(legacy.capabilities?.extensions, ["a", "b", "c"])
        for odd in ["", " node='n'", " ver='v'", " node='' ver='v'", " node='n' ver=''"] {
            let presence = try presence("\(c)\(odd) hash='sha-1'/>")
            XCTAssertNil(presence.capabilities, odd)
            XCTAssertEqual(presence.irregularities.count, 1, odd)
        }
        XCTAssertNotEqual(
            EntityCapabilities(node: "\u{e9}", verification: "v"),
            EntityCapabilities(node: "e\u{301}", verification: "v"))
    }

    func testEveryRequestToJoinIsReadAsItIsWritten() throws {
        let numbers = [nil, 0, 1, Int.max]
        for password in [nil] + Self.texts.map(Optional.some) {
            try checkRoundTrip(MUCJoin(password: password))
            for number in numbers {
                for since in [nil] + Self.moments.map(Optional.some) {
                    for history in [
                        MUCJoin.History(maximumCharacters: number, since: since),
                        .init(maximumMessages: number, seconds: number), .init(seconds: number),
                    ] {
                        try checkRoundTrip(MUCJoin(password: password, history: history))
                    }
                }
            }
        }
    }

    func testEveryItemIsReadAsItIsWritten() throws {
        for affiliation in [nil] + Affiliation.allCases.map(Optional.some) {
            for role in [nil] + Role.allCases.map(Optional.some) {
                for (index, text) in ([nil] + Self.texts.map(Optional.some)).enumerated() {
                    var item = MUCUser.Item(
                        affiliation: affiliation, role: role,
                        jid: index % 2 == 0 ? nil : "hag66@shakespeare.lit/pda", nick: text,
                        reason: text)
                    item.actor =
                        index % 3 == 0 ? .init(nick: text, jid: "crone1@shakespeare.lit") : nil
                    item.continuation = index % 3 == 1 ? .init(thread: text) : nil
                    let user = MUCUser(items: [item], codes: [.selfPresence])
                    try checkRoundTrip(user)
                    let read = try XCTUnwrap(user.items.first)
                    XCTAssertEqual(read.affiliation, affiliation)
                    XCTAssertEqual(read.role, role)
                    XCTAssertEqual(read.nick, text)
                    XCTAssertEqual(read.reason, text)
                    XCTAssertEqual(read.actor?.nick, index % 3 == 0 ? text : nil)
                    XCTAssertEqual(read.continuation != nil, index % 3 == 1)
                }
            }
        }
    }

    func testInvitationsAnswersAndEndsAreReadAsTheyAreWritten() throws {
        let jids: [JID?] = [nil, "a@b", "a@b/c"]
        for text in [nil] + Self.texts.map(Optional.some) {
            for (to, from) in jids.flatMap({ to in jids.map { (to, $0) } }) {
                let invite = MUCUser.Invite(
                    to: to, from: from, reason: text, continuation: .init(thread: text))
                var user = MUCUser(inviting: [invite, .init(to: "x@y")])
                user.password = text
                try checkRoundTrip(user)
                XCTAssertEqual(user.invites.map(\.to), [to, "x@y"])
                XCTAssertEqual(user.invites[0].from, from)
                XCTAssertEqual(user.invites[0].reason, text)
                XCTAssertEqual(user.invites[0].continuation?.thread, text)
                XCTAssertEqual(user.password, text)

                let decline = MUCUser(declining: .init(to: to, from: from, reason: text))
                try checkRoundTrip(decline)
                XCTAssertEqual(decline.decline?.to, to)
                XCTAssertEqual(decline.decline?.from, from)
                XCTAssertEqual(decline.decline?.reason, text)

                var end = MUCUser(codes: [.removedByShutdown])
                end.destroy = .init(alternative: to, reason: text, password: text)
                try checkRoundTrip(end)
                XCTAssertEqual(end.destroy?.alternative, to)
                XCTAssertEqual(end.destroy?.reason, text)
                XCTAssertEqual(end.destroy?.password, text)
                end.destroy = nil
                XCTAssertNil(end.destroy)
            }
        }
    }
}
