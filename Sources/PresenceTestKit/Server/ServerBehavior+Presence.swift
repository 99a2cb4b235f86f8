public import PresenceKit

extension ServerBehavior {
    /// How requests for subscriptions and their answers are handled beside the state machine. RFC
    /// 6121, section 3.
    public struct Requests: Sendable, Hashable {
        /// What is delivered again of a request that waits for an answer. Section 3.1.3 has all of it.
        public enum Kept: Sendable, Hashable, CaseIterable {
            /// All, as it came.
            case everything
            /// Its text for people, and the name that the contact suggests for itself.
            case statusAndNickname
            /// Its text for people.
            case status
        }

        /// Whether answers and ends of subscriptions are delivered to the resources that are
        /// available, instead of those that asked for the roster.
        public var reachAvailableResources = false
        /// Whether a stanza is delivered to the full address of each resource. Section 3.1.3 has the
        /// account's.
        public var areAddressedToResources = false
        /// Whether the contact's server is told with `unavailable` from the bare address that a
        /// request came.
        public var areAcknowledged = false
        /// Whether a request is sent and pushed again when a resource becomes available, while it has
        /// no answer.
        public var areRepeatedAtLogin = false
        /// What is delivered again of a request that waits for an answer.
        public var kept = Kept.everything
        /// Whether those that wait come ahead of the resource's own first presence.
        public var precedeOwnPresence = false
        /// Whether who asks for its own presence is refused with `bad-request`, instead of not heard.
        public var refuseOwnAccount = false
        /// Whether an approval is followed by a probe, where the user sees the contact's presence.
        public var probeWhoIsApproved = false
        /// Whether it is every connected resource that the contact hears is gone, the last one first,
        /// instead of the available ones.
        public var dismissEveryResource = false
        /// For stanzas of whom the contact hears `unsubscribed` ahead of the resources being gone.
        /// Sections 3.2.2 and 3.3.3 have it behind.
        public var sayGoodbyeLast: Set<SubscriptionServer.Direction> = []

        /// As the RFC has it.
        public init() {}
    }

    /// How probes are answered. RFC 6121, section 4.3.2.
    public struct Probes: Sendable, Hashable {
        /// What is said of an account without an available resource.
        public enum Absence: Sendable, Hashable, CaseIterable {
            /// That it is unavailable, and since when.
            case dated
            /// That it is unavailable.
            case undated
            /// Nothing.
            case silence
        }

        /// What is said of one resource that is asked for.
        public enum Resource: Sendable, Hashable, CaseIterable {
            /// That it is available, and no more.
            case availability
            /// Its presence.
            case presence
            /// The presence of all resources.
            case presenceOfAll
        }

        /// Whether who has no subscription is told so with `unsubscribed`, instead of nothing.
        public var refuseStrangers = true
        /// What is said of an account without an available resource.
        public var absence = Absence.dated
        /// What is said of one resource that is asked for. Section 4.6.6.
        public var resource = Resource.availability

        /// As the RFC has it.
        public init() {}
    }
}
