internal import StanzaKit

/// What one presence stanza changed about one resource.
public struct PresenceChange: Sendable {
    /// The resource; `nil` where the presence came from the bare address.
    public let resource: String?
    /// What happened to it.
    public let kind: Kind

    init(resource: String?, _ kind: Kind) {
        self.resource = resource
        self.kind = kind
    }

    /// What can happen to a resource.
    public enum Kind: Sendable, Hashable {
        /// It became available.
        case came
        /// It is no longer available.
        case went
        /// It stays available and said something else.
        case changed(Aspects)
    }

    /// What of a presence is different.
    public struct Aspects: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt8

        /// The aspects with these bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// What the availability is like.
        public static let show = Self(rawValue: 1)
        /// A status text, in whatever language.
        public static let status = Self(rawValue: 2)
        /// The priority.
        public static let priority = Self(rawValue: 4)
        /// Anything else that the stanza holds: capabilities, an avatar, a time of idling.
        public static let payloads = Self(rawValue: 8)
    }
}

extension PresenceChange: Hashable {
    /// Whether the same happened to the same resource.
    public static func == (left: Self, right: Self) -> Bool {
        left.kind == right.kind
            && left.resource.map(ExactText.init) == right.resource.map(ExactText.init)
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(resource.map(ExactText.init))
    }
}

extension PresenceChange.Aspects {
    init(from old: Presence, to new: Presence) {
        self = []
        if old.show != new.show { insert(.show) }
        if old.priority != new.priority { insert(.priority) }
        if Self.sorted(old.statuses) != Self.sorted(new.statuses) { insert(.status) }
        if old.payloads != new.payloads { insert(.payloads) }
    }

    private static func sorted(_ statuses: [Presence.Status]) -> [[ExactText]] {
        statuses.map { [ExactText($0.language ?? ""), ExactText($0.text)] }
            .sorted { $0[0] < $1[0] }
    }
}

extension Presence {
    fileprivate var payloads: [Element] {
        element.children.filter { child in
            !["show", "status", "priority"].contains { child.is($0, in: .client) }
        }
    }
}
