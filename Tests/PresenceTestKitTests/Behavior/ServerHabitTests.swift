import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

/// What real servers do otherwise beside their state machines, which the recordings are about.
final class ServerHabitTests: XCTestCase {
    private let behaviors: [(name: String, behavior: ServerBehavior)] = [
        ("standard", .standard), ("prosody", .prosody), ("ejabberd", .ejabberd),
    ]
    private let romeo: BareJID = "romeo@m.example"

    private func connect(_ server: InMemoryServer, _ resource: String) throws -> PlainClient {
        PlainClient(server, try JID(validating: "romeo@m.example/\(resource)"))
    }

    // MARK: Items

    func testWhatAClientMaySetIsAnotherThingOnEachServer() throws {
        let push = "push a@x.example none"
        let expected: [(items: String, standard: String, prosody: String, ejabberd: String)] = [
            (
                "<item jid='romeo@m.example'/>", "error cancel not-allowed",
                "error cancel not-allowed", "push romeo@m.example none"
            ),
            (
                "<item jid='a@x.example/desk'/>", "error modify bad-request",
                "error modify bad-request", "push a@x.example/desk none"
            ),
            ("<item jid='a@x.example' ask='subscribe'/>", push, push, "error modify bad-request"),
            (
                "<item jid='a@x.example'><group>A</group><group>A</group></item>",
                "error modify bad-request", push, "error modify bad-request"
            ),
            (
                "<item jid='a@x.example'><group/></item>", "error modify not-acceptable", push,
                "error modify not-acceptable"
            ),
            (
                "<item jid='a@x.example' name='\(String(repeating: "n", count: 1_100))'/>",
                "error modify not-acceptable", push, push
            ),
            (
                "<item jid='a@x.example' subscription='remove'/>", "error modify item-not-found",
                "error modify item-not-found", "push a@x.example remove"
            ),
        ]
        for row in expected {
            let outcomes = [row.standard, row.prosody, row.ejabberd]
            for ((name, behavior), outcome) in zip(behaviors, outcomes) {
                let server = InMemoryServer(behavior: behavior)
                let client = try connect(server, "desk")
                try client.fetch()
                _ = client.take()
                try client.set(row.items)
                let isPush = outcome.hasPrefix("push")
                let order = name == "prosody" ? ["result", outcome] : [outcome, "result"]
                XCTAssertEqual(
                    client.takeOutcome(), isPush ? order : [outcome], "\(name): \(row.items)")
            }
        }
    }

    /// The recording `roster-push-unacked-and-forged`.
    func testTheRosterOfSomebodyElseIsRefused() throws {
        let errors = ["auth forbidden", "cancel service-unavailable", "auth forbidden"]
        for ((name, behavior), error) in zip(behaviors, errors) {
            let server = InMemoryServer(behavior: behavior)
            server.addAccount("juliet@c.example")
            let client = try connect(server, "desk")
            for type in ["get", "set"] {
                try client.send(
                    """
                    <iq type='\(type)' to='juliet@c.example' id='i'><query \
                    xmlns='jabber:iq:roster'><item jid='a@x.example'/></query></iq>
                    """)
                XCTAssertEqual(client.takeOutcome(), ["error \(error)"], name)
            }
            XCTAssertEqual(server.roster(of: "juliet@c.example"), [], name)
        }
    }

    func testGroupsAreKeptAsTheServerKeepsThem() throws {
        let server = InMemoryServer(behavior: .prosody)
        let client = try connect(server, "desk")
        let groups = ["B", "", "A", "B", "C", "D", "E", "F"]
        let words = groups.map { "<group>\($0)</group>" }.joined()
        try client.set("<item jid='a@x.example'>\(words)</item>")
        _ = client.take()
        var orders: Set<[String]> = []
        for _ in 0..<8 {
            try client.fetch()
            let item = client.takeElements().first?.first("query", in: .roster)?
                .first("item", in: .roster)
            XCTAssertEqual(item?["subscription"], "none")
            orders.insert(try XCTUnwrap(item).all("group", in: .roster).map(\.text))
        }
        XCTAssertEqual(Set(orders.map { $0.sorted() }), [["", "A", "B", "C", "D", "E", "F"]])
        XCTAssertGreaterThan(orders.count, 1, "groups come in any order")
    }

    // MARK: Pushes and versions

    func testAPushIsAddressedAsTheServerDoesIt() throws {
        for (name, behavior) in behaviors {
            let server = InMemoryServer(behavior: behavior)
            let clients = try ["desk", "phone"].map { try connect(server, $0) }
            for client in clients { try client.fetch() }
            for client in clients { _ = client.take() }
            server.setEntry("a@x.example", of: romeo)
            let pushes = try clients.map { try XCTUnwrap($0.takeElements().first) }
            let isProsody = name == "prosody"
            XCTAssertEqual(pushes[0][.id] == pushes[1][.id], isProsody, name)
            XCTAssertEqual(pushes[0][.from], isProsody ? nil : romeo.spelling, name)
            XCTAssertEqual(pushes[0][.to], isProsody ? nil : "romeo@m.example/desk", name)
        }
    }

