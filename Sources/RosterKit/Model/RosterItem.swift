public import PresenceKit
public import StanzaKit

/// An entry of a roster: a contact with its name, groups and subscription. RFC 6121, section 2.1.2.
public struct RosterItem: Sendable, Identifiable {
    /// One life of an entry: the same through all its updates, another one after removal and adding
    /// again.
    public struct ID: Sendable, Hashable {
        let client: UInt64
        let number: UInt64
    }

    /// Whose presence goes where. RFC 6121, section 2.1.2.5.
    public typealias Subscription = SubscriptionState.Primary

    /// Which life of the entry this is.
    public let id: ID
    /// The contact, as the server spelled it last.
    public internal(set) var jid: BareJID
    /// The name that the user gave the contact, as sent; `nil` where there is none.
    public internal(set) var name: String?
    /// The groups that the contact is in, each once, sorted by their bytes.
    public internal(set) var groups: [String]
    /// Whose presence goes where.
    public internal(set) var subscription: Subscription
    /// Whether the user asked to see the contact's presence and has no answer; on the wire `ask`.
    /// RFC 6121, section 2.1.2.2.
    public internal(set) var isPendingOut: Bool
    /// Whether the contact may see the user's presence as soon as it asks; on the wire `approved`.
    /// RFC 6121, section 2.1.2.1.
    public internal(set) var isApproved: Bool
}

extension RosterItem: Hashable {
    /// Whether both are the same life of an entry with the same values, by their bytes.
    public static func == (left: RosterItem, right: RosterItem) -> Bool {
        left.id == right.id && left.jid == right.jid
            && left.name.map(ExactText.init) == right.name.map(ExactText.init)
            && left.groups.map(ExactText.init) == right.groups.map(ExactText.init)
            && left.hasSameSubscriptionState(as: right)
    }

    /// Hashes the life and the address.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(jid)
    }

    func hasSameSubscriptionState(as other: RosterItem) -> Bool {
        subscription == other.subscription && isPendingOut == other.isPendingOut
            && isApproved == other.isApproved
    }

    /// What the item says of subscriptions.
    var record: SubscriptionRecord.Item {
        SubscriptionRecord.Item(
            subscription: subscription, isPendingOut: isPendingOut, isApproved: isApproved)
    }
}
