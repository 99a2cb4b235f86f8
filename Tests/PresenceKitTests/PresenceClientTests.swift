import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

final class PresenceClientTests: XCTestCase {
    private let script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var client = PresenceClient(script.stream)
    private var log: [String] = []

    override func setUp() {
        client.onEvent { [unowned self] event in log.append(text(event)) }
        script.begin()
    }

    /// The event, and what is true while it is delivered.
    private func text(_ event: PresenceEvent) -> String {
        switch event {
        case .wentOnline(let contact):
            XCTAssertEqual(client[contact.jid], contact)
            return "online \(contact.jid) \(contact.resources.map { $0.name ?? "-" })"
        case .changed(let contact, let change):
            XCTAssertEqual(client[contact.jid], contact)
            XCTAssertEqual(contact[change.resource] == nil, change.kind == .went)
            return "changed \(contact.jid) \(contact.resources.map { $0.name ?? "-" })"
        case .wentOffline(let contact, let departure):
            XCTAssertFalse(client[contact.jid].isOnline)
            if case .unavailable(let presence) = departure {
                XCTAssertEqual(contact.lastUnavailable, presence)
            }
            return "offline \(contact.jid) \(contact.lastUnavailable?.status ?? "")"
        case .stayedOffline(let contact):
            XCTAssertEqual(client[contact.jid], contact)
            XCTAssertFalse(contact.isOnline)
            return "still offline \(contact.jid) \(contact.lastUnavailable?.status ?? "")"
        case .ownResourceChanged(let own, let change):
            XCTAssertEqual(client.state.ownResources, own)
            return "own \(change.resource ?? "-") \(change.kind)"
        case .requestOpened, .requestClosed, .ownPresenceChanged: return "\(event)"
        case .subscribe: return "subscribe"
        case .subscribed: return "subscribed"
        case .unsubscribe: return "unsubscribe"
        case .unsubscribed: return "unsubscribed"
        case .probe: return "probe"
        case .error(let presence): return "error \(presence.from?.description ?? "")"
        @unknown default: return "\(event)"
        }
    }

