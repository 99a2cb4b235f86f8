internal import HashTreeCollections
public import StanzaKit

/// All that is known of the presence of a component and its contacts: a value, so that a copy stays
/// as it was. Who is subscribed is in the ``SubscriptionStore``.
///
/// Copying is free, and a change after a copy costs the change alone, however many addresses there
/// are. Reading creates nothing.
public struct ComponentState: Sendable {
    private var known: TreeDictionary<BareJID, TreeDictionary<BareJID, ContactPresence>> = [:]
    private var departed = RecencyMap<SubscriptionPair, Presence>(limit: 4096)
    private var strangers = RecencyMap<SubscriptionPair, Bool>(
        limit: ComponentPresence.maximumStrangers)
    private var order = 0
    private var locals: TreeDictionary<BareJID, LocalPresence> = [:]
    private var inboxes: TreeDictionary<BareJID, [SubscriptionRequest]> = [:]

    /// How many contacts are online, counted once for each local address that sees them.
    public private(set) var onlineCount = 0
    /// How many requests wait for an answer.
    public private(set) var requestCount = 0
    /// How many local addresses something is known of here.
    var localCount: Int { locals.count + known.count + inboxes.count }
}

// MARK: Reading

extension ComponentState {
    /// What a local address told others; nothing, for one that told nothing.
    public subscript(local: BareJID) -> LocalPresence { locals[local] ?? LocalPresence(jid: local) }

    /// The local addresses that are available, sorted.
    public var availableAddresses: [BareJID] {
        locals.values.filter(\.isOnline).map(\.jid).sorted()
    }

    /// Where `contact` can be reached now, as far as a local address was told.
    public func presence(of contact: BareJID, at local: BareJID) -> ContactPresence {
        if let presence = known[local]?[contact] { return presence }
        var presence = ContactPresence(jid: contact)
        presence.lastUnavailable = departed[SubscriptionPair(local: local, contact: contact)]
        return presence
    }

    /// The contacts that a local address sees online, sorted by address.
    public func contacts(at local: BareJID) -> [ContactPresence] {
        known[local]?.values.sorted { $0.jid < $1.jid } ?? []
    }

    /// The requests to see the presence of a local address that wait for an answer, oldest first.
    public func requests(at local: BareJID) -> [SubscriptionRequest] { inboxes[local] ?? [] }

    /// The local addresses that have requests, sorted.
    public var addressesWithRequests: [BareJID] { inboxes.keys.sorted() }

    /// Every local address that told something, sorted.
    var localAddresses: [BareJID] { locals.keys.sorted() }

    /// Every local address that sees somebody online, sorted.
    var addressesWithContacts: [BareJID] { known.keys.sorted() }
}

// MARK: Own presence

extension ComponentState {
    mutating func change(_ local: BareJID, _ body: (inout LocalPresence) -> Void) {
        var presence = self[local]
        body(&presence)
        locals[local] = presence.isEmpty ? nil : presence
    }
}

// MARK: Contacts

extension ComponentState {
    /// Books available presence.
    ///
    /// - Returns: The contact as it is now, and what changed if anything did; `nil` where there is no
    ///   room for it.
    mutating func book(
        _ presence: Presence, from sender: JID, at local: BareJID
    ) -> (contact: ContactPresence, change: PresenceChange?)? {
        var contact = self.presence(of: sender.bare, at: local)
        let hasRoom =
            contact.isOnline
            ? contact.resources.count < PresenceClient.maximumResourcesPerContact
                || contact[sender.resource] != nil
            : onlineCount < ComponentPresence.maximumContacts
        if !hasRoom { return nil }
        order += 1
        if !contact.isOnline { onlineCount += 1 }
        let change = contact.book(presence, from: sender.resource, order: order)
        known[local, default: [:]][contact.jid] = contact
        return (contact, change)
    }

    /// Removes a resource, or all of a bare address.
    ///
    /// - Parameter presence: What the contact said, if it said so itself.
    /// - Returns: The contact as it is now; `nil` where nothing changed.
    mutating func clear(
        _ sender: JID, at local: BareJID, saying presence: Presence?
    ) -> ContactPresence? {
        var contact = self.presence(of: sender.bare, at: local)
        guard contact.remove(sender.resource) else { return nil }
        contact.lastUnavailable = presence ?? contact.lastUnavailable
        if contact.isOnline {
            known[local, default: [:]][contact.jid] = contact
            return contact
        }
        onlineCount -= 1
        known[local]?[contact.jid] = nil
        if known[local]?.isEmpty == true { known[local] = nil }
        let pair = SubscriptionPair(local: local, contact: contact.jid)
        strangers.remove(pair)
        if let last = contact.lastUnavailable { _ = departed.set(last, for: pair) }
        return contact
    }

    /// Notes that somebody is online whom a local address is not subscribed to.
    ///
    /// - Returns: The one that is to be forgotten for it.
    mutating func noteStranger(_ pair: SubscriptionPair) -> SubscriptionPair? {
        strangers.set(true, for: pair)
    }

    /// Notes that a local address is subscribed to somebody.
    mutating func noteSubscription(_ pair: SubscriptionPair) {
        strangers.remove(pair)
    }

    /// Forgets what was said in the session before.
    mutating func forgetDepartures() {
        departed = RecencyMap(limit: departed.limit)
    }
}

// MARK: Requests

extension ComponentState {
    /// Notes a request, or that it is repeated.
    mutating func keep(_ request: SubscriptionRequest, at local: BareJID) {
        if let index = inboxes[local]?.firstIndex(where: { $0.jid == request.jid }) {
            inboxes[local]?[index].repeats += 1
        } else {
            inboxes[local, default: []].append(request)
            requestCount += 1
        }
    }

    /// Notes that a request was told to wait.
    ///
    /// - Returns: The request.
    mutating func announce(_ contact: BareJID, at local: BareJID) -> SubscriptionRequest? {
        guard let index = inboxes[local]?.firstIndex(where: { $0.jid == contact }) else {
            return nil
        }
        inboxes[local]?[index].isAnnounced = true
        return inboxes[local]?[index]
    }

    /// - Returns: The request that was removed.
    mutating func removeRequest(of contact: BareJID, at local: BareJID) -> SubscriptionRequest? {
        guard let index = inboxes[local]?.firstIndex(where: { $0.jid == contact }) else {
            return nil
        }
        let request = inboxes[local]?.remove(at: index)
        requestCount -= 1
        if inboxes[local]?.isEmpty == true { inboxes[local] = nil }
        return request
    }
}
