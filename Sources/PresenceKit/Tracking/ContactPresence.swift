public import StanzaKit

/// Where a contact can be reached now: the last presence of each of its resources.
public struct ContactPresence: Sendable, Hashable, Identifiable {
    /// The contact.
    public let jid: BareJID
    /// The resources that are available, most wanted first: by priority, then by show (`chat`,
    /// none, `away`, `xa`, `dnd`), then the most recent.
    public private(set) var resources: [Resource] = []

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
    }

    /// The contact.
    public var id: BareJID { jid }

    /// The resource that a message is best sent to.
    public var best: Resource? { resources.first }

    /// Whether any resource is available.
    public var isOnline: Bool { !resources.isEmpty }

    init(jid: BareJID) {
        self.jid = jid
    }

    subscript(resource: String?) -> Resource? {
        resources.first { $0.isCalled(resource) }
    }

    mutating func book(_ presence: Presence, from resource: String?, order: Int) {
        remove(resource)
        resources.append(Resource(name: resource, presence: presence, order: order))
        resources.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
    }

    mutating func remove(_ resource: String?) {
        resources.removeAll { $0.isCalled(resource) }
    }
}

extension ContactPresence.Resource {
    fileprivate func isCalled(_ other: String?) -> Bool {
        name.map(ExactText.init) == other.map(ExactText.init)
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
