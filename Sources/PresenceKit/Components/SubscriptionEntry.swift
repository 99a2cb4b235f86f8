public import StanzaKit

/// What a ``SubscriptionStore`` keeps about one contact of one local address.
///
/// There is an entry where there is something to keep: a stranger has none.
public struct SubscriptionEntry: Sendable, Hashable {
    /// How the local address and the contact stand to each other.
    public let state: SubscriptionState
    /// Whether the contact may see the presence of the local address as soon as it asks. RFC 6121,
    /// section 3.4.
    public let isApproved: Bool
    /// The request of the contact that waits for an answer, as it came: RFC 6121, section 3.1.3 wants
    /// the complete stanza kept. `nil` where none waits.
    public let request: Presence?

    /// An entry; `nil` where there is nothing to keep.
    ///
    /// - Parameter request: What the contact asked with; left out where the state says that no request
    ///   waits.
    public init?(_ state: SubscriptionState, isApproved: Bool = false, request: Presence? = nil) {
        if state == .neither && !isApproved { return nil }
        self.state = state
        self.isApproved = isApproved
        self.request = state.isPendingIn ? request : nil
    }

    /// The record of the contact. A component has no roster beside its subscriptions: what is kept is
    /// in it, where it can be.
    public var record: SubscriptionRecord { SubscriptionRecord(state, isApproved: isApproved) }
}
