import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// What strangers and broken servers can do to a component: not much.
final class ComponentHostilityTests: XCTestCase {
    private let bot: BareJID = "bot@comp.localhost"
    private var observed: ObservedComponent!
    private var script: ScriptedStream { observed.script }
    private var component: ComponentPresence { observed.component }

    override func setUpWithError() throws { observed = try ObservedComponent() }

    override func tearDown() { observed = nil }

    func testStanzasWithoutUsableAddressesAreReportedAndIgnored() throws {
        component.policy = .accept
        let addresses = [
            "", "from='a@x'", "to='\(bot)'", "from='@' to='\(bot)'", "from='a@x' to='a@@b'",
            "from='a@x' to='bot@elsewhere.example'", "from='a@x' to='bot@sub.comp.localhost'",
            "from='a@x' to='comp.localhost.example'", "from='\(bot)/1' to='\(bot)'",
            "from='' to=''",
        ]
        for address in addresses {
            for type in Presence.Kind.allCases.map(\.rawValue) + ["", "available", "away"] {
                let attribute = type == "available" ? "" : "type='\(type)'"
                try script.receive("<presence \(address) \(attribute)/>")
                XCTAssertEqual(script.takeSentPresence(), [], "\(address) \(type)")
                XCTAssertEqual(observed.takeEventNames(), [], "\(address) \(type)")
                XCTAssertEqual(observed.diagnostics.count, 1, "\(address) \(type)")
                observed.forgetDiagnostics()
            }
        }
        XCTAssertEqual(observed.store.writes, 0)
    }

    func testAnUndefinedTypeIsRefusedFromTheAddressThatWasMeant() throws {
        try script.receive("<presence type='away' id='1' from='a@x/1' to='\(bot)'/>")
        let refusal = try XCTUnwrap(script.takeSent(Presence.self).first)
        XCTAssertEqual(refusal.error?.condition, .badRequest)
        XCTAssertEqual(refusal.from, JID(bot))
        XCTAssertEqual(refusal.to, "a@x/1")
        XCTAssertEqual(refusal.id, "1")
        XCTAssertEqual(observed.takeEventNames(), [])
    }

    func testAddressesOfTheComponentAreContactsOfEachOther() throws {
        component.policy = .acceptAndAskBack
        try component.subscribe(to: "b@comp.localhost", from: "a@comp.localhost")
        var count = 0
        // The server brings back what is for the component's own domain.
        while let presence = script.takeSent(Presence.self).first, count < 20 {
            count += 1
            try script.receive(presence)
        }
        XCTAssertLessThan(count, 20, "they fall silent")
    }

