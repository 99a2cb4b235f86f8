import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

final class OwnPresenceTests: XCTestCase {
    private let script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var client = PresenceClient(script.stream)

    override func setUp() {
        _ = client
        script.begin()
    }

    private func sent() -> [String] { script.takeSent().map(\.description) }

    func testWhatIsBroadcastIsRemembered() throws {
        XCTAssertNil(client.state.own.broadcast)
        try client.send(Presence(show: .away, status: "brb"))
        XCTAssertEqual(sent(), ["<presence><show>away</show><status>brb</status></presence>"])
        XCTAssertEqual(client.state.own.broadcast?.show, .away)
        try client.goOffline(status: "bye")
        XCTAssertEqual(sent(), ["<presence type='unavailable'><status>bye</status></presence>"])
        XCTAssertNil(client.state.own.broadcast)
    }

    func testThatWhoWasSentPresenceDirectlyHasItNoMoreIsTold() throws {
        let juliet: JID = "juliet@capulet.example/balcony"
        var told: [[JID]] = []
        client.onEvent {
            if case .ownPresenceChanged(let own) = $0 { told.append(own.directedTo) }
        }
        try client.send(Presence(), to: juliet)
        try script.receive("<presence type='error' from='\(juliet)'/>")
        XCTAssertEqual(told, [[juliet], []])
        try client.send(Presence(), to: juliet)
        script.stream.end()
        XCTAssertEqual(told, [[juliet], [], [juliet], []])
    }

    func testWhoWasSentPresenceDirectlyIsKnownUntilItIsTold() throws {
        let (juliet, nurse) = (
            "juliet@capulet.example/balcony" as JID, "nurse@capulet.example" as JID
        )
        try client.send(Presence(show: .chat), to: juliet)
        try client.send(Presence(), to: nurse)
        XCTAssertEqual(client.state.own.directedTo, [juliet, nurse])
        try client.goOffline(for: nurse)
        XCTAssertEqual(client.state.own.directedTo, [juliet])
        // A broadcast does not reach those who are not subscribed: they stay to be told.
        try client.send(Presence(show: .xa))
        XCTAssertEqual(client.state.own.directedTo, [juliet])
        try client.goOffline()
        XCTAssertEqual(client.state.own.directedTo, [], "the server told them")
        try client.send(Presence(), to: juliet)
        try script.receive("<presence type='error' from='\(juliet)'/>")
        XCTAssertEqual(client.state.own.directedTo, [], "nothing reaches it")
    }

    func testTheLastWordCountsWhereItIsSaidAgain() throws {
        let juliet: JID = "juliet@capulet.example"
        client.sendAgain(to: juliet)
        XCTAssertEqual(sent(), [], "nothing was said")
        try client.send(Presence(show: .away))
        try client.send(Presence(show: .dnd), to: juliet)
        _ = sent()
        client.sendAgain(to: juliet)
        XCTAssertEqual(
            sent(), ["<presence to='juliet@capulet.example'><show>dnd</show></presence>"])
        try client.send(Presence(show: .xa))
        _ = sent()
        client.sendAgain(to: juliet)
        XCTAssertEqual(
            sent(), ["<presence to='juliet@capulet.example'><show>xa</show></presence>"])
        XCTAssertNil(client.state.own.broadcast?.to)
    }

    func testWhatIsSentAgainHasAnIdOfItsOwn() throws {
        let juliet: JID = "juliet@capulet.example"
        try client.send(Presence(id: "x", show: .dnd), to: juliet)
        client.sendAgain(to: juliet)
        XCTAssertEqual(script.takeSent().map { $0[.id] }, ["x", nil])
        client.givesIDs = true
        client.sendAgain(to: juliet)
        try client.send(Presence(show: .away))
        client.sendAgain(to: juliet)
        XCTAssertEqual(script.takeSent().map { $0[.id] }, ["id1", "id2", "id3"])
    }

    func testANewSessionBeginsWithWhatWasSaidLast() throws {
        try client.send(Presence(id: "x", show: .away))
        try client.send(Presence(show: .chat), to: "juliet@capulet.example")
        try client.send(Presence(), to: "room@muc.example/romeo")
        client.follow(room: "room@muc.example")
        _ = sent()
        script.stream.end()
        XCTAssertEqual(client.state.own.directedTo, [])
        script.begin()
        XCTAssertEqual(
            sent(),
            [
                "<presence><show>away</show></presence>",
                "<presence to='juliet@capulet.example'><show>chat</show></presence>",
            ], "rooms are joined by whoever follows them")
        script.stream.resume()
        XCTAssertEqual(sent(), [], "a session that goes on knows it")
        client.resendsPresence = false
        script.stream.end()
        script.begin()
        XCTAssertEqual(sent(), [])
        client.resendsPresence = true
        try client.goOffline()
        script.stream.end()
        _ = sent()
        script.begin()
        XCTAssertEqual(sent(), [], "who went offline stays so")
    }

