public import PresenceKit
public import StanzaKit

/// Rooms. XEP-0045.
extension InMemoryServer {
    /// Serves rooms at a domain, such as `rooms.montague.example`; nothing happens where it does.
    ///
    /// Who joins a room that is not there makes it. What is missing: history, registration and requests
    /// for voice.
    ///
    /// - Precondition: No account is at the domain.
    public func addRoomService(_ domain: BareJID) {
        precondition(
            !accounts.keys.contains { $0.domain.isExactly(domain.domain) },
            "there are accounts at \(domain)")
        if roomServices[domain] == nil { roomServices[domain] = RoomService(domain: domain) }
    }

    /// Makes a room, and serves rooms at its domain; the address of an existing one is refused.
    ///
    /// - Parameters:
    ///   - room: Its address, such as `balcony@rooms.montague.example`.
    ///   - configuration: What it is like.
    ///   - affiliations: Who may do what; somebody should be its owner.
    /// - Returns: Whether it was made.
    /// - Precondition: The address has a local part, and no account is at its domain.
    @discardableResult
    public func makeRoom(
        _ room: BareJID, _ configuration: RoomConfiguration = RoomConfiguration(),
        affiliations: [BareJID: Affiliation] = [:]
    ) -> Bool {
        precondition(room.local != nil, "\(room) is no room")
        guard let domain = try? BareJID(wire: room.domain) else { return false }
        addRoomService(domain)
        if roomServices[domain]?.configuration(of: room) != nil { return false }
        return roomServices[domain]?.makeRoom(
            room, configuration: configuration, affiliations: affiliations) != nil
    }

    /// The rooms of all domains, sorted by address.
    public var rooms: [BareJID] { roomServices.values.flatMap(\.addresses).sorted() }

    /// Who is in a room, by nickname, in the order of joining.
    public func occupants(of room: BareJID) -> [String] {
        roomService(of: room)?.occupants(of: room).map(\.nick) ?? []
    }

    /// Who may do what in a room, without those who have no affiliation.
    public func affiliations(of room: BareJID) -> [BareJID: Affiliation] {
        roomService(of: room)?.affiliations(of: room) ?? [:]
    }

    /// Ends a service of rooms: everybody is told that it shuts down (status code 332), and its domain
    /// is nobody's any more.
    public func removeRoomService(_ domain: BareJID) {
        act {
            for stanza in roomServices[domain]?.shutDown() ?? [] { send(stanza) }
            deliverRouted()
            roomServices[domain] = nil
        }
    }

    private func roomService(of room: BareJID) -> RoomService? {
        (try? BareJID(wire: room.domain)).flatMap { roomServices[$0] }
    }

    /// A stanza for a room or its service; what it causes arrives behind what was sent before.
    func receive(_ stanza: Element, atRoomService domain: BareJID) {
        for outgoing in roomServices[domain]?.receive(stanza) ?? [] { send(outgoing) }
    }
}
