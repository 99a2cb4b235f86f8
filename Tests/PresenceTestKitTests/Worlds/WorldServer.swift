import PresenceKit
import PresenceTestKit

/// How the servers of worlds behave.
enum WorldServer {
    /// Those whose habits a server may have.
    private static let models = [
        ServerBehavior.standard, ServerBehavior.prosody, ServerBehavior.ejabberd,
    ]

    /// What a server may be asked for, tell or leave out.
    private static var habits: [WritableKeyPath<ServerBehavior, Bool>] {
        [
            \.pushes.areSentToEveryResource, \.pushes.includeInvisibleChanges,
            \.pushes.precedeStanzas, \.pushes.followResults, \.pushes.areAddressed,
            \.pushes.shareIDs,
            \.items.showApproval, \.items.sayNone, \.items.shuffleGroups, \.items.mayBeOwn,
            \.items.mayHaveResource, \.items.mayRepeatGroups, \.items.mustNotAsk,
            \.removal.isSentByResource,
            \.requests.reachAvailableResources, \.requests.areAddressedToResources,
            \.requests.areAcknowledged, \.requests.areRepeatedAtLogin,
            \.requests.precedeOwnPresence, \.requests.refuseOwnAccount,
            \.requests.probeWhoIsApproved, \.requests.dismissEveryResource,
            \.probes.refuseStrangers,
            \.tellsVersionUnasked,
        ]
    }

    /// The rules of real servers that leave both ends of a subscription alike.
    private static var rules: [[HouseRule]] {
        [
            HouseRule.pushesEveryRequest, HouseRule.pushesEveryApproval,
            HouseRule.pushesRepeatedRequests, HouseRule.pushesTakenBackRequests,
            HouseRule.confirmsSubscribers, HouseRule.showsSubscribersPresenceTwice,
            HouseRule.keepsApprovals, HouseRule.routesEveryRefusal,
        ]
    }

    /// A server as the RFC has it, in all that it leaves open, or one with habits of real ones; or a
    /// real one, in all that clients are told of.
    static func behavior(using dice: inout SeededGenerator) -> ServerBehavior {
        var behavior: ServerBehavior
        switch Int.random(in: 0..<8, using: &dice) {
        case ..<4: behavior = .standard
        case ..<6: behavior = habitual(using: &dice)
        case ..<7: return .prosody
        default: return ejabberd
        }
        let server = SubscriptionServer.self
        behavior.versioning =
            ServerBehavior.Versioning.allCases.randomElement(using: &dice) ?? .whole
        behavior.subscriptions = server.init(
            preApproval: server.PreApproval.allCases.randomElement(using: &dice) ?? .retained,
            openRequests: Int.random(in: 0..<4, using: &dice) == 0 ? .forgotten : .settled)
        return behavior
    }

    /// It hides and forgets items without a word: no client can have the roster that it has then.
    private static var ejabberd: ServerBehavior {
        var behavior = ServerBehavior.ejabberd
        behavior.items.hideRequesters = false
        behavior.houseRules.removeAll { HouseRule.forgetsRequesters.contains($0) }
        return behavior
    }

    /// Whether it tells both ends of a subscription what becomes of it, and everybody who saw a
    /// resource that it is gone; no client knows more than it is told.
    static func isCandid(_ behavior: ServerBehavior) -> Bool {
        let fair = Set(rules.flatMap(\.self))
        return !behavior.removal.keepsRequest && !behavior.removal.saysGoodbyeToPublishers
            && behavior.houseRules.allSatisfy(fair.contains)
    }

    /// How a server differs from the RFC, in one line.
    static func summary(of behavior: ServerBehavior) -> String {
        let standard = ServerBehavior.standard
        let differences = habits.filter { behavior[keyPath: $0] != standard[keyPath: $0] }
        let rules = behavior.houseRules.map { "\($0.direction) \($0.stanza) \($0.effects)" }
        return
            (["\(behavior.versioning)", "\(behavior.subscriptions)"]
            + differences.map { "\($0)" } + rules).joined(separator: ", ")
    }

    private static func habitual(using dice: inout SeededGenerator) -> ServerBehavior {
        var behavior = ServerBehavior()
        for habit in habits { behavior.take(habit, using: &dice) }
        behavior.take(\.requests.kept, using: &dice)
        behavior.take(\.requests.sayGoodbyeLast, using: &dice)
        behavior.take(\.probes.absence, using: &dice)
        behavior.take(\.probes.resource, using: &dice)
        behavior.take(\.items.refusalOfOthers, using: &dice)
        behavior.take(\.versionForm, using: &dice)
        behavior.take(\.versionPrefix, using: &dice)
        behavior.take(\.maximumTextLength, using: &dice)
        behavior.houseRules = rules.filter { _ in Int.random(in: 0..<3, using: &dice) == 0 }
            .flatMap(\.self)
        return behavior
    }

    fileprivate static func model(using dice: inout SeededGenerator) -> ServerBehavior {
        models[Int.random(in: 0..<models.count, using: &dice)]
    }
}

extension ServerBehavior {
    /// Does something as one of the models does it.
    fileprivate mutating func take<Value>(
        _ habit: WritableKeyPath<ServerBehavior, Value>, using dice: inout SeededGenerator
    ) {
        self[keyPath: habit] = WorldServer.model(using: &dice)[keyPath: habit]
    }
}
