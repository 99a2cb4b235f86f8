import Foundation
import XCTest

/// Worlds of a seed each, in which five people with two programs each do what they like.
///
/// `PRESENCEKIT_WORLDS` says how many worlds there are, `PRESENCEKIT_WORLD_SEED` the seed of the first
/// one, `PRESENCEKIT_WORLD_ACTIONS` how many things happen in each, and `PRESENCEKIT_WORLD_KEPT` which
/// of them, such as `0-4,7`. Worlds are small where the program is not optimised.
final class WorldsTests: XCTestCase {
    #if DEBUG
        private static let defaultCount: UInt64 = 12
        private static let defaultActions: UInt64 = 400
    #else
        private static let defaultCount: UInt64 = 25
        private static let defaultActions: UInt64 = 2000
    #endif

    func testRandomWorldsComeToRest() throws {
        let count = try Self.number("PRESENCEKIT_WORLDS") ?? Self.defaultCount
        let first = try Self.number("PRESENCEKIT_WORLD_SEED") ?? 1
        let actions = Int(try Self.number("PRESENCEKIT_WORLD_ACTIONS") ?? Self.defaultActions)
        XCTAssertGreaterThan(count, 0)
        let kept = try Self.variable("PRESENCEKIT_WORLD_KEPT").map {
            try XCTUnwrap(WorldPlan.kept(in: $0))
        }
        let search = WorldSearch(
            (0..<count).map { WorldPlan(seed: first + $0, kept: kept ?? Array(0..<actions)) })
        search.run(onThreads: 2)
        print(search.tally)
        for failure in search.failures { XCTFail(failure) }
        if search.failures.isEmpty { XCTAssertEqual(search.tally.worlds, Int(count)) }
    }

    func testAWorldIsTheSameWheneverItLives() {
        for seed in 1...3 as ClosedRange<UInt64> {
            let plan = WorldPlan(seed: seed, count: 200)
            let first = World.live(plan)
            for _ in 0..<2 {
                let world = World.live(plan)
                XCTAssertEqual(world.tally, first.tally)
                XCTAssertEqual(world.findings, first.findings)
            }
        }
    }

    func testTheActionsOfAPlanAreReadAsTheyAreWritten() {
        for kept in [[], [3], [0, 1, 2], [0, 2, 3, 9]] {
            XCTAssertEqual(WorldPlan.kept(in: WorldPlan(seed: 1, kept: kept).keptText), kept)
        }
        XCTAssertNil(WorldPlan.kept(in: "4-2"))
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name]
    }

    private static func number(_ name: String) throws -> UInt64? {
        try variable(name).map { try XCTUnwrap(UInt64($0), "\(name) is no number: \($0)") }
    }
}
