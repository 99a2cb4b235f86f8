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
    /// What is answered to those who are not on the ``whitelist``.
    public var answer: Answer
    /// Whether those who are accepted are asked for their presence too, unless we see it or have
    /// asked already.
    public var asksBack: Bool
    /// Who is accepted whatever is decided for others.
    public var whitelist: Set<BareJID>

    /// What is answered without asking anybody.
    public enum Answer: Sendable, Hashable, CaseIterable {
        /// Nothing: the user answers.
        case manual
        /// That the contact may see our presence.
        case accept
        /// That it may not.
        case decline
    }

    /// A policy as two switches and a list; SleekXMPP's `auto_authorize` and `auto_subscribe`.
    ///
    /// - Parameters:
    ///   - answer: What is answered to everybody.
    ///   - asksBack: Whether those who are accepted are asked too.
    ///   - whitelist: Who is accepted in any case.
    public init(_ answer: Answer, asksBack: Bool = false, whitelist: Set<BareJID> = []) {
        self.answer = answer
        self.asksBack = asksBack
        self.whitelist = whitelist
    }

    /// The user answers.
    public static let manual = Self(.manual)
    /// Everybody may see our presence.
    public static let accept = Self(.accept)
    /// Everybody may see our presence, and is asked for its own.
    public static let acceptAndAskBack = Self(.accept, asksBack: true)
    /// Nobody may see our presence who does not already.
    public static let decline = Self(.decline)

    /// The answer to a request of `contact`; `nil` where the user is to give it.
    public func decision(for contact: BareJID) -> SubscriptionDecision? {
        switch whitelist.contains(contact) ? .accept : answer {
        case .manual: nil
        case .accept: asksBack ? .acceptAndAskBack : .accept
        case .decline: .decline
        }
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
