import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays what aioxmpp's roster did, step by step and event by event, with all that a listener saw
/// at each moment. Where the table of quirks knows something better, that is demanded.
final class RosterSessionVectorTests: XCTestCase {
    @MainActor
    func testSessionsAreAsRecordedOrBetter() async throws {
        var total = RosterSessionCheck.Counts()
        for file in try VectorFolder.files(of: .roster) where !file.name.hasSuffix("/items.jsonl") {
            let vectors = try file.lines()
            XCTAssertFalse(vectors.isEmpty, file.name)
            var counts = RosterSessionCheck.Counts()
            var steps = 0
            for vector in vectors {
                guard vector["kind"]?.string == "session" else {
                    XCTFail("not understood: \(vector)")
                    continue
                }
                counts = counts + (try await RosterSessionCheck.replay(vector))
                steps += vector["steps"]?.array?.count ?? 0
            }
            file.report(
                vectors: vectors.count, steps: steps,
                note: "\(counts.recorded) as recorded, \(steps - counts.recorded) better")
            total = total + counts
        }
        XCTAssertGreaterThan(total.recorded, 0)
        for (rule, count) in total.better.sorted(by: { $0.key < $1.key }) {
            print("better than recorded in \(count) steps: \(rule)")
        }
    }
}
