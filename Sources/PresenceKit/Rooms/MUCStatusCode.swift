/// What a room says about a stanza of its own, by number; an open set. XEP-0045, section 16.6.
public struct MUCStatusCode: RawRepresentable, Sendable, Hashable {
    /// The number, from 100 to 999.
    public let rawValue: Int

    /// The code of that number.
    ///
    /// - Returns: `nil` for what is not from 100 to 999.
    public init?(rawValue: Int) {
        if !(100...999 ~= rawValue) { return nil }
        self.rawValue = rawValue
    }

    private init(_ number: Int) { rawValue = number }
}

extension MUCStatusCode {
    /// All occupants may see the own full address. Warn the user when it comes on entering.
    public static let nonAnonymous = Self(100)
    /// The own affiliation changed while one was not in the room; in a message.
    public static let affiliationChangedWhileAway = Self(101)
    /// The room now shows members that are not there; in a message.
    public static let nowShowsUnavailableMembers = Self(102)
    /// The room no longer shows members that are not there; in a message.
    public static let nowHidesUnavailableMembers = Self(103)
    /// The configuration changed in a way that has nothing to do with privacy; in a message.
    public static let configurationChanged = Self(104)
    /// The presence is one's own. On entering it is the last of all occupants'.
    public static let selfPresence = Self(110)
    /// The room is logged now; in a message, and on entering.
    public static let nowLogged = Self(170)
    /// The room is no longer logged; in a message.
    public static let noLongerLogged = Self(171)
    /// All occupants may see full addresses now; in a message.
    public static let nowNonAnonymous = Self(172)
    /// Only moderators may see full addresses now; in a message.
    public static let nowSemiAnonymous = Self(173)
    /// One has created the room, which waits to be configured.
    public static let created = Self(201)
    /// The room gave one this nickname, or changed it.
    public static let nickAssigned = Self(210)
    /// The occupant was banned.
    public static let banned = Self(301)
    /// The occupant has another nickname now, which the item tells: it did not leave.
    public static let nickChanged = Self(303)
    /// The occupant was removed by a moderator.
    public static let kicked = Self(307)
    /// The occupant had to go as its affiliation changed.
    public static let removedByAffiliation = Self(321)
    /// The occupant had to go as only members may be in the room now.
    public static let removedAsNotMember = Self(322)
    /// The occupant had to go as the service shuts down.
    public static let removedByShutdown = Self(332)
    /// The occupant had to go for a technical reason. With ``kicked`` beside it, this one counts.
    public static let removedByError = Self(333)
}
