internal import StanzaKit

/// What a presence stanza of an occupant says.
struct RoomNews {
    let presence: Presence
    /// The occupant.
    let sender: JID
    let user: MUCUser?
    let codes: [MUCStatusCode]
    /// What counts of the occupant: what is said of the own session, or else what is said first.
    let item: MUCUser.Item?
    private let items: [MUCUser.Item]
    private let ownAddress: JID?

    /// - Parameter ownAddress: The own address, which says what counts of several items.
    init(_ presence: Presence, from sender: JID, _ ownAddress: JID?) {
        self.presence = presence
        self.sender = sender
        self.ownAddress = ownAddress
        user = presence[MUCUser.self]
        codes = user?.codes ?? []
        items = user?.items ?? []
        item = items.first { $0.jid != nil && $0.jid == ownAddress } ?? items.first
    }

    var key: ExactText { ExactText(sender.resource ?? "") }

    /// Whether the room says nothing about the occupant.
    var isSilent: Bool { user == nil }

    /// Whether the room says that the occupant is oneself.
    var isSelfPresence: Bool { codes.contains(.selfPresence) }

    var jids: [JID] { items.compactMap(\.jid) }

    /// Whether it speaks of sessions that are not this one, and of nothing else.
    var isOfOtherSessions: Bool {
        guard let ownAddress, !items.isEmpty, !isSelfPresence else { return false }
        return items.allSatisfy { item in
            item.jid.map { $0.resource != nil && $0 != ownAddress } ?? false
        }
    }

    /// The address that the occupant is going to have, where it has another nickname.
    var nextAddress: JID? {
        guard codes.contains(.nickChanged) else { return nil }
        let nick = item?.nick ?? items.lazy.compactMap(\.nick).first
        return nick.flatMap { try? JID(wire: "\(sender.bare.spelling)/\($0)") }
    }
}
