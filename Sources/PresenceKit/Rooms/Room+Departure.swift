public import StanzaKit

extension Room {
    /// How somebody left a room, or oneself did. XEP-0045, sections 7.14, 8.2, 9.1 and 10.9.
    public struct Departure: Sendable, Hashable {
        /// What made the occupant leave.
        public let cause: Cause
        /// The stanza that said so, with the status that the occupant may have left behind; `nil`
        /// where the session ended.
        public let presence: Presence?
        /// What the stanza says of the occupant; where it speaks of several sessions, of the own.
        let item: MUCUser.Item?

        /// What made an occupant leave a room.
        @nonexhaustive
        public enum Cause: Sendable, Hashable {
            /// It wanted to, or its connection was lost and the room does not tell the difference.
            case left
            /// A moderator removed it.
            case kicked
            /// An admin banned it, so it may not come back.
            case banned
            /// Its affiliation changed.
            case affiliationChanged
            /// The room is for members only now.
            case membersOnly
            /// The service shuts down.
            case shutdown
            /// The room is no more. The element may tell why, and another room to meet in.
            case destroyed(MUCUser.Destroy)
            /// Its connection was lost, or a stanza could not be delivered to it; of oneself also
            /// that the room answered with an error, which is in ``Departure/error``. A room that
            /// says `kicked` besides says it in vain: XEP-0045, section 11.1.
            case technicalError
            /// The own session ended, so that nothing is known of the room any more.
            case sessionEnded
        }

        /// What the occupant is to the room from now on; `nil` where the room does not say.
        public var affiliation: Affiliation? { item?.affiliation }

        /// What the occupant may do in the room; a room that keeps to the rules says that it has no
        /// role any more.
        public var role: Role? { item?.role }

        /// Whether the occupant stays all the same, with other clients that share its nickname.
        public var isNickStaying: Bool { (role ?? .noRole) != .noRole }

        /// The numbers in the stanza, in order.
        public var codes: [MUCStatusCode] { presence?.muc.codes ?? [] }

        /// Who did it, if the room says so.
        public var actor: MUCUser.Actor? { item?.actor }

        /// Why it was done, for people; why a room was destroyed is said with the ``cause``.
        public var reason: String? { item?.reason }

        /// The error that told oneself that one is outside.
        public var error: StanzaError? { presence?.error }
    }
}

extension Room.Departure {
    static let sessionEnded = Self(cause: .sessionEnded, presence: nil, item: nil)

    init(_ news: RoomNews) {
        self.init(cause: Cause(news), presence: news.presence, item: news.item)
    }

    /// By an error.
    init(error presence: Presence) {
        self.init(cause: .technicalError, presence: presence, item: nil)
    }
}

extension Room.Departure.Cause {
    /// The code that tells most, in order.
    private static let causes: [(MUCStatusCode, Self)] = [
        (.banned, .banned), (.removedByError, .technicalError), (.kicked, .kicked),
        (.removedByAffiliation, .affiliationChanged), (.removedAsNotMember, .membersOnly),
        (.removedByShutdown, .shutdown),
    ]

    fileprivate init(_ news: RoomNews) {
        if let destroy = news.user?.destroy {
            self = .destroyed(destroy)
        } else {
            self = Self.causes.first { news.codes.contains($0.0) }?.1 ?? .left
        }
    }
}
