import PresenceKit
import StanzaKit
import XCTest

/// What becomes of a component's presence when its connection ends and comes back.
final class ComponentSessionTests: XCTestCase {
    private let bot: BareJID = "bot@comp.localhost"
    private var script: ComponentScript!
    private var component: ComponentPresence { script.component }

    override func setUpWithError() throws { script = try ComponentScript() }

    override func tearDown() { script = nil }

    private func reconnect() {
        script.stream.end()
        script.stream.begin(as: "comp.localhost")
    }

    func testASessionThatEndsTakesAllContactsOffline() throws {
        try script.receive("<presence from='a@x/1' to='\(bot)'/>")
        try script.receive("<presence from='a@x/1' to='comp.localhost'/>")
        try script.receive("subscribe", from: "b@x", to: "\(bot)")
        _ = script.takeEvents()
        script.stream.end()
        XCTAssertEqual(
            script.takeEventNames(),
            [
                "offline a@x sessionEnded bot@comp.localhost",
                "offline a@x sessionEnded comp.localhost",
            ])
        XCTAssertEqual(component.state.onlineCount, 0)
        XCTAssertEqual(component.requests(at: bot).count, 1, "nobody but us keeps them")
    }

    func testAResumedSessionChangesNothing() throws {
        try script.receive("<presence from='a@x/1' to='\(bot)'/>")
        _ = script.takeEvents()
        script.stream.resume()
        XCTAssertEqual(script.takeEventNames(), [])
        XCTAssertEqual(component.state.onlineCount, 1)
    }

    func testWhatWasSaidIsSaidAgainInTheNextSession() throws {
        script.store.put(.both, "a@x", at: bot)
        script.store.put(.from, "b@x", at: "other@comp.localhost")
        try component.send(Presence(id: "1", show: .away), from: JID(bot))
        try component.send(Presence(show: .chat), to: "friend@y", from: JID(bot))
        try script.receive("<presence from='a@x/1' to='\(bot)'/>")
        _ = script.takeSent()
        reconnect()
        let sent = script.takePresences()
        XCTAssertEqual(
            sent.map {
                "\($0.to?.description ?? "") \($0.show?.rawValue ?? $0.type?.rawValue ?? "")"
            },
            ["a@x away", "friend@y chat", "a@x probe"])
        XCTAssertEqual(sent.map(\.id), [nil, nil, nil])
        XCTAssertEqual(Set(sent.map(\.from)), [JID(bot)])
        component.announcesPresence = false
        reconnect()
        XCTAssertEqual(script.takeSent(), [])
        component.announce()
        XCTAssertEqual(script.takeSent().count, 3)
    }

    func testWhatIsSaidWithoutASessionWaitsForOne() throws {
        let script = try ComponentScript(isBegun: false)
        script.store.put(.both, "a@x", at: bot)
        try script.component.send(Presence(show: .away), from: JID(bot))
        XCTAssertEqual(script.takeSent(), [])
        XCTAssertTrue(script.component[bot].isOnline)
        script.stream.begin(as: "comp.localhost")
        XCTAssertEqual(
            script.takePresences().map(\.type), [.available, .probe])
    }

    func testWhoWentWithoutASessionIsSaidToHaveGone() throws {
        script.store.put(.from, "a@x", at: bot)
        try component.send(Presence(), from: JID(bot))
        try component.send(Presence(), to: "friend@y", from: JID(bot))
        try component.send(Presence(), from: "back@comp.localhost")
        try component.send(Presence(), to: "friend@y", from: "back@comp.localhost")
        script.store.put(.from, "a@x", at: "back@comp.localhost")
        _ = script.takeSent()
        script.stream.end()
        try component.goOffline(bot, status: "Bye")
        try component.goOffline("back@comp.localhost")
        try component.send(Presence(), from: "back@comp.localhost")
        XCTAssertEqual(script.takeSent(), [])
        script.stream.begin(as: "comp.localhost")
        XCTAssertEqual(
            script.takeSent().map { $0.split(separator: " <status")[0] },
            [
                "unavailable back@comp.localhost > friend@y",
                "unavailable bot@comp.localhost > a@x", "unavailable bot@comp.localhost > friend@y",
                "available back@comp.localhost > a@x",
            ])
        reconnect()
        XCTAssertEqual(script.takeSent(), ["available back@comp.localhost > a@x"], "once")
    }

    func testAPolicyThatIsSetWithoutASessionAnswersInTheNext() throws {
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        script.stream.end()
        component.policy = .accept
        XCTAssertEqual(component.requests(at: bot).count, 1)
        script.stream.begin(as: "comp.localhost")
        XCTAssertEqual(script.takeSent(), ["subscribed bot@comp.localhost > a@x"])
        XCTAssertEqual(component.requests(at: bot), [])
    }

    func testAStoreThatFailsIsToldAndTheOthersAreAnnounced() throws {
        try component.send(Presence(), from: JID(bot))
        script.stream.end()
        script.store.failsToRead = true
        script.stream.begin(as: "comp.localhost")
        XCTAssertEqual(script.takeEventNames().last, "failed unreadable bot@comp.localhost")
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
