public import PresenceKit

/// What a server does otherwise than RFC 6121, appendix A, with one stanza in some of the states.
///
/// A rule is a row of data over the outcome that ``SubscriptionServer`` computes. Rules for the same
/// cell add up.
public struct HouseRule: Sendable, Hashable {
    /// One thing that is done otherwise.
    public enum Effect: Sendable, Hashable {
        /// The user and the contact stand so to each other afterwards.
        case moves(SubscriptionState)
        /// An approval in advance outlives the stanza.
        case keepsApproval
        /// The contact is forgotten, with its item.
        case forgets
        /// The stanza is routed to the contact, or delivered to the user.
        case passesOn
        /// The stanza is not routed or delivered.
        case holdsBack
        /// Nothing is answered in the user's name.
        case doesNotAnswer
        /// The contact is not told that the user's resources are gone.
        case doesNotSayGoodbye
        /// The contact is shown the available resources, in addition to what the state asks for.
        case showsPresence
        /// The item is pushed although it is as it was.
        case pushesItem
        /// The same; and where there is no item, a push says that it was removed.
        case pushesItemOrRemoval
    }

    /// Who sent the stanza.
    public var direction: SubscriptionServer.Direction
    /// What was sent.
    public var stanza: SubscriptionStanza
    /// The states before, in which the rule holds.
    public var states: Set<SubscriptionState>
    /// What is done otherwise, each as often as it is there.
    public var effects: [Effect]

    /// A rule.
    public init(
        _ direction: SubscriptionServer.Direction, _ stanza: SubscriptionStanza,
        in states: Set<SubscriptionState>, _ effects: Effect...
    ) {
        self.direction = direction
        self.stanza = stanza
        self.states = states
        self.effects = effects
    }
}

// MARK: Rules of real servers

extension HouseRule {
    private static let every = Set(SubscriptionState.allCases)
    private static let pendingIn = every.filter(\.isPendingIn)
    private static let subscribedFrom = every.filter(\.isSubscribedFrom)
    private static let unasked = every.subtracting(pendingIn).subtracting(subscribedFrom)

    /// Whatever the user asks for or takes back is pushed, whether the item changed or not.
    public static let pushesEveryRequest = [
        HouseRule(.outbound, .subscribe, in: every, .pushesItem),
        HouseRule(.outbound, .unsubscribe, in: every, .pushesItem),
    ]

    /// Whatever the user approves in advance is pushed, whether the item changed or not.
    public static let pushesEveryApproval = [
        HouseRule(.outbound, .subscribed, in: unasked, .pushesItem)
    ]

    /// A request that the user repeats is pushed again while it has no answer.
    public static let pushesRepeatedRequests = [
        HouseRule(.outbound, .subscribe, in: [.neitherPendingOut], .pushesItem)
    ]

    /// A request that is taken back causes a push: of the item, or of the removal of an item that
    /// never was.
    public static let pushesTakenBackRequests = [
        HouseRule(.inbound, .unsubscribe, in: pendingIn, .pushesItemOrRemoval)
    ]

    /// Who approves a subscriber again tells it so, and shows its presence. RFC 6121, table 4, has
    /// "must not".
    public static let confirmsSubscribers = [
        HouseRule(.outbound, .subscribed, in: subscribedFrom, .passesOn, .showsPresence)
    ]

    /// A subscriber that asks again is shown the user's presence, twice, beside the answer.
    public static let showsSubscribersPresenceTwice = [
        HouseRule(.inbound, .subscribe, in: subscribedFrom, .showsPresence, .showsPresence)
    ]

    /// Who ends its subscription hears nothing of it. RFC 6121, section 3.3.3 and table 7.
    public static let endsSubscriptionsInSilence = [
        HouseRule(
            .inbound, .unsubscribe, in: every, .doesNotAnswer, .doesNotSayGoodbye)
    ]

    /// An approval in advance cannot be taken back, but by removing the contact. RFC 6121, section
    /// 3.4.2.
    public static let keepsApprovals = [
        HouseRule(.outbound, .unsubscribed, in: every, .keepsApproval)
    ]

    /// What the user approves is routed to the contact, even where it did not ask. RFC 6121, table 4.
    public static let routesEveryApproval = [
        HouseRule(.outbound, .subscribed, in: every, .passesOn)
    ]

    /// What the user refuses is routed to the contact, even where it did not ask. RFC 6121, table 5.
    public static let routesEveryRefusal = [
        HouseRule(.outbound, .unsubscribed, in: every, .passesOn)
    ]

    /// Who approves a contact whose presence it sees is subscribed to, though nobody asked. RFC 6121,
    /// table 4.
    public static let subscribesApproved = [
        HouseRule(.outbound, .subscribed, in: [.to], .moves(.both))
    ]

    /// Who is approved by a subscriber is subscribed to it, though nobody asked. RFC 6121, table 8.
    public static let takesUnaskedApprovals = [
        HouseRule(.inbound, .subscribed, in: [.from], .moves(.both), .passesOn)
    ]

    /// A contact whose request is declined or taken back is forgotten, with the name that the user
    /// gave it, where nothing else is between them; what it takes back is not delivered. RFC 6121,
    /// section 3.3.3.
    public static let forgetsRequesters = [
        HouseRule(.outbound, .unsubscribed, in: [.neitherPendingIn], .forgets),
        HouseRule(.inbound, .unsubscribe, in: [.neitherPendingIn], .forgets, .holdsBack),
    ]
}
