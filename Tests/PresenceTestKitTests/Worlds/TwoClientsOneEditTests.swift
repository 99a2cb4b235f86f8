import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

/// Two resources of one account edit one contact at the same time, in every order in which the server
/// and both clients can come to hear of it.
final class TwoClientsOneEditTests: XCTestCase {
    func testEditsOfTwoResourcesEndInOneRosterWhateverTheOrder() {
        var count = 0
        for answersFirst in [false, true] {
            for (index, first) in ContactEdit.allCases.enumerated() {
                // Which of the resources does what is no matter.
                for second in ContactEdit.allCases[index...] {
                    count += explore([[first], [second]], answersFirst: answersFirst)
                }
            }
        }
        print("explored \(count) orders of two edits")
        XCTAssertGreaterThan(count, 500)
    }

    /// Tries all orders: what was chosen is written down, and the last choice that has another way is
    /// made differently the next time.
    private func explore(_ edits: [[ContactEdit]], answersFirst: Bool) -> Int {
        var choices: [(taken: Int, of: Int)] = []
        var count = 0
        repeat {
            count += 1
            let findings = TwoClientsSession.live(edits, answersFirst: answersFirst, &choices)
            if !findings.isEmpty {
                XCTFail(
                    "\(edits), answers first \(answersFirst), \(choices.map(\.taken)): \(findings)")
                return count
            }
            while let last = choices.last, last.taken + 1 == last.of { choices.removeLast() }
            if !choices.isEmpty { choices[choices.count - 1].taken += 1 }
        } while !choices.isEmpty
        return count
    }
}

extension TwoClientsSession {
    /// Lets everything happen in the order of the choices, and writes down those that are missing.
    nonisolated static func live(
        _ edits: [[ContactEdit]], answersFirst: Bool, _ choices: inout [(taken: Int, of: Int)]
    ) -> [String] {
        let session = TwoClientsSession(edits, answersFirst: answersFirst)
        return session.assumeIsolated { session in
            var step = 0
            var last: Move?
            while true {
                let possible = session.moves
                if possible.isEmpty { return session.check() }
                // What happens at one client and then at the other ends as it does the other way
                // round: one of the two is tried.
                let moves = possible.filter { $0.client != 0 || last?.client != 1 }
                if moves.isEmpty { return [] }
                if step == choices.count { choices.append((0, moves.count)) }
                last = moves[choices[step].taken]
                last.map(session.perform)
                step += 1
            }
        }
    }
}
