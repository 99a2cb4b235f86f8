/// What happened to the contacts of a ``ContactBook``.
public enum ContactEvent: Sendable, Hashable {
    /// Something is known of somebody: an entry, a resource or a request.
    case added(Contact)
    /// Something else is known. The contact is what it is now.
    case changed(Contact)
    /// Nothing is known of somebody any more. The contact is what it was.
    case removed(Contact)
}

/// What one event of the roster or of presence changed in a ``ContactBook``.
public struct ContactUpdate: Sendable {
    /// What happened; nothing in the first update of a sequence.
    public let events: [ContactEvent]
    /// All contacts, after the events.
    public let contacts: ContactList
}