    func testWhoGoesOfflineBetweenSessionsStaysSoForEverybody() throws {
        let (juliet, nurse) = ("juliet@capulet.example" as JID, "nurse@capulet.example" as JID)
        try client.send(Presence())
        try client.send(Presence(), to: juliet)
        script.stream.end()
        try client.goOffline()
        _ = sent()
        script.begin()
        XCTAssertEqual(sent(), [], "nor is anybody sent presence directly")
        try client.send(Presence(), to: juliet)
        try client.send(Presence(), to: nurse)
        script.stream.end()
        try client.goOffline(for: juliet)
        _ = sent()
        script.begin()
        XCTAssertEqual(sent(), ["<presence to='\(nurse)'/>"])
    }

    func testWhoGoesOfflineWhilePresenceIsSentAgainSendsNoMore() throws {
        try client.send(Presence(show: .away))
        try client.send(Presence(), to: "juliet@capulet.example")
        script.stream.end()
        _ = sent()
        client.onEvent { [unowned client] event in
            if case .ownPresenceChanged(let own) = event, own.broadcast != nil {
                try? client.goOffline()
            }
        }
        script.begin()
        XCTAssertEqual(
            sent(),
            ["<presence><show>away</show></presence>", "<presence type='unavailable'/>"])
    }

    func testAnotherAccountSpeaksToNobodyThatTheFirstOneSpokeTo() throws {
        try client.send(Presence(), to: "juliet@capulet.example")
        script.stream.end()
        _ = sent()
        script.stream.begin(as: "benvolio@montague.example/orchard")
        XCTAssertEqual(sent(), [])
    }

    func testWhatIsSaidAgainIsAnotherStanza() throws {
        let juliet: JID = "juliet@capulet.example"
        try client.send(Presence(id: "x"), to: juliet)
        _ = sent()
        client.sendAgain(to: juliet)
        XCTAssertEqual(sent(), ["<presence to='\(juliet)'/>"])
        client.givesIDs = true
        client.sendAgain(to: juliet)
        XCTAssertEqual(sent(), ["<presence to='\(juliet)' id='id1'/>"])
    }

    func testAnErrorIsToldWhenItsSenderIsForgotten() throws {
        try client.send(Presence(), to: "juliet@capulet.example")
        var told: [[JID]] = []
        client.onEvent { [unowned client] event in
            if case .error = event { told.append(client.state.own.directedTo) }
        }
        try script.receive("<presence type='error' from='juliet@capulet.example'/>")
        XCTAssertEqual(told, [[]])
    }

    func testPresenceThatIsSetBeforeASessionIsSentWhenOneBegins() throws {
        script.stream.end()
        try client.send(Presence(show: .dnd))
        XCTAssertEqual(sent(), [])
        XCTAssertThrowsError(try client.send(Presence(status: "\u{0}")))
        script.begin()
        XCTAssertEqual(sent(), ["<presence><show>dnd</show></presence>"])
    }

    func testIdsAreGivenOnlyWhereTheyAreAskedFor() throws {
        client.givesIDs = true
        try client.send(Presence())
        try client.send(Presence(type: .subscribe, to: "a@b", id: "own"))
        XCTAssertEqual(
            sent(), ["<presence id='id1'/>", "<presence to='a@b' id='own' type='subscribe'/>"])
        var ids: [String?] = []
        client.onEvent { if case .subscribe(let presence) = $0 { ids.append(presence.id) } }
        try script.receive("<presence from='a@b' type='subscribe'/>")
        XCTAssertEqual(ids, [nil], "what is received stays as it is")
    }

    func testAProbeIsOneCall() throws {
        try client.probe("a@b")
        XCTAssertEqual(sent(), ["<presence to='a@b' type='probe'/>"])
        XCTAssertEqual(client.state.own.directedTo, [])
    }

    func testTheOwnOtherResourcesAreApart() throws {
        var log: [String] = []
        client.onEvent { event in
            if case .ownResourceChanged(let own, let change) = event {
                log.append("\(change.resource ?? "-") \(own.resources.count)")
            }
        }
        try script.receive("<presence from='romeo@montague.example/orchard'/>")
        try script.receive("<presence from='romeo@montague.example/work'/>")
        XCTAssertEqual(log, ["orchard 1", "work 2"])
        XCTAssertEqual(client.contacts, [])
        XCTAssertEqual(client["romeo@montague.example"].resources.count, 2)
        script.stream.end()
        XCTAssertEqual(log.count, 4)
        XCTAssertEqual(client.state.ownResources?.isOnline, false)
    }

    /// What is meant for somebody would be a stanza in the middle of authentication.
    func testNothingIsSentToAnybodyOutsideOfASession() throws {
        script.stream.end()
        for presence in [
            Presence(to: "a@b"), Presence(type: .subscribe, to: "a@b"),
            Presence(type: .probe, to: "a@b"),
        ] {
            XCTAssertThrowsError(try client.send(presence)) {
                XCTAssertEqual($0 as? PresenceError, PresenceError(.disconnected))
            }
        }
        XCTAssertThrowsError(try client.subscribe(to: "a@b"))
        client.sendAgain(to: "a@b")
        XCTAssertEqual(sent(), [])
        XCTAssertEqual(client.state.own.directedTo, [])
        XCTAssertEqual(client.subscription(of: "a@b"), SubscriptionRecord())
    }

    func testAnAddresseeThatIsNoAddressIsNotEverybody() throws {
        var presence = Presence()
        presence.element[.to] = "@"
        try client.send(presence)
        XCTAssertNil(client.state.own.broadcast)
    }
}
