internal import PresenceKit
internal import StanzaKit

extension ServerBehavior {
    /// As Prosody 0.12.3 and 13.0.1 were recorded: the two do not differ.
    ///
    /// They push what did not change, announce and obey approvals in advance without ever showing one,
    /// and have the states of the RFC. Accounts that do not exist are nobody, as with ``standard``:
    /// Prosody acknowledges requests to them, too.
    public static let prosody: ServerBehavior = {
        var behavior = ServerBehavior()
        behavior.subscriptions = SubscriptionServer(
            preApproval: .retained, openRequests: .settled)
        behavior.houseRules = [
            HouseRule.pushesEveryRequest, HouseRule.pushesEveryApproval,
            HouseRule.pushesTakenBackRequests, HouseRule.confirmsSubscribers,
            HouseRule.showsSubscribersPresenceTwice, HouseRule.endsSubscriptionsInSilence,
            HouseRule.keepsApprovals,
        ].flatMap(\.self)

        behavior.requests.areAcknowledged = true
        behavior.requests.areRepeatedAtLogin = true
        behavior.requests.refuseOwnAccount = true
        behavior.requests.probeWhoIsApproved = true
        behavior.requests.sayGoodbyeLast = [.outbound]

        behavior.removal.keepsRequest = true
        behavior.removal.isSentByResource = true
        behavior.removal.saysGoodbyeToPublishers = true

        behavior.pushes.followResults = true
        behavior.pushes.areAddressed = false
        behavior.pushes.shareIDs = true

        behavior.items.showApproval = false
        behavior.items.sayNone = true
        behavior.items.shuffleGroups = true
        behavior.items.mayRepeatGroups = true
        behavior.items.refusalOfOthers = .serviceUnavailable

        behavior.probes.refuseStrangers = false
        behavior.probes.absence = .undated
        behavior.probes.resource = .presenceOfAll

        behavior.versioning = .whole
        behavior.versionForm = .countedFromOne
        behavior.versionPrefix = ""
        behavior.maximumTextLength = .max
        return behavior
    }()
}
