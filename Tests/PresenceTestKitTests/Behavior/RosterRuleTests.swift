import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

/// Rosters as RFC 6121, section 2, has them, seen by clients that know nothing of rosters.
final class RosterRuleTests: XCTestCase {
    private let romeo: BareJID = "romeo@m.example"
    private let nurse: BareJID = "nurse@c.example"

    /// A server with one resource that asked for the roster.
    private func setting(
        _ change: (inout ServerBehavior) -> Void = { _ in }
    ) throws -> (server: InMemoryServer, orchard: PlainClient) {
        var behavior = ServerBehavior.standard
        change(&behavior)
        let server = InMemoryServer(behavior: behavior)
        let orchard = PlainClient(server, "romeo@m.example/orchard")
        try orchard.fetch()
        _ = orchard.take()
        return (server, orchard)
    }

    // MARK: Errors

    func testASetThatCannotBeDoneIsRefusedAsTheRFCHasIt() throws {
        let (server, orchard) = try setting { $0.maximumTextLength = 8 }
        server.setEntry(nurse, name: "Nurse", groups: ["Servants"], of: romeo)
        _ = orchard.take()
        let roster = server.roster(of: romeo)
        let version = server.rosterVersion(of: romeo)
        let refused = [
            // Section 2.3.3.
            ("<item jid='a@x.example'/><item jid='b@x.example'/>", "modify bad-request"),
            (
                "<item jid='a@x.example'><group>A</group><group>A</group></item>",
                "modify bad-request"
            ),
            ("<item jid='a@x.example' name='123456789'/>", "modify not-acceptable"),
            ("<item jid='a@x.example' name='éééé5'/>", "modify not-acceptable"),
            ("<item jid='a@x.example'><group/></item>", "modify not-acceptable"),
            ("<item jid='a@x.example'><group>123456789</group></item>", "modify not-acceptable"),
            // Section 2.5.3.
            ("<item jid='a@x.example' subscription='remove'/>", "modify item-not-found"),
            // What is no item of a roster.
            ("", "modify bad-request"),
            ("<item/>", "modify bad-request"),
            ("<item jid=''/>", "modify bad-request"),
            ("<item jid='a@x.example/desk'/>", "modify bad-request"),
            ("<item jid='romeo@m.example'/>", "cancel not-allowed"),
        ]
        for (items, error) in refused {
            try orchard.set(items)
            XCTAssertEqual(orchard.takeOutcome(), ["error \(error)"], items)
            XCTAssertEqual(server.roster(of: romeo), roster, items)
            XCTAssertEqual(server.rosterVersion(of: romeo), version, items)
        }
        let taken = [
            "<item jid='a@x.example' name='12345678'><group>12345678</group></item>",
            "<item jid='a@x.example' name='éééé'/>",
            "<item jid='a@x.example'><group>a</group><group>A</group></item>",
            // Two spellings that Swift calls equal.
            "<item jid='a@x.example'><group>\u{E9}</group><group>e\u{301}</group></item>",
        ]
        for items in taken {
            try orchard.set(items)
            XCTAssertEqual(orchard.takeOutcome(), ["push a@x.example none", "result"], items)
        }
    }

    func testTheRosterOfSomebodyElseIsForbidden() throws {
        let (server, orchard) = try setting()
        server.setEntry(nurse, of: romeo)
        _ = orchard.take()
        let balcony = PlainClient(server, "juliet@c.example/balcony")
        let component = PlainClient(server, component: "g.example")
        let item = "<item jid='nurse@c.example' name='N'/>"
        let query = "<query xmlns='jabber:iq:roster'>"
        for (client, from) in [(balcony, ""), (component, "from='a@g.example'")] {
            for request in ["type='get'>\(query)", "type='set'>\(query)\(item)"] {
                try client.send("<iq id='i' to='\(romeo)' \(from) \(request)</query></iq>")
                XCTAssertEqual(client.takeOutcome(), ["error auth forbidden"], request)
            }
        }
        XCTAssertEqual(server.roster(of: romeo).map(\.name), [nil])
        XCTAssertEqual(orchard.takeOutcome(), [])
    }

