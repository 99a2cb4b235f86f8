public import StanzaKit

/// Where a contact can be reached now: the last presence of each of its resources.
public struct ContactPresence: Sendable, Hashable, Identifiable {
    /// The contact.
    public let jid: BareJID
    /// The resources that are available, most wanted first: by priority, then by show (`chat`,
    /// none, `away`, `xa`, `dnd`), then the most recent.
    public private(set) var resources: [Resource] = []
    /// What the contact said when it last said that a resource, or all of it, is unavailable: with its
    /// status, and a delay where it is gone for longer. `nil` where it did not in this session; of
    /// those who are offline, it is kept for the 4,096 contacts who said so last.
    public internal(set) var lastUnavailable: Presence?

    /// A resource that is available.
    public struct Resource: Sendable, Hashable {
        /// The resource; `nil` where the presence came from the bare address.
        public let name: String?
        /// The last presence that it sent.
        public let presence: Presence
        /// What counts when resources are compared: less is more wanted.
        fileprivate let rank: [Int]

        /// - Parameter order: Counts presence stanzas, to tell the more recent one.
        init(name: String?, presence: Presence, order: Int) {
            self.name = name
            self.presence = presence
            rank = [-Int(presence.priority), presence.show.rank, -order]
        }

        /// Whether this one sent its presence, or what it changed last, after `other` did.
        public func isMoreRecent(than other: Resource) -> Bool { rank[2] < other.rank[2] }
    }

    /// The contact.
    public var id: BareJID { jid }

    /// The resource that is most wanted. One with a negative priority wants no messages that are not
    /// addressed to it (RFC 6121, section 8.5.2.1).
    public var best: Resource? { resources.first }

    /// The resource that is most wanted by another rule than that of ``resources``.
    ///
    /// ```swift
    /// let latest = contact.best { $0.isMoreRecent(than: $1) }
    /// ```
    ///
    /// - Parameter isMoreWanted: Whether the first of two is wanted more. Of those that are wanted
    ///   alike the first of ``resources`` is taken.
    public func best(by isMoreWanted: (Resource, Resource) -> Bool) -> Resource? {
        resources.min(by: isMoreWanted)
    }

    /// Whether any resource is available.
    public var isOnline: Bool { !resources.isEmpty }

    /// The resource of that name; `nil` for what came from the bare address.
    public subscript(resource: String?) -> Resource? {
        resources.first { $0.isCalled(resource) }
    }

    init(jid: BareJID) {
        self.jid = jid
    }

    /// - Returns: What changed; `nil` where nothing did.
    mutating func book(_ presence: Presence, from resource: String?, order: Int) -> PresenceChange?
    {
        let change: PresenceChange.Kind
        if let before = self[resource]?.presence {
            let aspects = PresenceChange.Aspects(from: before, to: presence)
            // What is said again is not more recent, or the best resource changed untold.
            if aspects.isEmpty { return nil }
            change = .changed(aspects)
        } else {
            change = .came
        }
        resources.removeAll { $0.isCalled(resource) }
        let new = Resource(name: resource, presence: presence, order: order)
        let index = resources.firstIndex { new.rank.lexicographicallyPrecedes($0.rank) }
        resources.insert(new, at: index ?? resources.count)
        return PresenceChange(resource: resource, change)
    }

    /// Removes that one resource.
    mutating func forget(_ resource: String?) {
        resources.removeAll { $0.isCalled(resource) }
    }

    /// Removes one resource, or all where the bare address speaks. RFC 6121, section 4.5.4.
    ///
    /// - Returns: Whether there was any.
    mutating func remove(_ resource: String?) -> Bool {
        let count = resources.count
        resources.removeAll { resource == nil || $0.isCalled(resource) }
        return resources.count < count
    }
}

extension ContactPresence.Resource {
    fileprivate func isCalled(_ other: String?) -> Bool {
        name.map(ExactText.init) == other.map(ExactText.init)
    }

    /// Whether both are of one name and sent the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.isCalled(right.name) && left.presence == right.presence && left.rank == right.rank
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name.map(ExactText.init))
        hasher.combine(presence)
    }
}

extension Presence.Show? {
    fileprivate var rank: Int {
        switch self {
        case .chat: 0
        case nil: 1
        case .away: 2
        case .xa: 3
        case .dnd: 4
        }
    }
}
