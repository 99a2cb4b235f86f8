public import StanzaKit

/// What one stanza of a room changed, or the end of the session; and how things stand after it.
public struct RoomUpdate: Sendable {
    /// The room that it happened in; `nil` in the first update of a sequence.
    public let room: BareJID?
    /// What happened; `nil` in the first update of a sequence.
    public let event: RoomEvent?
    /// The rooms that are followed, sorted by address, after the event.
    public let rooms: [Room]
}
