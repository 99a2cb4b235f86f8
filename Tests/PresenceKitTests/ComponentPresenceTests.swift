import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// A component's own presence, and that of its contacts, one local address at a time.
final class ComponentPresenceTests: XCTestCase {
    private let bot: BareJID = "bot@comp.localhost"
    private var observed: ObservedComponent!
    private var script: ScriptedStream { observed.script }
    private var component: ComponentPresence { observed.component }

    override func setUpWithError() throws { observed = try ObservedComponent() }

    override func tearDown() { observed = nil }

    func testABroadcastGoesToEverySubscriberOfTheAddress() throws {
        observed.store.put(.from, "a@x", at: bot)
        observed.store.put(.both, "b@x", at: bot)
        observed.store.put(.to, "c@x", at: bot)
        observed.store.put(.neitherPendingIn, "d@x", at: bot)
        observed.store.put(.from, "a@x", at: "other@comp.localhost")
        component.probesContacts = false
        try component.send(Presence(show: .away, status: "Hm"), from: JID(bot))
        let content = "<show>away</show><status>Hm</status>"
        XCTAssertEqual(
            script.takeSentPresence().map { $0.replacing(" xmlns='jabber:client'", with: "") },
            ["a", "b"].map { "available bot@comp.localhost > \($0)@x \(content)" })
        XCTAssertEqual(component[bot].broadcasts.map(\.status), ["Hm"])
        XCTAssertEqual(component[bot].broadcasts.first?.from, JID(bot))
        XCTAssertFalse(component["other@comp.localhost"].isOnline)
        XCTAssertEqual(component.state.availableAddresses, [bot])
        XCTAssertEqual(observed.takeEventNames(), ["own bot@comp.localhost"])
    }

    func testTheDomainItselfIsAnAddress() throws {
        observed.store.put(.from, "a@x", at: "comp.localhost")
        try component.send(Presence(), from: "comp.localhost")
        XCTAssertEqual(script.takeSentPresence(), ["available comp.localhost > a@x"])
    }

    func testWhoWasSentPresenceDirectlyHearsThatItIsOver() throws {
        observed.store.put(.from, "a@x", at: bot)
        try component.send(Presence(), from: JID(bot))
        try component.send(Presence(show: .chat), to: "friend@y/1", from: JID(bot))
        try component.send(Presence(), to: "told@y", from: JID(bot))
        try component.send(Presence(type: .unavailable), to: "told@y", from: JID(bot))
        try component.send(Presence(show: .dnd), to: "a@x/1", from: JID(bot))
        XCTAssertEqual(component[bot][JID(bot)].directedTo, ["a@x/1", "friend@y/1"])
        _ = script.takeSentPresence()
        try component.goOffline(bot, status: "Bye")
        XCTAssertEqual(
            script.takeSent(Presence.self).map {
                "\($0.type?.rawValue ?? "") \($0.to?.description ?? "") \($0.status ?? "")"
            },
            ["unavailable a@x Bye", "unavailable friend@y/1 Bye"])
        XCTAssertFalse(component[bot].isOnline)
        XCTAssertEqual(component.state.availableAddresses, [])
        try component.goOffline(bot)
        XCTAssertEqual(
            script.takeSentPresence(), ["unavailable bot@comp.localhost > a@x"],
            "subscribers may have been told before a crash")
    }

    func testResourcesOfAnAddressSpeakForThemselves() throws {
        observed.store.put(.from, "a@x", at: bot)
        try component.send(Presence(), from: "bot@comp.localhost/1")
        try component.send(Presence(show: .xa), from: "bot@comp.localhost/2")
        try component.send(Presence(), to: "b@y", from: "bot@comp.localhost/2")
        XCTAssertEqual(
            component[bot].availableSenders, ["bot@comp.localhost/1", "bot@comp.localhost/2"])
        _ = script.takeSentPresence()
        try component.send(Presence(type: .unavailable), from: "bot@comp.localhost/1")
        XCTAssertEqual(script.takeSentPresence(), ["unavailable bot@comp.localhost/1 > a@x"])
        XCTAssertTrue(component[bot].isOnline)
        try component.goOffline(bot)
        XCTAssertEqual(
            script.takeSentPresence(),
            [
                "unavailable bot@comp.localhost/2 > a@x",
                "unavailable bot@comp.localhost/2 > b@y",
            ])
    }

