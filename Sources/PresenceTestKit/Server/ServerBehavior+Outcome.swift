internal import PresenceKit

extension ServerBehavior {
    /// What the server does for one subscription stanza: the outcome of its state machine, with its
    /// house rules and its habits over it.
    struct Outcome {
        enum Step: Hashable {
            case forward
            case reply(SubscriptionStanza)
            case push
            case show(SubscriptionOutcome.Availability)
            case probe
            case acknowledge
        }

        let before: SubscriptionRecord
        let after: SubscriptionRecord
        /// What to do, in order.
        let steps: [Step]
    }

    func outcome(
        of stanza: SubscriptionStanza, _ direction: SubscriptionServer.Direction,
        in record: SubscriptionRecord
    ) -> Outcome {
        let plain = subscriptions.outcome(of: stanza, direction, in: record)
        let effects = houseRules.filter { $0.holds(for: stanza, direction, in: record.state) }
            .flatMap(\.effects)
        let after = effects.reduce(plain.after) { $1.applied(to: $0, before: record) }

        let isForwarded =
            effects.contains(.passesOn) || plain.isForwarded && !effects.contains(.holdsBack)
        let reply = effects.contains(.doesNotAnswer) ? nil : plain.reply?.stanza
        let isApproval = direction == .outbound ? stanza == .subscribed : reply == .subscribed
        let probes = requests.probeWhoIsApproved && isApproval && after.state.isSubscribedTo
        let acknowledges =
            requests.areAcknowledged && direction == .inbound && stanza == .subscribe
            && after.state.isPendingIn

        let parts = Parts(
            forward: isForwarded ? [.forward] : [],
            reply: reply.map { [.reply($0)] } ?? [],
            push: isPushed(record, after, effects) ? [.push] : [],
            goodbye: saysGoodbye(record, after, effects) ? [.show(.unavailable)] : [],
            presence: presence(record, after, effects, probes: probes),
            acknowledgement: acknowledges ? [.acknowledge] : [])
        return Outcome(before: record, after: after, steps: steps(of: parts, direction))
    }

    // MARK: What

    private func isPushed(
        _ before: SubscriptionRecord, _ after: SubscriptionRecord, _ effects: [HouseRule.Effect]
    ) -> Bool {
        let isChanged =
            pushes.includeInvisibleChanges
            ? before != after : shownItem(of: before) != shownItem(of: after)
        let isShown = shownItem(of: after) != nil
        return isShown && (isChanged || effects.contains(.pushesItem))
            || effects.contains(.pushesItemOrRemoval)
    }

    /// The item that clients see; `nil` where there is none, or where it is hidden from them.
    func shownItem(of record: SubscriptionRecord) -> SubscriptionRecord.Item? {
        items.hideRequesters && record.state == .neitherPendingIn ? nil : record.item
    }

    private func saysGoodbye(
        _ before: SubscriptionRecord, _ after: SubscriptionRecord, _ effects: [HouseRule.Effect]
    ) -> Bool {
        before.state.isSubscribedFrom && !after.state.isSubscribedFrom
            && !effects.contains(.doesNotSayGoodbye)
    }

    /// What the contact sees of the available resources, and what is asked of it then.
    private func presence(
        _ before: SubscriptionRecord, _ after: SubscriptionRecord, _ effects: [HouseRule.Effect],
        probes: Bool
    ) -> [Outcome.Step] {
        let additional = effects.filter { $0 == .showsPresence }.count
        var shown = Array(repeating: Outcome.Step.show(.available), count: additional)
        if !before.state.isSubscribedFrom && after.state.isSubscribedFrom {
            shown.append(.show(.available))
        }
        return shown.prefix(1) + (probes ? [.probe] : []) + shown.dropFirst()
    }

    // MARK: In which order

    private struct Parts {
        let forward, reply, push, goodbye, presence, acknowledgement: [Outcome.Step]
    }

    /// The order of the RFC (``SubscriptionOutcome/steps``), but for the server's habits.
    private func steps(
        of parts: Parts, _ direction: SubscriptionServer.Direction
    ) -> [Outcome.Step] {
        let isLast = requests.sayGoodbyeLast.contains(direction)
        let (early, late) = isLast ? ([], parts.goodbye) : (parts.goodbye, [])
        let push = pushes.precedeStanzas ? [] : parts.push
        let steps =
            switch direction {
            case .outbound: early + parts.forward + push + late + parts.presence
            case .inbound where parts.goodbye.isEmpty:
                parts.forward + parts.reply + push + parts.presence
            case .inbound: parts.forward + push + early + parts.reply + late
            }
        return (pushes.precedeStanzas ? parts.push : []) + steps + parts.acknowledgement
    }
}

extension HouseRule {
    fileprivate func holds(
        for stanza: SubscriptionStanza, _ direction: SubscriptionServer.Direction,
        in state: SubscriptionState
    ) -> Bool {
        self.stanza == stanza && self.direction == direction && states.contains(state)
    }
}

extension HouseRule.Effect {
    /// The record after the stanza, where the effect is on it.
    fileprivate func applied(
        to after: SubscriptionRecord, before: SubscriptionRecord
    ) -> SubscriptionRecord {
        switch self {
        case .moves(let state):
            SubscriptionRecord(
                state, isApproved: after.isApproved, isInRoster: after.isInRoster)
        case .keepsApproval:
            SubscriptionRecord(
                after.state, isApproved: before.isApproved, isInRoster: after.isInRoster)
        case .forgets: SubscriptionRecord()
        default: after
        }
    }
}
