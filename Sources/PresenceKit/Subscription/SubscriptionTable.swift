/// A table of RFC 6121, appendix A: what a server does with one stanza in each of the nine states.
///
/// The initialiser names every state once, in the order of the RFC, so that a table stands here as
/// it stands there, and the compiler sees that no row is missing.
struct SubscriptionTable: Sendable {
    /// One row: whether to route or deliver the stanza, the new state, and the footnotes.
    struct Row: Sendable {
        var requirement: SubscriptionOutcome.Requirement
        /// `nil` for "no state change".
        var newState: SubscriptionState?
        /// The footnote of table 4: the contact is approved before it asks.
        var preApproves = false
        /// The footnotes of tables 6 and 7: the server should answer by itself.
        var reply: SubscriptionStanza?
    }

    let neither, neitherPendingOut, neitherPendingIn, neitherPendingOutIn: Row
    let to, toPendingIn: Row
    let from, fromPendingOut: Row
    let both: Row

    subscript(state: SubscriptionState) -> Row {
        switch state {
        case .neither: neither
        case .neitherPendingOut: neitherPendingOut
        case .neitherPendingIn: neitherPendingIn
        case .neitherPendingOutIn: neitherPendingOutIn
        case .to: to
        case .toPendingIn: toPendingIn
        case .from: from
        case .fromPendingOut: fromPendingOut
        case .both: both
        }
    }

    /// The table for a stanza.
    static func of(
        _ stanza: SubscriptionStanza, _ direction: SubscriptionServer.Direction
    ) -> SubscriptionTable {
        switch (direction, stanza) {
        case (.outbound, .subscribe): table2
        case (.outbound, .unsubscribe): table3
        case (.outbound, .subscribed): table4
        case (.outbound, .unsubscribed): table5
        case (.inbound, .subscribe): table6
        case (.inbound, .unsubscribe): table7
        case (.inbound, .subscribed): table8
        case (.inbound, .unsubscribed): table9
        }
    }
}

extension SubscriptionTable.Row {
    static let must = Self(requirement: .must)
    static let mustNot = Self(requirement: .mustNot)
    static let shouldNot = Self(requirement: .shouldNot)

    static func must(_ newState: SubscriptionState, reply: SubscriptionStanza? = nil) -> Self {
        Self(requirement: .must, newState: newState, reply: reply)
    }

    static func shouldNot(reply: SubscriptionStanza) -> Self {
        Self(requirement: .shouldNot, reply: reply)
    }

    static let preApproval = Self(requirement: .mustNot, preApproves: true)
}

/// Appendix A.2: what the user sends.
extension SubscriptionTable {
    /// Table 2: processing of outbound "subscribe" stanzas.
    static let table2 = SubscriptionTable(
        neither: .must(.neitherPendingOut),
        neitherPendingOut: .must,
        neitherPendingIn: .must(.neitherPendingOutIn),
        neitherPendingOutIn: .must,
        to: .must,
        toPendingIn: .must,
        from: .must(.fromPendingOut),
        fromPendingOut: .must,
        both: .must)

    /// Table 3: processing of outbound "unsubscribe" stanzas.
    static let table3 = SubscriptionTable(
        neither: .must,
        neitherPendingOut: .must(.neither),
        neitherPendingIn: .must,
        neitherPendingOutIn: .must(.neitherPendingIn),
        to: .must(.neither),
        toPendingIn: .must(.neitherPendingIn),
        from: .must,
        fromPendingOut: .must(.from),
        both: .must(.from))

    /// Table 4: processing of outbound "subscribed" stanzas.
    static let table4 = SubscriptionTable(
        neither: .preApproval,
        neitherPendingOut: .preApproval,
        neitherPendingIn: .must(.from),
        neitherPendingOutIn: .must(.fromPendingOut),
        to: .preApproval,
        toPendingIn: .must(.both),
        from: .mustNot,
        fromPendingOut: .mustNot,
        both: .mustNot)

    /// Table 5: processing of outbound "unsubscribed" stanzas. Its footnote, that a pre-approval
    /// ends, is true of every row (section 3.4.2).
    static let table5 = SubscriptionTable(
        neither: .shouldNot,
        neitherPendingOut: .shouldNot,
        neitherPendingIn: .must(.neither),
        neitherPendingOutIn: .must(.neitherPendingOut),
        to: .shouldNot,
        toPendingIn: .must(.to),
        from: .must(.neither),
        fromPendingOut: .must(.neitherPendingOut),
        both: .must(.to))
}

/// Appendix A.3: what the contact sends.
extension SubscriptionTable {
    /// Table 6: processing of inbound "subscribe" stanzas, where the contact is not approved.
    static let table6 = SubscriptionTable(
        neither: .must(.neitherPendingIn),
        neitherPendingOut: .must(.neitherPendingOutIn),
        neitherPendingIn: .shouldNot,
        neitherPendingOutIn: .shouldNot,
        to: .must(.toPendingIn),
        toPendingIn: .shouldNot,
        from: .shouldNot(reply: .subscribed),
        fromPendingOut: .shouldNot(reply: .subscribed),
        both: .shouldNot(reply: .subscribed))

    /// Table 7: processing of inbound "unsubscribe" stanzas.
    static let table7 = SubscriptionTable(
        neither: .shouldNot,
        neitherPendingOut: .shouldNot,
        neitherPendingIn: .must(.neither, reply: .unsubscribed),
        neitherPendingOutIn: .must(.neitherPendingOut, reply: .unsubscribed),
        to: .shouldNot,
        toPendingIn: .must(.to, reply: .unsubscribed),
        from: .must(.neither, reply: .unsubscribed),
        fromPendingOut: .must(.neitherPendingOut, reply: .unsubscribed),
        both: .must(.to, reply: .unsubscribed))

    /// Table 8: processing of inbound "subscribed" stanzas.
    static let table8 = SubscriptionTable(
        neither: .shouldNot,
        neitherPendingOut: .must(.to),
        neitherPendingIn: .shouldNot,
        neitherPendingOutIn: .must(.toPendingIn),
        to: .shouldNot,
        toPendingIn: .shouldNot,
        from: .shouldNot,
        fromPendingOut: .must(.both),
        both: .shouldNot)

    /// Table 9: processing of inbound "unsubscribed" stanzas.
    static let table9 = SubscriptionTable(
        neither: .shouldNot,
        neitherPendingOut: .must(.neither),
        neitherPendingIn: .shouldNot,
        neitherPendingOutIn: .must(.neitherPendingIn),
        to: .must(.neither),
        toPendingIn: .must(.neitherPendingIn),
        from: .shouldNot,
        fromPendingOut: .must(.from),
        both: .must(.from))
}
