/// What somebody is to a room, for as long as the room remembers. XEP-0045, section 5.2.
///
/// It compares by what it allows: an outcast least, an owner most.
public enum Affiliation: String, Sendable, Hashable, CaseIterable {
    /// Banned.
    case outcast
    /// Nothing; on the wire `none`, which an optional has too.
    case unaffiliated = "none"
    /// On the list of those who may enter.
    case member
    /// May ban and moderate.
    case admin
    /// May configure and destroy the room.
    case owner
}

extension Affiliation: Comparable {
    /// Whether `left` allows less.
    public static func < (left: Affiliation, right: Affiliation) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .outcast: 0
        case .unaffiliated: 1
        case .member: 2
        case .admin: 3
        case .owner: 4
        }
    }
}
