import Foundation
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Reads what aioxmpp exports, and writes for it to read.
///
/// The file that the environment variable `PRESENCEKIT_AIOXMPP_ROSTERS` names is written by
/// `Tests/Differential/aioxmpp_roster.py`, which says how, and reads what is written here.
final class RosterJSONDifferentialTests: XCTestCase {
    func testRostersAreWhatAioxmppExports() throws {
        let variable = "PRESENCEKIT_AIOXMPP_ROSTERS"
        guard let path = ProcessInfo.processInfo.environment[variable] else {
            throw XCTSkip(
                """
                \(variable) names no file. `python3 Tests/Differential/aioxmpp_roster.py write FILE` \
                writes one, with the packages in Tests/Differential/aioxmpp-requirements.txt.
                """)
        }
        var written: [UInt8] = []
        var entries = 0
        var lines = 0
        for line in try Data(contentsOf: URL(filePath: path)).split(separator: 0x0A) {
            lines += 1
            let theirs = try JSON(Array(line))
            let roster = try Roster(json: line).json()
            let ours = try JSON(roster)
            XCTAssertEqual(
                ours.withSortedMembers.bytes, theirs.withSortedMembers.bytes, "line \(lines)")
            written += roster + [0x0A]
            entries += ours["items"]?.members?.count ?? 0
        }
        XCTAssertGreaterThanOrEqual(lines, 400)
        XCTAssertGreaterThan(entries, 4000)
        for seed in 0..<100 {
            let roster = try Roster(json: RosterMaker(seed: seed).document(count: seed % 50))
            written += roster.json() + [0x0A]
        }
        try Data(written).write(to: URL(filePath: path + ".ours"))
        print("read \(lines) rosters of aioxmpp with \(entries) entries, and wrote them for it")
    }
}
