/// A world that fails, made smaller by leaving out what it does not take to fail.
struct WorldShrinking {
    private(set) var plan: WorldPlan
    private var findings: [String] = []

    /// Tries at most `attempts` smaller worlds.
    init(_ plan: WorldPlan, attempts: Int = 200) {
        self.plan = plan
        findings = World.live(plan).findings
        var attempts = attempts
        var size = max(1, plan.kept.count / 2)
        while attempts > 0 {
            var start = 0
            var isSmaller = false
            while start < self.plan.kept.count && attempts > 0 {
                attempts -= 1
                if leaveOut(start..<min(start + size, self.plan.kept.count)) {
                    isSmaller = true
                } else {
                    start += size
                }
            }
            if size == 1 && !isSmaller { break }
            size = max(1, size / 2)
        }
    }

    /// Leaves out some actions, if the world fails without them too.
    private mutating func leaveOut(_ range: Range<Int>) -> Bool {
        var smaller = plan
        smaller.kept.removeSubrange(range)
        let findings = World.live(smaller).findings
        if findings.isEmpty { return false }
        (plan, self.findings) = (smaller, findings)
        return true
    }

    /// What happens, what is wrong, and how to see it again.
    var report: String {
        let actions = plan.kept.map { "    \($0) \(WorldAction.number($0, of: plan))" }
        let server = "    on a server with \(WorldServer.summary(of: World.behavior(of: plan)))"
        return
            (["seed \(plan.seed), replayed by", "    \(plan.command)", server] + actions + findings)
            .joined(separator: "\n")
    }
}
