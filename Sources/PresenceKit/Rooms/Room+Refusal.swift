public import StanzaKit

extension Room {
    /// That a room does not let one in, or not under a nickname. XEP-0045, sections 7.2.17 and 7.6.
    ///
    /// The condition of ``error`` tells why:
    ///
    /// | condition | meaning |
    /// |---|---|
    /// | `not-authorized` | a password is needed, or another one |
    /// | `forbidden` | one is banned |
    /// | `registration-required` | the room is for members |
    /// | `conflict` | somebody else has the nickname |
    /// | `service-unavailable` | the room is full |
    /// | `item-not-found` | there is no such room, or it waits to be configured |
    /// | `not-allowed` | one may not create rooms |
    /// | `not-acceptable` | one has to take one's reserved nickname |
    /// | `jid-malformed` | the nickname is none |
    public struct Refusal: Sendable {
        /// The nickname that was asked for.
        public let nick: String
        /// Why.
        public let error: StanzaError
        /// The stanza that said so.
        public let presence: Presence
    }
}

extension Room.Refusal: Hashable {
    /// Whether both refuse the same nickname, by its bytes, with the same stanza.
    public static func == (left: Self, right: Self) -> Bool {
        left.nick.isExactly(right.nick) && left.presence == right.presence
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        nick.hashExactly(into: &hasher)
        hasher.combine(presence)
    }
}
