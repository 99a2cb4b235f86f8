public import StanzaKit

/// The four presence stanzas that ask for a subscription, or answer. RFC 6121, section 3.
///
/// The raw value is the stanza's `type`.
public enum SubscriptionStanza: String, Sendable, Hashable, CaseIterable {
    /// The sender wants to see the presence of the addressee.
    case subscribe
    /// The sender no longer wants to see it, or takes its request back.
    case unsubscribe
    /// The sender lets the addressee see its presence.
    case subscribed
    /// The sender no longer lets it be seen, or declines a request.
    case unsubscribed

    /// The stanza that a presence stanza of this type is; `nil` where that is not about
    /// subscriptions.
    public init?(_ kind: Presence.Kind) {
        self.init(rawValue: kind.rawValue)
    }

    /// The stanza to send to `contact`, at its bare address as the RFC has it (section 3.1.1).
    ///
    /// A reason or a nickname may be added. So may an `id`, which the RFC recommends to tell errors
    /// apart.
    public func presence(to contact: BareJID) -> Presence {
        var presence = Presence(to: JID(contact))
        presence.element[.type] = rawValue
        return presence
    }
}