    /// The recording `roster-version-of-first-change`.
    func testWhoCachedAnEmptyRosterOfProsodyNeverSeesTheFirstContact() throws {
        let outcomes = try behaviors.map { _, behavior in
            let server = InMemoryServer(behavior: behavior)
            server.addAccount(romeo)
            let empty = try XCTUnwrap(server.rosterVersion(of: romeo))
            server.setEntry("a@x.example", of: romeo)
            let client = try connect(server, "desk")
            try client.fetch(version: empty)
            return client.takeOutcome().map { $0.split(separator: " ")[0] }
        }
        XCTAssertEqual(outcomes, [["result", "push"], ["result"], ["roster"]])
    }

    /// The recording `roster-versioned-fetch`.
    func testVersionsLookAsTheyDoOnTheServer() throws {
        let prosody = InMemoryServer(behavior: .prosody)
        var versions: [String?] = []
        prosody.addAccount(romeo)
        for name in [nil, "A", "B", "A"] {
            if let name { prosody.setEntry("a@x.example", name: name, of: romeo) }
            versions.append(prosody.rosterVersion(of: romeo))
        }
        XCTAssertEqual(versions, ["1", "1", "2", "3"])

        let ejabberd = InMemoryServer(behavior: .ejabberd)
        let client = try connect(ejabberd, "desk")
        versions = []
        for name in ["A", "B", "A"] {
            ejabberd.setEntry("a@x.example", name: name, of: romeo)
            versions.append(ejabberd.rosterVersion(of: romeo))
            // Pushes have a version whether one was asked for or not.
            XCTAssertEqual(
                client.takeElements().first?.first("query", in: .roster)?["ver"], versions.last)
        }
        XCTAssertEqual(versions[0], versions[2])
        XCTAssertNotEqual(versions[0], versions[1])
        for version in versions {
            XCTAssertEqual(version?.count, 40)
            XCTAssertEqual(version?.allSatisfy(\.isHexDigit), true)
        }
        try client.fetch()
        XCTAssertEqual(client.takeOutcome(), ["roster unversioned: a@x.example"])
        try client.fetch(version: "")
        let version = try XCTUnwrap(versions[2])
        XCTAssertEqual(client.takeOutcome(), ["roster \(version): a@x.example"])
    }

    func testAPushOfWhatDidNotChangeHasTheVersionThatWasThere() throws {
        let server = InMemoryServer(behavior: .prosody)
        let client = try connect(server, "desk")
        try client.fetch()
        _ = client.take()
        for (stanza, version) in [("subscribe", "1"), ("subscribe", "1"), ("unsubscribe", "2")] {
            try client.send("<presence type='\(stanza)' to='a@x.example'/>")
            let push = client.takeElements().first { $0.name == "iq" }
            XCTAssertEqual(push?.first("query", in: .roster)?["ver"], version, stanza)
        }
    }

    // MARK: Requests

    /// The recording `sub-offline-request-with-payload`.
    func testWhatIsDeliveredAgainOfARequestIsWhatTheServerKept() throws {
        let whole = ["status", "nick", "note"]
        let expected: [(ServerBehavior.Requests.Kept, children: [String], id: String?)] = [
            (.everything, whole, "i"), (.statusAndNickname, ["status", "nick"], nil),
            (.status, ["status"], nil),
        ]
        XCTAssertEqual(expected.count, ServerBehavior.Requests.Kept.allCases.count)
        for (kept, children, id) in expected {
            for isFirst in [false, true] {
                var behavior = ServerBehavior.standard
                behavior.requests.kept = kept
                behavior.requests.precedeOwnPresence = isFirst
                let server = InMemoryServer(behavior: behavior)
                server.addAccount(romeo)
                let component = PlainClient(server, component: "g.example")
                try component.send(
                    """
                    <presence type='subscribe' from='a@g.example' to='\(romeo)' id='i'>\
                    <status>Hi</status><nick xmlns='http://jabber.org/protocol/nick'>A</nick>\
                    <note xmlns='urn:example:note'/></presence>
                    """)
                let client = try connect(server, "desk")
                try client.send("<presence/>")
                let elements = client.takeElements()
                XCTAssertEqual(
                    elements.map { $0[.type] }, isFirst ? ["subscribe", nil] : [nil, "subscribe"])
                let request = try XCTUnwrap(elements.first { $0[.type] != nil })
                XCTAssertEqual(request.children.map(\.name), children, "\(kept)")
                XCTAssertEqual(request[.id], id, "\(kept)")
                XCTAssertEqual(request[.from], "a@g.example")
                XCTAssertEqual(request[.to], romeo.spelling)
            }
        }
    }

