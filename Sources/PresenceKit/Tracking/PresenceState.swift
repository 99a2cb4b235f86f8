internal import HashTreeCollections
public import StanzaKit

/// All that is known of presence: a value, so that a copy stays as it was.
///
/// Copying is free, and a change after a copy costs the change alone, however many contacts there
/// are.
public struct PresenceState: Sendable {
    private var known: TreeDictionary<BareJID, ContactPresence> = [:]
    private var departed = RecencyMap<BareJID, Presence>(limit: 4096)
    private var strangers = RecencyMap<BareJID, Bool>(limit: PresenceClient.maximumStrangers)
    private var order = 0

    /// The resources of the own account, the one of this stream included; `nil` before a session.
    public internal(set) var ownResources: ContactPresence?
    /// What we told others.
    public internal(set) var own = OwnPresence()
    /// The requests to see our presence that wait for an answer, oldest first.
    public internal(set) var requests: [SubscriptionRequest] = []

    /// The contacts that are online, sorted by address.
    public var contacts: [ContactPresence] {
        known.values.sorted { $0.jid < $1.jid }
    }

    /// How many contacts are online.
    public var onlineCount: Int { known.count }

    /// Where `contact` can be reached now; without any resource if it is not online.
    public subscript(contact: BareJID) -> ContactPresence {
        if let presence = known[contact] { return presence }
        if let own = ownResources, own.jid == contact { return own }
        var presence = ContactPresence(jid: contact)
        presence.lastUnavailable = departed[contact]
        return presence
    }
}

// MARK: Changing

extension PresenceState {
    /// Books available presence.
    ///
    /// - Returns: The contact as it is now, and what changed if anything did; `nil` where there is no
    ///   room for it.
    mutating func book(
        _ presence: Presence, from sender: JID
    ) -> (contact: ContactPresence, change: PresenceChange?)? {
        var contact = self[sender.bare]
        let hasRoom =
            contact.isOnline
            ? contact.resources.count < PresenceClient.maximumResourcesPerContact
                || contact[sender.resource] != nil
            : known.count < PresenceClient.maximumContacts
        if !hasRoom { return nil }
        order += 1
        let change = contact.book(presence, from: sender.resource, order: order)
        store(contact)
        return (contact, change)
    }

    /// Removes a resource, or all of a bare address.
    ///
    /// - Parameter presence: What the contact said, if it said so itself.
    /// - Returns: The contact as it is now; `nil` where nothing changed.
    mutating func clear(_ sender: JID, saying presence: Presence?) -> ContactPresence? {
        var contact = self[sender.bare]
        guard contact.remove(sender.resource) else { return nil }
        contact.lastUnavailable = presence ?? contact.lastUnavailable
        store(contact)
        if contact.isOnline { return contact }
        let isStranger = strangers[contact.jid] != nil
        strangers.remove(contact.jid)
        // Strangers who come and go do not push out what contacts said.
        if !isStranger, let last = contact.lastUnavailable {
            _ = departed.set(last, for: contact.jid)
        }
        return contact
    }

    /// Keeps what one says who is not online.
    mutating func noteDeparture(_ presence: Presence, of contact: BareJID) -> ContactPresence {
        _ = departed.set(presence, for: contact)
        return self[contact]
    }

    /// Notes that somebody is online who is not in the roster.
    ///
    /// - Returns: The one that is to be forgotten for it.
    mutating func noteStranger(_ stranger: BareJID) -> BareJID? {
        strangers.set(true, for: stranger)
    }

    /// Notes that somebody is in the roster.
    mutating func noteContact(_ contact: BareJID) {
        strangers.remove(contact)
    }

    private mutating func store(_ contact: ContactPresence) {
        if ownResources?.jid == contact.jid {
            ownResources = contact
        } else {
            known[contact.jid] = contact.isOnline ? contact : nil
        }
    }

    /// Forgets what was said before; who was online is gone already.
    mutating func beginSession(as address: JID) {
        departed = RecencyMap(limit: departed.limit)
        strangers = RecencyMap(limit: strangers.limit)
        ownResources = ContactPresence(jid: address.bare)
    }
}
