internal import StanzaKit

extension RoomClient {
    /// Makes sure that the occupants of a room are no contacts.
    ///
    /// They are none either when the room is followed no longer: it may send more.
    func claimOccupants(of room: BareJID) {
        presence.follow(room: room)
    }
}
