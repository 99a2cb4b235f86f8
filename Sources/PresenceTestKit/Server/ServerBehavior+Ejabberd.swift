internal import PresenceKit

extension ServerBehavior {
    /// As ejabberd 23.01 was recorded; 24.12 differs in what is delivered again of a request alone.
    ///
    /// They know no approvals in advance, push to every resource and ahead of everything else, hide
    /// who waits for an answer, and take an approval that nobody asked for where the RFC ignores it.
    public static let ejabberd: ServerBehavior = {
        var behavior = ServerBehavior()
        behavior.subscriptions = SubscriptionServer(
            preApproval: .unsupported, openRequests: .forgotten)
        behavior.houseRules = [
            HouseRule.pushesRepeatedRequests, HouseRule.routesEveryApproval,
            HouseRule.routesEveryRefusal, HouseRule.subscribesApproved,
            HouseRule.takesUnaskedApprovals, HouseRule.forgetsRequesters,
        ].flatMap(\.self)

        behavior.requests.reachAvailableResources = true
        behavior.requests.areAddressedToResources = true
        behavior.requests.kept = .status
        behavior.requests.precedeOwnPresence = true
        behavior.requests.dismissEveryResource = true
        behavior.requests.sayGoodbyeLast = [.inbound]

        behavior.removal.includesStrangers = true

        behavior.pushes.areSentToEveryResource = true
        behavior.pushes.includeInvisibleChanges = true
        behavior.pushes.precedeStanzas = true

        behavior.items.hideRequesters = true
        behavior.items.sayNone = true
        behavior.items.mayBeOwn = true
        behavior.items.mayHaveResource = true
        behavior.items.mustNotAsk = true

        behavior.probes.refuseStrangers = false
        behavior.probes.absence = .silence
        behavior.probes.resource = .presence

        behavior.versioning = .whole
        behavior.versionForm = .digest
        behavior.tellsVersionUnasked = false
        behavior.maximumTextLength = .max
        return behavior
    }()
}
