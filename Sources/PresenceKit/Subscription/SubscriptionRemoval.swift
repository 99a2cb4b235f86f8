/// What a server owes when the user removes a contact: a push that says so, and what the contact
/// is sent. RFC 6121, section 2.5.2.
public struct SubscriptionRemoval: Sendable, Hashable {
    /// The record when the user asked.
    public let before: SubscriptionRecord
    /// What to send to the contact in the user's name, in order.
    public let stanzas: [SubscriptionStanza]
    /// What the contact hears of the user's available resources, before ``stanzas``: that they are
    /// gone, where it could see them (section 3.2.2).
    public let presence: SubscriptionOutcome.Availability?

    /// The record from now on, that of a stranger.
    public var after: SubscriptionRecord { SubscriptionRecord() }
}