    func testProsodyRepeatsARequestWhenAResourceComes() throws {
        for (name, behavior) in behaviors {
            let server = InMemoryServer(behavior: behavior)
            let component = PlainClient(server, component: "g.example")
            let client = try connect(server, "desk")
            try client.send("<presence type='subscribe' to='a@g.example' id='i'/>")
            XCTAssertEqual(component.take(), ["presence subscribe \(romeo) to a@g.example"], name)
            try client.fetch()
            _ = client.take()
            let version = server.rosterVersion(of: romeo)
            try client.send("<presence/>")
            XCTAssertEqual(server.rosterVersion(of: romeo), version, name)
            let isProsody = name == "prosody"
            XCTAssertEqual(
                component.take(), isProsody ? ["presence subscribe \(romeo) to a@g.example"] : [],
                name)
            XCTAssertEqual(
                client.takeOutcome().filter { $0.hasPrefix("push") },
                isProsody ? ["push a@g.example none"] : [], name)
        }
    }

    /// The recording `sub-self`.
    func testNobodySubscribesToItself() throws {
        for (name, behavior) in behaviors {
            let server = InMemoryServer(behavior: behavior)
            let client = try connect(server, "desk")
            for stanza in SubscriptionStanza.allCases {
                try client.send("<presence type='\(stanza.rawValue)' to='\(romeo)'/>")
                XCTAssertEqual(
                    client.takeOutcome(), name == "prosody" ? ["error modify bad-request"] : [],
                    "\(name): \(stanza)")
            }
            XCTAssertEqual(server.roster(of: romeo), [], name)
        }
    }

    // MARK: Probes

    /// The recording `presence-probe-via-component`.
    func testAProbeIsAnsweredAsTheServerDoesIt() throws {
        let there = "available romeo@m.example/desk"
        let all = [there + " show", "available romeo@m.example/phone"]
        let expected: [(stranger: [String], one: [String], absent: [String])] = [
            (["unsubscribed romeo@m.example"], [there], ["unavailable romeo@m.example delay"]),
            ([], all, ["unavailable romeo@m.example"]),
            ([], [there + " show"], []),
        ]
        for ((name, behavior), answers) in zip(behaviors, expected) {
            let server = InMemoryServer(behavior: behavior)
            let component = PlainClient(server, component: "g.example")
            let clients = try ["desk", "phone"].map { try connect(server, $0) }
            try clients[0].send("<presence><show>away</show></presence>")
            try clients[1].send("<presence/>")
            func answer(to address: String) throws -> [String] {
                try component.send("<presence type='probe' from='a@g.example' to='\(address)'/>")
                return component.takeElements().map { element in
                    let words = [element[.type] ?? "available", element[.from] ?? "-"]
                    return (words + element.children.map(\.name)).joined(separator: " ")
                }
            }
            XCTAssertEqual(try answer(to: "romeo@m.example"), answers.stranger, name)
            server.setSubscription(.from, of: romeo, with: "a@g.example")
            _ = component.take()
            XCTAssertEqual(try answer(to: "romeo@m.example/desk"), answers.one, name)
            XCTAssertEqual(try answer(to: "romeo@m.example"), all, name)
            for client in clients { client.connection.disconnect() }
            _ = component.take()
            XCTAssertEqual(try answer(to: "romeo@m.example"), answers.absent, name)
        }
    }

    // MARK: A client on each of them

    func testAClientOfThisLibraryEndsWhereEachServerDoes() throws {
        for (name, behavior) in behaviors {
            let server = InMemoryServer(behavior: behavior)
            let orchard = server.makeConnection(as: "romeo@m.example/orchard")
            let balcony = server.makeConnection(as: "juliet@c.example/balcony")
            let romeos = RosterClient(orchard.stream)
            let juliets = RosterClient(balcony.stream)
            for connection in [orchard, balcony] { connection.connect() }
            for client in [romeos, juliets] { try client.presence.send(Presence()) }
            let juliet: BareJID = "juliet@c.example"
            var states: [SubscriptionState] = []
            func step(_ change: () throws -> Void) rethrows {
                try change()
                states.append(server.record(of: juliet, for: romeo).state)
                for (client, own, other) in [(romeos, romeo, juliet), (juliets, juliet, romeo)] {
                    let item = server.roster(of: own).first { $0.jid == other }
                    let known = client.roster[other]
                    XCTAssertEqual(known?.subscription, item?.subscription, "\(name) \(states)")
                    XCTAssertEqual(known?.isPendingOut, item?.isPendingOut, "\(name) \(states)")
                }
            }
            try step { try romeos.subscribe(to: juliet) }
            try step { try juliets.approve(romeo) }
            try step { try juliets.subscribe(to: romeo) }
            try step { try romeos.approve(juliet) }
            try step { try romeos.unsubscribe(from: juliet) }
            try step { try romeos.cancelSubscription(of: juliet) }
            XCTAssertEqual(
                states, [.neitherPendingOut, .to, .toPendingIn, .both, .from, .neither], name)
        }
    }
}
