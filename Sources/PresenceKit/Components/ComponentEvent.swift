public import StanzaKit

/// What happened to the presence of a component, in the order of the stanzas. Each case names the
/// local address that it happened to.
@nonexhaustive
public enum ComponentEvent: Sendable, Hashable {
    /// The first resource of a contact became available.
    case wentOnline(ContactPresence, at: BareJID)
    /// A contact that stays online changed.
    case changed(ContactPresence, PresenceChange, at: BareJID)
    /// The last resource of a contact went.
    case wentOffline(ContactPresence, PresenceEvent.Departure, at: BareJID)

    /// Somebody wants to see the presence of a local address. RFC 6121, section 3.1.3.
    case subscribe(Presence, at: BareJID)
    /// Somebody lets a local address see its presence. RFC 6121, section 3.1.6.
    case subscribed(Presence, at: BareJID)
    /// Somebody no longer wants to see the presence of a local address, and was answered. RFC 6121,
    /// section 3.3.3.
    case unsubscribe(Presence, at: BareJID)
    /// Somebody no longer lets a local address see its presence. RFC 6121, section 3.2.3.
    case unsubscribed(Presence, at: BareJID)
    /// Somebody asks for the current presence of a local address, and is answered next. RFC 6121,
    /// section 4.3.
    case probe(Presence, at: BareJID)
    /// A presence stanza of a local address, or one of a contact's, went wrong.
    case error(Presence, at: BareJID)

    /// A request to see the presence of a local address waits for an answer, or is repeated while it
    /// does.
    case requestOpened(SubscriptionRequest, at: BareJID)
    /// A request is open no more: it was answered, or taken back.
    case requestClosed(SubscriptionRequest, at: BareJID)
    /// How a local address and a contact stand to each other is different now.
    case subscriptionChanged(SubscriptionRecord, of: BareJID, at: BareJID)

    /// What a local address tells others changed: presence was sent to everybody or to somebody.
    case ownPresenceChanged(LocalPresence)
    /// The store could not say or keep something about a local address. The stanza that this was
    /// about is neither heeded nor answered; who sent it asks again in time.
    case storeFailed(SubscriptionStoreError, at: BareJID)
}
