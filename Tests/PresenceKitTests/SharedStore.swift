import PresenceKit
import StanzaKit

/// A store that counts what it is asked, and fails when told to.
final class SharedStore: SubscriptionStore {
    var contents = InMemorySubscriptionStore()
    private(set) var reads = 0
    private(set) var writes = 0
    var failsToRead = false
    var failsToWrite = false

    func forgetCounts() { (reads, writes) = (0, 0) }

    func put(
        _ state: SubscriptionState, approved: Bool = false, request: Presence? = nil,
        _ contact: BareJID, at local: BareJID
    ) {
        contents.set(
            SubscriptionEntry(state, isApproved: approved, request: request), for: contact,
            at: local)
    }

    private func read() throws(SubscriptionStoreError) {
        reads += 1
        if failsToRead { throw SubscriptionStoreError(.unreadable) }
    }

    func entry(
        for contact: BareJID, at local: BareJID
    ) throws(SubscriptionStoreError) -> SubscriptionEntry? {
        try read()
        return contents.entry(for: contact, at: local)
    }

    func contacts(of local: BareJID) throws(SubscriptionStoreError) -> [BareJID] {
        try read()
        return contents.contacts(of: local)
    }

    func addresses() throws(SubscriptionStoreError) -> [BareJID] {
        try read()
        return contents.addresses()
    }

    func addressesWithRequests() throws(SubscriptionStoreError) -> [BareJID] {
        try read()
        return contents.addressesWithRequests()
    }

    func set(
        _ entry: SubscriptionEntry?, for contact: BareJID, at local: BareJID
    ) throws(SubscriptionStoreError) {
        writes += 1
        if failsToWrite { throw SubscriptionStoreError(.unwritable) }
        contents.set(entry, for: contact, at: local)
    }
}
