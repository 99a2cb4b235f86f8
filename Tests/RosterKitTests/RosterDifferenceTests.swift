import PresenceKit
import RosterKit
import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

final class RosterDifferenceTests: XCTestCase {
    /// Between any two rosters of one client lies what the client told on the way, where it went
    /// straight.
    func testItIsWhatAFullResultTells() throws {
        var ids: [String] = []
        let stream = StanzaStream(
            makeID: {
                ids.append("id\(ids.count)")
                return ids[ids.count - 1]
            }, write: { _ in })
        let client = RosterClient(stream)
        var events: [RosterEvent] = []
        client.onEvent { events.append($0) }
        stream.begin(as: "romeo@montague.example/orchard")
        var random = SeededGenerator(seed: 7)
        var rosters: [Roster] = [client.roster]
        for _ in 0..<300 {
            let query = RosterQuery(items: Self.items(&random))
            events = []
            client.refresh()
            try stream.receive(
                IQ(.result, id: ids[ids.count - 1], payload: query.element))
            let last = rosters[rosters.count - 1]
            XCTAssertEqual(client.roster.difference(from: last) + [.initialRosterReceived], events)
            XCTAssertEqual(client.roster.difference(from: client.roster), [])
            rosters.append(client.roster)
        }
        // Back and forth: what is told brings one to the other.
        for (old, new) in zip(rosters, rosters.reversed()) {
            let gone = Set(old.items.map(\.id)).subtracting(new.items.map(\.id))
            let removed = new.difference(from: old).filter {
                if case .entryRemoved = $0 { true } else { false }
            }
            XCTAssertEqual(removed.count, gone.count)
        }
    }

    private static func items(_ random: inout SeededGenerator) -> [RosterQuery.Item] {
        (0..<8).compactMap { index in
            guard Int.random(in: 0..<3, using: &random) > 0 else { return nil }
            return RosterQuery.Item(
                BareJID(stringLiteral: "c\(index)@x"),
                name: ["A", "B", nil].randomElement(using: &random) ?? nil,
                groups: ["F", "G", "\u{E9}", "e\u{301}"].filter { _ in
                    Bool.random(using: &random)
                }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                isPendingOut: Bool.random(using: &random))
        }
    }

    // MARK: Large rosters

    /// The rosters of 5,000 contacts that two servers sent.
    func testLargeRostersOfServersAreKnownAndFollowed() throws {
        var count = 0
        for file in try VectorFolder.files(of: .corpora)
        where file.url.lastPathComponent.hasSuffix(".iq.xml") {
            let xml = String(decoding: try file.bytes(), as: UTF8.self)
            let query = try XCTUnwrap(
                Element(parsing: xml, in: .client).first("query", in: .roster))
            try checkLarge(query, count: 5000, file.name)
            count += 1
        }
        print("followed \(count) recorded rosters of 5,000 contacts")
    }

    func testARosterOfAHundredThousandContacts() throws {
        let items = (0..<100_000).map { index in
            RosterQuery.Item(
                BareJID(stringLiteral: "contact\(index)@example.net"), name: "Contact \(index)",
                groups: ["Group \(index % 50)"], subscription: .both)
        }
        try checkLarge(RosterQuery(version: "1", items: items).element, count: 100_000, "generated")
    }

    /// Receives a roster as a whole, and then changes each 50th entry, with a copy kept of each
    /// state.
    private func checkLarge(_ query: Element, count: Int, _ name: String) throws {
        let stream = StanzaStream(makeID: { "id" }, write: { _ in })
        let client = RosterClient(stream)
        var added = 0
        client.onEvent { if case .entryAdded = $0 { added += 1 } }
        stream.begin(as: "romeo@montague.example/orchard")
        let clock = ContinuousClock()
        let whole = try clock.measure {
            try stream.receive(IQ(.result, id: "id", payload: query))
        }
        XCTAssertEqual(added, count, name)
        XCTAssertEqual(client.roster.count, count, name)
        XCTAssertEqual(client.roster.state, .current, name)
        let all = client.roster.items
        let contacts = stride(from: 0, to: count, by: max(50, count / 1000)).map { all[$0].jid }
        var copies: [Roster] = []
        let changes = try clock.measure {
            for contact in contacts {
                copies.append(client.roster)
                let item = RosterQuery.Item(contact, name: "new", groups: ["new"])
                try stream.receive(
                    IQ(.set, id: "p", payload: RosterQuery(items: [item]).element))
            }
        }
        XCTAssertEqual(copies.first?.items, all, "a copy stays as it was")
        XCTAssertEqual(client.roster.members(of: "new").count, contacts.count, name)
        let each = changes / contacts.count
        print("a roster of \(count): \(whole) as a whole, \(each) for each push: \(name)")
        // A push must not cost what the whole roster does.
        XCTAssertLessThan(each * 20, whole, name)
    }
}
