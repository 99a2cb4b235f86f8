import PresenceKit
import VectorSupport
import XCTest

/// Replays RFC 6121, appendix A as data: every row exactly, those included where the RFC contradicts
/// itself.
///
/// The readings chosen there, by rule, are those of the appendix; `SubscriptionServer` has the list.
final class SubscriptionVectorTests: XCTestCase {
    func testEveryRowOfTheTablesIsAsTheRFCHasIt() throws {
        let files = try VectorFolder.files(of: .subscription)
        XCTAssertFalse(files.isEmpty)
        for file in files {
            let json = try file.json()
            XCTAssertEqual(json["format"]?.string, "rfc6121-subscription-oracle-1", file.name)
            let states = try XCTUnwrap(json["states"]?.array)
            let transitions = try XCTUnwrap(json["transitions"]?.array)
            let preApprovals = try XCTUnwrap(json["preApproval"]?.array)
            let removals = try XCTUnwrap(json["removal"]?.array)
            for rows in [states, transitions, preApprovals, removals] {
                XCTAssertFalse(rows.isEmpty, file.name)
            }
            try states.forEach(checkState)
            try (transitions + preApprovals).forEach(checkTransition)
            try removals.forEach(checkRemoval)
            let conflicts = transitions.filter { $0["conflict"] != nil }.count
            let count =
                states.count + transitions.count + preApprovals.count + removals.count
            file.report(
                vectors: count, steps: count, note: "\(conflicts) where the RFC contradicts itself")
        }
    }

    private func checkState(_ row: JSON) throws {
        let name = try XCTUnwrap(row["name"]?.string)
        let state = try XCTUnwrap(SubscriptionState(rawValue: name), name)
        let pendingOut = try XCTUnwrap(row["pendingOut"]?.bool)
        let pendingIn = try XCTUnwrap(row["pendingIn"]?.bool)
        XCTAssertEqual(state.primary.rawValue, row["subscription"]?.string, name)
        XCTAssertEqual(state.isPendingOut, pendingOut, name)
        XCTAssertEqual(state.isPendingIn, pendingIn, name)
        let item = SubscriptionRecord.Item(
            subscription: row["subscription"]?.string, ask: row["ask"]?.string, approved: nil)
        XCTAssertEqual(
            SubscriptionRecord(item, isPendingIn: pendingIn),
            SubscriptionRecord(state, isInRoster: true), name)
        XCTAssertEqual(
            SubscriptionRecord(state).isInRoster, row["visibleInRoster"]?.string == "yes", name)
    }

    private func checkTransition(_ row: JSON) throws {
        let (server, before, name) = try setting(of: row)
        let stanza = try SubscriptionStanza(rawValue: text("stanza", of: row)).unwrapped(name)
        let direction: SubscriptionServer.Direction
        switch try text("direction", of: row) {
        case "outbound": direction = .outbound
        case "inbound": direction = .inbound
        default: return XCTFail("\(name): a direction that is not understood")
        }
        let outcome = server.outcome(of: stanza, direction, in: before)

        XCTAssertEqual(outcome.direction, direction, name)
        XCTAssertEqual(outcome.before, before, name)
        XCTAssertEqual(outcome.after.state.rawValue, row["newState"]?.string, name)
        XCTAssertEqual(outcome.after.state != before.state, row["changed"]?.bool, name)
        XCTAssertEqual(outcome.after.isApproved, row["newApproved"]?.bool, name)
        XCTAssertEqual(outcome.forwarding.words, row["requirement"]?.string, name)
        XCTAssertEqual(outcome.isForwarded, row["forward"]?.bool, name)
        XCTAssertEqual(before.item, try item(row["itemBefore"]), name)
        XCTAssertEqual(outcome.after.item, try item(row["itemAfter"]), name)
        XCTAssertEqual(outcome.presence.words, row["presenceToContact"]?.string, name)

        let reply = row["autoReply"].flatMap { $0.isNull ? nil : $0 }
        XCTAssertEqual(outcome.reply?.stanza.rawValue, reply?["type"]?.string, name)
        // The words behind the first one name the sections that say otherwise.
        let strength = reply?["requirement"]?.string?.split(separator: " ").first.map(String.init)
        XCTAssertEqual(outcome.reply?.requirement.words, strength, name)

        switch try text("push", of: row) {
        case "required":
            XCTAssertEqual(outcome.push, outcome.after.item, name)
            XCTAssertNotNil(outcome.push, name)
        case "not-required":
            XCTAssertNil(outcome.push, name)
            XCTAssertTrue(outcome.changesRecord, name)
        case "none":
            XCTAssertNil(outcome.push, name)
            XCTAssertFalse(outcome.changesRecord, name)
        default: XCTFail("\(name): a push that is not understood")
        }
    }

