public import StanzaKit

/// What happened to the presence of others, in the order of the stanzas.
@nonexhaustive
public enum PresenceEvent: Sendable, Hashable {
    /// The first resource of a contact became available.
    case wentOnline(ContactPresence)
    /// A contact that stays online changed: a resource came or went, or changed show, priority or
    /// status.
    case changed(ContactPresence)
    /// The last resource of a contact went. The stanza that said so may carry a status; it is `nil`
    /// where the session ended.
    case wentOffline(BareJID, Presence?)

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
}
