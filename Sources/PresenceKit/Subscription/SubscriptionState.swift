/// How a user and a contact stand to each other, seen by the user: the nine states of RFC 6121,
/// appendix A.1.
///
/// Two things are told of each direction: whether the subscription is there, and whether it was
/// asked for and not answered yet. Of the sixteen combinations nine can be; the others, such as a
/// request for what is there already, cannot be written down.
///
/// The raw value is the name that the RFC gives the state, good for logs and for keeping.
public enum SubscriptionState: String, Sendable, Hashable, CaseIterable {
    /// Nobody sees the other's presence, nobody asked. That is a stranger's state too. Not called
    /// `none`, which an optional has too.
    case neither = "None"
    /// The user asked to see the contact's presence.
    case neitherPendingOut = "None + Pending Out"
    /// The contact asked to see the user's presence.
    case neitherPendingIn = "None + Pending In"
    /// Each asked to see the other's presence.
    case neitherPendingOutIn = "None + Pending Out+In"
    /// The user sees the contact's presence.
    case to = "To"
    /// The user sees the contact's presence, and the contact asked to see the user's.
    case toPendingIn = "To + Pending In"
    /// The contact sees the user's presence.
    case from = "From"
    /// The contact sees the user's presence, and the user asked to see the contact's.
    case fromPendingOut = "From + Pending Out"
    /// Each sees the other's presence.
    case both = "Both"

    /// Whose presence goes where, without what is pending: the four primary states of appendix A.1.
    /// The raw value is what a roster item says in `subscription` (RFC 6121, section 2.1.2.5).
    public enum Primary: String, Sendable, Hashable, CaseIterable {
        /// Neither sees the other's presence. Not called `none`, which an optional has too.
        case neither = "none"
        /// The user sees the contact's presence.
        case to
        /// The contact sees the user's presence.
        case from
        /// Both see each other's.
        case both
    }

    /// The state in which these things are true together.
    ///
    /// A request for what is there already is no request: `to` and `both` are never pending out,
    /// `from` and `both` never pending in.
    public init(_ primary: Primary, isPendingOut: Bool, isPendingIn: Bool) {
        switch (primary, isPendingOut, isPendingIn) {
        case (.neither, false, false): self = .neither
        case (.neither, true, false): self = .neitherPendingOut
        case (.neither, false, true): self = .neitherPendingIn
        case (.neither, true, true): self = .neitherPendingOutIn
        case (.to, _, false): self = .to
        case (.to, _, true): self = .toPendingIn
        case (.from, false, _): self = .from
        case (.from, true, _): self = .fromPendingOut
        case (.both, _, _): self = .both
        }
    }
}

extension SubscriptionState {
    /// Whose presence goes where, without what is pending.
    public var primary: Primary {
        switch self {
        case .neither, .neitherPendingOut, .neitherPendingIn, .neitherPendingOutIn: .neither
        case .to, .toPendingIn: .to
        case .from, .fromPendingOut: .from
        case .both: .both
        }
    }

    /// Whether the user sees the contact's presence.
    public var isSubscribedTo: Bool { primary == .to || primary == .both }

    /// Whether the contact sees the user's presence.
    public var isSubscribedFrom: Bool { primary == .from || primary == .both }

    /// Whether the user asked to see the contact's presence and has no answer; in a roster item
    /// `ask='subscribe'`.
    public var isPendingOut: Bool {
        switch self {
        case .neitherPendingOut, .neitherPendingOutIn, .fromPendingOut: true
        default: false
        }
    }

    /// Whether the contact asked to see the user's presence and has no answer. No roster item shows
    /// it: a client knows it from the request that was delivered.
    public var isPendingIn: Bool {
        switch self {
        case .neitherPendingIn, .neitherPendingOutIn, .toPendingIn: true
        default: false
        }
    }
}
