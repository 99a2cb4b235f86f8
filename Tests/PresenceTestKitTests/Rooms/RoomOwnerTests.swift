import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// The form that owners fill in, and the end of rooms.
final class RoomOwnerTests: RoomServiceTestCase {
    private let destroyed =
        "<destroy jid='agora@chat.shakespeare.lit'><reason>Macbeth doth come.</reason>"
        + "<password>pw</password></destroy>"

    func testTheFormShowsTheConfigurationAndComesBackAsItWas() throws {
        var configuration = RoomConfiguration()
        configuration.name = "A Dark Cave"
        configuration.password = "cauldronburn"
        configuration.isMembersOnly = true
        configuration.isModerated = true
        configuration.isNonAnonymous = true
        configuration.isPersistent = true
        configuration.isLogged = true
        configuration.maximumOccupants = 30
        for wanted in [configuration, RoomConfiguration()] {
            try open { $0 = wanted }
            let request = try stanza(
                "crone",
                "<iq id='q' type='get' to='\(coven)'>"
                    + "<query xmlns='http://jabber.org/protocol/muc#owner'/></iq>"
            )
            let answer = try XCTUnwrap(service.receive(request).first)
            var form = try XCTUnwrap(
                answer.children.first { _ in true }?.first("x", in: "jabber:x:data"))
            XCTAssertEqual(form[.type], "form")
            XCTAssertEqual(
                form.all("field", in: "jabber:x:data").compactMap { $0["var"] },
                [
                    "FORM_TYPE", "muc#roomconfig_roomname",
                    "muc#roomconfig_passwordprotectedroom", "muc#roomconfig_roomsecret",
                    "muc#roomconfig_membersonly", "muc#roomconfig_moderatedroom",
                    "muc#roomconfig_persistentroom", "muc#roomconfig_enablelogging",
                    "muc#roomconfig_whois", "muc#roomconfig_maxusers",
                ])
            form[.type] = "submit"
            // A room that is anything but that takes all of it over.
            try open { $0.isLogged = !wanted.isLogged }
            try owner("crone", form.description)
            XCTAssertEqual(service.configuration(of: coven), wanted)
        }
    }

    func testOnlyOwnersConfigureAndDestroy() throws {
        for affiliation in Affiliation.allCases where affiliation != .owner {
            try open(affiliations: ["hag": affiliation])
            for request in ["<x xmlns='jabber:x:data' type='submit'/>", destroyed, ""] {
                XCTAssertEqual(
                    try owner("hag", request), ["hag < room iq error auth forbidden"], request)
            }
            XCTAssertEqual(try owner("hag", "", "get"), ["hag < room iq error auth forbidden"])
        }
    }

    func testAChangeIsToldToEverybody() throws {
        let changes: [(KeyValuePairs<String, String>, String)] = [
            (["whois": "anyone"], "172"), (["whois": "moderators"], "173"),
            (["enablelogging": "1"], "170"), (["enablelogging": "0"], "171"),
            (["roomname": "Cave"], "104"), (["whois": "anyone", "roomname": "A Cave"], "172 104"),
        ]
        try open([("hag", "third")])
        for (change, codes) in changes {
            XCTAssertEqual(
                try configure("crone", change),
                [
                    "crone < room iq result", "crone < room message groupchat \(codes)",
                    "hag < room message groupchat \(codes)",
                ])
            XCTAssertEqual(try configure("crone", change), ["crone < room iq result"], "no change")
        }
    }

    func testWhoIsNoMemberHasToGoWhenTheRoomBecomesOneForMembers() throws {
        try open([("hag", "third"), ("wicca", "second")], affiliations: ["wicca": .member])
        XCTAssertEqual(
            try configure("crone", ["membersonly": "true"]),
            [
                "crone < room iq result", "crone < room message groupchat 104",
                "hag < room message groupchat 104", "wicca < room message groupchat 104",
                "hag < third unavailable none none jid=hag 322 110",
                "crone < third unavailable none none jid=hag 322",
                "wicca < third unavailable none none 322",
            ])
    }

