public import StanzaKit

/// What happened to presence, in the order of the stanzas.
@nonexhaustive
public enum PresenceEvent: Sendable, Hashable {
    /// The first resource of a contact became available.
    case wentOnline(ContactPresence)
    /// A contact that stays online changed.
    case changed(ContactPresence, PresenceChange)
    /// The last resource of a contact went.
    case wentOffline(ContactPresence, Departure)
    /// A contact that is not online said so, and maybe since when (XEP-0203): it answered a probe.
    /// RFC 6121, section 4.3.2.
    case stayedOffline(ContactPresence)
    /// A resource of the own account came, went or changed, the one on this stream included.
    case ownResourceChanged(ContactPresence, PresenceChange)

    /// Somebody wants to see our presence. RFC 6121, section 3.1.3.
    case subscribe(Presence)
    /// Somebody lets us see its presence. RFC 6121, section 3.1.6.
    case subscribed(Presence)
    /// Somebody no longer wants to see our presence. RFC 6121, section 3.3.3.
    case unsubscribe(Presence)
    /// Somebody no longer lets us see its presence. RFC 6121, section 3.2.3.
    case unsubscribed(Presence)
    /// Somebody asks for our current presence. RFC 6121, section 4.3.
    case probe(Presence)
    /// A presence stanza of ours, or one of a contact's, went wrong.
    case error(Presence)

    /// A request to see our presence waits for an answer, or is repeated while it does.
    case requestOpened(SubscriptionRequest)
    /// A request is open no more: it was answered here or elsewhere, or taken back.
    case requestClosed(SubscriptionRequest)

    /// What we tell others changed: we sent presence, to everybody or to somebody, or those whom we
    /// sent it directly do not have it any more.
    case ownPresenceChanged(OwnPresence)

    /// Why a contact is offline.
    @nonexhaustive
    public enum Departure: Sendable, Hashable {
        /// It said so; the stanza may have a status.
        case unavailable(Presence)
        /// A presence stanza to it came back with an error, so nothing is known of it.
        case error(Presence)
        /// The session ended, so nothing is known of anybody.
        case sessionEnded
        /// It is not in the roster, and too many such are online.
        case forgotten
    }
}
