public import PresenceKit

/// How a server behaves where servers differ, or where the RFC leaves it to them.
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

    /// The state machine.
    public var subscriptions = SubscriptionServer()
    /// Whether it announces that contacts can be approved before they ask. RFC 6121, section 3.4.
    public var announcesPreApproval: Bool { subscriptions.preApproval != .unsupported }
    /// How rosters are brought up to date.
    public var versioning = Versioning.incremental
    /// What versions begin with; they go on with a number.
    public var versionPrefix = "v"
    /// How many bytes a name or a group may have. RFC 6121, section 2.3.3.
    public var maximumTextLength = 1_023

    /// As the RFC has it, in all that it recommends.
    public static let standard = ServerBehavior()

    /// As the RFC has it.
    public init() {}
}
