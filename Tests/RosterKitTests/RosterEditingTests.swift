import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

@MainActor
final class RosterEditingTests: XCTestCase {
    private let clock = ManualClock()
    private lazy var script = ScriptedStream(as: "romeo@montague.example/orchard", clock: clock)
    private lazy var client = RosterClient(script.stream)
    private var overridden: [RosterItem] = []

    private func begin(_ items: String, features: String = "") throws {
        client.onEvent { [unowned self] event in
            if case .editOverridden(let item) = event { overridden.append(item) }
        }
        script.begin(features: features)
        try script.receive(
            "<iq type='result' id='id1'><query xmlns='jabber:iq:roster'>\(items)</query></iq>")
        _ = script.takeSent()
    }

    private func push(_ items: String) throws {
        try script.receive(
            "<iq type='set' id='p'><query xmlns='jabber:iq:roster'>\(items)</query></iq>")
    }

    private func answer(_ id: String) throws {
        try script.receive("<iq type='result' id='\(id)'/>")
    }

    private func refuse(_ id: String) throws {
        try script.receive(
            "<iq type='error' id='\(id)'><error type='modify'><not-acceptable xmlns='\(XMLNamespace.stanzaErrors)'/></error></iq>"
        )
    }

    /// The items of what was sent, with the ids of the requests; acknowledgements are left out.
    private func sent() -> [String] {
        script.takeSent().compactMap { element in
            guard element[.type] != "result" else { return nil }
            let item = element.first("query", in: .roster)?.first("item", in: .roster)
            return "\(element[.id] ?? "-") \(item ?? element)"
        }
    }

    /// Begins an edit and waits until it is under way.
    private func start(
        _ edit: @escaping @MainActor (RosterClient) async throws(RequestError) -> Void
    ) async -> Task<RequestError?, Never> {
        let task = Task { () -> RequestError? in
            do throws(RequestError) {
                try await edit(client)
                return nil
            } catch {
                return error
            }
        }
        for _ in 0..<8 { await Task.yield() }
        return task
    }

    private let friend = "<item jid='a@x' name='A' subscription='both'><group>F</group></item>"

    func testWhatIsNotMentionedStaysAsItIs() async throws {
        try begin(friend)
        let edits: [(@MainActor (RosterClient) async throws(RequestError) -> Void, String)] = [
            (
                { client throws(RequestError) in try await client.setEntry("a@x") },
                "<item xmlns='jabber:iq:roster' jid='a@x' name='A'><group>F</group></item>"
            ),
            (
                { client throws(RequestError) in
                    try await client.setEntry("a@x", name: .set("B"), addingTo: ["G", "E"])
                },
                "<item xmlns='jabber:iq:roster' jid='a@x' name='B'><group>E</group><group>F</group><group>G</group></item>"
            ),
            (
                { client throws(RequestError) in
                    try await client.setEntry(
                        "a@x", name: .remove, addingTo: ["F", "H"], removingFrom: ["F"])
                },
                "<item xmlns='jabber:iq:roster' jid='a@x'><group>H</group></item>"
            ),
            (
                { client throws(RequestError) in
                    try await client.setEntry("b@x", name: .set(""), removingFrom: ["F"])
                },
                "<item xmlns='jabber:iq:roster' jid='b@x' name=''/>"
            ),
            (
                { client throws(RequestError) in try await client.removeEntry("c@x") },
                "<item xmlns='jabber:iq:roster' jid='c@x' subscription='remove'/>"
            ),
        ]
        for (index, (edit, expected)) in edits.enumerated() {
            let task = await start(edit)
            XCTAssertEqual(sent(), ["id\(index + 2) \(expected)"])
            try refuse("id\(index + 2)")
            let error = await task.value
            XCTAssertEqual(error?.code, .refused)
            XCTAssertEqual(error?.stanzaError?.condition, .notAcceptable)
        }
        XCTAssertEqual(client.roster.items.map(\.jid), ["a@x"], "only pushes change the roster")
    }

    /// Servers push before they answer, after it, or both in one go; a contact is edited three
    /// times.
    func testEditsOfOneContactDoNotUndoEachOther() async throws {
        for pushesFirst in [true, false] {
            for answersBetween in 0...2 {
                let script = ScriptedStream(as: "romeo@montague.example/orchard", clock: clock)
                (self.script, client) = (script, RosterClient(script.stream))
                try begin(friend)
                var tasks: [Task<RequestError?, Never>] = []
                var items: [String] = []
                for (index, group) in ["1", "2", "3"].enumerated() {
                    tasks.append(
                        await start { client throws(RequestError) in
                            try await client.setEntry("a@x", addingTo: [group])
                        })
                    items += sent()
                    if index < answersBetween {
                        let item = items[index].split(separator: " ", maxSplits: 1)[1]
                        if pushesFirst { try push("\(item)") }
                        try answer("id\(index + 2)")
                        // The push of a server that answers first comes when the next edit is sent.
                        _ = await tasks[index].value
                    }
                }
                XCTAssertEqual(
                    items.last,
                    "id4 <item xmlns='jabber:iq:roster' jid='a@x' name='A'><group>1</group><group>2</group>"
                        + "<group>3</group><group>F</group></item>",
                    "\(pushesFirst) \(answersBetween)")
                for (index, item) in items.enumerated()
                where index >= answersBetween || !pushesFirst {
                    let pushed = "\(item.split(separator: " ", maxSplits: 1)[1])"
                    if index >= answersBetween, !pushesFirst { try answer("id\(index + 2)") }
                    try push(pushed)
                    if index >= answersBetween, pushesFirst { try answer("id\(index + 2)") }
                }
                for task in tasks {
                    let error = await task.value
                    XCTAssertNil(error)
                }
                XCTAssertEqual(client.roster["a@x"]?.groups, ["1", "2", "3", "F"])
                XCTAssertEqual(overridden, [])
            }
        }
    }

