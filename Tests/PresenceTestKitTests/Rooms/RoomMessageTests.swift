import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Messages and requests to rooms and to the service.
final class RoomMessageTests: RoomServiceTestCase {
    private func message(
        _ client: String, _ content: String, type: String? = "groupchat", to nick: String? = nil
    ) throws -> [String] {
        let type = type.map { " type='\($0)'" } ?? ""
        let nick = nick.map { "/\($0)" } ?? ""
        return try send(client, "<message\(type) to='\(coven)\(nick)'>\(content)</message>")
    }

    private func muc(_ content: String) -> String {
        "<x xmlns='\(XMLNamespace.mucUser)'>\(content)</x>"
    }

    func testWhatIsSaidToAllComesToAllInTheOrderOfComing() throws {
        try open([("hag", "third"), ("hag/2", "third")])
        XCTAssertEqual(
            try message("hag", "<body>Thrice</body>" + muc("<status code='332'/>")),
            ["crone", "hag", "hag/2"].map { "\($0) < third message groupchat body=Thrice" })
    }

    func testVisitorsHaveNoVoiceAndStrangersNoPlace() throws {
        try open([("hag", "third")]) { $0.isModerated = true }
        XCTAssertEqual(
            try message("hag", "<body>Thrice</body>"), ["hag < room message error auth forbidden"])
        XCTAssertEqual(
            try message("wicca", "<body>Thrice</body>"),
            ["wicca < room message error modify not-acceptable"])
        XCTAssertEqual(
            try message("wicca", "<body>Psst</body>", type: "chat", to: "first"),
            ["wicca < first message error modify not-acceptable"])
    }

    func testOnlyModeratorsChangeTheSubject() throws {
        try open([("hag", "third")])
        XCTAssertEqual(
            try message("hag", "<subject>Fire</subject>"),
            ["hag < room message error auth forbidden"])
        XCTAssertEqual(
            try message("hag", "<subject>Fire</subject><body>Burn</body>").count, 2, "no change")
        XCTAssertEqual(try message("crone", "<subject>Fire</subject>").count, 2)
        XCTAssertEqual(
            try message("crone", "<subject/>"),
            ["crone < first message groupchat subject", "hag < first message groupchat subject"])
    }

    func testPrivateMessagesGoToAllClientsOfANickname() throws {
        try open([("hag", "third"), ("hag/2", "third")])
        let request = try stanza(
            "crone",
            "<message type='chat' to='\(coven)/third'><body>Psst</body>"
                + muc("<status code='332'/>") + "</message>")
        let told = service.receive(request)
        XCTAssertEqual(
            told.map { Self.inShort($0) },
            ["hag", "hag/2"].map { "\($0) < first message chat body=Psst" })
        for element in told { XCTAssertEqual(Message(element)?[MUCUser.self], MUCUser()) }
        XCTAssertEqual(
            try message("hag", "<body>Psst</body>", to: "first"),
            ["hag < first message error modify bad-request"])
        XCTAssertEqual(
            try message("hag", "<body>Psst</body>", type: nil, to: "nobody"),
            ["hag < nobody message error cancel item-not-found"])
    }

    func testMessagesThatAreForNobodyAreRefused() throws {
        try open()
        XCTAssertEqual(
            try message("crone", "<body>Thrice</body>", type: nil),
            ["crone < room message error modify bad-request"])
        XCTAssertEqual(
            try message("hag", "<body>Thrice</body>", type: nil),
            ["hag < room message error modify not-acceptable"])
        XCTAssertEqual(
            try send("hag", "<message to='agora@chat.shakespeare.lit' type='groupchat'/>"),
            ["hag < agora@chat.shakespeare.lit message error cancel item-not-found"])
        XCTAssertEqual(
            try send("hag", "<message to='chat.shakespeare.lit'/>"),
            ["hag < chat.shakespeare.lit message error cancel service-unavailable"])
    }

    // MARK: Invitations

    func testAnInvitationIsSentOnWithThePassword() throws {
        try open([("hag", "third")]) { $0.password = "cauldronburn" }
        XCTAssertEqual(
            try message(
                "hag",
                muc(
                    "<invite to='hecate@shakespeare.lit'><reason>Come</reason></invite>"
                        + "<invite to='a@b'/>"
                ),
                type: nil),
            [
                "hecate < room message invite=third reason=Come password=cauldronburn",
                "a@b < room message invite=third password=cauldronburn",
            ])
        XCTAssertNil(service.affiliations(of: coven)[try user("hecate")])
    }

