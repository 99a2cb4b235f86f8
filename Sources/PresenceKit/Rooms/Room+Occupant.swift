public import StanzaKit

extension Room {
    /// Somebody in a room. XEP-0045, section 7.2.2.
    ///
    /// Its newest presence replaces all that is known of it; one in which the room says nothing
    /// leaves affiliation, role and real address as they were.
    public struct Occupant: Sendable, Hashable, Identifiable {
        /// One stay of somebody in a room: the same through all updates and nicknames.
        public struct ID: Sendable, Hashable {
            let room: BareJID
            let roomNumber: UInt64
            let number: UInt64
        }

        /// Which stay it is.
        public let id: ID
        /// The address within the room: that of the room, with the nickname as the resource.
        public let address: JID
        /// Whether this is oneself.
        public let isSelf: Bool
        /// What the occupant is to the room; `nil` where the room does not say.
        public let affiliation: Affiliation?
        /// What the occupant may do in the room; `nil` where the room does not say.
        public let role: Role?
        /// The real addresses, as far as the room lets one see them, in the order of the stanza.
        /// There are several where one person is in the room with several clients that share the
        /// nickname. XEP-0045, section 7.2.8.
        public let jids: [JID]
        /// The real address: of several the own one, which is that of this session, or the first.
        public let jid: JID?
        /// The last presence. Behind a change of nickname it is that of the old one until the room
        /// sends another.
        public let presence: Presence
        /// What the last presence says of the occupant; `nil` where it says nothing.
        let item: MUCUser.Item?
        /// Whether a nickname was announced under which no presence has come yet.
        let isBetweenNicks: Bool

        /// The nickname. Compare nicknames by their bytes.
        public var nick: String { address.resource ?? "" }

        /// The numbers in the last presence, in order.
        public var codes: [MUCStatusCode] { presence.muc.codes }

        /// Who changed the role or affiliation with the last presence, if it says so.
        public var actor: MUCUser.Actor? { item?.actor }

        /// Why that was done, for people; `nil` where nothing is said.
        public var reason: String? { item?.reason }
    }
}

extension Room.Occupant {
    /// What is new in the presence of an occupant.
    public struct Changes: OptionSet, Sendable, Hashable {
        /// The bits.
        public var rawValue: UInt8

        /// The changes with these bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// What the occupant is to the room.
        public static let affiliation = Self(rawValue: 1)
        /// What the occupant may do.
        public static let role = Self(rawValue: 2)
        /// The real address, or whether it is shown.
        public static let jid = Self(rawValue: 4)
        /// What the availability is like.
        public static let show = Self(rawValue: 8)
        /// The status texts.
        public static let status = Self(rawValue: 16)
        /// The nickname: this is the first presence since ``RoomEvent/nickChanged(from:to:by:)``
        /// announced it.
        public static let nick = Self(rawValue: 32)
    }

    func changes(since before: Self) -> Changes {
        var changes: Changes = []
        if affiliation != before.affiliation { changes.insert(.affiliation) }
        if role != before.role { changes.insert(.role) }
        if jid != before.jid { changes.insert(.jid) }
        if presence.show != before.presence.show { changes.insert(.show) }
        if presence.statuses != before.presence.statuses { changes.insert(.status) }
        if before.isBetweenNicks { changes.insert(.nick) }
        return changes
    }

    /// What is known from a stanza and, where that says nothing, from before.
    init(_ news: RoomNews, id: ID, isSelf: Bool, before: Self?) {
        self.id = id
        self.isSelf = isSelf
        address = news.sender
        presence = news.presence
        item = news.item
        isBetweenNicks = false
        let keeps = news.isSilent ? before : nil
        affiliation = keeps?.affiliation ?? news.item?.affiliation
        role = keeps?.role ?? news.item?.role
        jid = keeps?.jid ?? news.item?.jid
        jids = keeps?.jids ?? news.jids
    }

    /// The occupant under another nickname, under which its presence is to come.
    ///
    /// - Parameter id: That of the occupant, or of the one that had the nickname.
    func renamed(_ address: JID, id: ID) -> Self {
        Self(
            id: id, address: address, isSelf: isSelf, affiliation: affiliation, role: role,
            jids: jids, jid: jid, presence: presence, item: item, isBetweenNicks: true)
    }
}
