/// What one stanza changed, and the roster after it.
public struct RosterUpdate: Sendable {
    /// What happened, in order; nothing in the first update of a sequence.
    public let events: [RosterEvent]
    /// The roster after the events.
    public let roster: Roster
}
