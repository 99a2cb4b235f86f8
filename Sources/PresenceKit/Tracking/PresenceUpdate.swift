/// What one stanza, or one thing that we did, changed; and how things stand after it.
public struct PresenceUpdate: Sendable {
    /// What happened, in order; nothing in the first update of a sequence.
    public let events: [PresenceEvent]
    /// All that is known, after the events.
    public let state: PresenceState
}
