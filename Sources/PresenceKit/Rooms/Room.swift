internal import HashTreeCollections
public import StanzaKit

/// A room as its presence shows it: who is in it, and whether one is oneself. XEP-0045, section 7.
///
/// ```swift
/// if let coven = rooms["coven@chat.shakespeare.lit"], case .joined = coven.membership {
///     for occupant in coven.occupants { print(occupant.nick, occupant.presence.show ?? "here") }
/// }
/// ```
///
/// It is a value, so that a copy stays as it was. Copying is free, and a change after a copy costs
/// the change alone, however many occupants there are.
///
/// While one enters, the occupants are those that the room has listed so far. Outside there are
/// none, as the room tells of its occupants only those who are in it.
public struct Room: Sendable, Hashable, Identifiable {
    /// The address of the room.
    public let address: BareJID
    /// How one last came to be outside; `nil` inside, and where one has not been inside.
    public internal(set) var departure: Departure?
    /// Why one was last not let in; `nil` since one is in, and where that did not happen.
    public internal(set) var refusal: Refusal?
    /// The nickname that one has, or had when one was last inside.
    public var lastOwnNick: String? { lastOwnKey?.string }

    /// By nickname. Inside, the own occupant is always among them.
    var table: TreeDictionary<ExactText, Occupant> = [:]
    /// The own nickname; `nil` outside.
    var ownKey: ExactText?
    var lastOwnKey: ExactText?
    /// The own address, by which several sessions of one occupant are told apart.
    var ownAddress: JID?
    /// What was sent to come in, and has no answer yet.
    var entry: Attempt?
    /// What was sent to come in while one was inside, and has no answer yet. Where one turns out to
    /// have been outside by then, it asks to come in again.
    var repeatedEntry: Attempt?
    /// What was sent to have another nickname, and has no answer yet.
    var nickChange: Attempt?
    /// Whether it was sent that one leaves, and the room has not said so yet.
    var isLeaving = false
    let number: UInt64
    var occupantCount: UInt64 = 0

    /// How many occupants of a room are followed at most. Of more, one is told
    /// (``RoomEvent/tooManyOccupants(_:)``), and no more than that.
    public static let maximumOccupants = 10_000

    /// A room that one is not in.
    ///
    /// - Parameter number: What tells it from the same room that one has followed before.
    package init(address: BareJID, number: UInt64 = 0) {
        self.address = address
        self.number = number
    }

    /// What one is to a room, as far as it has said so.
    @nonexhaustive
    public enum Membership: Sendable {
        /// One is not in the room; ``Room/departure`` and ``Room/refusal`` say why.
        case outside
        /// One has asked for a nickname, and has no answer yet.
        case joining(as: String)
        /// One is in the room and has a nickname.
        case joined(as: String)
    }

    /// Whether one is in the room.
    public var membership: Membership {
        if let ownKey { return .joined(as: ownKey.string) }
        return entry.map { .joining(as: $0.nick.string) } ?? .outside
    }

    /// The address, which is what tells rooms apart.
    public var id: BareJID { address }

    /// The own nickname; `nil` where one is not in the room.
    public var ownNick: String? { ownKey?.string }

    /// What others see of oneself; `nil` where one is not in the room.
    public var ownOccupant: Occupant? { ownKey.flatMap { table[$0] } }

    /// The occupant called `nick`, by its bytes.
    public subscript(nick: String) -> Occupant? { table[ExactText(nick)] }

    /// Everybody in the room, oneself too, sorted by the bytes of the nickname.
    public var occupants: [Occupant] {
        table.sorted { $0.key < $1.key }.map(\.value)
    }

    /// How many are in the room, which is known without sorting them.
    public var count: Int { table.count }
}

extension Room {
    /// Whether one is in the room and has not sent that one leaves.
    var isInside: Bool { ownKey != nil && !isLeaving }

    /// The address in the room that one has asked for or, where nothing waits for an answer, has.
    var ownOccupantAddress: JID? {
        entry?.address ?? ownOccupant?.address
    }
}

extension Room.Membership: Hashable {
    /// Whether both are the same, the nickname by its bytes.
    public static func == (left: Self, right: Self) -> Bool { left.parts == right.parts }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }

    private var parts: [ExactText] {
        switch self {
        case .outside: []
        case .joining(let nick): [ExactText("joining"), ExactText(nick)]
        case .joined(let nick): [ExactText("joined"), ExactText(nick)]
        }
    }
}
