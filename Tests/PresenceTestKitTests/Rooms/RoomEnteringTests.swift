import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Coming in, and everything that may keep one out.
final class RoomEnteringTests: RoomServiceTestCase {
    func testWhoComesFirstMakesTheRoomAndOwnsIt() throws {
        XCTAssertEqual(
            try join("crone", as: "first"),
            [
                "crone < first owner moderator jid=crone 201 110",
                "crone < room message groupchat subject",
            ])
        XCTAssertEqual(service.affiliations(of: coven), [try user("crone"): .owner])
    }

    func testARoomIsLockedUntilItsOwnerHasConfiguredIt() throws {
        try join("crone", as: "first")
        XCTAssertEqual(try join("hag", as: "third"), ["hag < third error cancel item-not-found"])
        XCTAssertEqual(try configure("crone", [:]), ["crone < room iq result"])
        XCTAssertEqual(try join("hag", as: "third").count, 4)
    }

    func testOneIsToldOfEverybodyInTheOrderOfComingThenOfOneselfThenTheSubject() throws {
        try open([("wicca", "second"), ("hag", "a third")])
        XCTAssertEqual(
            try join("hecate", as: "0"),
            [
                "hecate < first owner moderator", "hecate < second none participant",
                "hecate < a third none participant", "crone < 0 none participant jid=hecate",
                "wicca < 0 none participant", "hag < 0 none participant",
                "hecate < 0 none participant jid=hecate 110",
                "hecate < room message groupchat subject",
            ])
        XCTAssertEqual(nicks, ["first", "second", "a third", "0"])
    }

    func testEverybodySeesAddressesInARoomThatIsNotAnonymousAndIsWarned() throws {
        try open([("wicca", "second")]) { $0.isNonAnonymous = true }
        XCTAssertEqual(
            try join("hag", as: "third"),
            [
                "hag < first owner moderator jid=crone", "hag < second none participant jid=wicca",
                "crone < third none participant jid=hag",
                "wicca < third none participant jid=hag",
                "hag < third none participant jid=hag 100 110",
                "hag < room message groupchat subject",
            ])
    }

    func testOneIsWarnedOfALog() throws {
        try open { $0.isLogged = true }
        XCTAssertEqual(
            try join("hag", as: "third")[2], "hag < third none participant jid=hag 170 110")
    }

    func testTheSubjectComesFromWhoHasSetIt() throws {
        try open()
        try send(
            "crone", "<message type='groupchat' to='\(coven)'><subject>Fire</subject></message>")
        XCTAssertEqual(
            try join("hag", as: "third").last, "hag < first message groupchat subject=Fire")
    }

    func testPresenceIsShownAsItWasSentWithoutWhatOnlyRoomsSay() throws {
        try open([("wicca", "second")])
        let sent = try stanza(
            "hag",
            """
            <presence id='j' to='\(coven)/third' xml:lang='en'><show>away</show>\
            <x xmlns='\(XMLNamespace.mucUser)'><item affiliation='owner' role='moderator'/></x>\
            <occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>\
            <x xmlns='\(XMLNamespace.muc)'/>\
            <c xmlns='http://jabber.org/protocol/caps' node='n'/></presence>
            """)
        let shown = try XCTUnwrap(
            service.receive(sent).first { $0[.to]?.hasPrefix("wicca") == true })
        XCTAssertEqual(shown.children.map(\.name), ["show", "c", "x"])
        XCTAssertEqual(Presence(shown)?.muc.affiliation, .unaffiliated)
        XCTAssertEqual(Presence(shown)?.muc.role, .participant)
        XCTAssertEqual(shown[.id], "j")
        XCTAssertEqual(shown[.language], "en")
    }

    // MARK: Refusals

    func testARefusalNamesTheRoomAndShowsTheRequestWithoutItsPassword() throws {
        try open { $0.password = "cauldronburn" }
        let request = try stanza(
            "hag",
            "<presence id='7' to='\(coven)/third'><x xmlns='\(XMLNamespace.muc)'>"
                + "<password>x</password></x></presence>")
        let answer = try XCTUnwrap(service.receive(request).first)
        XCTAssertEqual(
            answer,
            try Self.parse(
                """
                <presence from='\(coven)/third' to='hag@shakespeare.lit/1' id='7' type='error'>\
                <error type='auth' by='\(coven)'>\
                <not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>\
                <x xmlns='\(XMLNamespace.muc)'/></presence>
                """))
    }

    func testAPasswordIsNeeded() throws {
        try open { $0.password = "cauldron burn" }
        let refusal = ["hag < third error auth not-authorized"]
        XCTAssertEqual(try join("hag", as: "third"), refusal)
        XCTAssertEqual(try join("hag", as: "third", "<password>cauldron Burn</password>"), refusal)
        XCTAssertEqual(try join("hag", as: "third", "<password>cauldron burn</password>").count, 4)
    }

    func testOnlyMembersMayComeIntoARoomForMembers() throws {
        try open(affiliations: ["wicca": .member]) { $0.isMembersOnly = true }
        XCTAssertEqual(
            try join("hag", as: "third"), ["hag < third error auth registration-required"])
        XCTAssertEqual(try join("wicca", as: "second").count, 4)
    }

    func testWhoIsBannedMayNotComeIn() throws {
        try open(affiliations: ["hag": .outcast]) {
            $0.isMembersOnly = true
            $0.password = "cauldronburn"
        }
        XCTAssertEqual(try join("hag", as: "first"), ["hag < first error auth forbidden"])
    }

    func testTheBanOfADomainIsThatOfEverybodyInItWhoIsNotListed() throws {
        service.makeRoom(
            coven, affiliations: ["shakespeare.lit": .outcast, try user("wicca"): .member])
        XCTAssertEqual(try join("hag", as: "third"), ["hag < third error auth forbidden"])
        XCTAssertEqual(try join("wicca", as: "second").count, 2)
    }