    func testAnEditThatTheServerOverrodeIsTold() async throws {
        for pushesFirst in [true, false] {
            let script = ScriptedStream(as: "romeo@montague.example/orchard", clock: clock)
            (self.script, client, overridden) = (script, RosterClient(script.stream), [])
            try begin(friend)
            let task = await start { client throws(RequestError) in
                try await client.setEntry("a@x", name: .set(" B "))
            }
            if !pushesFirst {
                try answer("id2")
                _ = await task.value
            }
            try push("<item jid='a@x' name='B'><group>F</group></item>")
            XCTAssertEqual(overridden.map(\.name), pushesFirst ? [] : ["B"])
            if pushesFirst {
                try answer("id2")
                _ = await task.value
            }
            XCTAssertEqual(overridden.map(\.name), ["B"])
            try push("<item jid='a@x' name='C'/>")
            XCTAssertEqual(overridden.count, 1, "that was somebody else")
        }
    }

    func testARemovalIsNotUndoneByAnEarlierEdit() async throws {
        try begin(friend)
        let first = await start { client throws(RequestError) in
            try await client.setEntry("a@x", name: .set("B"))
        }
        let removal = await start { client throws(RequestError) in
            try await client.removeEntry("a@x")
        }
        let last = await start { client throws(RequestError) in
            try await client.setEntry("a@x", addingTo: ["G"])
        }
        XCTAssertEqual(
            sent().last,
            "id4 <item xmlns='jabber:iq:roster' jid='a@x'><group>G</group></item>",
            "what is added after a removal begins with nothing")
        for id in ["id2", "id3", "id4"] { try answer(id) }
        for task in [first, removal, last] {
            let error = await task.value
            XCTAssertNil(error)
        }
    }

    func testAPendingRequestEndsBeforeARemoval() async throws {
        try begin("<item jid='a@x' ask='subscribe'/>")
        try script.receive("<presence type='subscribe' from='a@x'/>")
        let task = await start { client throws(RequestError) in try await client.removeEntry("a@x")
        }
        XCTAssertEqual(
            sent(),
            [
                "- <presence to='a@x' type='unsubscribe'/>",
                "- <presence to='a@x' type='unsubscribed'/>",
                "id2 <item xmlns='jabber:iq:roster' jid='a@x' subscription='remove'/>",
            ])
        XCTAssertEqual(client.presence.requests, [])
        try refuse("id2")
        let error = await task.value
        XCTAssertEqual(error?.code, .refused)
    }

    func testErrorsSayWhyThereIsNoAnswer() async throws {
        _ = client
        let outside = await start { client throws(RequestError) in try await client.setEntry("a@x")
        }
        var error = await outside.value
        XCTAssertEqual(error?.code, .disconnected)
        try begin(friend)
        let late = await start { client throws(RequestError) in
            try await client.setEntry("a@x", timeout: .seconds(10))
        }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(10))
        error = await late.value
        XCTAssertEqual(error?.code, .timedOut)
        try answer("id2")
        let cancelled = await start { client throws(RequestError) in
            try await client.removeEntry("a@x")
        }
        cancelled.cancel()
        error = await cancelled.value
        XCTAssertEqual(error?.code, .cancelled)
        let cut = await start { client throws(RequestError) in try await client.setEntry("a@x") }
        script.stream.end()
        error = await cut.value
        XCTAssertEqual(error?.code, .disconnected)
        script.begin()
        _ = sent()
        let nameless = await start { client throws(RequestError) in
            try await client.setEntry("a@x", addingTo: [""])
        }
        error = await nameless.value
        XCTAssertEqual(error?.code, .invalidRequest)
        let unwritable = await start { client throws(RequestError) in
            try await client.setEntry("a@x", name: .set("\u{0}"))
        }
        error = await unwritable.value
        XCTAssertEqual(error?.code, .invalidRequest)
        XCTAssertEqual(sent(), [])
    }

    /// What failed is no base for what comes next.
    func testAnEditThatFailedIsForgotten() async throws {
        try begin(friend)
        let first = await start { client throws(RequestError) in
            try await client.setEntry("a@x", addingTo: ["G"])
        }
        try refuse("id2")
        _ = await first.value
        _ = sent()
        let second = await start { client throws(RequestError) in
            try await client.setEntry("a@x", name: .set("B"))
        }
        XCTAssertEqual(
            sent(),
            ["id3 <item xmlns='jabber:iq:roster' jid='a@x' name='B'><group>F</group></item>"])
        try answer("id3")
        _ = await second.value
    }

    func testTheServersSpellingIsWrittenBack() async throws {
        try begin("<item jid='a@xn--bcher-kva.example'/>")
        let task = await start { client throws(RequestError) in
            try await client.setEntry("a@bücher.example", name: .set("B"))
        }
        XCTAssertEqual(
            sent(),
            ["id2 <item xmlns='jabber:iq:roster' jid='a@xn--bcher-kva.example' name='B'/>"])
        try answer("id2")
        _ = await task.value
    }
}