    func testWhatCannotBeSentIsRefusedAndNotNoted() throws {
        observed.store.put(.from, "a@x", at: bot)
        func refused(_ code: ComponentError.Code, _ body: () throws -> Void) {
            XCTAssertThrowsError(try body()) {
                XCTAssertEqual($0 as? ComponentError, ComponentError(code))
            }
        }
        refused(.foreignSender) { try component.send(Presence(), from: "bot@elsewhere") }
        refused(.foreignSender) { try component.send(Presence(), from: "bot@sub.comp.localhost") }
        refused(.foreignSender) { try component.probe("a@x", from: "bot@elsewhere") }
        refused(.foreignSender) { try component.subscribe(to: "a@x", from: "bot@elsewhere") }
        refused(.noAddressee) { try component.send(Presence(type: .subscribe), from: JID(bot)) }
        refused(.noAddressee) { try component.send(Presence(type: .probe), from: JID(bot)) }
        refused(.ownAddressee) { try component.subscribe(to: bot, from: bot) }
        refused(.ownAddressee) {
            try component.send(Presence(type: .subscribed, to: JID(bot)), from: JID(bot))
        }
        for presence in [Presence(status: "\u{0}"), Presence(to: "a@x", status: "\u{0}")] {
            XCTAssertThrowsError(try component.send(presence, from: JID(bot))) { error in
                guard case .unserializable? = (error as? ComponentError)?.code else {
                    return XCTFail("\(error)")
                }
            }
        }
        observed.store.failsToRead = true
        refused(.store(SubscriptionStoreError(.unreadable))) {
            try component.send(Presence(), from: JID(bot))
        }
        observed.store.failsToRead = false
        script.end()
        refused(.disconnected) { try component.subscribe(to: "a@x", from: bot) }
        refused(.disconnected) { try component.send(Presence(), to: "a@x", from: JID(bot)) }
        refused(.disconnected) { try component.probe("a@x", from: bot) }
        XCTAssertEqual(script.takeSentPresence(), [])
        XCTAssertEqual(component[bot].broadcasts, [])
        XCTAssertEqual(component[bot][JID(bot)], component[bot]["nobody@comp.localhost"])
        XCTAssertEqual(observed.store.writes, 0)
    }

    func testContactsAreFollowedForEachAddress() throws {
        try script.receive("<presence from='a@x/1' to='u@comp.localhost'/>")
        try script.receive(
            "<presence from='a@x/2' to='u@comp.localhost/r'><show>dnd</show></presence>")
        try script.receive("<presence from='a@x/1' to='v@comp.localhost'/>")
        try script.receive(
            "unavailable", from: "a@x/1", to: "u@comp.localhost")
        try script.receive("<presence from='a@x/2' to='u@comp.localhost'/>")
        try script.receive("<presence from='a@x/2' to='u@comp.localhost'/>")
        XCTAssertEqual(component.presence(of: "a@x", at: "u@comp.localhost").best?.name, "2")
        XCTAssertEqual(component.contacts(at: "v@comp.localhost").map(\.jid), ["a@x"])
        try script.receive(
            "<presence from='a@x' to='u@comp.localhost' type='unavailable'><status>Bye</status></presence>"
        )
        XCTAssertEqual(
            observed.takeEventNames(),
            [
                "online a@x u@comp.localhost", "changed a@x came u@comp.localhost",
                "online a@x v@comp.localhost", "changed a@x went u@comp.localhost",
                "changed a@x changed(PresenceKit.PresenceChange.Aspects(rawValue: 1)) u@comp.localhost",
                "offline a@x unavailable u@comp.localhost",
            ])
        XCTAssertFalse(component.presence(of: "a@x", at: "u@comp.localhost").isOnline)
        XCTAssertEqual(
            component.presence(of: "a@x", at: "u@comp.localhost").lastUnavailable?.status, "Bye")
        XCTAssertEqual(component.state.onlineCount, 1)
        try script.receive("error", from: "a@x", to: "v@comp.localhost")
        XCTAssertEqual(
            observed.takeEventNames(),
            ["error v@comp.localhost", "offline a@x error v@comp.localhost"])
        XCTAssertEqual(component.state.onlineCount, 0)
    }

