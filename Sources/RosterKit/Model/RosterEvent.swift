/// What happened to the roster, in the order in which it is true.
///
/// Each event is delivered when what it tells has just come to pass, before the next one of the
/// same stanza does.
@nonexhaustive
public enum RosterEvent: Sendable, Hashable {
    /// The roster is known: the server sent it. The changes came before, event by event.
    case initialRosterReceived
    /// An entry is new. Its groups were announced before.
    case entryAdded(RosterItem)
    /// The name of an entry changed.
    case entryNameChanged(RosterItem)
    /// The subscription, the pending request or the approval of an entry changed; once for all of
    /// them.
    case entrySubscriptionChanged(RosterItem)
    /// An entry came into a group. The item has all its new groups already.
    case entryAddedToGroup(RosterItem, String)
    /// An entry left a group. The item has all its new groups already.
    case entryRemovedFromGroup(RosterItem, String)
    /// An entry is gone; the item is what it was.
    case entryRemoved(RosterItem)
    /// A group is new, and empty as yet.
    case groupAdded(String)
    /// A group lost its last member and is gone.
    case groupRemoved(String)
}
