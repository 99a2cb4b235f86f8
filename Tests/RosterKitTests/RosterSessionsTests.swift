import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

/// What becomes of the roster over sessions, and what handlers and followers may rely on.
final class RosterSessionsTests: XCTestCase {
    private let script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var client = RosterClient(script.stream)
    private let versioning = "<ver xmlns='urn:xmpp:features:rosterver'/>"

    private func result(_ items: String, id: String, ver: String = "1") throws {
        try script.receive(
            "<iq type='result' id='\(id)'><query xmlns='jabber:iq:roster' ver='\(ver)'>\(items)</query></iq>"
        )
    }

    private func push(_ items: String, ver: String = "2") throws {
        try script.receive(
            "<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='\(ver)'>\(items)</query></iq>"
        )
    }

    func testTheStateSaysHowMuchIsKnown() throws {
        XCTAssertEqual(client.roster.state, .notLoaded)
        script.begin(features: versioning)
        XCTAssertEqual(client.roster.state, .notLoaded)
        try result("<item jid='a@x'/>", id: "id1")
        XCTAssertEqual(client.roster.state, .current)
        script.stream.resume()
        XCTAssertEqual(client.roster.state, .current)
        script.stream.end()
        XCTAssertEqual(client.roster.state, .fromCache)
        XCTAssertEqual(client.roster.count, 1, "it outlives the session")
        script.begin(features: versioning)
        XCTAssertEqual(client.roster.state, .fromCache)
        try script.receive("<iq type='result' id='id2'/>")
        XCTAssertEqual(client.roster.state, .current)
    }

    /// An entry that stays is the same, however often the roster is received.
    func testEntriesLiveOnOverSessions() throws {
        _ = client
        script.begin()
        try result("<item jid='a@x'/><item jid='b@x'/>", id: "id1")
        let first = client.roster
        script.stream.end()
        script.begin()
        try result("<item jid='a@x' name='A'/>", id: "id2")
        XCTAssertEqual(client.roster["a@x"]?.id, first["a@x"]?.id)
        script.stream.end()
        script.begin()
        try result("<item jid='b@x'/>", id: "id3")
        XCTAssertNotEqual(client.roster["b@x"]?.id, first["b@x"]?.id)
    }

    func testAnAnswerOfAnOldSessionIsIgnored() throws {
        var failures: [RequestError.Code] = []
        client.onEvent {
            if case .initialRosterFailed(let error) = $0 { failures.append(error.code) }
        }
        script.begin(features: versioning)
        script.stream.end()
        XCTAssertEqual(failures, [.disconnected])
        script.begin(features: versioning)
        try result("<item jid='a@x'/>", id: "id1")
        XCTAssertEqual(client.roster.count, 0)
        XCTAssertNil(client.roster.version)
        try result("<item jid='b@x'/>", id: "id2")
        XCTAssertEqual(client.roster.items.map(\.jid), ["b@x"])
    }

    func testTheRosterOfAnotherAccountIsForgotten() throws {
        var events: [RosterEvent] = []
        _ = client
        script.begin(features: versioning)
        try result("<item jid='a@x'><group>G</group></item>", id: "id1")
        let item = try XCTUnwrap(client.roster["a@x"])
        client.onEvent { events.append($0) }
        script.stream.end()
        _ = script.takeSent()
        script.stream.begin(as: "juliet@capulet.example/balcony")
        XCTAssertEqual(events, [.groupRemoved("G"), .entryRemoved(item)])
        XCTAssertEqual(
            script.takeSent().map { $0.first("query", in: .roster)?["ver"] }, [""])
    }

    func testAHandlerMayReadAndCallAndAddAndCancelHandlers() throws {
        var log: [String] = []
        var second: Registration?
        client.onEvent { [unowned self] event in
            guard case .groupAdded(let group) = event else { return }
            log.append("first \(group) \(client.roster.count)")
            second?.cancel()
            client.refresh()
            client.onEvent { event in if case .entryAdded = event { log.append("late") } }
            try? script.receive("<iq type='set' id='q'><query xmlns='jabber:iq:roster'/></iq>")
        }
        second = client.onEvent { _ in log.append("second") }
        script.begin()
        try push("<item jid='a@x'><group>G</group></item>")
        XCTAssertEqual(log, ["first G 1", "late"])
        XCTAssertEqual(
            script.takeSent().map { "\($0[.type] ?? "") \($0[.id] ?? "")" },
            ["get id1", "get id2", "result p", "result q"])
    }

