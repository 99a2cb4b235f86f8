import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Probes: who is told what of a local address, and whom it asks.
final class ComponentProbeTests: XCTestCase {
    private let bot: BareJID = "bot@comp.localhost"
    private var observed: ObservedComponent!
    private var script: ScriptedStream { observed.script }
    private var component: ComponentPresence { observed.component }

    override func setUpWithError() throws {
        observed = try ObservedComponent()
        observed.store.put(.from, "a@x", at: bot)
    }

    override func tearDown() { observed = nil }

    private func probe(_ to: String, from: String = "a@x/1") throws -> [String] {
        _ = script.takeSentPresence()
        try script.receive("<presence type='probe' id='p' from='\(from)' to='\(to)'/>")
        return script.takeSent(Presence.self).map { presence in
            "\(presence.type?.rawValue ?? "?") \(presence.from?.description ?? "?")"
                + " > \(presence.to?.description ?? "?") \(presence.id ?? "-")"
                + " \(presence.show?.rawValue ?? "-") \(presence.status ?? "-")"
        }
    }

    func testASubscriberIsToldOfEveryResource() throws {
        try component.send(Presence(id: "1", show: .dnd, status: "Busy"), from: JID(bot))
        try component.send(Presence(id: "2"), from: "bot@comp.localhost/r")
        XCTAssertEqual(
            try probe("bot@comp.localhost"),
            [
                "available bot@comp.localhost > a@x/1 1 dnd Busy",
                "available bot@comp.localhost/r > a@x/1 2 - -",
            ])
    }

    func testAProbeOfOneResourceIsAnsweredOfThatAlone() throws {
        try component.send(Presence(id: "1", show: .dnd), from: JID(bot))
        try component.send(
            Presence(id: "2", show: .away, status: "Hm"), from: "bot@comp.localhost/r")
        XCTAssertEqual(
            try probe("bot@comp.localhost/r"), ["available bot@comp.localhost/r > a@x/1 2 - -"],
            "no more than that it is there")
        XCTAssertEqual(
            try probe("bot@comp.localhost/other"),
            ["unavailable bot@comp.localhost/other > a@x/1 p - -"])
    }

    func testWhoIsOfflineIsSaidToBe() throws {
        XCTAssertEqual(
            try probe("bot@comp.localhost"), ["unavailable bot@comp.localhost > a@x/1 p - -"])
        let time = try XCTUnwrap(DateTime(secondsSince1970: 1_000_000_000))
        component.now = { time }
        try component.send(Presence(), from: JID(bot))
        try component.goOffline(bot, status: "a secret")
        _ = script.takeSentPresence()
        try script.receive("probe", from: "a@x", to: "\(bot)")
        let answer = try XCTUnwrap(script.takeSent(Presence.self).first)
        XCTAssertEqual(answer[Delay.self]?.stamp, time)
        XCTAssertNil(answer.status)
    }

    func testWhoIsNotSubscribedIsToldSo() throws {
        try component.send(Presence(status: "a secret"), from: "bot@comp.localhost/r")
        for state in SubscriptionState.allCases where !state.isSubscribedFrom {
            observed.store.put(state, approved: true, "b@x", at: bot)
            for address in ["bot@comp.localhost", "bot@comp.localhost/r", "bot@comp.localhost/q"] {
                XCTAssertEqual(
                    try probe(address, from: "b@x/1"),
                    ["unsubscribed bot@comp.localhost > b@x p - -"])
            }
            let record = try component.subscription(of: "b@x", at: bot)
            XCTAssertEqual(record.state, state, "a probe changes nothing")
            XCTAssertTrue(record.isApproved)
        }
        XCTAssertEqual(observed.store.writes, 0)
    }

    func testWhoWasSentPresenceDirectlyMayAskWhetherItStands() throws {
        let room: JID = "room@y"
        try component.send(
            Presence(id: "d", status: "a secret"), to: room, from: "bot@comp.localhost/r")
        XCTAssertEqual(
            try probe("bot@comp.localhost/r", from: "room@y"),
            ["available bot@comp.localhost/r > room@y d - -"])
        XCTAssertEqual(
            try probe("bot@comp.localhost", from: "room@y"),
            ["unsubscribed bot@comp.localhost > room@y p - -"], "another address")
        XCTAssertEqual(
            try probe("bot@comp.localhost/r", from: "room@y/other"),
            ["unsubscribed bot@comp.localhost > room@y p - -"], "another prober")
        try component.goOffline(bot)
        XCTAssertEqual(
            try probe("bot@comp.localhost/r", from: "room@y"),
            ["unsubscribed bot@comp.localhost > room@y p - -"])
    }

    func testAddressesThatThereAreNotAreSilent() throws {
        component.hasAddress = { $0 == "bot@comp.localhost" }
        component.policy = .accept
        XCTAssertEqual(
            try probe("none@comp.localhost"), ["unsubscribed none@comp.localhost > a@x p - -"])
        for stanza in SubscriptionStanza.allCases {
            try script.receive(stanza.rawValue, from: "a@x", to: "none@comp.localhost")
        }
        try script.receive("<presence from='a@x' to='none@comp.localhost'/>")
        XCTAssertEqual(script.takeSentPresence(), [])
        XCTAssertEqual(observed.takeEventNames(), [])
        XCTAssertEqual(observed.store.contents.count, 1)
    }

    func testProgramsMayAnswerThemselves() throws {
        let component = component
        component.answersProbes = false
        component.onEvent { [unowned component, bot] event in
            if case .probe(let probe, at: bot) = event, let sender = probe.from {
                try? component.send(
                    Presence(show: .dnd, status: "Busy studying XMPP"), to: sender, from: JID(bot))
            }
        }
        XCTAssertEqual(
            try probe("bot@comp.localhost", from: "stranger@x"),
            ["available bot@comp.localhost > stranger@x - dnd Busy studying XMPP"])
    }

    func testAnAddressThatBecomesAvailableAsksWhoElseIs() throws {
        observed.store.put(.to, "b@x", at: bot)
        observed.store.put(.both, "c@x", at: bot)
        observed.store.put(.both, "seen@x", at: bot)
        try script.receive("<presence from='seen@x/1' to='\(bot)'/>")
        try component.send(Presence(), from: JID(bot))
        XCTAssertEqual(
            script.takeSentPresence().filter { $0.hasPrefix("probe") },
            ["probe bot@comp.localhost > b@x", "probe bot@comp.localhost > c@x"])
        try component.send(Presence(show: .away), from: JID(bot))
        XCTAssertFalse(script.takeSentPresence().contains { $0.hasPrefix("probe") }, "only then")
        try component.probe("gateway-user@x", from: bot)
        XCTAssertEqual(script.takeSentPresence(), ["probe bot@comp.localhost > gateway-user@x"])
    }
}
