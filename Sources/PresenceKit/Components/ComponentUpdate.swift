/// What one stanza, or one thing that a component did, changed; and how things stand after it.
public struct ComponentUpdate: Sendable {
    /// What happened, in order; nothing in the first update of a sequence.
    public let events: [ComponentEvent]
    /// All that is known, after the events.
    public let state: ComponentState
}
