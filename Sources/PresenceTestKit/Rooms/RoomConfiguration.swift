public import StanzaKit

/// What a room of a test server is like. XEP-0045, section 4.2.
///
/// ```swift
/// var configuration = RoomConfiguration()
/// configuration.isMembersOnly = true
/// configuration.password = "cauldronburn"
/// ```
///
/// As it is made, a room is open to everybody, lets everybody speak, shows real addresses to
/// moderators only, and goes when the last occupant does.
public struct RoomConfiguration: Sendable, Hashable {
    /// Whether only members may come in; on the wire `muc#roomconfig_membersonly`.
    public var isMembersOnly = false
    /// Whether those who are no members come in as visitors, who may not speak; on the wire
    /// `muc#roomconfig_moderatedroom`.
    public var isModerated = false
    /// Whether everybody sees the real addresses of all, and not moderators alone; on the wire
    /// `muc#roomconfig_whois`.
    public var isNonAnonymous = false
    /// Whether the room stays when nobody is in it; on the wire `muc#roomconfig_persistentroom`.
    public var isPersistent = false
    /// Whether what is said is published, of which whoever comes in is warned; on the wire
    /// `muc#roomconfig_enablelogging`. Nothing is recorded in truth.
    public var isLogged = false
    /// How many nicknames there may be; admins and owners come in all the same. `nil` for as many
    /// as want to. On the wire `muc#roomconfig_maxusers`.
    public var maximumOccupants: Int?
    /// Whether several clients of one user may have one nickname. XEP-0045, section 7.2.8. Where
    /// they may not, the nickname is taken for them as it is for others.
    public var allowsSharedNicks = true

    private var exactName: ExactText?
    private var exactPassword: ExactText?
    private var exactAssignedNicks: [BareJID: ExactText] = [:]

    /// A room that is open to everybody.
    public init() {}

    /// What the room calls itself; on the wire `muc#roomconfig_roomname`.
    public var name: String? {
        get { exactName?.string }
        set { exactName = newValue.map(ExactText.init) }
    }

    /// What one has to know to come in; `nil` where nothing is asked. On the wire
    /// `muc#roomconfig_roomsecret`.
    public var password: String? {
        get { exactPassword?.string }
        set { exactPassword = newValue.map(ExactText.init) }
    }

    /// The nicknames that users get whatever they ask for, and nobody else gets. XEP-0045, sections
    /// 7.2.2 and 7.6.
    ///
    /// A nickname that cannot be part of an address refuses its user with `jid-malformed`.
    public var assignedNicks: [BareJID: String] {
        get { exactAssignedNicks.mapValues(\.string) }
        set { exactAssignedNicks = newValue.mapValues(ExactText.init) }
    }

    /// Whether the nickname is kept for somebody else.
    func isReserved(_ nick: String, for user: BareJID) -> Bool {
        exactAssignedNicks.contains { $0.key != user && $0.value.string.isExactly(nick) }
    }
}
