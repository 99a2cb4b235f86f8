public import StanzaKit

/// Where a component keeps what must survive it: who is subscribed to whom, and the requests that
/// wait for an answer.
///
/// ``InMemorySubscriptionStore`` survives nothing and is good for tests; ``FileSubscriptionStore`` keeps
/// a file. Presence itself is not kept: an address is available while a program says so.
///
/// ## A database
///
/// One table is enough:
///
/// ```sql
/// create table subscription (
///     local text, contact text, state text, approved boolean, request text,
///     primary key (local, contact));
/// create index waiting on subscription (local) where request is not null;
/// ```
///
/// - Addresses are written as their ``StanzaKit/BareJID/spelling`` and read with `BareJID(wire:)`, and
///   must compare by their octets: choose a binary collation, and put the `description`, which is the
///   normal form, into the key.
/// - `state` is the ``SubscriptionState``'s raw value, `request` the stanza as XML.
/// - ``set(_:for:at:)`` is one `insert or replace`, or one `delete`, committed before it returns: the
///   component sends nothing that the store does not know yet.
/// - Methods are synchronous as stanzas are handled one after the other. Where the database is far,
///   keep an ``InMemorySubscriptionStore`` in front of it, filled at the start, and write behind it;
///   what was not written when the program stops is then lost.
///
/// Calls come from the isolation that the component lives on, one at a time.
public protocol SubscriptionStore {
    /// What is kept about a contact; `nil` for a stranger. Reading creates nothing.
    func entry(
        for contact: BareJID, at local: BareJID
    ) throws(SubscriptionStoreError) -> SubscriptionEntry?

    /// Everybody whom a local address has an entry for, sorted by address.
    func contacts(of local: BareJID) throws(SubscriptionStoreError) -> [BareJID]

    /// The local addresses that have entries, sorted.
    func addresses() throws(SubscriptionStoreError) -> [BareJID]

    /// The local addresses that have contacts in a state with a request that waits
    /// (``SubscriptionState/isPendingIn``), sorted. Asked once, when a component begins.
    func addressesWithRequests() throws(SubscriptionStoreError) -> [BareJID]

    /// Keeps an entry, or forgets it with `nil`. When this returns, the change is as durable as the
    /// store can make it; when it throws, nothing has changed.
    mutating func set(
        _ entry: SubscriptionEntry?, for contact: BareJID, at local: BareJID
    ) throws(SubscriptionStoreError)
}