    func testStrangersFillTheInboxToItsBrim() throws {
        for number in 0..<10_000 {
            try script.receive("subscribe", from: "a\(number)@x", to: "\(bot)")
        }
        let limit = ComponentPresence.maximumRequestsPerAddress
        XCTAssertEqual(component.requests(at: bot).count, limit)
        XCTAssertEqual(component.state.requestCount, limit)
        XCTAssertEqual(observed.store.contents.count, limit, "nothing is kept of the others")
        XCTAssertEqual(observed.diagnostics.count, 10_000 - limit)
        XCTAssertEqual(script.takeSentPresence(), [])
        let events = observed.takeEventNames()
        XCTAssertEqual(events.filter { $0.hasPrefix("subscribe") }.count, 10_000)
        XCTAssertEqual(events.filter { $0.hasPrefix("opened") }.count, limit)
        try script.receive("subscribe", from: "a7@x", to: "\(bot)")
        XCTAssertEqual(observed.takeEventNames().last, "opened a7@x 1 bot@comp.localhost")
        try script.receive("subscribe", from: "a@x", to: "comp.localhost")
        XCTAssertEqual(component.requests(at: "comp.localhost").count, 1, "others have room")
        component.setPolicy(.decline, for: bot)
        XCTAssertEqual(component.state.requestCount, 1)
        XCTAssertEqual(observed.store.contents.count, 1)
        try script.receive("subscribe", from: "late@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence().last, "unsubscribed bot@comp.localhost > late@x")
    }

    func testAllAddressesTogetherKeepSoManyRequests() throws {
        let store = SharedStore()
        let request = Presence(type: .subscribe, to: JID(bot), from: "a@x")
        for number in 0..<ComponentPresence.maximumRequests {
            let local = try BareJID(wire: "l\(number)@comp.localhost")
            store.put(.neitherPendingIn, request: request, "a@x", at: local)
        }
        let observed = try ObservedComponent(store: store)
        let script = observed.script
        try script.receive("subscribe", from: "b@x", to: "\(bot)")
        XCTAssertEqual(observed.diagnostics, [.tooMany])
        XCTAssertEqual(observed.component.state.requestCount, ComponentPresence.maximumRequests)
        XCTAssertEqual(store.writes, 0)
    }

    func testALongRequestIsKeptWithoutItsContents() throws {
        let long = String(repeating: "x", count: 20_000)
        try script.receive(
            "<presence from='a@x' to='\(bot)' type='subscribe'><status>\(long)</status></presence>")
        XCTAssertNil(component.requests(at: bot).first?.reason)
        let kept = observed.store.contents.entry(for: "a@x", at: bot)?.request
        XCTAssertEqual(kept?.from, "a@x")
        XCTAssertEqual(kept.map { Array($0.element.children) }, [])
    }

    func testStrangersOnlineAreForgottenAndContactsAreNot() throws {
        observed.store.put(.to, "friend@x", at: bot)
        try script.receive("<presence from='friend@x/1' to='\(bot)'/>")
        try script.receive("<presence from='later@x/1' to='\(bot)'/>")
        try component.subscribe(to: "later@x", from: bot)
        try script.receive("subscribed", from: "later@x", to: "\(bot)")
        for number in 0...ComponentPresence.maximumStrangers {
            try script.receive("<presence from='a@x/1' to='l\(number)@comp.localhost'/>")
        }
        XCTAssertEqual(component.state.onlineCount, ComponentPresence.maximumStrangers + 2)
        XCTAssertTrue(component.presence(of: "friend@x", at: bot).isOnline)
        XCTAssertTrue(component.presence(of: "later@x", at: bot).isOnline)
        let forgotten = observed.takeEventNames().filter { $0.hasPrefix("offline") }
        XCTAssertEqual(forgotten, ["offline a@x forgotten l0@comp.localhost"])
        XCTAssertEqual(component.contacts(at: "l0@comp.localhost"), [])
    }

    func testOfALongPresenceOnlyTheAvailabilityIsKept() throws {
        let long = String(repeating: "x", count: PresenceClient.maximumPresenceBytes)
        let rest = "<show>dnd</show><status>\(long)</status></presence>"
        try script.receive("<presence from='a@x/1' to='\(bot)'>\(rest)")
        let kept = component.presence(of: "a@x", at: bot).best?.presence
        XCTAssertEqual(kept?.show, .dnd)
        XCTAssertEqual(kept?.from, "a@x/1")
        XCTAssertNil(kept?.status)
        try script.receive("<presence type='unavailable' from='a@x/1' to='\(bot)'>\(rest)")
        let last = component.presence(of: "a@x", at: bot).lastUnavailable
        XCTAssertEqual(last?.type, .unavailable)
        XCTAssertNil(last?.status)
    }

    func testTheResourcesOfAContactAreBounded() throws {
        for number in 0..<100 {
            try script.receive("<presence from='a@x/\(number)' to='\(bot)'/>")
        }
        XCTAssertEqual(
            component.presence(of: "a@x", at: bot).resources.count,
            PresenceClient.maximumResourcesPerContact)
        XCTAssertEqual(observed.diagnostics.count, 100 - PresenceClient.maximumResourcesPerContact)
    }

    func testNothingIsReceivedBehindTheEndOfASession() throws {
        script.end()
        component.policy = .accept
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence(), [])
        XCTAssertEqual(observed.store.writes, 0)
    }
}
