/// What somebody wants of a contact; ``SubscriptionRecord/plan(for:announcesPreApproval:)`` says
/// what to send for it.
public enum SubscriptionIntent: Sendable, Hashable, CaseIterable {
    /// To see the contact's presence: asks for it. RFC 6121, section 3.1.1.
    case request
    /// To let the contact see the user's presence, as it asked. RFC 6121, section 3.1.4.
    case approve
    /// To let the contact see the user's presence as soon as it asks. RFC 6121, section 3.4.
    case preApprove
    /// To decline what the contact asked, and nothing else: a subscription that it has stays. RFC
    /// 6121, section 3.1.4.
    case deny
    /// To let the contact see the user's presence no longer, nor as soon as it asks. A request of
    /// the contact stays open. RFC 6121, section 3.2.
    case cancel
    /// To see the contact's presence no longer, or take the request for it back. RFC 6121, section
    /// 3.3.
    case withdraw
    /// To see each other's presence: approves what the contact asked, or approves it before it asks
    /// where the server can, and asks for its presence.
    case becomeMutual
    /// To have nothing more to do with the contact: neither subscriptions, nor requests, nor a
    /// roster item. RFC 6121, section 2.5.
    case remove
}
