import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Requests to see our presence: policies, the inbox, answers.
final class SubscriptionRequestTests: XCTestCase {
    private let clock = ManualClock()
    private lazy var script = ScriptedStream(as: "romeo@montague.example/orchard", clock: clock)
    private lazy var client = PresenceClient(script.stream)
    private var log: [String] = []

    override func setUp() {
        client.onEvent { [unowned self] event in
            switch event {
            case .subscribe(let presence):
                log.append("subscribe \(presence.from?.description ?? "")")
            case .requestOpened(let request):
                XCTAssertTrue(client.requests.contains(request))
                log.append("opened \(request.jid) \(request.repeats)")
            case .requestClosed(let request):
                XCTAssertFalse(client.requests.contains { $0.jid == request.jid })
                log.append("closed \(request.jid)")
            default: break
            }
        }
        script.begin()
    }

    /// Types and addressees of what was sent.
    private func sent() -> [String] {
        script.takeSent().map { "\($0[.type] ?? "available") \($0[.to] ?? "")" }
    }

    private func ask(_ contact: String, _ content: String = "") throws {
        try script.receive("<presence from='\(contact)' type='subscribe'>\(content)</presence>")
    }

    func testARequestThatIsGrantedAlreadyOnTheWayWaitsEvenWhereThePolicyIsToDecline() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        let client = PresenceClient(script.stream)
        script.begin(features: "<sub xmlns='\(XMLNamespace.preApproval)'/>")
        client.policy = .decline
        var events: [PresenceEvent] = []
        client.onEvent {
            switch $0 {
            case .requestOpened, .requestClosed: events.append($0)
            default: break
            }
        }
        try client.perform(.preApprove, for: "juliet@capulet.example")
        try script.receive("<presence from='juliet@capulet.example' type='subscribe'/>")
        let request = try XCTUnwrap(client.requests.first)
        XCTAssertEqual(events, [.requestOpened(request)])
        try script.receive("<presence from='juliet@capulet.example' type='subscribe'/>")
        let repeated = try XCTUnwrap(client.requests.first)
        XCTAssertEqual(repeated.repeats, 1)
        XCTAssertEqual(events.last, .requestOpened(repeated))
        try script.receive("<presence from='juliet@capulet.example' type='unsubscribe'/>")
        XCTAssertEqual(events.last, .requestClosed(repeated))
        XCTAssertEqual(events.count, 3)
    }

    func testARequestWaitsForTheUser() throws {
        try ask(
            "a@b/c", "<status>Let me</status><nick xmlns='http://jabber.org/protocol/nick'>A</nick>"
        )
        clock.advance(by: .seconds(60))
        try ask("a@b")
        XCTAssertEqual(log, ["subscribe a@b/c", "opened a@b 0", "subscribe a@b", "opened a@b 1"])
        let request = try XCTUnwrap(client.requests.first)
        XCTAssertEqual(client.requests.count, 1)
        XCTAssertEqual(request.nickname, "A")
        XCTAssertEqual(request.reason, "Let me")
        XCTAssertEqual(request.repeats, 1)
        XCTAssertEqual(client.age(of: request), .seconds(60))
        XCTAssertEqual(sent(), [])
        log = []
        try client.answer("a@b", .acceptAndAskBack, nickname: "R")
        XCTAssertEqual(log, ["closed a@b"])
        let elements = script.takeSent()
        XCTAssertEqual(elements.map { $0[.type] }, ["subscribed", "subscribe"])
        XCTAssertEqual(elements.last.flatMap { Presence($0) }?.nickname, "R")
        try client.answer("a@b", .decline)
        XCTAssertEqual(sent(), [], "there is nothing left to answer")
    }

    func testWhoIsAcceptedIsToldWhereWeAre() throws {
        try client.send(Presence(show: .away))
        client.policy = .accept
        _ = sent()
        try ask("a@b")
        let elements = script.takeSent()
        XCTAssertEqual(
            elements.map(\.description),
            [
                "<presence to='a@b' type='subscribed'/>",
                "<presence to='a@b'><show>away</show></presence>",
            ]
        )
        XCTAssertEqual(client.requests, [])
        try client.goOffline()
        _ = sent()
        try ask("c@d")
        XCTAssertEqual(sent(), ["subscribed c@d"], "who is offline tells nothing")
    }

    func testAPolicyAnswersByItself() throws {
        client.policy = .acceptAndAskBack
        try ask("a@b")
        XCTAssertEqual(sent(), ["subscribed a@b", "subscribe a@b"])
        try script.receive("<presence from='a@b' type='subscribed'/>")
        try ask("a@b")
        XCTAssertEqual(sent(), [], "nobody is asked or answered twice")
        client.policy = .decline
        client.policy.whitelist = ["w@b"]
        try ask("c@d")
        try ask("w@b")
        XCTAssertEqual(sent(), ["unsubscribed c@d", "subscribed w@b"])
        XCTAssertEqual(client.requests, [])
        XCTAssertEqual(log.filter { $0.hasPrefix("opened") }, [])
    }

    func testAHandlerMayAnswerInPlaceOfThePolicy() throws {
        client.policy = .accept
        client.onEvent { [unowned client = client] event in
            if case .subscribe = event { try? client.answer("a@b", .decline) }
        }
        try ask("a@b")
        XCTAssertEqual(sent(), ["unsubscribed a@b"])
    }

    func testWhatCannotBeWrittenSendsNothingAtAll() throws {
        try ask("a@b")
        XCTAssertThrowsError(try client.answer("a@b", .acceptAndAskBack, nickname: "\u{0}"))
        XCTAssertEqual(sent(), [])
        XCTAssertEqual(client.requests.map(\.jid), ["a@b"])
        XCTAssertThrowsError(try client.perform(.becomeMutual, for: "a@b", reason: "\u{0}"))
        XCTAssertEqual(sent(), [])
        XCTAssertEqual(client.subscription(of: "a@b").state, .neitherPendingIn)
    }

    /// To some servers the normal form of a domain is another domain.
    func testAContactIsAnsweredAsTheServerSpellsIt() throws {
        let contact: BareJID = "a@b\u{fc}cher.example"
        try ask("a@xn--bcher-kva.example")
        try client.answer(contact, .acceptAndAskBack)
        XCTAssertEqual(
            sent(), ["subscribed a@xn--bcher-kva.example", "subscribe a@xn--bcher-kva.example"])
        try client.perform(.withdraw, for: contact)
        XCTAssertEqual(sent(), ["unsubscribe a@xn--bcher-kva.example"])
    }

    func testARequestThatIsTakenBackIsGoneWhenThatIsTold() throws {
        client.onEvent { [unowned client] event in
            guard case .unsubscribe = event else { return }
            XCTAssertEqual(client.requests, [])
            try? client.answer("a@b", .accept)
        }
        try ask("a@b")
        try script.receive("<presence from='a@b' type='unsubscribe'/>")
        XCTAssertEqual(sent(), [])
        XCTAssertEqual(log, ["subscribe a@b", "opened a@b 0", "closed a@b"])
    }

    func testRequestsThatTheRosterSettlesAreClosedInOrder() throws {
        let contacts = (10..<40).map { "a\($0)@b" }
        for contact in contacts { try ask(contact) }
        log = []
        let items = try contacts.map {
            (try BareJID(wire: $0), SubscriptionRecord.Item(subscription: .from))
        }
        client.begin(with: Dictionary(uniqueKeysWithValues: items))
        XCTAssertEqual(log, contacts.map { "closed \($0)" })
    }

    func testAHandlerMaySetThePolicyThatIsBeingApplied() throws {
        try ask("a@b")
        try ask("c@d")
        client.onEvent { [unowned client] event in
            if case .requestClosed = event { client.policy.answer = .manual }
        }
        client.policy.answer = .decline
        XCTAssertEqual(sent(), ["unsubscribed a@b"])
        XCTAssertEqual(client.policy, .manual)
        XCTAssertEqual(client.requests.map(\.jid), ["c@d"])
    }

    /// Otherwise a list that is drawn from events would show the request for ever.
    func testAHandlerLearnsWhatAnotherOneCausedBehindItsCause() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        let client = PresenceClient(script.stream)
        var told: [[String]] = [[], []]
        for number in 0...1 {
            client.onEvent { [unowned client] event in
                switch event {
                case .requestOpened:
                    told[number].append("opened")
                    if number == 0 { try? client.answer("a@b", .accept) }
                    told[number].append("answered")
                case .requestClosed: told[number].append("closed")
                default: break
                }
            }
        }
        script.begin()
        try script.receive("<presence from='a@b' type='subscribe'/>")
        XCTAssertEqual(told[1], ["opened", "answered", "closed"])
        XCTAssertEqual(told[0], told[1])
    }

    func testAPolicyThatIsSetLaterAnswersWhatIsOpen() throws {
        try ask("a@b")
        try ask("c@d")
        client.policy.whitelist = ["c@d"]
        XCTAssertEqual(sent(), ["subscribed c@d"])
        client.policy.answer = .decline
        XCTAssertEqual(sent(), ["unsubscribed a@b"])
        XCTAssertEqual(client.requests, [])
    }

    func testAllOrSomeAreAnsweredAtOnce() throws {
        for number in 1...6 { try ask("a\(number)@\(number % 2 == 0 ? "spam.example" : "b")") }
        client.answerAll(.decline) { $0.jid.domain == "spam.example" }
        XCTAssertEqual(
            sent(), [2, 4, 6].map { "unsubscribed a\($0)@spam.example" })
        client.answerAll(.accept)
        XCTAssertEqual(sent(), [1, 3, 5].map { "subscribed a\($0)@b" })
        XCTAssertEqual(client.requests, [])
    }

    func testARequestIsClosedByWhatSettlesItElsewhere() throws {
        try ask("a@b")
        try script.receive("<presence from='a@b' type='unsubscribe'/>")
        XCTAssertEqual(log.last, "closed a@b")
        try ask("c@d")
        client.roster("c@d", is: SubscriptionRecord.Item(subscription: .from))
        XCTAssertEqual(log.last, "closed c@d")
        try ask("e@f")
        client.roster(removed: "e@f")
        client.begin(with: [:])
        XCTAssertEqual(client.requests.map(\.jid), ["e@f"], "that answers nothing")
        try client.answer("e@f", .acceptAndAskBack)
        XCTAssertEqual(sent(), ["subscribed e@f", "subscribe e@f"])
        try ask("g@h")
        script.stream.end()
        XCTAssertEqual(log.last, "closed g@h", "the server asks again in the next session")
    }

    func testTheNumberOfRequestsIsBounded() throws {
        var diagnostics: [Diagnostic.Kind] = []
        script.stream.onDiagnostic { diagnostics.append($0.kind) }
        for number in 0..<PresenceClient.maximumRequests { try ask("a\(number)@b") }
        XCTAssertEqual(diagnostics, [])
        try ask("more@b")
        XCTAssertEqual(diagnostics, [.tooMany])
        XCTAssertEqual(client.requests.count, PresenceClient.maximumRequests)
        XCTAssertEqual(log.last, "subscribe more@b")
        try ask("a7@b")
        XCTAssertEqual(log.last, "opened a7@b 1", "known ones still count")
        client.policy = .accept
        try ask("more@b")
        XCTAssertEqual(sent().last, "subscribed more@b")
    }

    func testDecisionsMayTakeTheirTime() async throws {
        try ask("a@b")
        let client = client
        let script = script
        var asked: [BareJID] = []
        // Both run here, in turns.
        func more() throws {
            try script.receive("<presence from='c@d' type='subscribe'/>")
            try script.receive("<presence from='e@f' type='subscribe'/>")
            try script.receive("<presence from='e@f' type='unsubscribe'/>")
        }
        await client.answerRequests { request in
            asked.append(request.jid)
            await Task.yield()
            if asked.count == 1 { try? more() }
            if asked.count == 2 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            return request.jid == "a@b" ? .accept : .decline
        }
        XCTAssertEqual(asked, ["a@b", "c@d"], "what was taken back needs no decision")
        XCTAssertEqual(sent(), ["subscribed a@b", "unsubscribed c@d"])
    }

    func testIntentsAreAnsweredWithWhatWasSent() throws {
        XCTAssertEqual(
            try client.subscribe(to: "a@b", nickname: "R", reason: "Hi"), .send([.subscribe]))
        XCTAssertEqual(
            script.takeSent().first?.description,
            "<presence to='a@b' type='subscribe'><status>Hi</status><nick xmlns='http://jabber.org/protocol/nick'>R</nick></presence>"
        )
        XCTAssertEqual(try client.subscribe(to: "a@b"), .alreadySo)
        XCTAssertEqual(try client.perform(.approve, for: "a@b"), .impossible(.noRequest))
        XCTAssertEqual(
            try client.perform(.preApprove, for: "a@b"), .impossible(.preApprovalNotAnnounced))
        XCTAssertEqual(try client.perform(.withdraw, for: "a@b"), .send([.unsubscribe]))
        XCTAssertEqual(sent(), ["unsubscribe a@b"])
        XCTAssertEqual(client.subscription(of: "a@b").state, .neither)
        script.stream.end()
        script.begin(features: "<sub xmlns='urn:xmpp:features:pre-approval'/>")
        XCTAssertEqual(try client.perform(.preApprove, for: "a@b"), .send([.subscribed]))
    }
}
