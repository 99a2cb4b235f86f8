import Foundation
internal import Synchronization

/// Many worlds, on some threads: each lives on one of them alone.
final class WorldSearch: Sendable {
    private struct State {
        var next: Int
        var tally = WorldTally()
        var failures: [String] = []
    }

    private let plans: [WorldPlan]
    private let state = Mutex(State(next: 0))

    init(_ plans: [WorldPlan]) {
        self.plans = plans
    }

    /// What all worlds did.
    var tally: WorldTally { state.withLock(\.tally) }
    /// What is wrong, world by world, made as small as is cheap.
    var failures: [String] { state.withLock(\.failures) }

    /// Lets all worlds live.
    func run(onThreads count: Int) {
        let group = DispatchGroup()
        for _ in 0..<count {
            group.enter()
            let thread = Thread { [self] in
                while let plan = next() { live(plan) }
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
    }

    private func next() -> WorldPlan? {
        state.withLock { state in
            // Who looks into ten failures sees no more in a hundred.
            guard state.next < plans.count, state.failures.count < 10 else { return nil }
            defer { state.next += 1 }
            return plans[state.next]
        }
    }

    private func live(_ plan: WorldPlan) {
        let (findings, tally) = World.live(plan)
        let failure = findings.isEmpty ? nil : WorldShrinking(plan).report
        state.withLock { state in
            state.tally += tally
            if let failure { state.failures.append(failure) }
        }
    }
}