    func testWhatCannotBeIsNotAcceptableAndChangesNothing() throws {
        try open()
        let before = service.configuration(of: coven)
        let refused: [KeyValuePairs<String, String>] = [
            ["passwordprotectedroom": "1"], ["passwordprotectedroom": "1", "roomsecret": ""],
            ["membersonly": "perhaps"], ["whois": "none"], ["maxusers": "many"],
            ["maxusers": "0"], ["maxusers": "-1"], ["maxusers": "99999999999999999999"],
            ["roomname": "New", "moderatedroom": ""],
        ]
        for fields in refused {
            XCTAssertEqual(
                try configure("crone", fields), ["crone < room iq error modify not-acceptable"],
                "\(fields)")
        }
        for content in [
            "", "<x xmlns='jabber:x:data'/>", "<x xmlns='jabber:x:data' type='result'/>",
            "<x xmlns='jabber:x:data' type='submit'>"
                + "<field var='FORM_TYPE'><value>other</value></field></x>",
        ] {
            XCTAssertEqual(
                try owner("crone", content), ["crone < room iq error modify bad-request"], content)
        }
        XCTAssertEqual(service.configuration(of: coven), before)
    }

    func testAPasswordIsSetKeptAndTakenAway() throws {
        try open()
        try configure("crone", ["passwordprotectedroom": "1", "roomsecret": "burn"])
        XCTAssertEqual(service.configuration(of: coven)?.password, "burn")
        try configure("crone", ["roomname": "Cave"])
        XCTAssertEqual(service.configuration(of: coven)?.password, "burn")
        try configure("crone", ["passwordprotectedroom": "0"])
        XCTAssertNil(service.configuration(of: coven)?.password)
        try configure("crone", ["roomsecret": "burn"])
        XCTAssertNil(service.configuration(of: coven)?.password, "not asked for")
    }

    func testCancellingEndsARoomThatIsNewAndNoOther() throws {
        let cancel = "<x xmlns='jabber:x:data' type='cancel'/>"
        try join("crone", as: "first")
        XCTAssertEqual(
            try owner("crone", cancel),
            [
                "crone < first unavailable owner none jid=crone destroy= 110",
                "crone < room iq result",
            ])
        XCTAssertEqual(service.addresses, [])
        try open()
        XCTAssertEqual(try owner("crone", cancel), ["crone < room iq result"])
        XCTAssertEqual(nicks, ["first"])
    }

    func testADestroyedRoomTellsEachOccupantOfItselfAlone() throws {
        try open([("hag", "third"), ("hag/2", "third")]) { $0.isPersistent = true }
        let end = "destroy=agora@chat.shakespeare.lit reason=Macbeth doth come. password=pw 110"
        XCTAssertEqual(
            try owner("crone", destroyed),
            [
                "crone < first unavailable owner none jid=crone \(end)",
                "hag < third unavailable none none jid=hag none none jid=hag/2 \(end)",
                "hag/2 < third unavailable none none jid=hag none none jid=hag/2 \(end)",
                "crone < room iq result",
            ])
        XCTAssertEqual(service.addresses, [])
        try open()
        XCTAssertEqual(
            try owner("crone", "<destroy jid='@'/>"), ["crone < room iq error modify jid-malformed"]
        )
    }

    func testARoomThatIsNoLongerPersistentGoesIfItIsEmpty() throws {
        try open { $0.isPersistent = true }
        try presence("crone", "first", "unavailable")
        try configure("crone", ["persistentroom": "0"])
        XCTAssertEqual(service.addresses, [])
    }

    func testARoomThatNobodyEnteredYetIsThereWhenItsOwnerHasConfiguredIt() throws {
        service.makeRoom(
            coven, configuration: RoomConfiguration(), affiliations: [try user("crone"): .owner])
        try configure("crone", ["membersonly": "1"])
        XCTAssertEqual(service.configuration(of: coven)?.isMembersOnly, true)
        XCTAssertEqual(service.addresses, [coven])
    }
}
