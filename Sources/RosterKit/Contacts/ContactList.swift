internal import HashTreeCollections
public import StanzaKit

/// The contacts of a ``ContactBook``: a value, so that a copy stays as it was and costs nothing.
public struct ContactList: Sendable {
    private var known: TreeDictionary<BareJID, Contact> = [:]

    /// How many there are.
    public var count: Int { known.count }

    /// All of them, sorted by address.
    public var all: [Contact] { known.values.sorted { $0.jid < $1.jid } }

    /// The contact with that address; `nil` where nothing is known of it.
    public subscript(contact: BareJID) -> Contact? { known[contact] }

    /// Puts a contact in the place of what was known of it, or forgets one of whom nothing is known.
    ///
    /// - Returns: What changed; `nil` where nothing did.
    mutating func put(_ contact: Contact) -> ContactEvent? {
        let old = known[contact.jid]
        guard contact.isKnown else {
            known[contact.jid] = nil
            return old.map(ContactEvent.removed)
        }
        if old == contact { return nil }
        known[contact.jid] = contact
        return old == nil ? .added(contact) : .changed(contact)
    }
}