    func testANicknameIsTakenByItsBytes() throws {
        try open([("wicca", "second")])
        XCTAssertEqual(try join("hag", as: "second"), ["hag < second error cancel conflict"])
        XCTAssertEqual(try join("hag", as: "Second").count, 6)
    }

    func testAFullRoomLetsInNobodyButAdmins() throws {
        try open([("wicca", "second")], affiliations: ["hag": .member, "hecate": .admin]) {
            $0.maximumOccupants = 2
        }
        XCTAssertEqual(try join("hag", as: "third"), ["hag < third error wait service-unavailable"])
        XCTAssertEqual(try join("wicca/2", as: "second").count, 5, "there are no more nicknames")
        XCTAssertEqual(try join("hecate", as: "fourth").count, 7)
    }

    func testANicknameIsNeededAndHasToBeOne() throws {
        try open()
        XCTAssertEqual(
            try send("hag", "<presence to='\(coven)'><x xmlns='\(XMLNamespace.muc)'/></presence>"),
            ["hag < room error modify jid-malformed"])
        XCTAssertEqual(
            try join("hag", as: "tab&#9;ulator"), ["hag < tab\tulator error modify jid-malformed"])
        XCTAssertEqual(try join("hag", as: "\u{1FAE9}").count, 4, "newer than Unicode 15")
    }

    func testRoomsAreMadeOnlyWhereThatIsAllowed() throws {
        service.allowsCreation = false
        XCTAssertEqual(try join("hag", as: "third"), ["hag < third error cancel not-allowed"])
        XCTAssertEqual(service.addresses, [])
    }

    func testWhoHasNotJoinedIsToldSoAndMakesNoRoom() throws {
        let told = [
            "hag < third unavailable none none reason=You are not in the room. 110 307 333"
        ]
        XCTAssertEqual(try presence("hag", "third"), told)
        XCTAssertEqual(service.addresses, [])
        try open()
        XCTAssertEqual(try presence("hag", "third"), told)
        XCTAssertEqual(nicks, ["first"])
    }

    // MARK: Nicknames of the service

    func testTheServiceAssignsANicknameAndSaysSo() throws {
        let hag = try user("hag")
        try open { $0.assignedNicks = [hag: "third"] }
        XCTAssertEqual(
            try join("hag", as: "other")[2], "hag < third none participant jid=hag 210 110")
        XCTAssertEqual(
            try join("hag", as: "other")[2], "hag < third none participant jid=hag 210 110",
            "asked for anew")
        XCTAssertEqual(
            try presence("hag", "other"), ["hag < other error cancel not-acceptable"])
        XCTAssertEqual(try join("wicca", as: "third"), ["wicca < third error cancel conflict"])
        XCTAssertEqual(try join("hag/2", as: "third")[2].suffix(3), "110")
        XCTAssertFalse(try join("hag/2", as: "third")[2].contains("210"))
    }

    func testANicknameInAnotherFormIsPreparedAndThatIsSaid() throws {
        try open()
        let told = try join("hag", as: "third\u{A0}witch")
        XCTAssertEqual(told[2], "hag < third witch none participant jid=hag 210 110")
    }

    // MARK: Several clients

    func testClientsOfOneUserShareANickname() throws {
        try open([("wicca", "second"), ("hag", "third")])
        XCTAssertEqual(
            try join("hag/2", as: "third"),
            [
                "hag/2 < first owner moderator", "hag/2 < second none participant",
                "crone < third none participant jid=hag none participant jid=hag/2",
                "wicca < third none participant",
                "hag < third none participant jid=hag none participant jid=hag/2 110",
                "hag/2 < third none participant jid=hag none participant jid=hag/2 110",
                "hag/2 < room message groupchat subject",
            ])
        XCTAssertEqual(nicks, ["first", "second", "third"])
    }

    func testWhereNicknamesAreNotSharedTheyAreTaken() throws {
        try open([("hag", "third")]) { $0.allowsSharedNicks = false }
        XCTAssertEqual(try join("hag/2", as: "third"), ["hag/2 < third error cancel conflict"])
    }

    func testWhoHasLostTrackIsToldEverythingAgain() throws {
        try open([("hag", "third"), ("wicca", "second")]) { $0.isNonAnonymous = true }
        XCTAssertEqual(
            try join("hag", as: "third"),
            [
                "hag < first owner moderator jid=crone", "hag < second none participant jid=wicca",
                "crone < third none participant jid=hag",
                "hag < third none participant jid=hag 100 110",
                "wicca < third none participant jid=hag", "hag < room message groupchat subject",
            ])
    }

    // MARK: Roles

    func testOneComesInWithTheRoleOfTheTable() throws {
        // XEP-0045, section 5.1.2: none, member, admin and owner.
        let table: [(isModerated: Bool, isMembersOnly: Bool, roles: [Role?])] = [
            (true, false, [.visitor, .participant, .moderator, .moderator]),
            (false, false, [.participant, .participant, .moderator, .moderator]),
            (false, true, [nil, .participant, .moderator, .moderator]),
            (true, true, [nil, .participant, .moderator, .moderator]),
        ]
        for row in table {
            let affiliations: [Affiliation] = [.unaffiliated, .member, .admin, .owner]
            for (affiliation, role) in zip(affiliations, row.roles) {
                try open(affiliations: ["hag": affiliation]) {
                    $0.isModerated = row.isModerated
                    $0.isMembersOnly = row.isMembersOnly
                }
                try join("hag", as: "third")
                XCTAssertEqual(self.role(of: "third"), role, "\(affiliation) \(row)")
            }
        }
    }
}
