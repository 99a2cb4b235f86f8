internal import HashTreeCollections
public import StanzaKit

/// Joins rooms on a stream, and follows who is in them. XEP-0045.
///
/// ```swift
/// let rooms = RoomClient(presence)
/// rooms.onEvent { room, event in
///     switch event {
///     case .selfJoined: print("in", room.address, "with", room.occupants.map(\.nick))
///     case .occupantJoined(let occupant): print(occupant.nick, "came in")
///     default: break
///     }
/// }
/// try rooms.join("coven@chat.shakespeare.lit", as: "thirdwitch")
/// ```
///
/// It follows the rooms that were joined here, and no others: nobody can make it follow a room. What
/// their occupants send is theirs, and not that of contacts. Events are delivered in line, in the
/// order of the stanzas, after ``rooms`` changed.
///
/// When the session ends, one is in no room any more, and nobody in them is known. ``rejoin()`` in
/// the next one asks to come in again. A resumed session keeps everything.
public final class RoomClient {
    /// What the rooms are a part of: the presence on a stream.
    public let presence: PresenceClient

    /// By address: what is known of a room, and what was sent to it.
    var followed: TreeDictionary<BareJID, Followed> = [:]
    /// What rooms are told of oneself.
    var ownPresence = Presence()
    /// Tells one room from the same one that was forgotten.
    var followedCount: UInt64 = 0
    private var handlers = HandlerList<(Room, RoomEvent) -> Void>()
    private var updateStreams = UpdateStreams<RoomUpdate>()
    private var registrations: [Registration] = []

    /// Gets ready to join rooms on the stream of `presence`, until the client goes away.
    public init(_ presence: PresenceClient) {
        self.presence = presence
        registrations = [
            stream.onPresence { [weak self] in self?.receive($0) },
            stream.onMessage { [weak self] in self?.receive($0) },
            stream.onSession { [weak self] event in
                if case .ended = event { self?.endSession() }
            },
        ]
    }

    deinit {
        for registration in registrations { registration.cancel() }
    }

    var stream: StanzaStream { presence.stream }

    /// Calls `handler` for every event, with the room as it is then.
    @discardableResult
    public func onEvent(_ handler: @escaping (Room, RoomEvent) -> Void) -> Registration {
        handlers.add(handler)
    }

    /// How things stand, and then every event with how they stand then, for other isolation domains.
    ///
    /// Updates wait until they are taken, however many there are.
    public func updates() -> AsyncStream<RoomUpdate> {
        updateStreams.make(beginningWith: RoomUpdate(room: nil, event: nil, rooms: rooms))
    }

    /// The rooms that are followed, sorted by address: those that were joined in this session,
    /// whatever became of it, and those that ``rejoin()`` asks for.
    public var rooms: [Room] {
        followed.values.map(\.room).sorted { $0.address < $1.address }
    }

    /// What is known of a room; `nil` where it is not followed.
    public subscript(room: BareJID) -> Room? { followed[room]?.room }
}

@available(*, unavailable)
extension RoomClient: Sendable {}

extension RoomClient {
    /// A room and what goes with it.
    struct Followed {
        var room: Room
        /// What it was joined with.
        var request = MUCJoin()
        /// What it alone is told of oneself; `nil` where it is told what all are.
        var presence: Presence?
        /// What it was told last.
        var told: Presence?
        /// The address that one had in it, or asked for, when the session ended.
        var lostAddress: JID?
        /// Whether one wants to be in it, as far as one knows that.
        var isWanted = true
    }
}

// MARK: Receiving

extension RoomClient {
    private func receive(_ stanza: Presence) {
        // What arrives behind the end of a session is nobody's presence any more.
        guard stream.isInSession, let address = stanza.from?.bare,
            var followed = followed[address], let event = followed.room.receive(stanza)
        else { return }
        switch event {
        case .selfLeft: followed.isWanted = followed.room.membership != .outside
        case .joinRefused: followed.isWanted = false
        default: break
        }
        self.followed[address] = followed
        if case .tooManyOccupants = event { stream.report(.tooMany, in: stanza.element) }
        emit(event, followed.room)
        if case .selfJoined = event { catchUp(address) }
    }

    private func receive(_ message: Message) {
        guard stream.isInSession, let address = message.from?.bare, let room = self[address],
            let event = room.receive(message)
        else { return }
        emit(event, room)
    }

    private func endSession() {
        for address in rooms.map(\.address) {
            guard var followed = followed[address] else { continue }
            followed.lostAddress = followed.room.ownOccupantAddress ?? followed.lostAddress
            let event = followed.room.endSession()
            self.followed[address] = followed
            if let event { emit(event, followed.room) }
            if !followed.isWanted { self.followed[address] = nil }
        }
    }

    private func emit(_ event: RoomEvent, _ room: Room) {
        if !updateStreams.isEmpty {
            updateStreams.yield(RoomUpdate(room: room.address, event: event, rooms: rooms))
        }
        handlers.forEach { $0(room, event) }
    }
}