    private func receive(_ xml: String..., file: StaticString = #filePath, line: UInt = #line)
        -> [String]
    {
        log = []
        for xml in xml { XCTAssertNoThrow(try script.receive(xml), file: file, line: line) }
        return log
    }

    func testAContactIsOnlineWhileAResourceIs() {
        XCTAssertEqual(receive("<presence from='a@b/1'/>"), ["online a@b [\"1\"]"])
        XCTAssertEqual(receive("<presence from='a@b/2'/>"), ["changed a@b [\"2\", \"1\"]"])
        XCTAssertEqual(
            receive("<presence type='unavailable' from='a@b/1'/>"), ["changed a@b [\"2\"]"])
        XCTAssertEqual(receive("<presence type='unavailable' from='a@b/1'/>"), [])
        XCTAssertEqual(
            receive("<presence type='unavailable' from='a@b/2'><status>bye</status></presence>"),
            ["offline a@b bye"])
        XCTAssertEqual(
            receive("<presence type='unavailable' from='a@b/2'/>"), ["still offline a@b "])
        XCTAssertEqual(client.contacts, [])
    }

    func testOnlyWhatChangesIsAChange() {
        let here = "<presence from='a@b/1'><show>away</show><status>x</status></presence>"
        XCTAssertEqual(receive(here, here), ["online a@b [\"1\"]"])
        for different in [
            "<presence from='a@b/1'><show>away</show></presence>",
            "<presence from='a@b/1'><show>xa</show></presence>",
            "<presence from='a@b/1'><show>xa</show><priority>1</priority></presence>",
        ] {
            XCTAssertEqual(receive(different, different), ["changed a@b [\"1\"]"], different)
        }
        XCTAssertEqual(
            receive(
                "<presence from='a@b/1'><show>xa</show><priority>1</priority><x xmlns='u'/></presence>"
            ), ["changed a@b [\"1\"]"])
        XCTAssertEqual(
            client["a@b"].best?.presence.element.children.map(\.name), ["show", "priority", "x"])
    }

    func testTheBestResourceIsByPriorityThenShowThenTheMostRecent() {
        let resources = ["dnd", "xa", "away", nil, "chat"].enumerated().map { index, show in
            "<presence from='a@b/\(index)'>\(show.map { "<show>\($0)</show>" } ?? "")</presence>"
        }
        for resource in resources.shuffled() { _ = receive(resource) }
        XCTAssertEqual(client["a@b"].resources.compactMap(\.name), ["4", "3", "2", "1", "0"])
        _ = receive("<presence from='a@b/0'><show>dnd</show><priority>1</priority></presence>")
        _ = receive(
            "<presence from='a@b/5'/>", "<presence from='a@b/6'><priority>-1</priority></presence>")
        XCTAssertEqual(
            client["a@b"].resources.compactMap(\.name), ["0", "4", "5", "3", "2", "1", "6"])
    }

    func testTheBareAddressSpeaksForAllResourcesWhenItGoes() {
        _ = receive("<presence from='a@b/1'/>", "<presence from='a@b'/>")
        XCTAssertEqual(client["a@b"].resources.map(\.name), [nil, "1"])
        XCTAssertEqual(receive("<presence type='unavailable' from='a@b'/>"), ["offline a@b "])
    }

    func testAnErrorClearsTheOneItSpeaksOf() {
        _ = receive(
            "<presence from='a@b/1'/>", "<presence from='a@b/2'/>", "<presence from='c@d/1'/>")
        XCTAssertEqual(receive("<presence type='error'/>"), ["error "])
        XCTAssertEqual(
            receive("<presence type='error' from='a@b/1'/>"),
            ["error a@b/1", "changed a@b [\"2\"]"])
        XCTAssertEqual(
            receive("<presence type='error' from='a@b'/>"), ["error a@b", "offline a@b "])
        XCTAssertEqual(client.contacts.map(\.jid), ["c@d"])
    }

    func testAnErrorOfTheOwnAccountClearsNoneOfItsResources() {
        _ = receive("<presence from='romeo@montague.example/phone'/>")
        XCTAssertEqual(
            receive("<presence type='error' from='romeo@montague.example'/>"),
            ["error romeo@montague.example"])
        XCTAssertEqual(
            receive("<presence type='error' from='romeo@montague.example/phone'/>"),
            ["error romeo@montague.example/phone", "own phone went"])
    }

    func testSubscriptionsAndProbesChangeNothing() {
        for type in ["subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe"] {
            XCTAssertEqual(receive("<presence from='a@b' type='\(type)'/>").first, type)
        }
        XCTAssertEqual(client.contacts, [])
        XCTAssertEqual(script.takeSent(), [])
    }

    func testPresenceWithoutASenderIsTheOwnAccounts() {
        XCTAssertEqual(receive("<presence/>"), ["own - came"])
        // Nobody asks to see what is its own.
        XCTAssertEqual(receive("<presence type='subscribe'/>"), [])
    }

    func testWhatCannotBeUsedIsReported() {
        var diagnostics: [Diagnostic.Kind] = []
        script.stream.onDiagnostic { diagnostics.append($0.kind) }
        XCTAssertEqual(receive("<presence type='odd' from='a@b'/>", "<presence from='a@@b'/>"), [])
        XCTAssertEqual(diagnostics, [.undefinedValue("odd"), .undefinedValue("a@@b")])
    }

    /// RFC 6121, section 4.7.1; a stranger would learn from the answer that somebody is here.
    func testAnUndefinedTypeIsRefusedToThoseWhoMaySeeUs() throws {
        client.roster("a@b", is: SubscriptionRecord.Item(subscription: .from))
        try client.send(Presence(), to: "c@d/1")
        _ = script.takeSent()
        for sender in ["a@b/1", "c@d/1", "c@d/2", "e@f"] {
            XCTAssertEqual(receive("<presence type='odd' id='i' from='\(sender)'/>"), [])
        }
        XCTAssertEqual(receive("<presence type='odd'/>"), [])
        let sent = script.takeSent()
        XCTAssertEqual(sent.map { $0[.to] }, ["a@b/1", "c@d/1"])
        XCTAssertEqual(
            sent.compactMap { Presence($0)?.error?.condition }, [.badRequest, .badRequest])
        XCTAssertEqual(sent.map { $0[.id] }, ["i", "i"])
    }

    /// RFC 6121, section 4.3.2: the answer to a probe.
    func testWhoIsOfflineMaySaySinceWhen() throws {
        let answer = """
            <presence type='unavailable' from='a@b'>\
            <delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/></presence>
            """
        XCTAssertEqual(receive(answer), ["still offline a@b "])
        XCTAssertEqual(
            client["a@b"].lastUnavailable?.delays.map(\.stamp.description), ["2026-01-02T03:04:05Z"]
        )
        client.begin(with: ["a@b": SubscriptionRecord.Item(subscription: .to)])
        XCTAssertEqual(receive(answer.replacing("a@b", with: "c@d")), [], "a stranger is nobody")
        XCTAssertNil(client["c@d"].lastUnavailable)
        XCTAssertNotNil(client["a@b"].lastUnavailable)
    }

    func testOfALongPresenceOnlyTheAvailabilityIsKept() throws {
        let long = String(repeating: "x", count: PresenceClient.maximumPresenceBytes)
        XCTAssertEqual(
            receive(
                "<presence from='a@b/1'><show>dnd</show><priority>3</priority><status>\(long)</status></presence>"
            ), ["online a@b [\"1\"]"])
        let kept = client["a@b"].best?.presence
        XCTAssertEqual(kept?.show, .dnd)
        XCTAssertEqual(kept?.priority, 3)
        XCTAssertNil(kept?.status)
        XCTAssertEqual(kept?.from, "a@b/1")
    }

    func testTheNumberOfResourcesIsBounded() {
        var diagnostics: [Diagnostic.Kind] = []
        script.stream.onDiagnostic { diagnostics.append($0.kind) }
        let most = PresenceClient.maximumResourcesPerContact
        for number in 0..<most { _ = receive("<presence from='a@b/\(number)'/>") }
        XCTAssertEqual(diagnostics, [])
        XCTAssertEqual(receive("<presence from='a@b/more'/>"), [])
        XCTAssertEqual(diagnostics, [.tooMany])
        XCTAssertEqual(
            receive("<presence from='a@b/1'><show>xa</show></presence>").count, 1,
            "known ones still change")
        XCTAssertEqual(client["a@b"].resources.count, most)
    }

    func testTheNumberOfContactsIsBounded() throws {
        let stream = StanzaStream(write: { _ in })
        let client = PresenceClient(stream)
        stream.begin(as: "romeo@montague.example/orchard")
        var diagnostics: [Diagnostic.Kind] = []
        stream.onDiagnostic { diagnostics.append($0.kind) }
        var presence = Presence()
        for number in 0..<PresenceClient.maximumContacts {
            presence.element[.from] = "a\(number)@b/1"
            try stream.receive(presence)
        }
        XCTAssertEqual(diagnostics, [])
        presence.element[.from] = "more@b/1"
        try stream.receive(presence)
        XCTAssertEqual(diagnostics, [.tooMany])
        XCTAssertFalse(client["more@b"].isOnline)
        XCTAssertTrue(client["a99999@b"].isOnline)
    }

    func testEverybodyGoesOfflineWithTheSessionAndNobodyWhenItIsResumed() {
        _ = receive("<presence from='c@d/1'/>", "<presence from='a@b/1'/>")
        log = []
        script.stream.resume()
        XCTAssertEqual(log, [])
        script.stream.end()
        XCTAssertEqual(log, ["offline a@b ", "offline c@d "])
    }

    func testNobodyComesOnlineBehindTheEndOfTheSession() {
        client.onEvent { [unowned stream = script.stream] event in
            if case .wentOnline = event { stream.end() }
        }
        XCTAssertEqual(
            receive("<presence from='a@b/1'/><presence from='c@d/1'/>"),
            ["online a@b [\"1\"]", "offline a@b "])
        XCTAssertEqual(receive("<presence from='e@f/1'/>"), [])
        script.begin()
        XCTAssertEqual(client.contacts, [])
    }

    func testAClientThatIsGoneIsNotCalled() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        var other: PresenceClient? = PresenceClient(script.stream)
        weak let remembered = other
        other?.onEvent { _ in XCTFail("the client is gone") }
        other = nil
        XCTAssertNil(remembered)
        script.begin()
        try script.receive("<presence from='a@b/1'/>")
    }
}
