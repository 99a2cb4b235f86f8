public import PresenceKit

/// How a server behaves where servers differ, or where the RFC leaves it to them.
///
/// Every difference is a property of its own, and says what the RFC has instead; what a real server
/// does is a combination of them. ``prosody`` and ``ejabberd`` are two that were put together from
/// recordings, and a test may make others:
///
/// ```swift
/// var behavior = ServerBehavior.standard
/// behavior.pushes.areSentToEveryResource = true
/// behavior.houseRules = HouseRule.pushesEveryRequest
/// let server = InMemoryServer(behavior: behavior)
/// ```
public struct ServerBehavior: Sendable, Hashable {
    /// What becomes of a roster request with a version that is not the present one. RFC 6121, section
    /// 2.6.3.
    public enum Versioning: Sendable, Hashable, CaseIterable {
        /// It is answered with nothing, and what changed since is pushed; with the whole roster where
        /// the version is unknown.
        case incremental
        /// It is answered with the whole roster.
        case whole
        /// There are no versions, and none are announced.
        case unsupported
    }

    /// What the versions of a roster are. To a client they are opaque.
    public enum VersionForm: Sendable, Hashable, CaseIterable {
        /// A number that counts the changes.
        case counted
        /// The same, but a roster that was never written has the number that it has after the first
        /// change: who cached it empty is told that nothing changed.
        case countedFromOne
        /// Forty digits that the content decides, until versions are forgotten: a version comes back
        /// when the content does, and is neither smaller nor greater than another one.
        case digest
    }

    /// The state machine.
    public var subscriptions = SubscriptionServer()
    /// The cells of the state machine that are not as the RFC has them.
    public var houseRules: [HouseRule] = []
    /// How requests for subscriptions and their answers are handled beside the state machine.
    public var requests = Requests()
    /// How contacts are removed from rosters.
    public var removal = Removal()
    /// How roster pushes are sent.
    public var pushes = Pushes()
    /// What items show, and which a client may set.
    public var items = Items()
    /// How probes are answered.
    public var probes = Probes()

    /// Whether it announces that contacts can be approved before they ask. RFC 6121, section 3.4.
    public var announcesPreApproval: Bool { subscriptions.preApproval != .unsupported }
    /// How rosters are brought up to date.
    public var versioning = Versioning.incremental
    /// What versions look like.
    public var versionForm = VersionForm.counted
    /// What counted versions begin with; they go on with a number.
    public var versionPrefix = "v"
    /// Whether a roster result says its version to who did not ask with one.
    public var tellsVersionUnasked = true
    /// How many bytes a name or a group may have. RFC 6121, section 2.3.3.
    public var maximumTextLength = 1_023

    /// As RFC 6121 has rosters, subscriptions and presence, in all that it recommends but for one thing:
    /// whom somebody sent presence directly, and who is gone then, hears of the end all the same
    /// (section 4.6.1). Requests reach a resource whoever sent them, as real servers let them;
    /// section 8.5.3.1 would have those of strangers refused.
    public static let standard = ServerBehavior()

    /// As the RFC has it.
    public init() {}
}
