internal import HashTreeCollections
public import StanzaKit

/// What one address of a component told others of its availability.
///
/// It may do so as itself or as resources of it; each speaks for itself, as the resources of an
/// account do. RFC 6121, sections 4.2 to 4.6.
public struct LocalPresence: Sendable, Hashable, Identifiable {
    /// The bare address.
    public let jid: BareJID
    /// When it became unavailable, as far as the component has a clock for that
    /// (``ComponentPresence/now``).
    public internal(set) var offlineSince: DateTime?
    private var senders: TreeDictionary<JID, OwnPresence> = [:]

    init(jid: BareJID) {
        self.jid = jid
    }

    /// The bare address.
    public var id: BareJID { jid }

    /// What everybody who is subscribed was told last, by the address and each resource of it that is
    /// available, sorted by sender. `from` says who; there is no `to`.
    public var broadcasts: [Presence] {
        availableSenders.compactMap { senders[$0]?.broadcast }
    }

    /// The address and those of its resources that are available, sorted.
    public var availableSenders: [JID] {
        senders.keys.filter { senders[$0]?.broadcast != nil }.sorted()
    }

    /// Whether it is available, itself or as any resource.
    public var isOnline: Bool { senders.values.contains { $0.broadcast != nil } }

    /// What the address itself, or that resource of it, told others.
    public subscript(sender: JID) -> OwnPresence { senders[sender] ?? OwnPresence() }

    /// Whether nothing is known that could be told.
    var isEmpty: Bool { senders.isEmpty && offlineSince == nil }

    /// Those that sent something that stands, sorted.
    var allSenders: [JID] { senders.keys.sorted() }

    mutating func note(_ presence: Presence, from sender: JID) {
        change(sender) { _ = $0.note(presence) }
    }

    mutating func forget(_ addressee: JID, of sender: JID) {
        change(sender) { $0.forget(addressee) }
    }

    private mutating func change(_ sender: JID, _ body: (inout OwnPresence) -> Void) {
        var own = self[sender]
        body(&own)
        senders[sender] = own == OwnPresence() ? nil : own
    }
}
