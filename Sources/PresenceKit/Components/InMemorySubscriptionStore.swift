internal import HashTreeCollections
public import StanzaKit

/// A store that lasts as long as the program; for tests, and for components that forget.
///
/// It is a value: a copy is free and stays as it was, and a change after a copy costs the change
/// alone. A look-up costs the same whether there is one local address or a hundred thousand.
public struct InMemorySubscriptionStore: SubscriptionStore, Sendable {
    private var entries: TreeDictionary<BareJID, TreeDictionary<BareJID, SubscriptionEntry>> = [:]
    /// How many entries there are.
    public private(set) var count = 0

    /// A store without entries.
    public init() {}

    /// What is kept about a contact; `nil` for a stranger.
    public func entry(for contact: BareJID, at local: BareJID) -> SubscriptionEntry? {
        entries[local]?[contact]
    }

    /// Everybody whom a local address has an entry for, sorted by address.
    public func contacts(of local: BareJID) -> [BareJID] {
        entries[local]?.keys.sorted() ?? []
    }

    /// The local addresses that have entries, sorted.
    public func addresses() -> [BareJID] { entries.keys.sorted() }

    /// The local addresses that have contacts whose requests wait, sorted.
    public func addressesWithRequests() -> [BareJID] {
        entries.filter { $0.value.contains { $0.value.state.isPendingIn } }.keys.sorted()
    }

    /// Keeps an entry, or forgets it with `nil`.
    public mutating func set(
        _ entry: SubscriptionEntry?, for contact: BareJID, at local: BareJID
    ) {
        let before = entries[local, default: [:]].updateValue(entry, for: contact)
        count += (entry == nil ? 0 : 1) - (before == nil ? 0 : 1)
        if entries[local]?.isEmpty == true { entries[local] = nil }
    }

    /// Calls `body` for every entry, in no order.
    func forEach<Failure: Error>(
        _ body: (BareJID, BareJID, SubscriptionEntry) throws(Failure) -> Void
    ) throws(Failure) {
        for (local, contacts) in entries {
            for (contact, entry) in contacts { try body(local, contact, entry) }
        }
    }
}

extension TreeDictionary {
    /// - Returns: What was there before.
    fileprivate mutating func updateValue(_ value: Value?, for key: Key) -> Value? {
        if let value { updateValue(value, forKey: key) } else { removeValue(forKey: key) }
    }
}
