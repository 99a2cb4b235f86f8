internal import HashTreeCollections
public import StanzaKit

/// The contacts of an account: a value, so that a copy stays as it was. RFC 6121, section 2.1.
///
/// Copying is free and a change after a copy costs the change alone, however many contacts there
/// are. What lies between two copies ``difference(from:)`` tells.
public struct Roster: Sendable {
    /// How much is known.
    public enum State: Sendable, Hashable {
        /// It was never received as a whole; entries may be there from pushes alone, or from a
        /// cache without a version.
        case notLoaded
        /// It is that of a cache or of an earlier session, and the server has not said yet whether
        /// it still holds.
        case fromCache
        /// The server sent the roster in this session, or said that it still holds; pushes keep it
        /// current while that lasts.
        case current
    }

    /// How much is known.
    public var state: State { isCurrent ? .current : hasBase ? .fromCache : .notLoaded }
    /// The version that the server gave, if it does; an opaque text. RFC 6121, section 2.6.
    public internal(set) var version: String?

    /// Whether the entries are all that a version stands for: since the roster was received as a
    /// whole, or imported with its version. A push alone shows a version without its entries.
    var hasBase = false
    /// Whether this session's server said what the roster is.
    var isCurrent = false
    var entries: TreeDictionary<BareJID, RosterItem> = [:]
    var groups: TreeDictionary<ExactText, TreeSet<BareJID>> = [:]
    /// An entry that is gone, while it is told that groups went with it: those that are still to go
    /// have it, as there are no empty ones.
    var departing: RosterItem?

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
        (groups[ExactText(group)] ?? []).sorted().compactMap { contact in
            entries[contact] ?? (departing?.jid == contact ? departing : nil)
        }
    }

    /// Whether there is such a group.
    public func contains(group: String) -> Bool { groups[ExactText(group)] != nil }

    /// The entries in no group, sorted by address.
    public var ungrouped: [RosterItem] { items.filter(\.groups.isEmpty) }
}
