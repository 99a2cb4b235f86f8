public import StanzaKit

/// What happened to the roster, in the order in which it is true.
///
/// Each event is delivered when what it tells has just come to pass, before the next one of the
/// same stanza does. One update tells of an entry, as far as they changed: its name, its
/// subscription, the groups that it came into, and those that it left, each sorted by their bytes.
/// An entry that is new, or gone, is told of alone, behind the groups that came or went with it.
@nonexhaustive
public enum RosterEvent: Sendable, Hashable {
    /// The roster is known: the server sent it, or said that the one from the cache still holds.
    /// ``Roster/state-swift.property`` is ``Roster/State-swift.enum/current``.
    ///
    /// The changes came before, event by event, just as those of pushes do.
    case initialRosterReceived
    /// The request for the roster has no result: the roster stays what it was.
    /// ``RosterClient/refresh()`` asks again. The error `item-not-found` says that there is no
    /// roster (RFC 6121, section 2.1.4).
    case initialRosterFailed(RequestError)

    /// An entry is new. Its groups were announced before, and have it.
    case entryAdded(RosterItem)
    /// The name of an entry changed. The item is what it is now, its groups included, but those do
    /// not know yet.
    case entryNameChanged(RosterItem)
    /// The subscription, the pending request or the approval of an entry changed; once for all of
    /// them. The item is what it is now, its groups included, but those do not know yet.
    case entrySubscriptionChanged(RosterItem)
    /// An entry came into a group, which has it now. The item has all its new groups already; those
    /// that it leaves still have it.
    case entryAddedToGroup(RosterItem, String)
    /// An entry left a group, which has it no more. The item has all its new groups already.
    case entryRemovedFromGroup(RosterItem, String)
    /// An entry is gone, from its groups too; the item is what it was.
    case entryRemoved(RosterItem)

    /// A group is new, and empty as yet.
    case groupAdded(String)
    /// A group lost its last member and is gone.
    case groupRemoved(String)

    /// The server made something else of an edit of ours than was asked: the item is what it is
    /// now.
    ///
    /// It may also be that another client was faster to change it again.
    case editOverridden(RosterItem)

    /// Somebody wants to see our presence: ``RosterClient/approve(_:)`` or
    /// ``RosterClient/denyRequest(of:)``. RFC 6121, section 3.1.3.
    ///
    /// The four stanzas about subscriptions are told as they came, whoever sent them, and change no
    /// entry; where the server changes one for it, its push comes next. They are those of
    /// ``PresenceKit/PresenceEvent``, told here too so that one handler hears all that there is to
    /// a contact, in order.
    case subscribe(Presence)
    /// Somebody lets us see its presence. RFC 6121, section 3.1.6.
    case subscribed(Presence)
    /// Somebody no longer wants to see our presence. RFC 6121, section 3.3.3.
    case unsubscribe(Presence)
    /// Somebody no longer lets us see its presence. RFC 6121, section 3.2.3.
    case unsubscribed(Presence)
}
