import StanzaKit

/// What happened in a long run.
struct Figures: CustomStringConvertible {
    /// How often somebody was to do something.
    var acts = 0
    /// How many edits of rosters the server took.
    var edits = 0
    /// How many edits failed, and why.
    var failures: [RequestError.Code: Int] = [:]
    /// How many presence stanzas arrived.
    var received = 0
    /// How many sessions began.
    var sessions = 0
    /// How often somebody lost the connection.
    var losses = 0
    /// How often the server was restarted.
    var restarts = 0

    var description: String {
        let failed = failures.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
        return """
            \(acts) acts, \(edits) edits taken, others: \(failed.isEmpty ? "none" : failed); \
            \(received) presences arrived; \(sessions) sessions, \(losses) lost on purpose, \
            \(restarts) restarts of the server
            """
    }
}
