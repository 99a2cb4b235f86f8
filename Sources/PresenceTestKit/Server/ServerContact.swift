internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// What an account of the in-memory server keeps about one contact.
struct ServerContact {
    let address: BareJID
    var record = SubscriptionRecord()
    var name: String?
    var groups: [String] = []
    /// The resource that the item's address has.
    var resource: String?
    /// The request that waits for an answer, as it came. RFC 6121, section 3.1.3.
    var request: Presence?

    init(_ address: BareJID) {
        self.address = address
    }

    var isStranger: Bool { record == SubscriptionRecord() && request == nil }

    /// The roster item; `nil` where the roster has none.
    var item: RosterQuery.Item? {
        record.item.map { shown in
            RosterQuery.Item(
                address, name: name, groups: groups, subscription: shown.subscription,
                isPendingOut: shown.isPendingOut, isApproved: shown.isApproved)
        }
    }
}