    func testWhatStandsCanBeSentAgain() throws {
        component.sendAgain(to: "a@x", from: JID(bot))
        XCTAssertEqual(script.takeSentPresence(), [], "nothing does")
        try component.send(Presence(show: .dnd), to: "a@x", from: JID(bot))
        component.sendAgain(to: "a@x", from: JID(bot))
        XCTAssertEqual(script.takeSent(Presence.self).map(\.show), [.dnd, .dnd])
        try component.send(Presence(show: .away), from: JID(bot))
        component.sendAgain(to: "a@x", from: JID(bot))
        component.sendAgain(to: "a@x", from: "bot@comp.localhost/other")
        XCTAssertEqual(script.takeSent(Presence.self).map(\.show), [.away])
        script.end()
        component.sendAgain(to: "a@x", from: JID(bot))
        XCTAssertEqual(script.takeSentPresence(), [])
    }

    func testWhoCannotBeReachedIsNotToldAgain() throws {
        try component.send(Presence(), to: "gone@y/1", from: JID(bot))
        try script.receive("error", from: "gone@y/1", to: "\(bot)")
        _ = script.takeSentPresence()
        try component.goOffline(bot)
        XCTAssertEqual(script.takeSentPresence(), [])
    }

    func testUpdatesBeginWithHowThingsStandAndMissNothing() async throws {
        try script.receive("<presence from='a@x/1' to='u@comp.localhost'/>")
        var updates = component.updates().makeAsyncIterator()
        try script.receive("<presence from='b@x/1' to='u@comp.localhost'/>")
        try script.receive("<presence from='b@x/1' to='u@comp.localhost'/>")
        component.policy = .accept
        try script.receive("subscribe", from: "b@x", to: "u@comp.localhost")
        let first = await updates.next()
        XCTAssertEqual(first?.events, [])
        XCTAssertEqual(first?.state.contacts(at: "u@comp.localhost").count, 1)
        let second = await updates.next()
        XCTAssertEqual(second?.events.map(\.name), ["online b@x u@comp.localhost"])
        let third = await updates.next()
        XCTAssertEqual(
            third?.events.map(\.name),
            [
                "b@x is None + Pending In u@comp.localhost", "subscribe u@comp.localhost",
                "b@x is From u@comp.localhost",
            ])
        XCTAssertEqual(second?.state.onlineCount, 2)
    }

    func testReadingCreatesNothingAndAsksOnceHoweverManyAddressesThereAre() throws {
        for count in [10, 100_000] {
            let store = SharedStore()
            for number in 0..<count {
                store.put(.both, "a@x", at: try BareJID(wire: "l\(number)@comp.localhost"))
            }
            let observed = try ObservedComponent(store: store)
            let script = observed.script
            store.forgetCounts()
            for number in 0..<1000 {
                let stranger = try BareJID(wire: "stranger\(number)@comp.localhost")
                XCTAssertFalse(observed.component[stranger].isOnline)
                XCTAssertEqual(observed.component.requests(at: stranger), [])
                XCTAssertEqual(observed.component.contacts(at: stranger), [])
                XCTAssertFalse(observed.component.presence(of: "a@x", at: stranger).isOnline)
                XCTAssertEqual(observed.component.policy(for: stranger), .manual)
                XCTAssertEqual(
                    try observed.component.subscription(of: "a@x", at: stranger),
                    SubscriptionRecord())
            }
            XCTAssertEqual(store.reads, 1000, "one for each subscription, with \(count) addresses")
            XCTAssertEqual(store.writes, 0)
            XCTAssertEqual(store.contents.count, count)
            XCTAssertEqual(observed.component.state.onlineCount, 0)
            XCTAssertEqual(observed.component.state.addressesWithRequests, [])

            store.forgetCounts()
            try script.receive("probe", from: "a@x", to: "l7@comp.localhost")
            XCTAssertEqual(store.reads, 1)
            try observed.component.send(Presence(), from: "l7@comp.localhost")
            XCTAssertEqual(store.reads, 5, "two to find subscribers, two to find who to probe")
            try script.receive("unsubscribe", from: "a@x", to: "l7@comp.localhost")
            XCTAssertEqual(store.reads, 6)
            XCTAssertEqual(store.writes, 1)
        }
    }
}
