import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// What becomes of occupants whose role or affiliation changes, and who is told.
final class RoomAdministrationTests: RoomServiceTestCase {
    func testTheKickedIsToldThenTheModeratorThenTheOthers() throws {
        try open([("wicca", "second"), ("hag", "third")])
        XCTAssertEqual(
            try admin("crone", "<item nick='third' role='none'><reason>Avaunt</reason></item>"),
            [
                "hag < third unavailable none none jid=hag by=first reason=Avaunt 307 110",
                "crone < room iq result",
                "crone < third unavailable none none jid=hag by=first(crone) reason=Avaunt 307",
                "wicca < third unavailable none none by=first reason=Avaunt 307",
            ])
        XCTAssertEqual(nicks, ["first", "second"])
        XCTAssertEqual(try join("hag", as: "third").count, 6, "and may come back")
    }

    func testAllClientsOfANicknameAreKicked() throws {
        try open([("hag", "third"), ("hag/2", "third")])
        XCTAssertEqual(
            try admin("crone", "<item nick='third' role='none'/>").map { $0.prefix(7) },
            ["hag < t", "hag/2 <", "crone <", "crone <"])
        XCTAssertEqual(nicks, ["first"])
    }

    func testNobodyKicksOneself() throws {
        try open([("crone/2", "too")])
        for nick in ["first", "too"] {
            XCTAssertEqual(
                try admin("crone", "<item nick='\(nick)' role='none'/>"),
                ["crone < room iq error cancel conflict"])
        }
    }

    func testTheBannedIsToldThenTheOthers() throws {
        try open([("wicca", "second"), ("hag", "third")])
        XCTAssertEqual(
            try admin(
                "crone",
                "<item jid='hag@shakespeare.lit' affiliation='outcast'>"
                    + "<reason>Treason</reason></item>"
            ),
            [
                "crone < room iq result",
                "hag < third unavailable outcast none jid=hag by=first reason=Treason 301 110",
                "crone < third unavailable outcast none jid=hag by=first(crone) reason=Treason 301",
                "wicca < third unavailable outcast none by=first reason=Treason 301",
            ])
        XCTAssertEqual(try join("hag", as: "third"), ["hag < third error auth forbidden"])
        XCTAssertEqual(
            try admin("crone", "<item affiliation='outcast'/>", "get"),
            ["crone < room iq result outcast,hag"])
    }

    func testABanOfTheAbsentIsToldToThoseWhoSeeAddresses() throws {
        try open([("wicca", "second")])
        XCTAssertEqual(
            try admin("crone", "<item jid='hag@shakespeare.lit/pda' affiliation='outcast'/>"),
            ["crone < room iq result", "crone < room message outcast jid=hag"])
        XCTAssertEqual(service.affiliations(of: coven)[try user("hag")], .outcast)
        XCTAssertEqual(
            try admin("crone", "<item jid='hag@shakespeare.lit' affiliation='none'/>"),
            ["crone < room iq result", "crone < room message none jid=hag"])
        XCTAssertNil(service.affiliations(of: coven)[try user("hag")])
    }

    func testADomainIsBanned() throws {
        try open([("hag", "third"), ("wicca", "second")], affiliations: ["wicca": .member])
        let told = try admin("crone", "<item jid='shakespeare.lit' affiliation='outcast'/>")
        XCTAssertEqual(
            told.filter { $0.contains("301") }.map { $0.split(separator: " ")[0] },
            ["hag", "crone", "wicca"])
        XCTAssertEqual(nicks, ["first", "second"])
    }

    func testWhoIsNoMemberAnyMoreHasToLeaveARoomForMembers() throws {
        try open(
            [("wicca", "second"), ("hag", "third")],
            affiliations: ["wicca": .member, "hag": .member]
        ) {
            $0.isMembersOnly = true
        }
        XCTAssertEqual(
            try admin("crone", "<item jid='hag@shakespeare.lit' affiliation='none'/>"),
            [
                "crone < room iq result",
                "hag < third unavailable none none jid=hag by=first 321 110",
                "crone < third unavailable none none jid=hag by=first(crone) 321",
                "wicca < third unavailable none none by=first 321",
            ])
    }

    func testANewMemberOfARoomForMembersIsInvited() throws {
        try open {
            $0.isMembersOnly = true
            $0.password = "cauldronburn"
        }
        XCTAssertEqual(
            try admin("crone", "<item jid='hag@shakespeare.lit' affiliation='member'/>"),
            [
                "crone < room iq result", "crone < room message member jid=hag",
                "hag < room message invite=crone password=cauldronburn",
            ])
    }

