import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Who may see whom, for each address of a component.
final class ComponentSubscriptionTests: XCTestCase {
    private let bot: BareJID = "bot@comp.localhost"
    private var observed: ObservedComponent!
    private var script: ScriptedStream { observed.script }
    private var component: ComponentPresence { observed.component }

    override func setUpWithError() throws { observed = try ObservedComponent() }

    override func tearDown() { observed = nil }

    private func state(_ contact: BareJID, at local: BareJID? = nil) throws -> SubscriptionState {
        try component.subscription(of: contact, at: local ?? bot).state
    }

    func testARequestWaitsForAnAnswer() throws {
        try component.send(Presence(status: "Here"), from: JID(bot))
        try script.receive(
            "<presence from='a@x/1' to='bot@comp.localhost/r' type='subscribe'><status>Hi</status></presence>"
        )
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence(), [])
        let request = try XCTUnwrap(component.requests(at: bot).first)
        XCTAssertEqual(request.jid, "a@x")
        XCTAssertEqual(request.reason, "Hi")
        XCTAssertEqual(request.repeats, 1)
        XCTAssertEqual(component.requests(at: bot).count, 1)
        XCTAssertEqual(component.requests(at: "other@comp.localhost"), [])
        XCTAssertEqual(observed.store.contents.entry(for: "a@x", at: bot)?.request?.status, "Hi")
        _ = observed.takeEvents()
        try component.answer("a@x", .acceptAndAskBack, at: bot, nickname: "Bot")
        let sent = script.takeSent(Presence.self)
        XCTAssertEqual(sent.map(\.type), [.subscribed, .available, .subscribe])
        XCTAssertEqual(sent.map(\.status), [nil, "Here", nil])
        XCTAssertEqual(sent.last?.nickname, "Bot")
        XCTAssertEqual(
            observed.takeEventNames(),
            [
                "a@x is From bot@comp.localhost", "closed a@x bot@comp.localhost",
                "a@x is From + Pending Out bot@comp.localhost",
            ])
        XCTAssertNil(observed.store.contents.entry(for: "a@x", at: bot)?.request)
        try component.answer("a@x", .decline, at: bot)
        XCTAssertEqual(script.takeSentPresence(), [], "there is nothing left to answer")
    }

    func testASubscriberThatAsksAgainIsConfirmedWhateverThePolicy() throws {
        for policy: SubscriptionPolicy in [.manual, .accept, .acceptAndAskBack, .decline] {
            for before: SubscriptionState in [.from, .fromPendingOut, .both] {
                component.policy = policy
                observed.store.put(before, "a@x", at: bot)
                try script.receive("subscribe", from: "a@x/1", to: "\(bot)")
                XCTAssertEqual(script.takeSentPresence(), ["subscribed bot@comp.localhost > a@x"])
                XCTAssertEqual(try state("a@x"), before)
                XCTAssertEqual(component.requests(at: bot), [])
                XCTAssertEqual(
                    try component.perform(.deny, for: "a@x", from: bot),
                    .impossible(.alreadyApproved))
            }
        }
        XCTAssertEqual(Set(observed.takeEventNames()), ["subscribe bot@comp.localhost"])
    }

    func testWhoIsApprovedNeedNotWait() throws {
        XCTAssertEqual(
            try component.perform(.preApprove, for: "a@x", from: bot), .send([.subscribed]))
        XCTAssertEqual(script.takeSentPresence(), [], "the contact hears of it when it asks")
        XCTAssertEqual(try component.perform(.preApprove, for: "a@x", from: bot), .alreadySo)
        component.policy = .decline
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence(), ["subscribed bot@comp.localhost > a@x"])
        XCTAssertEqual(try state("a@x"), .from)
        try component.perform(.remove, for: "a@x", from: bot)
        XCTAssertEqual(observed.store.contents.count, 0)
    }

    func testUnsubscribingEndsPresenceAndIsConfirmed() throws {
        observed.store.put(.both, "a@x", at: bot)
        component.probesContacts = false
        try component.send(Presence(), from: "bot@comp.localhost/1")
        _ = script.takeSentPresence()
        _ = observed.takeEvents()
        try script.receive("unsubscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(
            script.takeSentPresence(),
            [
                "unavailable bot@comp.localhost/1 > a@x",
                "unsubscribed bot@comp.localhost > a@x",
            ])
        XCTAssertEqual(
            observed.takeEventNames(),
            ["a@x is To bot@comp.localhost", "unsubscribe bot@comp.localhost"])
        try script.receive("unsubscribed", from: "a@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence(), [])
        XCTAssertEqual(observed.store.contents.count, 0, "of a stranger nothing is kept")
    }

    func testIntentsAreThoseOfOneAddress() throws {
        XCTAssertEqual(
            try component.subscribe(to: "a@x", from: bot, nickname: "B", reason: "Hi"),
            .send([.subscribe]))
        XCTAssertEqual(try component.subscribe(to: "a@x", from: bot), .alreadySo)
        XCTAssertEqual(
            try component.subscribe(to: "a@x", from: "comp.localhost"), .send([.subscribe]))
        XCTAssertEqual(
            script.takeSent(Presence.self).map { [$0.from?.description, $0.nickname, $0.status] },
            [["bot@comp.localhost", "B", "Hi"], ["comp.localhost", nil, nil]])
        try script.receive("subscribed", from: "a@x", to: "\(bot)")
        XCTAssertEqual(try state("a@x"), .to)
        XCTAssertEqual(try state("a@x", at: "comp.localhost"), .neitherPendingOut)
        XCTAssertEqual(
            try component.perform(.approve, for: "a@x", from: bot), .impossible(.noRequest))
        XCTAssertEqual(
            try component.perform(.withdraw, for: "a@x", from: bot), .send([.unsubscribe]))
        XCTAssertEqual(try state("a@x"), .neither)
        XCTAssertThrowsError(
            try component.subscribe(to: "b@x", from: bot, nickname: "\u{0}"))
        XCTAssertEqual(try state("b@x"), .neither)
    }

    func testToRemoveAContactEndsEverything() throws {
        component.probesContacts = false
        try component.send(Presence(), from: JID(bot))
        let expected: [SubscriptionState: [String]] = [
            .both: ["unavailable", "unsubscribe", "unsubscribed"],
            .from: ["unavailable", "unsubscribed"], .to: ["unsubscribe"],
            .neitherPendingOutIn: ["unsubscribe", "unsubscribed"],
            .fromPendingOut: ["unsubscribe", "unavailable", "unsubscribed"],
            .neitherPendingIn: ["unsubscribed"], .toPendingIn: ["unsubscribed", "unsubscribe"],
            .neitherPendingOut: ["unsubscribe"], .neither: [],
        ]
        for before in SubscriptionState.allCases {
            observed.store.put(before, "a@x", at: bot)
            _ = script.takeSentPresence()
            try component.perform(.remove, for: "a@x", from: bot)
            let types = script.takeSent(Presence.self).compactMap { $0.type?.rawValue }
            XCTAssertEqual(types, expected[before], before.rawValue)
            XCTAssertEqual(observed.store.contents.count, 0, before.rawValue)
        }
    }

    func testPoliciesAreThoseOfOneAddressOrAll() throws {
        component.policy = .decline
        component.setPolicy(.acceptAndAskBack, for: bot)
        for local in ["bot", "other"] {
            try script.receive("subscribe", from: "a@x", to: "\(local)@comp.localhost")
        }
        XCTAssertEqual(
            script.takeSentPresence(),
            [
                "subscribed bot@comp.localhost > a@x", "subscribe bot@comp.localhost > a@x",
                "unsubscribed other@comp.localhost > a@x",
            ])
        component.setPolicy(nil, for: bot)
        XCTAssertEqual(component.policy(for: bot), .decline)
        XCTAssertFalse(observed.takeEventNames().contains { $0.hasPrefix("opened") })
        component.policy = .manual
        try script.receive("subscribe", from: "b@x", to: "\(bot)")
        try script.receive("subscribe", from: "b@x", to: "other@comp.localhost")
        component.setPolicy(.decline, for: "other@comp.localhost")
        XCTAssertEqual(script.takeSentPresence(), ["unsubscribed other@comp.localhost > b@x"])
        component.policy = .accept
        XCTAssertEqual(script.takeSentPresence(), ["subscribed bot@comp.localhost > b@x"])
        XCTAssertEqual(component.state.requestCount, 0)
    }

    func testAllOrSomeRequestsAreAnsweredAtOnce() throws {
        for number in 1...4 {
            try script.receive("subscribe", from: "a\(number)@x", to: "\(bot)")
        }
        try component.answerAll(.decline, at: bot) { $0.jid.local?.hasSuffix("3") == true }
        XCTAssertEqual(script.takeSentPresence(), ["unsubscribed bot@comp.localhost > a3@x"])
        try component.answerAll(.accept, at: bot)
        XCTAssertEqual(script.takeSentPresence().count, 3)
        XCTAssertEqual(try component.subscribers(of: bot), ["a1@x", "a2@x", "a4@x"])
    }

    func testAHandlerMayAnswerInPlaceOfThePolicy() throws {
        component.policy = .accept
        let component = component
        component.onEvent { [unowned component, bot] event in
            if case .subscribe = event { try? component.answer("a@x", .decline, at: bot) }
        }
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence(), ["unsubscribed bot@comp.localhost > a@x"])
        XCTAssertEqual(
            observed.takeEventNames(),
            [
                "a@x is None + Pending In bot@comp.localhost", "subscribe bot@comp.localhost",
                "a@x is None bot@comp.localhost",
            ])
    }

    func testEveryHandlerHearsEventsInOneOrder() throws {
        let component = component
        var names: [String] = []
        // This one acts, the script's was first, and one more is last.
        component.onEvent { [unowned component, bot] event in
            if case .requestOpened = event { try? component.answer("a@x", .accept, at: bot) }
        }
        component.onEvent { names.append($0.name) }
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(names, observed.takeEventNames())
        XCTAssertEqual(names.last, "closed a@x bot@comp.localhost")
    }

    func testAnswersGoToTheAddressThatTheServerSpells() throws {
        try script.receive("subscribe", from: "a@xn--bcher-kva.example", to: "\(bot)")
        try component.answer("a@bücher.example", .accept, at: bot)
        XCTAssertEqual(
            script.takeSent(Presence.self).map { $0.element[.to] }, ["a@xn--bcher-kva.example"])
        try component.send(Presence(), from: JID(bot))
        XCTAssertEqual(
            script.takeSent(Presence.self).map { $0.element[.to] }, ["a@xn--bcher-kva.example"])
    }

    func testDecisionsMayTakeTheirTime() async throws {
        let script = try XCTUnwrap(script)
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        var asked: [String] = []
        // Both run here, in turns.
        func more() throws {
            try script.receive("subscribe", from: "b@x", to: "comp.localhost")
            try script.receive("subscribe", from: "c@x", to: "\(bot)")
            try script.receive("unsubscribe", from: "c@x", to: "\(bot)")
        }
        await observed.component.answerRequests { request, local in
            asked.append("\(request.jid) \(local)")
            await Task.yield()
            if asked.count == 1 { try? more() }
            if asked.count == 2 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            return request.jid == "a@x" ? .accept : .decline
        }
        XCTAssertEqual(
            asked, ["a@x bot@comp.localhost", "b@x comp.localhost"],
            "what was taken back needs no decision")
        XCTAssertEqual(
            script.takeSentPresence(),
            [
                "unsubscribed bot@comp.localhost > c@x", "subscribed bot@comp.localhost > a@x",
                "unsubscribed comp.localhost > b@x",
            ])
    }

    func testWhatIsNotKeptIsNotAnswered() throws {
        component.policy = .accept
        observed.store.failsToWrite = true
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(observed.takeEventNames(), ["failed unwritable bot@comp.localhost"])
        XCTAssertEqual(component.requests(at: bot), [])
        XCTAssertThrowsError(try component.subscribe(to: "b@x", from: bot)) { error in
            XCTAssertEqual(
                error as? ComponentError,
                ComponentError(.store(SubscriptionStoreError(.unwritable))))
        }
        XCTAssertEqual(script.takeSentPresence(), [])
        observed.store.failsToWrite = false
        try script.receive("subscribe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence(), ["subscribed bot@comp.localhost > a@x"])
        observed.store.failsToRead = true
        try script.receive("probe", from: "a@x", to: "\(bot)")
        XCTAssertEqual(script.takeSentPresence(), [])
        XCTAssertEqual(observed.takeEventNames().last, "failed unreadable bot@comp.localhost")
        XCTAssertThrowsError(try ObservedComponent(store: observed.store))
    }

    func testRequestsSurviveTheProgram() throws {
        try script.receive(
            "<presence from='a@x' to='\(bot)' type='subscribe'><status>Hi</status></presence>")
        let again = try ObservedComponent(store: observed.store)
        XCTAssertEqual(again.component.requests(at: bot).map(\.reason), ["Hi"])
        try again.component.answer("a@x", .accept, at: bot)
        XCTAssertEqual(again.script.takeSentPresence(), ["subscribed bot@comp.localhost > a@x"])
        XCTAssertEqual(again.takeEventNames().last, "closed a@x bot@comp.localhost")
        let later = try ObservedComponent(store: observed.store, isBegun: false)
        XCTAssertEqual(later.component.requests(at: bot), [])
    }

    func testEveryStanzaInEveryStateIsAsTheTablesHaveIt() throws {
        for before in SubscriptionState.allCases {
            for isApproved in [false, true] {
                for stanza in SubscriptionStanza.allCases {
                    observed.store.put(before, approved: isApproved, "a@x", at: bot)
                    let record = try component.subscription(of: "a@x", at: bot)
                    let outcome = SubscriptionServer().outcome(of: stanza, .inbound, in: record)
                    try script.receive(stanza.rawValue, from: "a@x", to: "\(bot)")
                    let name = "\(before), \(isApproved), \(stanza)"
                    let after = try component.subscription(of: "a@x", at: bot)
                    XCTAssertEqual(after.state, outcome.after.state, name)
                    XCTAssertEqual(after.isApproved, outcome.after.isApproved, name)
                    XCTAssertEqual(
                        script.takeSent(Presence.self).map { $0.type?.rawValue },
                        outcome.reply.map { [$0.stanza.rawValue] } ?? [], name)
                }
            }
        }
    }
}
