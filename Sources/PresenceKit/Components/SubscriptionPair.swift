internal import StanzaKit

/// A local address of a component and a contact of it: what a subscription is between.
struct SubscriptionPair: Sendable, Hashable {
    var local: BareJID
    var contact: BareJID
}
