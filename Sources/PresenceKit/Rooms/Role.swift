/// What somebody may do in a room, for as long as it is there. XEP-0045, section 5.1.
///
/// It compares by what it allows: no role least, a moderator most.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Not in the room; on the wire `none`, which an optional has too.
    case noRole = "none"
    /// May listen; in a moderated room, no more.
    case visitor
    /// May speak.
    case participant
    /// May remove others and give and take their voice.
    case moderator
}

extension Role: Comparable {
    /// Whether `left` allows less.
    public static func < (left: Role, right: Role) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .noRole: 0
        case .visitor: 1
        case .participant: 2
        case .moderator: 3
        }
    }
}
