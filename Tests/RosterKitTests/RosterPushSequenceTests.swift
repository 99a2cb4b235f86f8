import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// Every sequence of pushes up to four, over two contacts, two groups, every subscription and
/// removal: each event holds what its documentation promises at the moment when it is delivered.
final class RosterPushSequenceTests: XCTestCase {
    /// What a contact is; `nil` where it is not in the roster.
    private struct Entry: Hashable {
        var subscription: String
        var groups: [String]
    }

    private struct Push {
        var contact: Int
        var entry: Entry?
        var stanza: IQ
    }

    private static let contacts: [BareJID] = ["a@x", "b@x"]
    private static let groups = ["F", "G"]

    private let stream = StanzaStream(write: { _ in })
    private lazy var client = RosterClient(stream)
    private var events: [RosterEvent] = []
    private var seen: [BareJID: RosterItem] = [:]
    private var deliveries = 0

    private static let pushes: [Push] = contacts.indices.flatMap { contact in
        let values: [Entry] = ["none", "to", "from", "both"].flatMap { subscription in
            [[], ["F"], ["G"], ["F", "G"]].map { Entry(subscription: subscription, groups: $0) }
        }
        return (values.map(Optional.some) + [nil]).map { entry in
            let item = RosterQuery.Item(
                contacts[contact], groups: entry?.groups ?? [],
                subscription: entry.flatMap { RosterItem.Subscription(rawValue: $0.subscription) }
                    ?? .neither, isRemoval: entry == nil)
            return Push(
                contact: contact, entry: entry,
                stanza: IQ(.set, id: "p", payload: RosterQuery(version: "v", items: [item]).element)
            )
        }
    }

    func testEverySequenceUpToFourKeepsEveryPromise() throws {
        client.onEvent { [unowned self] event in
            deliveries += 1
            check(event)
            events.append(event)
        }
        stream.begin(as: "romeo@montague.example/orchard")
        var steps = 0
        var sequences = 0
        var states: Set<[Entry?]> = []
        // Up to three all are played. What the fourth does depends on the state that it meets alone, as
        // the shorter ones show: the same push in the same state tells the same, however it got there.
        var told: [[Entry?]: [Int: [String]]] = [:]
        func play(_ index: Int, in state: [Entry?]) throws -> [Entry?] {
            let push = Self.pushes[index]
            var after = state
            after[push.contact] = push.entry
            events = []
            try stream.receive(push.stanza)
            steps += 1
            let log = events.map(Self.text)
            if let before = told[state]?[index] {
                XCTAssertEqual(log, before)
            } else {
                told[state, default: [:]][index] = log
                XCTAssertEqual(log, Self.log(from: state, to: after, contact: push.contact))
            }
            checkState(after)
            return after
        }
        func restore(_ state: [Entry?], after push: Int) throws {
            let contact = Self.pushes[push].contact
            let index = Self.pushes.firstIndex {
                $0.contact == contact && $0.entry == state[contact]
            }
            var now = state
            now[contact] = Self.pushes[push].entry
            _ = try play(try XCTUnwrap(index), in: now)
        }
        func walk(_ state: [Entry?], _ depth: Int) throws {
            states.insert(state)
            sequences += Self.pushes.count
            for index in Self.pushes.indices {
                let after = try play(index, in: state)
                if depth < 2 {
                    try walk(after, depth + 1)
                } else if depth == 2 {
                    sequences += Self.pushes.count
                    try walkOnce(after)
                }
                try restore(state, after: index)
            }
        }
        func walkOnce(_ state: [Entry?]) throws {
            if !states.insert(state).inserted { return }
            for index in Self.pushes.indices where told[state]?[index] == nil {
                _ = try play(index, in: state)
                try restore(state, after: index)
            }
        }
        try walk([nil, nil], 0)
        let count = Self.pushes.count
        XCTAssertEqual(
            sequences, count + count * count + count * count * count + count * count * count * count
        )
        XCTAssertEqual(states.count, 17 * 17)
        XCTAssertEqual(told.values.map(\.count).reduce(0, +), states.count * count)
        print(
            "checked \(sequences) sequences of pushes: \(steps) played, \(states.count) states, "
                + "\(deliveries) events")
    }

    // MARK: Promises

