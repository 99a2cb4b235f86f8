/// What a server owes for one subscription stanza: the new record, and who is told what.
///
/// ``steps`` lists it in the order of the RFC, which is the order that clients rely on.
public struct SubscriptionOutcome: Sendable, Hashable {
    /// How strongly the RFC asks for something. RFC 2119.
    public enum Requirement: Sendable, Hashable {
        /// Without exception.
        case must
        /// Unless there are reasons.
        case should
        /// Only if there are reasons.
        case shouldNot
        /// Never.
        case mustNot
    }

    /// An answer that the server gives in the user's name.
    public struct Reply: Sendable, Hashable {
        /// What is answered, from the user's bare address to the contact's.
        public let stanza: SubscriptionStanza
        /// How strongly the RFC asks for the answer.
        public let requirement: Requirement
    }

    /// What the contact hears of each resource of the user that is available.
    public enum Availability: Sendable, Hashable {
        /// Its current presence: the contact may see it from now on. RFC 6121, section 3.1.5.
        case available
        /// That it is gone: the contact may not see it any more. RFC 6121, sections 3.2.2 and
        /// 3.3.3.
        case unavailable
    }

    /// One thing to do.
    public enum Step: Sendable, Hashable {
        /// Send the contact presence from each resource of the user that is available.
        case sendPresence(Availability)
        /// Route the stanza to the contact, or deliver it to the user.
        case forward
        /// Send the contact a stanza in the user's name.
        case reply(SubscriptionStanza)
        /// Push the contact's roster item to the user's resources that asked for the roster.
        case push(SubscriptionRecord.Item)
    }

    /// Which way the stanza goes.
    public let direction: SubscriptionServer.Direction
    /// The record when the stanza came.
    public let before: SubscriptionRecord
    /// The record from now on.
    public let after: SubscriptionRecord
    /// How strongly the RFC asks to pass the stanza on: outbound to the contact, inbound to the
    /// user.
    public let forwarding: Requirement
    /// What the contact is answered in the user's name.
    public let reply: Reply?
}

extension SubscriptionOutcome {
    /// Whether to pass the stanza on: outbound to the contact, inbound to the user.
    public var isForwarded: Bool { forwarding == .must || forwarding == .should }

    /// Whether the record is another one than before.
    public var changesRecord: Bool { before != after }

    /// The item to push; `nil` where it is as it was, or where there is none.
    public var push: SubscriptionRecord.Item? {
        before.item == after.item ? nil : after.item
    }

    /// What the contact hears of the user's available resources.
    public var presence: Availability? {
        switch (before.state.isSubscribedFrom, after.state.isSubscribedFrom) {
        case (false, true): .available
        case (true, false): .unavailable
        default: nil
        }
    }

    /// What to do, in order.
    ///
    /// The user sees a stanza before the push that it causes (3.1.6, 3.2.3, 3.3.3). The contact
    /// hears who is there after it was told that it may (3.1.5), and that everybody is gone while
    /// it still may (3.2.2).
    public var steps: [Step] {
        let forward = isForwarded ? Step.forward : nil
        let reply = reply.map { Step.reply($0.stanza) }
        let push = push.map(Step.push)
        let presence = presence.map(Step.sendPresence)
        return switch (direction, self.presence) {
        case (.outbound, .unavailable): [presence, forward, push].compactMap(\.self)
        case (.outbound, _): [forward, push, presence].compactMap(\.self)
        case (.inbound, .unavailable): [forward, push, presence, reply].compactMap(\.self)
        case (.inbound, _): [forward, reply, push, presence].compactMap(\.self)
        }
    }
}