    /// The server of the row, which says by default what the RFC says of requests when an item is
    /// removed: nothing.
    private func setting(
        of row: JSON
    ) throws -> (server: SubscriptionServer, before: SubscriptionRecord, name: String) {
        let policies: [String: SubscriptionServer.PreApproval] = [
            "retain": .retained, "drop": .dropped,
        ]
        let policy = row["policy"]?.string ?? "retain"
        let state = try text("state", of: row)
        let isInRoster = try text("rosterItem", of: row) == "item"
        let before = SubscriptionRecord(
            try SubscriptionState(rawValue: state).unwrapped(state),
            isApproved: row["approved"]?.bool ?? false, isInRoster: isInRoster)
        XCTAssertEqual(before.isInRoster, isInRoster)
        let server = SubscriptionServer(
            preApproval: try policies[policy].unwrapped(policy), openRequests: .forgotten)
        let name =
            "\(state), \(row["rosterItem"]?.string ?? ""), approved \(before.isApproved), "
            + "\(policy), \(row["direction"]?.string ?? "") \(row["stanza"]?.string ?? "remove")"
        return (server, before, name)
    }

    private func checkRemoval(_ row: JSON) throws {
        let (server, before, name) = try setting(of: row)
        let removal = server.removal(of: before)
        switch try text("result", of: row) {
        case "result":
            XCTAssertEqual(row["push"]?.string, "remove", name)
            let sends = try XCTUnwrap(row["sends"]?.array, name).compactMap(\.string)
            XCTAssertEqual(removal?.stanzas.map(\.rawValue), sends, name)
            XCTAssertEqual(removal?.after, SubscriptionRecord(), name)
        case "item-not-found":
            XCTAssertEqual(row["push"]?.isNull, true, name)
            XCTAssertNil(removal, name)
        default: XCTFail("\(name): a result that is not understood")
        }
    }

    private func item(_ json: JSON?) throws -> SubscriptionRecord.Item? {
        let json = try XCTUnwrap(json)
        if json.isNull { return nil }
        return SubscriptionRecord.Item(
            subscription: try SubscriptionState.Primary(rawValue: text("subscription", of: json))
                .unwrapped("subscription"),
            isPendingOut: json["ask"]?.string == "subscribe",
            isApproved: try XCTUnwrap(json["approved"]?.bool))
    }

    private func text(_ key: String, of row: JSON) throws -> String {
        try XCTUnwrap(row[key]?.string, key)
    }
}

extension Optional {
    fileprivate func unwrapped(_ message: String) throws -> Wrapped {
        try XCTUnwrap(self, message)
    }
}

extension SubscriptionOutcome.Requirement {
    fileprivate var words: String {
        switch self {
        case .must: "MUST"
        case .should: "SHOULD"
        case .shouldNot: "SHOULD NOT"
        case .mustNot: "MUST NOT"
        }
    }
}

extension SubscriptionOutcome.Availability? {
    fileprivate var words: String? {
        switch self {
        case .available: "available"
        case .unavailable: "unavailable"
        case nil: nil
        }
    }
}