    private func check(_ event: RosterEvent) {
        let roster = client.roster
        var mayBeEmpty: String?
        switch event {
        case .entryAdded(let item):
            XCTAssertEqual(roster[item.jid], item)
            XCTAssertNil(seen[item.jid])
            for group in item.groups { XCTAssertTrue(roster.members(of: group).contains(item)) }
            seen[item.jid] = item
        case .entrySubscriptionChanged(let item):
            XCTAssertEqual(roster[item.jid], item)
            XCTAssertEqual(seen[item.jid]?.id, item.id)
            XCTAssertNotEqual(seen[item.jid]?.subscription, item.subscription)
            for group in Self.groups {
                XCTAssertEqual(
                    roster.members(of: group).contains(item),
                    seen[item.jid]?.groups.contains(group))
            }
        case .entryAddedToGroup(let item, let group):
            XCTAssertEqual(roster[item.jid], item)
            XCTAssertTrue(item.groups.contains(group))
            XCTAssertTrue(roster.members(of: group).contains(item))
            for left in seen[item.jid]?.groups ?? [] {
                XCTAssertTrue(roster.members(of: left).contains(item), "those it leaves have it")
            }
        case .entryRemovedFromGroup(let item, let group):
            XCTAssertEqual(roster[item.jid], item)
            XCTAssertFalse(item.groups.contains(group))
            XCTAssertFalse(roster.members(of: group).contains(item))
        case .entryRemoved(let item):
            XCTAssertNil(roster[item.jid])
            XCTAssertEqual(seen[item.jid], item, "it is what it was")
            for group in Self.groups { XCTAssertFalse(roster.members(of: group).contains(item)) }
            seen[item.jid] = nil
        case .groupAdded(let group):
            XCTAssertTrue(roster.contains(group: group))
            XCTAssertEqual(roster.members(of: group), [])
            mayBeEmpty = group
        case .groupRemoved(let group):
            XCTAssertFalse(roster.contains(group: group))
            XCTAssertEqual(roster.members(of: group), [])
        default: XCTFail("\(event)")
        }
        for group in roster.groupNames where group != mayBeEmpty {
            XCTAssertFalse(roster.members(of: group).isEmpty, "an empty group is seen")
        }
    }

    private func checkState(_ state: [Entry?]) {
        for (contact, entry) in zip(Self.contacts, state) {
            let item = client.roster[contact]
            XCTAssertEqual(item?.subscription.rawValue, entry?.subscription)
            XCTAssertEqual(item?.groups, entry?.groups)
            seen[contact] = item
        }
    }

    // MARK: What is to be told

    /// The events that bring one state to the next, put together from the documentation.
    private static func log(from before: [Entry?], to after: [Entry?], contact: Int) -> [String] {
        let name = contacts[contact].description
        let other = Set(before[1 - contact]?.groups ?? [])
        switch (before[contact], after[contact]) {
        case (nil, nil): return []
        case (nil, let new?):
            return new.groups.filter { !other.contains($0) }.map { "+ \($0)" } + ["+ \(name)"]
        case (let old?, nil):
            return old.groups.filter { !other.contains($0) }.map { "- \($0)" } + ["- \(name)"]
        case (let old?, let new?):
            let joined = new.groups.filter { !old.groups.contains($0) }
            let left = old.groups.filter { !new.groups.contains($0) }
            return (old.subscription == new.subscription ? [] : ["state \(name)"])
                + joined.flatMap { (other.contains($0) ? [] : ["+ \($0)"]) + ["\(name) + \($0)"] }
                + left.flatMap { (other.contains($0) ? [] : ["- \($0)"]) + ["\(name) - \($0)"] }
        }
    }

    private static func text(_ event: RosterEvent) -> String {
        switch event {
        case .entryAdded(let item): "+ \(item.jid)"
        case .entryRemoved(let item): "- \(item.jid)"
        case .entrySubscriptionChanged(let item): "state \(item.jid)"
        case .entryAddedToGroup(let item, let group): "\(item.jid) + \(group)"
        case .entryRemovedFromGroup(let item, let group): "\(item.jid) - \(group)"
        case .groupAdded(let group): "+ \(group)"
        case .groupRemoved(let group): "- \(group)"
        default: "\(event)"
        }
    }
}
