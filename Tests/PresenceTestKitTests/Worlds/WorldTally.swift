/// What was done and seen in one world, or in all of them.
struct WorldTally: Sendable, Hashable {
    var worlds = 0
    var actions = 0
    var stanzas = 0
    var sessions = 0
    var edits = 0
    var checks = 0
    /// By kind.
    var faults: [String: Int] = [:]
    /// How edits ended, by kind.
    var outcomes: [String: Int] = [:]

    static func += (left: inout WorldTally, right: WorldTally) {
        left.worlds += right.worlds
        left.actions += right.actions
        left.stanzas += right.stanzas
        left.sessions += right.sessions
        left.edits += right.edits
        left.checks += right.checks
        left.faults.merge(right.faults, uniquingKeysWith: +)
        left.outcomes.merge(right.outcomes, uniquingKeysWith: +)
    }
}

extension WorldTally: CustomStringConvertible {
    var description: String {
        let totals = """
            worlds: \(worlds), with \(actions) actions, \(stanzas) stanzas delivered, \(sessions) \
            sessions, \(edits) edits, \(checks) checks
            """
        let lines = [
            totals, "worlds: edits " + Self.list(outcomes), "worlds: faults " + Self.list(faults),
        ]
        return lines.joined(separator: "\n")
    }

    private static func list(_ counts: [String: Int]) -> String {
        let list = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return list.isEmpty ? "none" : list.joined(separator: ", ")
    }
}