    /// What a handler imports stays, and the server is asked again: whether it has the change at
    /// hand nobody knows.
    func testAHandlerMayImportARoster() throws {
        var isDone = false
        client.onEvent { [unowned self] event in
            guard case .groupAdded = event, !isDone else { return }
            isDone = true
            try? client.importRoster(#"{"items":{"i@x":{"groups":["I"]}},"ver":"7"}"#.utf8)
        }
        script.begin(features: versioning)
        _ = script.takeSent()
        try push("<item jid='a@x'><group>G</group><group>H</group></item><item jid='b@x'/>")
        XCTAssertEqual(client.roster.items.map(\.jid), ["i@x"])
        XCTAssertEqual(client.roster.groupNames, ["I"])
        XCTAssertEqual(
            script.takeSent().map { $0.first("query", in: .roster)?["ver"] }, ["7", nil])
        isDone = false
        try result("<item jid='a@x'><group>G</group></item>", id: "id2")
        XCTAssertEqual(client.roster.items.map(\.jid), ["i@x"])
        XCTAssertEqual(client.roster.state, .fromCache)
        XCTAssertEqual(script.takeSent().map { $0.first("query", in: .roster)?["ver"] }, ["7"])
    }

    func testSubscriptionStanzasAreToldAsTheyCame() throws {
        var stanzas: [String] = []
        client.onEvent { event in
            switch event {
            case .subscribe(let stanza): stanzas.append("1 \(stanza.type?.rawValue ?? "")")
            case .subscribed(let stanza): stanzas.append("2 \(stanza.type?.rawValue ?? "")")
            case .unsubscribe(let stanza): stanzas.append("3 \(stanza.type?.rawValue ?? "")")
            case .unsubscribed(let stanza): stanzas.append("4 \(stanza.id ?? "")")
            case .entrySubscriptionChanged(let item): stanzas.append("push \(item.jid)")
            default: break
            }
        }
        script.begin()
        try result("<item jid='a@x' subscription='both'/>", id: "id1")
        for type in ["subscribe", "subscribed", "unsubscribe"] {
            try script.receive("<presence from='stranger@x/r' type='\(type)'/>")
        }
        try script.receive("<presence from='a@x' type='unsubscribed' id='s'/>")
        try push("<item jid='a@x' subscription='from'/>")
        XCTAssertEqual(
            stanzas, ["1 subscribe", "2 subscribed", "3 unsubscribe", "4 s", "push a@x"])
    }

    func testSubscriptionsAreManagedByContact() throws {
        XCTAssertThrowsError(try client.subscribe(to: "a@x")) { error in
            XCTAssertEqual((error as? RequestError)?.code, .disconnected)
        }
        script.begin()
        try result("<item jid='a@x' subscription='both'/>", id: "id1")
        try script.receive("<presence from='b@x' type='subscribe'/>")
        _ = script.takeSent()
        XCTAssertEqual(try client.approve("c@x"), .impossible(.preApprovalNotAnnounced))
        XCTAssertEqual(try client.approve("b@x"), .send([.subscribed]))
        XCTAssertEqual(try client.denyRequest(of: "b@x"), .impossible(.alreadyApproved))
        XCTAssertEqual(try client.subscribe(to: "a@x"), .alreadySo)
        XCTAssertEqual(try client.subscribe(to: "b@x", reason: "me too"), .send([.subscribe]))
        XCTAssertEqual(try client.unsubscribe(from: "a@x"), .send([.unsubscribe]))
        XCTAssertEqual(try client.cancelSubscription(of: "a@x"), .send([.unsubscribed]))
        XCTAssertEqual(
            script.takeSent().map { "\($0[.type] ?? "") \($0[.to] ?? "")" },
            ["subscribed b@x", "subscribe b@x", "unsubscribe a@x", "unsubscribed a@x"])
        XCTAssertThrowsError(try client.subscribe(to: "d@x", reason: "\u{0}")) { error in
            XCTAssertEqual((error as? RequestError)?.code, .invalidRequest)
        }
        XCTAssertEqual(script.takeSent(), [])
    }

    /// Whoever follows late begins with the roster as it stands, and misses nothing after.
    func testUpdatesBeginWithTheRosterAndMissNothing() async throws {
        // Not those of the test case, which XCTest never lets go of.
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        let client = RosterClient(script.stream)
        script.begin()
        let query = "<query xmlns='jabber:iq:roster'>"
        func push(_ item: String) throws {
            try script.receive("<iq type='set' id='p'>\(query)\(item)</query></iq>")
        }
        try script.receive("<iq type='result' id='id1'>\(query)<item jid='a@x'/></query></iq>")
        var updates = client.updates().makeAsyncIterator()
        try push("<item jid='b@x'><group>G</group></item>")
        try push("<item jid='b@x'><group>G</group></item>")
        try push("<item jid='a@x' subscription='remove'/>")
        let first = await updates.next()
        XCTAssertEqual(first?.events, [])
        XCTAssertEqual(first?.roster.items.map(\.jid), ["a@x"])
        let second = await updates.next()
        XCTAssertEqual(second?.events.count, 2, "one update for one push, and none for no change")
        XCTAssertEqual(second?.roster.items.map(\.jid), ["a@x", "b@x"])
        let third = await updates.next()
        XCTAssertEqual(third?.roster.items.map(\.jid), ["b@x"])
        XCTAssertEqual(
            first.flatMap { third?.roster.difference(from: $0.roster) },
            third.flatMap { third in
                second.map { [third.events[0]] + $0.events }
            })
    }
}
