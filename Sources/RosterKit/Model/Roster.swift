internal import HashTreeCollections
public import StanzaKit

/// The contacts of an account: a value, so that a copy stays as it was. RFC 6121, section 2.1.
///
/// Copying is free and a change after a copy costs the change alone, however many contacts there
/// are.
public struct Roster: Sendable {
    /// How much is known.
    public enum State: Sendable, Hashable {
        /// This session has not received it yet; the entries may be those of an earlier one.
        case notLoaded
        /// The server sent the roster in this session, and pushes keep it current while that lasts.
        case current
    }

    /// How much is known.
    public internal(set) var state = State.notLoaded
    /// The version that the server gave, if it does; an opaque text. RFC 6121, section 2.6.
    public internal(set) var version: String?

    /// Whether the entries are all that a version stands for: since the roster was received as a
    /// whole, or imported with its version. A push alone shows a version without its entries.
    var hasBase = false
    var entries: TreeDictionary<BareJID, RosterItem> = [:]
    var groups: TreeDictionary<ExactText, TreeSet<BareJID>> = [:]

    /// An empty roster.
    public init() {}

    /// The entry of `contact`.
    public subscript(contact: BareJID) -> RosterItem? { entries[contact] }

    /// How many entries there are.
    public var count: Int { entries.count }

    /// All entries, sorted by address.
    public var items: [RosterItem] { entries.values.sorted { $0.jid < $1.jid } }

    /// The names of the groups, sorted by their bytes. A group is there as long as an entry is in
    /// it, and besides while its own ``RosterEvent/groupAdded(_:)`` is delivered, when it is still
    /// empty.
    public var groupNames: [String] { groups.keys.sorted().map(\.string) }

    /// The entries in `group`, sorted by address.
    public func members(of group: String) -> [RosterItem] {
        (groups[ExactText(group)] ?? []).sorted().compactMap { entries[$0] }
    }

    /// Whether there is such a group.
    public func contains(group: String) -> Bool { groups[ExactText(group)] != nil }

    /// The entries in no group, sorted by address.
    public var ungrouped: [RosterItem] { items.filter(\.groups.isEmpty) }
}
