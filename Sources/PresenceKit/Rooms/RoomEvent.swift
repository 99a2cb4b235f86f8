public import StanzaKit

/// What a stanza of a room means: each stanza is one event, told when ``RoomClient/rooms`` has just
/// changed accordingly. XEP-0045, section 7.
@nonexhaustive
public enum RoomEvent: Sendable, Hashable {
    // MARK: Others

    /// Somebody was there before one came in oneself; those come ahead of ``selfJoined(_:)``.
    case occupantListed(Room.Occupant)
    /// Somebody came in.
    case occupantJoined(Room.Occupant)
    /// Somebody, perhaps oneself, sent new presence, or has another role or affiliation.
    /// What is told again may be the same.
    case occupantUpdated(Room.Occupant, Room.Occupant.Changes)
    /// Somebody left. The occupant is as it was known.
    case occupantLeft(Room.Occupant, Room.Departure)
    /// Somebody, perhaps oneself, has another nickname; nobody left or came. The next presence
    /// under the new nickname is an ``occupantUpdated(_:_:)``. XEP-0045, section 7.6.
    ///
    /// Where an occupant had that nickname, the two are one from now on, as clients of one user may
    /// be: the second keeps the `id` of who had it, and that of the first is gone.
    case nickChanged(from: Room.Occupant, to: Room.Occupant, by: Presence)
    /// Somebody came into a room that has ``Room/maximumOccupants``, and is not followed.
    case tooManyOccupants(Presence)

    // MARK: Oneself

    /// One is in the room, and everybody who was there is known. The codes of the occupant say
    /// whether the room is new (``MUCStatusCode/created``), shows one's address to everybody
    /// (``MUCStatusCode/nonAnonymous``), is logged (``MUCStatusCode/nowLogged``) or gave one another
    /// nickname (``MUCStatusCode/nickAssigned``).
    case selfJoined(Room.Occupant)
    /// One is not in the room any more, and nobody in it is known. No ``occupantLeft(_:_:)`` comes
    /// with it.
    case selfLeft(Room.Departure)
    /// Another client of one's own left that had the same nickname; nothing changed.
    case sessionLeft(Presence)
    /// The room does not let one in. Those that it has listed are forgotten.
    case joinRefused(Room.Refusal)
    /// The room does not give one another nickname; one keeps what one has.
    case nickRefused(Room.Refusal)

    // MARK: The room

    /// The room itself sent presence, which is no occupant's: say, which picture it has.
    case roomPresence(Presence)
    /// The room sent a message with numbers, such as that it is logged from now on, or with what it
    /// has to tell about people who are not there. `message[MUCUser.self]` has them. XEP-0045,
    /// sections 9.3 and 10.2.1.
    case notice(Message)
    /// Something else went wrong; nothing changed.
    case error(Presence)
    /// A presence that changed nothing: while one is not in the room, or the leaving of somebody
    /// unknown.
    case stray(Presence)
}
