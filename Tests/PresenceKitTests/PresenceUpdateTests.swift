import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

final class PresenceUpdateTests: XCTestCase {
    private let script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var client = PresenceClient(script.stream)

    /// Whoever follows late begins with how things stand, and misses nothing after.
    func testUpdatesBeginWithHowThingsStandAndMissNothing() async throws {
        _ = client
        script.begin()
        try script.receive("<presence from='a@b/1'/>")
        var updates = client.updates().makeAsyncIterator()
        let first = await updates.next()
        XCTAssertEqual(first?.events, [])
        XCTAssertEqual(first?.state.contacts.map(\.jid), ["a@b"])
        try script.receive("<presence from='c@d/1'/><presence from='c@d/1'/>")
        script.stream.end()
        let second = await updates.next()
        XCTAssertEqual(second?.events.count, 1)
        XCTAssertEqual(second?.state.contacts.map(\.jid), ["a@b", "c@d"])
        // One update for one thing that happened, however many events it has.
        let third = await updates.next()
        XCTAssertEqual(third?.events.count, 2)
        XCTAssertEqual(third?.state.contacts, [])
    }

    func testUpdatesEndWithTheClient() async throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        var client: PresenceClient? = PresenceClient(script.stream)
        let updates = client?.updates()
        client = nil
        var count = 0
        for await _ in try XCTUnwrap(updates) { count += 1 }
        XCTAssertEqual(count, 1)
    }

    /// A copy stays as it was, and keeping many costs what changed between them.
    func testSnapshotsShareWhatDidNotChange() throws {
        let stream = StanzaStream(write: { _ in })
        let client = PresenceClient(stream)
        stream.begin(as: "romeo@montague.example/orchard")
        for number in 0..<5000 { try stream.receive(Presence(from: JID(wire: "a\(number)@b/1"))) }
        var snapshots: [PresenceState] = []
        for number in 0..<5000 {
            snapshots.append(client.state)
            try stream.receive(Presence(from: JID(wire: "a\(number)@b/1"), show: .away))
        }
        XCTAssertNil(snapshots[0]["a0@b"].best?.presence.show)
        XCTAssertNil(snapshots[4999]["a4999@b"].best?.presence.show)
        XCTAssertEqual(snapshots[4999]["a4998@b"].best?.presence.show, .away)
        XCTAssertEqual(client["a4999@b"].best?.presence.show, .away)
    }

    /// Strangers are forgotten before contacts are; each leaves with an event.
    func testStrangersAreFew() throws {
        _ = client
        script.begin()
        client.begin(with: [
            "friend@b": SubscriptionRecord.Item(subscription: .both)
        ])
        var forgotten: [BareJID] = []
        client.onEvent { event in
            if case .wentOffline(let contact, .forgotten) = event { forgotten.append(contact.jid) }
        }
        try script.receive("<presence from='friend@b/1'/>")
        for number in 0..<PresenceClient.maximumStrangers {
            try script.receive("<presence from='s\(number)@b/1'/>")
        }
        XCTAssertEqual(forgotten, [])
        try script.receive("<presence from='s0@b/1'><show>away</show></presence>")
        try script.receive("<presence from='more@b/1'/>")
        XCTAssertEqual(forgotten, ["s1@b"], "the one that was heard of longest ago")
        client.roster("s2@b", is: SubscriptionRecord.Item(subscription: .to))
        try script.receive("<presence from='last@b/1'/>")
        XCTAssertEqual(forgotten, ["s1@b"], "a contact makes room")
        XCTAssertTrue(client["friend@b"].isOnline)
        XCTAssertTrue(client["s2@b"].isOnline)
        XCTAssertEqual(client.contacts.count, PresenceClient.maximumStrangers + 2)
    }
}
