/// What to send for an intent, or why nothing is to be sent.
public enum SubscriptionPlan: Sendable, Hashable {
    /// Send these stanzas to the contact's bare address, in this order, and then ask the server to
    /// remove the contact from the roster if `removesItem` says so. No other roster set is ever
    /// needed: servers make items by themselves (RFC 6121, sections 3.1.2, 3.1.5 and 3.4.2).
    case send([SubscriptionStanza], removesItem: Bool = false)
    /// All that the user can do for it is done.
    case alreadySo
    /// It cannot be done.
    case impossible(Reason)

    /// Why an intent cannot come true as things stand.
    public enum Reason: Sendable, Hashable, CaseIterable {
        /// There is no request of the contact to answer.
        case noRequest
        /// The contact's request is approved already: what is meant may be
        /// ``SubscriptionIntent/cancel``.
        case alreadyApproved
        /// The contact has not asked, and the server does not announce that it can be approved
        /// before.
        case preApprovalNotAnnounced
    }
}

extension SubscriptionRecord {
    /// What to send so that an intent comes true.
    ///
    /// Nothing is sent that changes nothing, so that to want a thing twice is no different from
    /// wanting it once.
    ///
    /// ```swift
    /// let record = SubscriptionRecord(.neitherPendingIn)
    /// record.plan(for: .becomeMutual, announcesPreApproval: true)   // .send([.subscribed, .subscribe])
    /// ```
    ///
    /// - Parameters:
    ///   - intent: What the user wants.
    ///   - announcesPreApproval: Whether the user's server announces pre-approval (RFC 6121, section
    ///     3.4); for a component, whether it keeps approvals itself.
    public func plan(
        for intent: SubscriptionIntent, announcesPreApproval: Bool
    ) -> SubscriptionPlan {
        switch intent {
        case .request: asksAlready ? .alreadySo : .send([.subscribe])
        case .approve:
            if state.isPendingIn {
                .send([.subscribed])
            } else {
                grantsAlready ? .alreadySo : .impossible(.noRequest)
            }
        case .preApprove:
            if let granting = granting(announcesPreApproval) {
                .send([granting])
            } else {
                grantsAlready ? .alreadySo : .impossible(.preApprovalNotAnnounced)
            }
        case .deny:
            if state.isPendingIn {
                .send([.unsubscribed])
            } else {
                .impossible(state.isSubscribedFrom ? .alreadyApproved : .noRequest)
            }
        case .cancel:
            state.isSubscribedFrom || isApproved ? .send([.unsubscribed]) : .alreadySo
        case .withdraw: asksAlready ? .send([.unsubscribe]) : .alreadySo
        case .becomeMutual: mutualPlan(announcesPreApproval)
        case .remove: removalPlan
        }
    }

    /// Whether the user sees the contact's presence, or asked to.
    private var asksAlready: Bool { state.isSubscribedTo || state.isPendingOut }

    /// Whether the contact sees the user's presence, or will as soon as it asks.
    private var grantsAlready: Bool {
        state.isSubscribedFrom || isApproved && !state.isPendingIn
    }

    /// What lets the contact see the user's presence, now or when it asks; `nil` where nothing does,
    /// or need.
    private func granting(_ announcesPreApproval: Bool) -> SubscriptionStanza? {
        let isOfUse = state.isPendingIn || announcesPreApproval && !grantsAlready
        return isOfUse ? .subscribed : nil
    }

    private func mutualPlan(_ announcesPreApproval: Bool) -> SubscriptionPlan {
        let stanzas = [granting(announcesPreApproval), asksAlready ? nil : .subscribe]
            .compactMap(\.self)
        if !stanzas.isEmpty { return .send(stanzas) }
        return grantsAlready ? .alreadySo : .impossible(.noRequest)
    }

    /// What is subscribed ends with the item. What is pending the RFC leaves open (section 2.5.2),
    /// and servers differ, so that is ended before.
    private var removalPlan: SubscriptionPlan {
        let stanzas = [
            state.isPendingOut ? SubscriptionStanza.unsubscribe : nil,
            state.isPendingIn ? .unsubscribed : nil,
        ].compactMap(\.self)
        if stanzas.isEmpty && !isInRoster { return .alreadySo }
        return .send(stanzas, removesItem: isInRoster)
    }
}
