package import PresenceKit
package import StanzaKit

/// What tests see and do without a session.
extension RoomService {
    /// Makes a room that is configured already, or makes it anew with nobody in it.
    ///
    /// Also one that is not persistent is there until somebody who came in has left.
    ///
    /// - Parameter affiliations: What users are to the room. Without an owner nobody can configure
    ///   it.
    /// - Precondition: The address is one of a room of this service.
    package mutating func makeRoom(
        _ address: BareJID, configuration: RoomConfiguration = RoomConfiguration(),
        affiliations: [BareJID: Affiliation] = [:]
    ) {
        precondition(
            address.local != nil && address.domain.isExactly(domain.domain),
            "\(address) is no room of \(domain)")
        rooms[address] = HostedRoom(
            address, configuration, affiliations: affiliations, stage: .open)
    }

    /// The rooms that there are, those that wait to be configured too, sorted by address.
    package var addresses: [BareJID] { rooms.keys.sorted() }

    /// What a room is like; `nil` where there is none.
    package func configuration(of room: BareJID) -> RoomConfiguration? {
        rooms[room]?.configuration
    }

    /// Whom a room has listed as more or less than unaffiliated.
    package func affiliations(of room: BareJID) -> [BareJID: Affiliation] {
        rooms[room]?.affiliations ?? [:]
    }

    /// Who is in a room, in the order in which they came in.
    package func occupants(of room: BareJID) -> [Occupant] {
        guard let room = rooms[room] else { return [] }
        return room.occupants.map { occupant in
            Occupant(
                nick: occupant.nick, affiliation: room.affiliation(of: occupant.user),
                role: occupant.role, jids: occupant.sessions.map(\.jid),
                presence: occupant.presence)
        }
    }

    /// Somebody in a room, as the service knows it.
    package struct Occupant: Sendable {
        /// The nickname. Compare nicknames by their bytes.
        package let nick: String
        /// What the user is to the room.
        package let affiliation: Affiliation
        /// What the user may do in the room.
        package let role: Role
        /// The clients, in the order in which they came in.
        package let jids: [JID]
        /// What others see.
        package let presence: Presence
    }

    /// Sends everybody out of every room, as a service does that shuts down. XEP-0045, section
    /// 11.2.
    ///
    /// Persistent rooms are there afterwards.
    package mutating func shutDown() -> [Element] {
        var outgoing: [Element] = []
        for address in addresses {
            guard var room = rooms[address] else { continue }
            room.dismissAll(.departure([.removedByShutdown]))
            outgoing += room.outgoing
            room.outgoing = []
            rooms[address] = room.configuration.isPersistent ? room : nil
        }
        return outgoing
    }
}
