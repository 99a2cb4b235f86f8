import PresenceTestKit

/// What is to happen in a world. A world of the same plan is the same to the last byte.
struct WorldPlan: Sendable, Hashable {
    /// What decides everything that is decided by chance.
    var seed: UInt64
    /// Which of the seed's actions happen: each is the same whatever the others are, so that a world
    /// that fails can be made smaller.
    var kept: [Int]

    init(seed: UInt64, kept: [Int]) {
        self.seed = seed
        self.kept = kept
    }

    /// All of the first `count` actions.
    init(seed: UInt64, count: Int) {
        self.init(seed: seed, kept: Array(0..<count))
    }

    /// Numbers for one purpose.
    func dice(for purpose: UInt64) -> SeededGenerator {
        var first = SeededGenerator(seed: seed)
        return SeededGenerator(seed: first.next() ^ purpose &* 0x2545_F491_4F6C_DD1D)
    }
}

// MARK: As text

extension WorldPlan {
    /// The actions as ranges, such as `0-4,7`.
    var keptText: String {
        var ranges: [ClosedRange<Int>] = []
        for number in kept {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        .joined(separator: ",")
    }

    /// Reads what ``keptText`` writes; `nil` where it is anything else.
    static func kept(in text: String) -> [Int]? {
        var kept: [Int] = []
        for part in text.split(separator: ",") {
            let bounds = part.split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first, let last = bounds.last, first <= last else {
                return nil
            }
            kept += Array(first...last)
        }
        return kept
    }

    /// The command that replays the world.
    var command: String {
        "PRESENCEKIT_WORLDS=1 PRESENCEKIT_WORLD_SEED=\(seed) PRESENCEKIT_WORLD_KEPT=\(keptText) "
            + ".ci/test --filter WorldsTests/testRandomWorldsComeToRest"
    }
}