    func testAdminsInviteIntoARoomForMembersAndMakeMembersSo() throws {
        try open([("hag", "third")], affiliations: ["hag": .member]) { $0.isMembersOnly = true }
        let invitation = muc("<invite to='hecate@shakespeare.lit/broom'/>")
        XCTAssertEqual(
            try message("hag", invitation, type: nil), ["hag < room message error auth forbidden"])
        XCTAssertEqual(
            try message("crone", invitation, type: nil),
            ["hecate/broom < room message invite=first"])
        XCTAssertEqual(service.affiliations(of: coven)[try user("hecate")], .member)
        XCTAssertEqual(
            try message("hecate", invitation, type: nil),
            ["hecate < room message error modify not-acceptable"])
    }

    func testAnInvitationNeedsAnAddress() throws {
        try open()
        for invitation in ["<invite/>", "<invite to='@'/>", "<invite to='a@b'/><invite to=''/>"] {
            XCTAssertEqual(
                try message("crone", muc(invitation), type: nil),
                ["crone < room message error modify jid-malformed"], invitation)
        }
    }

    func testWhoDoesNotAcceptTellsTheInviterAndNobodyElse() throws {
        try open([("hag", "third")])
        for inviter in ["hag@shakespeare.lit", "hag@shakespeare.lit/1", "\(coven)/third"] {
            XCTAssertEqual(
                try message(
                    "hecate", muc("<decline to='\(inviter)'><reason>No</reason></decline>"),
                    type: nil),
                ["hag < room message decline=hecate reason=No"])
        }
        for inviter in ["wicca@shakespeare.lit", "\(coven)/nobody", "\(coven)"] {
            XCTAssertEqual(
                try message("hecate", muc("<decline to='\(inviter)'/>"), type: nil),
                ["hecate < room message error cancel item-not-found"])
        }
    }

    // MARK: Requests

    private func request(_ client: String, _ payload: String, to address: String) throws -> [String]
    {
        try send(client, "<iq id='q' type='get' to='\(address)'>\(payload)</iq>")
    }

    func testTheServiceSaysWhatItIsAndWhichRoomsItHas() throws {
        try open { $0.name = "A Dark Cave" }
        try send(
            "hag",
            "<presence to='locked@chat.shakespeare.lit/x'>"
                + "<x xmlns='\(XMLNamespace.muc)'/></presence>"
        )
        let domain = "chat.shakespeare.lit"
        let info = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
        let items = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
        let told = try request("hag", info, to: domain)
        XCTAssertEqual(told.count, 1)
        XCTAssertTrue(told[0].hasPrefix("hag < \(domain) iq result"))
        XCTAssertTrue(told[0].contains(" http://jabber.org/protocol/muc "), told[0])
        XCTAssertEqual(
            try request("hag", items, to: domain), ["hag < \(domain) iq result \(coven)"])
        let ping = "<ping xmlns='urn:xmpp:ping'/>"
        XCTAssertEqual(try request("hag", ping, to: domain), ["hag < \(domain) iq result"])
        XCTAssertEqual(try request("hag", ping, to: "\(coven)"), ["hag < room iq result"])
        XCTAssertEqual(
            try request("hag", items, to: "\(coven)"), ["hag < room iq result"],
            "who is in is private")
        XCTAssertEqual(
            try request("hag", "<query xmlns='jabber:iq:version'/>", to: domain),
            ["hag < \(domain) iq error cancel service-unavailable"])
    }

    func testARoomSaysWhatItIsLike() throws {
        let words: [(String, String, WritableKeyPath<RoomConfiguration, Bool>)] = [
            ("muc_membersonly", "muc_open", \.isMembersOnly),
            ("muc_moderated", "muc_unmoderated", \.isModerated),
            ("muc_nonanonymous", "muc_semianonymous", \.isNonAnonymous),
            ("muc_persistent", "muc_temporary", \.isPersistent),
        ]
        for (yes, no, path) in words {
            for isSet in [false, true] {
                try open { $0[keyPath: path] = isSet }
                let told = try request(
                    "hag", "<query xmlns='http://jabber.org/protocol/disco#info'/>", to: "\(coven)")
                XCTAssertEqual(told.first?.contains(yes), isSet)
                XCTAssertEqual(told.first?.contains(no), !isSet)
            }
        }
    }