    func testWhatAClientMustNotSayOfSubscriptionsIsIgnored() throws {
        let (server, orchard) = try setting()
        for said in ["ask='subscribe'", "subscription='both'", "approved='true'"] {
            try orchard.set("<item jid='\(nurse)' \(said)/>")
            XCTAssertEqual(orchard.takeOutcome(), ["push \(nurse) none", "result"], said)
            XCTAssertEqual(
                server.record(of: nurse, for: romeo), SubscriptionRecord(isInRoster: true), said)
        }
    }

    // MARK: Pushes

    func testAPushGoesToTheResourcesThatAskedForTheRoster() throws {
        let (server, orchard) = try setting()
        let desk = PlainClient(server, "romeo@m.example/desk")
        let phone = PlainClient(server, "romeo@m.example/phone")
        let balcony = PlainClient(server, "juliet@c.example/balcony")
        try desk.fetch()
        try balcony.fetch()
        try phone.send("<presence/>")
        for client in [orchard, desk, phone, balcony] { _ = client.take() }

        // Who sets need not have asked.
        try phone.set("<item jid='\(nurse)' name='N'><group>G</group></item>")
        XCTAssertEqual(phone.takeOutcome(), ["result"])
        XCTAssertEqual(balcony.takeOutcome(), [])
        for (client, resource) in [(orchard, "orchard"), (desk, "desk")] {
            let push = try XCTUnwrap(client.takeElements().first)
            XCTAssertEqual(push[.type], "set")
            XCTAssertEqual(push[.from], romeo.spelling)
            XCTAssertEqual(push[.to], "romeo@m.example/\(resource)")
            let query = try XCTUnwrap(RosterQuery(push.first("query", in: .roster) ?? push))
            XCTAssertEqual(
                query.items, [RosterQuery.Item(nurse, name: "N", groups: ["G"])])
            XCTAssertEqual(query.version, server.rosterVersion(of: romeo))
        }
        desk.connection.disconnect()
        try orchard.set("<item jid='\(nurse)' subscription='remove'/>")
        XCTAssertEqual(orchard.takeOutcome(), ["push \(nurse) remove", "result"])
        XCTAssertEqual(server.roster(of: romeo), [])
    }

    func testASetThatChangesNothingIsPushedAllTheSame() throws {
        let (server, orchard) = try setting()
        for version in ["v1", "v2"] {
            try orchard.set("<item jid='\(nurse)' name='N'/>")
            XCTAssertEqual(orchard.takeOutcome(), ["push \(nurse) none", "result"])
            XCTAssertEqual(server.rosterVersion(of: romeo), version)
        }
    }

    // MARK: Versions

    func testAPresentVersionIsAnsweredWithNothing() throws {
        for versioning in ServerBehavior.Versioning.allCases {
            let (server, _) = try setting { $0.versioning = versioning }
            server.setEntry(nurse, of: romeo)
            let desk = PlainClient(server, "romeo@m.example/desk")
            try desk.fetch(version: server.rosterVersion(of: romeo))
            let isKnown = versioning != .unsupported
            XCTAssertEqual(
                desk.takeOutcome(), isKnown ? ["result"] : ["roster unversioned: \(nurse)"],
                "\(versioning)")
            // Who asked with a version asked for the roster.
            server.setEntry(nurse, name: "N", of: romeo)
            XCTAssertEqual(desk.takeOutcome(), ["push \(nurse) none"], "\(versioning)")
        }
    }

    func testAnUnknownVersionIsAnsweredWithTheWholeRoster() throws {
        let unknown = [
            "", "v", "v2", "v-1", "v01", "v+1", "V1", "1", "\u{2003}", "v99999999999999999999",
        ]
        for version in unknown {
            let (server, _) = try setting()
            server.setEntry(nurse, of: romeo)
            let desk = PlainClient(server, "romeo@m.example/desk")
            try desk.fetch(version: version)
            XCTAssertEqual(desk.takeOutcome(), ["roster v1: \(nurse)"], version)
        }
    }

