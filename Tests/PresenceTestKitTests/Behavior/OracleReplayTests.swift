import PresenceKit
import PresenceTestKit
import VectorSupport
import XCTest

/// Replays RFC 6121's tables on the wire of the in-memory server: the user and the contact are brought
/// to each cell, the stanza is sent, and everybody looks.
///
/// Where the RFC contradicts itself the server reads it as ``SubscriptionServer`` says.
final class OracleReplayTests: XCTestCase {
    func testTheServerDoesInEveryCellWhatTheRFCDemands() throws {
        let files = try VectorFolder.files(of: .subscription)
        XCTAssertFalse(files.isEmpty)
        for file in files {
            let json = try file.json()
            let transitions = try XCTUnwrap(json["transitions"]?.array)
            let preApprovals = try XCTUnwrap(json["preApproval"]?.array)
            let removals = try XCTUnwrap(json["removal"]?.array)
            for rows in [transitions, preApprovals, removals] { XCTAssertFalse(rows.isEmpty) }
            for row in try (transitions + preApprovals).map(OracleRow.init(transition:)) {
                check(row, .settled)
            }
            for row in try removals.map(OracleRow.init(removal:)) {
                check(row, .forgotten)
                check(row, .settled)
            }
            let rows = transitions.count + preApprovals.count + removals.count
            file.report(
                vectors: rows, steps: rows + removals.count,
                note: "on the wire of the in-memory server: \(transitions.count) transitions, "
                    + "\(preApprovals.count) with approval, \(removals.count) removals")
        }
    }

    private func check(_ row: OracleRow, _ openRequests: SubscriptionServer.OpenRequests) {
        var behavior = ServerBehavior.standard
        behavior.subscriptions = SubscriptionServer(
            preApproval: row.policy ?? .retained, openRequests: openRequests)
        let scene = SubscriptionScene(behavior, row.start)
        let name = "\(row.start.name), \(row.event), \(row.policy?.name ?? "-") \(openRequests)"
        XCTAssertEqual(scene.record, row.before, name)
        XCTAssertEqual(
            scene.item()?.words(.addressed),
            row.before.item.map { SceneItem($0).words(.addressed) },
            name)
        let outcome = scene.outcome(of: row.event)
        XCTAssertEqual(scene.record, row.after, name)
        let demanded = openRequests == .settled ? row.settled : row.outcome
        for aspect in SceneOutcome.Aspect.allCases {
            XCTAssertEqual(
                outcome.words(of: aspect, .addressed), demanded.words(of: aspect, .addressed),
                "\(aspect.rawValue): \(name)")
        }
    }
}

extension OracleRow {
    /// The outcome on a server that settles requests without an answer, where the RFC is silent.
    fileprivate var settled: SceneOutcome {
        guard event == .removed, before.isInRoster else { return outcome }
        var settled = outcome
        if before.state.isPendingOut {
            // Behind the resources that are gone, ahead of `unsubscribed`.
            let index = settled.contact.firstIndex { $0.kind == "unsubscribed" }
            settled.contact.insert(
                SceneArrival(kind: "unsubscribe", route: "user>contact"),
                at: index ?? settled.contact.count)
        }
        if before.state.isPendingIn {
            settled.contact.append(SceneArrival(kind: "unsubscribed", route: "user>contact"))
        }
        return settled
    }
}

extension SubscriptionServer.PreApproval {
    fileprivate var name: String { "approvals \(self)" }
}
