internal import HashTreeCollections
package import StanzaKit

extension RoomClient {
    /// Whether presence from `address` is that of an occupant of a room that is followed, and so no
    /// contact's. The bare address of a room is none: what the room sends itself is presence like
    /// that of others.
    package func isOccupant(_ address: JID) -> Bool {
        address.resource != nil && followed[address.bare] != nil
    }
}
