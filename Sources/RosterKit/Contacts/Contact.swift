public import PresenceKit
public import StanzaKit

/// All that is known of one contact: its entry, where it can be reached, what it asks for.
public struct Contact: Sendable, Hashable, Identifiable {
    /// The contact.
    public let jid: BareJID
    /// Its entry in the roster; `nil` where there is none.
    public let item: RosterItem?
    /// Its resources, and what it said when it went.
    public let presence: ContactPresence
    /// Its request to see our presence, as long as it waits for an answer.
    public let request: SubscriptionRequest?
    /// How we stand to each other.
    public let relationship: Relationship

    /// How an account and a contact stand to each other, by what there is to do.
    public enum Relationship: Sendable, Hashable, CaseIterable {
        /// It is the own account.
        case own
        /// The contact waits for our answer, whatever else there is.
        case theyWait
        /// We wait for the contact's answer.
        case weWait
        /// Both see each other's presence.
        case mutual
        /// We see the contact's presence, and it does not see ours.
        case weSeeThem
        /// The contact sees our presence, and we do not see its.
        case theySeeUs
        /// The contact is in the roster, and neither sees the other's presence.
        case unrelated
        /// The contact is not in the roster.
        case stranger
    }

    init(
        jid: BareJID, item: RosterItem?, presence: ContactPresence, request: SubscriptionRequest?,
        isOwn: Bool
    ) {
        self.jid = item?.jid ?? jid
        self.item = item
        self.presence = presence
        self.request = request
        relationship =
            isOwn ? .own : request != nil ? .theyWait : item.map(Relationship.init) ?? .stranger
    }

    /// The contact.
    public var id: BareJID { jid }

    /// What to call the contact: its name in the roster, the one that it suggests with a request, or
    /// its address. Only the address tells who it is.
    public var displayName: String { item?.name ?? request?.nickname ?? jid.description }

    /// The resource that is most wanted; `nil` where the contact is offline.
    public var best: ContactPresence.Resource? { presence.best }

    /// Whether there is anything to know: an entry, a resource or a request.
    var isKnown: Bool { item != nil || presence.isOnline || request != nil }
}

extension Contact.Relationship {
    fileprivate init(_ item: RosterItem) {
        self =
            switch (item.isPendingOut, item.subscription) {
            case (true, _): .weWait
            case (false, .both): .mutual
            case (false, .to): .weSeeThem
            case (false, .from): .theySeeUs
            case (false, .neither): .unrelated
            }
    }
}