    func testAClientAsksWhetherItIsStillThere() throws {
        try open([("hag", "third")])
        let ping = "<ping xmlns='urn:xmpp:ping'/>"
        XCTAssertEqual(try request("hag", ping, to: "\(coven)/third"), ["hag < third iq result"])
        XCTAssertEqual(
            try request("wicca", ping, to: "\(coven)/third"),
            ["wicca < third iq error modify not-acceptable"])
        XCTAssertEqual(
            try request("hag", ping, to: "\(coven)/first"),
            ["hag < first iq error cancel service-unavailable"])
        XCTAssertEqual(
            try request("hag", ping, to: "\(coven)/nobody"),
            ["hag < nobody iq error cancel item-not-found"])
        XCTAssertEqual(
            try request(
                "wicca", "<query xmlns='http://jabber.org/protocol/disco#info'/>",
                to: "\(coven)/third"), ["wicca < third iq error modify bad-request"])
    }

    func testARoomTellsTheNicknameThatIsKeptForOne() throws {
        let hag = try user("hag")
        try open { $0.assignedNicks = [hag: "third"] }
        let query = "<query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/>"
        let answers = try ["hag", "wicca"].map { name in
            try XCTUnwrap(
                service.receive(stanza(name, "<iq id='q' type='get' to='\(coven)'>\(query)</iq>"))
                    .first)
        }
        let names = answers.map { answer in
            IQ(answer)?.payload?.first("identity", in: "http://jabber.org/protocol/disco#info")?[
                "name"]
        }
        XCTAssertEqual(names, ["third", nil])
    }

    // MARK: Whatever comes

    /// Every stanza of a grammar, whatever sense it makes: nothing traps, no error is answered with
    /// one, and whatever is sent has a sender of the service and an addressee.
    func testNothingThatArrivesDoesHarm() throws {
        let long = String(repeating: "x", count: 1200)
        let addresses = [
            "", "@", "chat.shakespeare.lit", "chat.shakespeare.lit/x", "\(coven)", "\(coven)/",
            "\(coven)/third", "\(coven)/first", "\(coven)/ ", "\(coven)/\(long)",
            "a b@chat.shakespeare.lit/x", "elsewhere.lit/x", "\(coven)/a\tb",
        ]
        let types = [nil, "available", "unavailable", "error", "get", "set", "groupchat", "chat"]
        let namespaces = [
            XMLNamespace.muc, .mucUser, "http://jabber.org/protocol/muc#admin",
            "http://jabber.org/protocol/muc#owner", "http://jabber.org/protocol/disco#info",
        ]
        let contents = [
            "", "<item/>", "<item affiliation='outcast' jid='@'/>", "<destroy/>", "<invite/>",
            "<decline/>",
            "<x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_whois'/></x>",
        ]
        let payloads =
            ["", "<body/>", "<subject/>", "<error/>"]
            + namespaces.flatMap { namespace in
                let name = namespace == .muc || namespace == .mucUser ? "x" : "query"
                return contents.map { "<\(name) xmlns='\(namespace)'>\($0)</\(name)>" }
            }
        let children = try payloads.map {
            try Self.parse("<iq>\($0)</iq>").children.first { _ in true }
        }
        var count = 0
        for name in ["presence", "message", "iq", "other"] {
            for type in types {
                for address in addresses {
                    try open([("hag", "third")])
                    for child in children {
                        let sent = Element(
                            name, in: .client,
                            attributes: [
                                .from: "hag@shakespeare.lit/1", .to: address, .type: type,
                                .id: "1",
                            ], children: child.map { [$0] } ?? [])
                        try check(service.receive(sent), for: sent)
                        count += 1
                    }
                }
            }
        }
        XCTAssertEqual(service.receive(Element("presence", in: .client)), [], "no sender")
        print("sent \(count) stanzas to a service")
    }

    private func check(_ told: [Element], for sent: Element) throws {
        for element in told {
            if element[.to] == nil || element[.from] == nil { XCTFail("\(sent): \(element)") }
            if sent[.type] == "error", element[.to] == sent[.from], element[.type] == "error" {
                XCTFail("\(sent) is answered with an error")
            }
        }
    }
}
