public import StanzaKit

/// How requests to see our presence are answered without asking anybody.
///
/// ```swift
/// presence.policy = .manual               // nobody answers but the user: the default
/// presence.policy = .accept               // everybody may see our presence
/// presence.policy = .acceptAndAskBack     // and we want to see theirs
/// presence.policy = .decline
/// presence.policy.whitelist = ["romeo@montague.example"]   // accepted whatever the policy
/// ```
///
/// Two parties that both answer by themselves always fall silent: nobody asks who is subscribed or has
/// asked, and what changes nothing is not answered.
public struct SubscriptionPolicy: Sendable, Hashable {
    /// What is decided for those who are not on the ``whitelist``; `nil` leaves it to the user.
    public var acceptsEverybody: Bool?
    /// Whether those who are accepted are asked for their presence too, unless we see it or have
    /// asked already.
    public var asksBack: Bool
    /// Who is accepted whatever is decided for others.
    public var whitelist: Set<BareJID>

    /// A policy as SleekXMPP has it in two switches.
    ///
    /// - Parameters:
    ///   - acceptsEverybody: What is decided for everybody: its `auto_authorize`.
    ///   - asksBack: Whether those who are accepted are asked too: its `auto_subscribe`.
    ///   - whitelist: Who is accepted in any case.
    public init(acceptsEverybody: Bool?, asksBack: Bool, whitelist: Set<BareJID> = []) {
        self.acceptsEverybody = acceptsEverybody
        self.asksBack = asksBack
        self.whitelist = whitelist
    }

    /// The user answers.
    public static let manual = Self(acceptsEverybody: nil, asksBack: false)
    /// Everybody may see our presence.
    public static let accept = Self(acceptsEverybody: true, asksBack: false)
    /// Everybody may see our presence, and is asked for its own.
    public static let acceptAndAskBack = Self(acceptsEverybody: true, asksBack: true)
    /// Nobody may see our presence who does not already.
    public static let decline = Self(acceptsEverybody: false, asksBack: false)

    /// The answer to a request of `contact`; `nil` where the user is to give it.
    public func decision(for contact: BareJID) -> SubscriptionDecision? {
        if whitelist.contains(contact) || acceptsEverybody == true {
            return asksBack ? .acceptAndAskBack : .accept
        }
        return acceptsEverybody == false ? .decline : nil
    }
}

/// An answer to a request to see our presence.
public enum SubscriptionDecision: Sendable, Hashable, CaseIterable {
    /// The contact may see it. RFC 6121, section 3.1.4.
    case accept
    /// The contact may see it, and is asked for its own unless we see it or have asked already.
    case acceptAndAskBack
    /// The contact may not see it. RFC 6121, section 3.1.4.
    case decline

    var intent: SubscriptionIntent {
        switch self {
        case .accept: .approve
        case .acceptAndAskBack: .becomeMutual
        case .decline: .deny
        }
    }
}
