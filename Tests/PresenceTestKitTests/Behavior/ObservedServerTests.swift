import PresenceKit
import PresenceTestKit
import VectorSupport
import XCTest

/// Compares the in-memory server with real ones, in every row that was recorded.
final class ObservedServerTests: XCTestCase {
    // MARK: The behaviors of servers

    func testTheBehaviorMadeForAServerDoesWhatTheServerDid() throws {
        var missing = Set(Reproduction.all.map(\.name))
        var scenes = PlayedScenes()
        for server in try ObservedServer.all() {
            guard let reproduction = server.reproduction else {
                print("no behavior was made for \(server.name)")
                continue
            }
            missing.remove(reproduction.name)
            let exceptions = reproduction.exceptions
            var reproduced = 0
            for row in server.rows {
                let (before, outcome) = scenes.play(row, reproduction.behavior)
                let differences = differences(of: before, outcome, from: row)
                if let reason = exceptions[row.name] {
                    XCTAssertNotEqual(differences, [], "\(row.name) is reproduced: \(reason)")
                } else {
                    XCTAssertEqual(differences, [], "\(server.name), \(row.name)")
                }
                if differences.isEmpty { reproduced += 1 }
            }
            XCTAssertEqual(reproduced + exceptions.count, server.rows.count, server.name)
            let notes = Set(exceptions.values).sorted().map { "; not \(exceptions.count): \($0)" }
            server.file.report(
                vectors: server.rows.count, steps: server.rows.count,
                note: "reproduced by the in-memory server: \(reproduced)\(notes.joined())")
        }
        XCTAssertEqual(missing, [], "nothing was recorded of these")
    }

    private func differences(
        of before: SceneItem?, _ outcome: SceneOutcome, from row: ObservedRow
    ) -> [String] {
        var differences = outcome.differences(from: row.outcome, .exact).map { aspect in
            "\(aspect.rawValue) is \(outcome.words(of: aspect, .exact)), "
                + "was \(row.outcome.words(of: aspect, .exact))"
        }
        if before != row.before { differences.append("the item before") }
        return differences
    }

    // MARK: The RFC

    /// Rows where the RFC contradicts itself do not count, nor what it does not say.
    func testTheServerAgreesWithEveryServerWhereThatAgreesWithTheRFC() throws {
        let oracle = try oracle()
        var scenes = PlayedScenes()
        for server in try ObservedServer.all() {
            var agreement = Agreement()
            for row in server.rows {
                let demanded = try XCTUnwrap(oracle[row.name], row.name)
                if demanded.isConflict { continue }
                if row.start.name.contains("approved") && !server.keepsApprovals { continue }
                let (_, outcome) = scenes.play(row, .standard)
                agreement.add(row, demanded, outcome, server.name)
            }
            XCTAssertGreaterThan(agreement.demanded, 0, server.name)
            XCTAssertEqual(agreement.found, agreement.demanded, server.name)
            print(
                "the in-memory server agrees with \(server.name) in \(agreement.words) "
                    + "where it agrees with the RFC (\(server.rows.count) rows)")
        }
    }

    /// The rows of the RFC under the names that the recordings give them.
    private func oracle() throws -> [String: OracleRow] {
        let file = try XCTUnwrap(VectorFolder.files(of: .subscription).first)
        let json = try file.json()
        var rows = try XCTUnwrap(json["transitions"]?.array).map(OracleRow.init(transition:))
        rows += try XCTUnwrap(json["preApproval"]?.array).map(OracleRow.init(transition:))
            .filter { $0.policy == .retained }
        for removal in try XCTUnwrap(json["removal"]?.array) {
            let row = try OracleRow(removal: removal)
            rows.append(row)
            let approved = SubscriptionRecord(row.before.state, isApproved: true)
            let start = try? SubscriptionStart(
                approved.state, isInRoster: true, isApproved: true)
            if start != nil && row.before.isInRoster {
                rows.append(try OracleRow(removal: removal, of: approved))
            }
        }
        return Dictionary(rows.map { ($0.name, $0) }) { first, _ in
            XCTFail("\(first.name) is there twice")
            return first
        }
    }
}

extension OracleRow {
    fileprivate var name: String {
        switch event {
        case .sent(let stanza): "\(start.name): out \(stanza.rawValue)"
        case .received(let stanza): "\(start.name): in \(stanza.rawValue)"
        case .removed: "\(start.name): out remove"
        case .set: "\(start.name): set"
        }
    }
}

/// Scenes that were played once: recordings share rows, and servers behaviors.
private struct PlayedScenes {
    private struct Key: Hashable {
        let row: String
        let behavior: ServerBehavior
    }

    private var played: [Key: (before: SceneItem?, outcome: SceneOutcome)] = [:]

    mutating func play(
        _ row: ObservedRow, _ behavior: ServerBehavior
    ) -> (before: SceneItem?, outcome: SceneOutcome) {
        let key = Key(row: row.name, behavior: behavior)
        if let scene = played[key] { return scene }
        let scene = SubscriptionScene(behavior, row.start)
        // In this order: the event changes the item.
        let before = scene.item()
        let outcome = scene.outcome(of: row.event)
        played[key] = (before, outcome)
        return (before, outcome)
    }
}

/// Where a real server does what the RFC demands, and the in-memory server what the real one does.
private struct Agreement {
    /// Rows that agree in every aspect.
    var demanded = 0
    var found = 0
    private var aspects: [SceneOutcome.Aspect: (demanded: Int, found: Int)] = [:]

    mutating func add(
        _ row: ObservedRow, _ oracle: OracleRow, _ outcome: SceneOutcome, _ server: String
    ) {
        let unspecified: Set<SceneOutcome.Aspect> =
            oracle.isUnspecified ? [.contact, .redelivered] : []
        let against = Set(row.outcome.differences(from: oracle.outcome, .meaning))
        let differing = Set(outcome.differences(from: row.outcome, .meaning))
        for aspect in SceneOutcome.Aspect.allCases
        where !against.contains(aspect) && !unspecified.contains(aspect) {
            aspects[aspect, default: (0, 0)].demanded += 1
            if differing.contains(aspect) {
                XCTFail(
                    "\(server), \(row.name), \(aspect.rawValue): "
                        + "\(outcome.words(of: aspect, .meaning)), "
                        + "was \(row.outcome.words(of: aspect, .meaning))")
            } else {
                aspects[aspect, default: (0, 0)].found += 1
            }
        }
        guard against.isSubset(of: unspecified) else { return }
        demanded += 1
        if differing.isSubset(of: unspecified) { found += 1 }
    }

    /// `98 of 98 rows: after-item 130 of 130, …`.
    var words: String {
        let parts = SceneOutcome.Aspect.allCases.map { aspect in
            let (demanded, found) = aspects[aspect] ?? (0, 0)
            return "\(aspect.rawValue) \(found) of \(demanded)"
        }
        return "\(found) of \(demanded) rows (\(parts.joined(separator: ", ")))"
    }
}