    func testAContactThatChangedTwiceIsPushedOnce() throws {
        let (server, _) = try setting()
        let old = try XCTUnwrap(server.rosterVersion(of: romeo))
        server.setEntry(nurse, name: "N", of: romeo)
        server.setEntry("tybalt@c.example", of: romeo)
        server.setEntry(nurse, name: "Nurse", of: romeo)
        server.setSubscription(.to, of: romeo, with: "paris@c.example")
        let desk = PlainClient(server, "romeo@m.example/desk")
        try desk.fetch(version: old)
        let elements = desk.takeElements()
        XCTAssertNil(IQ(elements[0])?.payload)
        let pushes = elements.dropFirst().compactMap { $0.first("query", in: .roster) }
            .compactMap { RosterQuery($0) }
        XCTAssertEqual(
            pushes.map { $0.items.map(\.jid) },
            [["tybalt@c.example"], [nurse], ["paris@c.example"]])
        XCTAssertEqual(pushes.map { $0.items.map(\.name) }, [[nil], ["Nurse"], [nil]])
        XCTAssertEqual(pushes.map(\.version), ["v2", "v3", "v4"])
    }

    func testFromEveryVersionPushesLeadToThePresentRoster() throws {
        let (server, orchard) = try setting()
        let contacts: [BareJID] = ["a@x.example", "b@x.example", "c@x.example", "d@x.example"]
        var random = SeededGenerator(seed: 7)
        var rosters: [(version: String, items: [RosterQuery.Item])] = []
        var changed: [BareJID] = []
        for count in 0..<30 {
            rosters.append(
                (try XCTUnwrap(server.rosterVersion(of: romeo)), server.roster(of: romeo)))
            let contact = contacts.randomElement(using: &random) ?? contacts[0]
            changed.append(contact)
            let isKnown = server.roster(of: romeo).contains { $0.jid == contact }
            if isKnown && Bool.random(using: &random) {
                try orchard.set("<item jid='\(contact)' subscription='remove'/>")
            } else {
                try orchard.set("<item jid='\(contact)' name='\(count)'/>")
            }
        }
        XCTAssertEqual(Set(rosters.map(\.version)).count, rosters.count)
        for (index, (version, items)) in rosters.enumerated() {
            let client = PlainClient(server, try JID(validating: "romeo@m.example/r\(index)"))
            try client.fetch(version: version)
            let elements = client.takeElements()
            XCTAssertNil(IQ(elements[0])?.payload, version)
            var roster = Dictionary(uniqueKeysWithValues: items.map { ($0.jid, $0) })
            var seen: Set<BareJID> = []
            for push in elements.dropFirst() {
                let query = push.first("query", in: .roster).flatMap(RosterQuery.init)
                let item = try XCTUnwrap(query?.items.first)
                XCTAssertTrue(seen.insert(item.jid).inserted, "\(item.jid) since \(version)")
                roster[item.jid] = item.isRemoval ? nil : item
            }
            XCTAssertEqual(seen, Set(changed[index...]), version)
            XCTAssertEqual(
                roster.values.sorted { $0.jid < $1.jid }, server.roster(of: romeo), version)
        }
    }

    func testAServerThatKeepsNoChangesAnswersWithTheWholeRoster() throws {
        let (server, _) = try setting { $0.versioning = .whole }
        let old = try XCTUnwrap(server.rosterVersion(of: romeo))
        server.setEntry(nurse, of: romeo)
        let desk = PlainClient(server, "romeo@m.example/desk")
        try desk.fetch(version: old)
        XCTAssertEqual(desk.takeOutcome(), ["roster v1: \(nurse)"])
    }

    func testAServerWithoutVersionsAnnouncesAndSaysNone() throws {
        let (server, orchard) = try setting { $0.versioning = .unsupported }
        XCTAssertFalse(orchard.connection.stream.announcesRosterVersioning)
        server.setEntry(nurse, of: romeo)
        let push = try XCTUnwrap(orchard.takeElements().first?.first("query", in: .roster))
        XCTAssertNil(push["ver"])
    }
}
