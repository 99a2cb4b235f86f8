import PresenceKit
import VectorSupport
import XCTest

/// A row of RFC 6121's tables and prose, as what everybody sees in the scene.
struct OracleRow {
    let start: SubscriptionStart
    let event: SubscriptionStart.Step
    /// The record before.
    let before: SubscriptionRecord
    /// The record afterwards.
    let after: SubscriptionRecord
    /// What becomes of approvals: the RFC leaves it to the server. `nil` where it does not matter.
    let policy: SubscriptionServer.PreApproval?
    let outcome: SceneOutcome
    /// Whether the RFC says two things.
    let isConflict: Bool
    /// Whether the RFC does not say what becomes of open requests.
    let isUnspecified: Bool

    /// A row of `transitions` or `preApproval`.
    init(transition row: JSON) throws {
        let stanza = try XCTUnwrap(row["stanza"]?.string.flatMap(SubscriptionStanza.init))
        let isOutbound = try XCTUnwrap(row["direction"]?.string) == "outbound"
        let item = try Self.item(row["itemAfter"])
        before = try Self.record(row)
        after = SubscriptionRecord(
            try XCTUnwrap(row["newState"]?.string.flatMap(SubscriptionState.init)),
            isApproved: try XCTUnwrap(row["newApproved"]?.bool), isInRoster: item != nil)
        event = isOutbound ? .sent(stanza) : .received(stanza)
        let policies = ["retain": SubscriptionServer.PreApproval.retained, "drop": .dropped]
        policy = row["policy"]?.string.flatMap { policies[$0] }
        start = try Self.start(before)
        isConflict = row["conflict"] != nil
        isUnspecified = false

        var outcome = SceneOutcome(item: item.map(SceneItem.init))
        outcome.redelivered = after.state.isPendingIn ? 1 : 0
        if try XCTUnwrap(row["forward"]?.bool) {
            let stanza = stanza.rawValue
            if isOutbound {
                outcome.contact.append(SceneArrival(kind: stanza, route: "user>contact"))
            } else {
                // Sections 3.1.3; 3.1.6, 3.2.3 and 3.3.3.
                for index in stanza == "subscribe" ? [0, 2] : [0, 1] {
                    outcome.resources[index].append(
                        SceneArrival(kind: stanza, route: "contact>user"))
                }
            }
        }
        if let reply = row["autoReply"]?["type"]?.string {
            outcome.contact.append(SceneArrival(kind: reply, route: "user>contact"))
        }
        if let shown = row["presenceToContact"]?.string {
            // Whom the contact may not see any more is gone before it learns that. Section 3.2.2.
            outcome.showResources(shown, ahead: shown == "unavailable")
        }
        if try XCTUnwrap(row["push"]?.string) == "required" {
            outcome.push(try XCTUnwrap(outcome.item))
        }
        self.outcome = outcome
    }

    /// A row of `removal`. Open requests are left alone, as the RFC does not speak of them.
    init(removal row: JSON) throws {
        try self.init(removal: row, of: Self.record(row))
    }

    /// The same for a contact that is approved, or not.
    init(removal row: JSON, of record: SubscriptionRecord) throws {
        before = record
        start = try Self.start(record)
        event = .removed
        policy = nil
        isConflict = false
        isUnspecified = row["unspecified"]?.isNull == false
        var outcome = SceneOutcome()
        for stanza in try XCTUnwrap(row["sends"]?.array).compactMap(\.string) {
            outcome.contact.append(SceneArrival(kind: stanza, route: "user>contact"))
        }
        if try XCTUnwrap(row["result"]?.string) == "result" {
            if before.state.isSubscribedFrom { outcome.showResources("unavailable", ahead: true) }
            XCTAssertEqual(row["push"]?.string, "remove")
            outcome.push(SceneItem(["subscription": "remove"]))
            outcome.resources[0].append(SceneArrival(kind: "result"))
            after = SubscriptionRecord()
        } else {
            outcome.resources[0].append(
                SceneArrival(kind: "error modify \(row["result"]?.string ?? "")"))
            outcome.redelivered = before.state.isPendingIn ? 1 : 0
            after = before
        }
        self.outcome = outcome
    }

    private static func record(_ row: JSON) throws -> SubscriptionRecord {
        SubscriptionRecord(
            try XCTUnwrap(row["state"]?.string.flatMap(SubscriptionState.init)),
            isApproved: row["approved"]?.bool ?? false,
            isInRoster: try XCTUnwrap(row["rosterItem"]?.string) == "item")
    }

    private static func start(_ record: SubscriptionRecord) throws -> SubscriptionStart {
        try SubscriptionStart(
            record.state, isInRoster: record.isInRoster, isApproved: record.isApproved)
    }

    private static func item(_ json: JSON?) throws -> SubscriptionRecord.Item? {
        let json = try XCTUnwrap(json)
        if json.isNull { return nil }
        return SubscriptionRecord.Item(
            subscription: json["subscription"]?.string, ask: json["ask"]?.string,
            approved: try XCTUnwrap(json["approved"]?.bool) ? "true" : nil)
    }
}

extension SceneOutcome {
    fileprivate mutating func showResources(_ kind: String, ahead: Bool) {
        let shown = ["r1", "r3"].map { SceneArrival(kind: kind, route: "user/\($0)>contact") }
        contact.insert(contentsOf: shown, at: ahead ? 0 : contact.count)
    }

    fileprivate mutating func push(_ item: SceneItem) {
        for index in [0, 1] {
            resources[index].append(
                SceneArrival(kind: "push", items: [item], route: "user>user/r\(index + 1)"))
        }
    }
}
