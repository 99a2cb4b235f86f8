import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// What becomes of a component's presence when its connection ends and comes back.
final class ComponentSessionTests: XCTestCase {
    private let bot: BareJID = "bot@comp.localhost"
    private var observed: ObservedComponent!
    private var script: ScriptedStream { observed.script }
    private var component: ComponentPresence { observed.component }

    override func setUpWithError() throws { observed = try ObservedComponent() }

    override func tearDown() { observed = nil }

    private func reconnect() {
        script.end()
        script.begin()
    }

    func testASessionThatEndsTakesAllContactsOffline() throws {
        try script.receive("<presence from='a@x/1' to='\(bot)'/>")
        try script.receive("<presence from='a@x/1' to='comp.localhost'/>")
        try script.receive("subscribe", from: "b@x", to: "\(bot)")
        _ = observed.takeEvents()
        script.end()
        XCTAssertEqual(
            observed.takeEventNames(),
            [
                "offline a@x sessionEnded bot@comp.localhost",
                "offline a@x sessionEnded comp.localhost",
            ])
        XCTAssertEqual(component.state.onlineCount, 0)
        XCTAssertEqual(component.requests(at: bot).count, 1, "nobody but us keeps them")
    }

    func testAResumedSessionChangesNothing() throws {
        try script.receive("<presence from='a@x/1' to='\(bot)'/>")
        _ = observed.takeEvents()
        script.resume()
        XCTAssertEqual(observed.takeEventNames(), [])
        XCTAssertEqual(component.state.onlineCount, 1)
    }

    func testWhatWasSaidIsSaidAgainInTheNextSession() throws {
        observed.store.put(.both, "a@x", at: bot)
        observed.store.put(.from, "b@x", at: "other@comp.localhost")
        try component.send(Presence(id: "1", show: .away), from: JID(bot))
        try component.send(Presence(show: .chat), to: "friend@y", from: JID(bot))
        try script.receive("<presence from='a@x/1' to='\(bot)'/>")
        _ = script.takeSentPresence()
        reconnect()
        let sent = script.takeSent(Presence.self)
        XCTAssertEqual(
            sent.map {
                "\($0.to?.description ?? "") \($0.show?.rawValue ?? $0.type?.rawValue ?? "")"
            },
            ["a@x away", "friend@y chat", "a@x probe"])
        XCTAssertEqual(sent.map(\.id), [nil, nil, nil])
        XCTAssertEqual(Set(sent.map(\.from)), [JID(bot)])
        component.announcesPresence = false
        reconnect()
        XCTAssertEqual(script.takeSentPresence(), [])
        component.announce()
        XCTAssertEqual(script.takeSentPresence().count, 3)
    }

    func testWhatIsSaidWithoutASessionWaitsForOne() throws {
        let observed = try ObservedComponent(isBegun: false)
        let script = observed.script
        observed.store.put(.both, "a@x", at: bot)
        try observed.component.send(Presence(show: .away), from: JID(bot))
        XCTAssertEqual(script.takeSentPresence(), [])
        XCTAssertTrue(observed.component[bot].isOnline)
        script.begin()
        XCTAssertEqual(
            script.takeSent(Presence.self).map(\.type), [.available, .probe])
    }

    func testWhoWentWithoutASessionIsSaidToHaveGone() throws {
        observed.store.put(.from, "a@x", at: bot)
        try component.send(Presence(), from: JID(bot))
        try component.send(Presence(), to: "friend@y", from: JID(bot))
        try component.send(Presence(), from: "back@comp.localhost")
        try component.send(Presence(), to: "friend@y", from: "back@comp.localhost")
        observed.store.put(.from, "a@x", at: "back@comp.localhost")
        _ = script.takeSentPresence()
        script.end()
        try component.goOffline(bot, status: "Bye")
        try component.goOffline("back@comp.localhost")
        try component.send(Presence(), from: "back@comp.localhost")
        XCTAssertEqual(script.takeSentPresence(), [])
        script.begin()
        XCTAssertEqual(
            script.takeSentPresence().map { $0.split(separator: " <status")[0] },
            [
                "unavailable back@comp.localhost > friend@y",
                "unavailable bot@comp.localhost > a@x", "unavailable bot@comp.localhost > friend@y",
                "available back@comp.localhost > a@x",
            ])
        reconnect()
        XCTAssertEqual(script.takeSentPresence(), ["available back@comp.localhost > a@x"], "once")
    }

    func testAPolicyThatIsSetWithoutASessionAnswersInTheNext() throws {
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        script.end()
        component.policy = .accept
        XCTAssertEqual(component.requests(at: bot).count, 1)
        script.begin()
        XCTAssertEqual(script.takeSentPresence(), ["subscribed bot@comp.localhost > a@x"])
        XCTAssertEqual(component.requests(at: bot), [])
    }

    func testAStoreThatFailsIsToldAndTheOthersAreAnnounced() throws {
        try component.send(Presence(), from: JID(bot))
        script.end()
        observed.store.failsToRead = true
        script.begin()
        XCTAssertEqual(observed.takeEventNames().last, "failed unreadable bot@comp.localhost")
    }

    func testAComponentThatIsLetGoOfFollowsNothing() throws {
        let stream = StanzaStream(role: .component, write: { _ in })
        var component: ComponentPresence? = try ComponentPresence(stream, domain: "comp.localhost")
        weak let watched = component
        component = nil
        XCTAssertNil(watched)
        stream.begin(as: "comp.localhost")
    }
}
