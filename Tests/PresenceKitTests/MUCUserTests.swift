import PresenceKit
import StanzaKit
import XCTest

final class MUCUserTests: XCTestCase {
    private func user(_ children: String) throws -> MUCUser {
        try XCTUnwrap(
            MUCUser(
                Element(parsing: "<x xmlns='\(XMLNamespace.mucUser)'>\(children)</x>", in: .client))
        )
    }

    func testEveryCodeOfTheRegistryHasAName() {
        let named: [MUCStatusCode] = [
            .nonAnonymous, .affiliationChangedWhileAway, .nowShowsUnavailableMembers,
            .nowHidesUnavailableMembers, .configurationChanged, .selfPresence, .nowLogged,
            .noLongerLogged, .nowNonAnonymous, .nowSemiAnonymous, .created, .nickAssigned,
            .banned, .nickChanged, .kicked, .removedByAffiliation, .removedAsNotMember,
            .removedByShutdown, .removedByError,
        ]
        XCTAssertEqual(
            named.map(\.rawValue),
            [
                100, 101, 102, 103, 104, 110, 170, 171, 172, 173, 201, 210, 301, 303, 307, 321, 322,
                332, 333,
            ])
    }

    func testCodesAreKeptInOrderWhetherTheyAreKnownOrNot() throws {
        var user = try user(
            """
            <status code='999'/><item/><status code=' 110 '/><status code='abc'/><status/>\
            <status code='99'/><status code='1000'/><status code='-110'/><status code='110'/>
            """)
        XCTAssertEqual(user.codes.map(\.rawValue), [999, 110, 110])
        user.codes.append(.created)
        XCTAssertEqual(user.codes.map(\.rawValue), [999, 110, 110, 201])
        XCTAssertEqual(
            user.element.children.map(\.name), ["status", "item", "status", "status", "status"])
        for number in 0...1100 {
            XCTAssertEqual(MUCStatusCode(rawValue: number) != nil, (100...999).contains(number))
        }
    }

    func testAbsentIsAnotherThingThanNone() throws {
        let user = try user(
            "<item affiliation='none' role='none'/><item/><item affiliation='Owner' role=''/>")
        XCTAssertEqual(user.items.map(\.affiliation), [.unaffiliated, nil, nil])
        XCTAssertEqual(user.items.map(\.role), [.noRole, nil, nil])
        XCTAssertEqual(user.items[2].element["affiliation"], "Owner")
        XCTAssertEqual(Affiliation.allCases, Affiliation.allCases.sorted())
        XCTAssertEqual(Role.allCases, Role.allCases.sorted())
        XCTAssertEqual(
            Affiliation.allCases.map(\.rawValue), ["outcast", "none", "member", "admin", "owner"])
        XCTAssertEqual(
            Role.allCases.map(\.rawValue), ["none", "visitor", "participant", "moderator"])
    }

    func testWhatIsNotKnownStaysWhenSomethingIsSet() throws {
        var user = try user(
            """
            <hint xmlns='u'/><item affiliation='Owner' odd='1'><actor nick='F' odd='2'/>\
            <reason>why</reason><more/></item>text<status code='307'/><item jid='@'/>
            """)
        user.items[0].role = .visitor
        user.items[0].actor?.jid = "f@g"
        user.items[1].affiliation = .member
        XCTAssertEqual(
            user,
            try self.user(
                """
                <hint xmlns='u'/><item affiliation='Owner' odd='1' role='visitor'>\
                <actor nick='F' odd='2' jid='f@g'/><reason>why</reason><more/></item>text\
                <status code='307'/><item jid='@' affiliation='member'/>
                """))
        XCTAssertNil(user.items[1].jid)
    }

    func testOfWhatThereIsOnlyOnceTheFirstCounts() throws {
        let twice = { (name: String) in "<\(name) jid='a@b' from='a@b'/><\(name) jid='c@d'/>" }
        var user = try user(
            "\(twice("destroy"))\(twice("decline"))<item>\(twice("actor"))</item>")
        XCTAssertEqual(user.destroy?.alternative, "a@b")
        XCTAssertEqual(user.decline?.from, "a@b")
        XCTAssertEqual(user.items[0].actor?.jid, "a@b")
        user.destroy?.reason = "why"
        user.items[0].actor?.nick = "F"
        XCTAssertEqual(user.destroy?.element["from"], "a@b", "the same, changed")
        XCTAssertEqual(user.element.all("destroy", in: .mucUser).count, 1)
        XCTAssertEqual(user.element.all("decline", in: .mucUser).count, 2)
        XCTAssertEqual(user.items[0].element.children.map(\.name), ["actor"])
    }

    func testSeveralItemsAreReadAndWrittenInOrder() throws {
        var user = MUCUser()
        XCTAssertEqual(user.items, [])
        user.items = [.init(role: .visitor), .init(role: .moderator), .init()]
        XCTAssertEqual(user.items.map(\.role), [.visitor, .moderator, nil])
        user.items.removeFirst()
        XCTAssertEqual(user.items.map(\.role), [.moderator, nil])
    }

    /// XEP-0045, examples 57 and 64.
    func testAnInvitationIsRead() throws {
        let user = try user(
            """
            <invite from='crone1@shakespeare.lit/desktop'><reason>Hey Hecate, this is the place!</reason>\
            <continue thread='e0ffe42b28561960c6b12b944a092794b9683a38'/></invite>\
            <password>cauldronburn</password>
            """)
        XCTAssertEqual(user.invites.map(\.from), ["crone1@shakespeare.lit/desktop"])
        XCTAssertEqual(user.invites.map(\.to), [nil])
        XCTAssertEqual(
            user.invites.first?.continuation?.thread, "e0ffe42b28561960c6b12b944a092794b9683a38")
        XCTAssertEqual(user.password, "cauldronburn")
        XCTAssertNil(user.decline)
        XCTAssertNil(user.destroy)
    }

    func testWhatCannotBeReadIsToldElementByElement() throws {
        let user = try user(
            """
            <item affiliation='king'/><item role='king'/><item jid='@'/><item><actor jid='@'/></item>\
            <item jid='a@b' affiliation='none' role='none' nick=''/><status code='100'/>\
            <status/><invite from='@'/><invite to='a@b'/><decline to='@'/><destroy jid='@'/><destroy/>\
            <other jid='@' xmlns='u'/>
            """)
        let presence = Presence(payloads: [user])
        XCTAssertEqual(
            presence.irregularities.map { irregularity in
                if case .malformedPayload(let element) = irregularity { element.name } else { "?" }
            },
            ["item", "item", "item", "item", "status", "invite", "decline", "destroy"])
    }
}