    func testRolesFollowAffiliationsAsTheyRiseAndFall() throws {
        let steps: [(affiliation: Affiliation, role: Role)] = [
            (.member, .participant), (.unaffiliated, .participant), (.admin, .moderator),
            (.member, .participant), (.owner, .moderator), (.unaffiliated, .visitor),
        ]
        try open([("hag", "third")]) { $0.isModerated = true }
        XCTAssertEqual(role(of: "third"), .visitor)
        for step in steps {
            let (affiliation, role) = (step.affiliation.rawValue, step.role.rawValue)
            let told = try admin(
                "crone", "<item jid='hag@shakespeare.lit' affiliation='\(affiliation)'/>")
            XCTAssertEqual(
                told,
                [
                    "crone < room iq result",
                    "crone < third \(affiliation) \(role) jid=hag "
                        + "by=first(crone)",
                    "hag < third \(affiliation) \(role) jid=hag by=first"
                        + (step.role == .moderator ? "(crone)" : "") + " 110",
                ])
            XCTAssertEqual(self.role(of: "third"), step.role)
        }
    }

    func testSeveralChangesAreMadeTogetherOrNotAtAll() throws {
        try open([("wicca", "second"), ("hag", "third")])
        XCTAssertEqual(
            try admin(
                "crone", "<item nick='third' role='visitor'/><item nick='nobody' role='none'/>"),
            ["crone < room iq error cancel item-not-found"])
        XCTAssertEqual(role(of: "third"), .participant)
        XCTAssertEqual(
            try admin(
                "crone", "<item nick='third' role='visitor'/><item nick='second' role='none'/>"),
            [
                "wicca < second unavailable none none jid=wicca by=first 307 110",
                "crone < room iq result",
                "crone < second unavailable none none jid=wicca by=first(crone) 307",
                "hag < second unavailable none none by=first 307",
                "crone < third none visitor jid=hag by=first(crone)",
                "hag < third none visitor jid=hag by=first 110",
            ])
        XCTAssertEqual(
            try admin(
                "crone",
                "<item jid='hag@shakespeare.lit' affiliation='outcast'/>"
                    + "<item jid='crone@shakespeare.lit' affiliation='outcast'/>"),
            ["crone < room iq error cancel conflict"])
        XCTAssertEqual(nicks, ["first", "third"])
    }

    func testOfSeveralChangesOfOneUserTheLastIsTold() throws {
        try open([("hag", "third")])
        XCTAssertEqual(
            try admin(
                "crone",
                "<item jid='hag@shakespeare.lit' affiliation='member'/>"
                    + "<item nick='third' affiliation='outcast'><reason>Treason</reason></item>"),
            [
                "crone < room iq result",
                "hag < third unavailable outcast none jid=hag by=first reason=Treason 301 110",
                "crone < third unavailable outcast none jid=hag by=first(crone) reason=Treason 301",
            ])
    }

    func testARefusalShowsWhatCannotBeHad() throws {
        try open([("hag", "third")], affiliations: ["hag": .admin])
        let request = try stanza(
            "hag",
            "<iq id='q' type='set' to='\(coven)'><query xmlns='\(XMLNamespace.muc)#admin'>"
                + "<item nick='first' role='visitor'/></query></iq>")
        let answer = try XCTUnwrap(service.receive(request).first)
        XCTAssertEqual(IQ(answer)?.error?.condition, .notAllowed)
        XCTAssertEqual(
            answer.children.filter { !$0.is("error", in: .client) }, Array(request.children))
    }

    func testListsAreSortedByAddressAndRolesByTheOrderOfComing() throws {
        try open(
            [("wicca", "second"), ("hag", "third")],
            affiliations: ["zed": .member, "hag": .member, "abe": .outcast])
        XCTAssertEqual(
            try admin("crone", "<item affiliation='member'/>", "get"),
            ["crone < room iq result member,hag member,zed"])
        XCTAssertEqual(
            try admin("crone", "<item role='participant'/>", "get"),
            ["crone < room iq result none,participant,wicca,second member,participant,hag,third"])
    }

    func testWhatIsNoChangeIsRefused() throws {
        try open([("hag", "third")])
        let refused: [(String, String)] = [
            ("", "modify bad-request"), ("<item/>", "modify bad-request"),
            ("<item nick='third' role='king'/>", "modify bad-request"),
            ("<item jid='hag@shakespeare.lit' affiliation='serf'/>", "modify bad-request"),
            ("<item nick='third' role='visitor' affiliation='member'/>", "modify bad-request"),
            ("<item role='none'/>", "modify bad-request"),
            ("<item affiliation='member'/>", "modify bad-request"),
            (
                "<item nick='third' role='visitor'/><item nick='third' affiliation='member'/>",
                "modify bad-request"
            ),
            ("<item jid='@' affiliation='member'/>", "modify jid-malformed"),
            ("<item nick='nobody' role='none'/>", "cancel item-not-found"),
            ("<item nick='nobody' affiliation='member'/>", "cancel item-not-found"),
            ("<other/>", "modify bad-request"),
        ]
        for (items, refusal) in refused {
            XCTAssertEqual(try admin("crone", items), ["crone < room iq error \(refusal)"], items)
        }
        for list in ["", "<item/>", "<item role='none'/>", "<item affiliation='none'/>"] {
            XCTAssertEqual(
                try admin("crone", list, "get"), ["crone < room iq error modify bad-request"], list)
        }
    }
}
