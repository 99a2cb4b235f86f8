import PresenceKit

/// Where SleekXMPP's column is not demanded, although the vector agrees with the RFC or says in
/// words what is right: the better behaviour, which is demanded in its place.
enum PresenceSessionRule: String, CaseIterable {
    /// `authorize` sends nothing to who is subscribed, `subscribe` nothing to whom we see or asked:
    /// servers do not route it, or it changes nothing (RFC 6121, A.2.1 and A.2.3).
    case alreadySo
    /// Where nobody asked, `authorize` is a pre-approval: `subscribed` alone is sent, the state
    /// stays and the contact is approved (RFC 6121, section 3.4).
    case preApproval
    /// Without initial presence nobody is told that we are available (RFC 6121, section 4.2.1).
    case nothingIsMadeUp
    /// The account has no subscription to itself: nothing is sent for a request without a sender.
    case ownAccount
    /// `unsubscribed` is enough: servers send "unavailable" themselves (RFC 6121, section 3.2.2).
    case noUnavailable
    /// Who is told that we are gone is not told so again when it is accepted later.
    case rejectionIsNotRemembered
    /// Who is offline has nothing to send again.
    case offlineIsNotRemembered
    /// What was broadcast has no addressee, whomever it was sent again to.
    case broadcastIsForEverybody
    /// The answer to a push is an empty result (RFC 6121, section 2.1.6).
    case emptyResult
    /// A push of a stranger changes nothing, so it is no update.
    case foreignPush
    /// What changes nothing is no event.
    case nothingChanged
    /// An undefined subscription is ignored, and reported; the item stays, and reads as none (RFC
    /// 6121, section 2.1.2.5).
    case undefinedSubscription
    /// The approval of an item is kept (RFC 6121, section 2.1.2.1).
    case approvalIsKept
    /// Groups are a set, and none is empty (RFC 6121, section 2.1.2.4).
    case groupsAreASet
    /// A request that was delivered is pending, until it is answered (RFC 6121, A.3.1).
    case requestIsPending
    /// What a contact answers or takes back counts at once; the push says the same (RFC 6121, A.3).
    case contactIsHeard
    /// A request that was sent counts at once, and a push that the server sent before it knew does
    /// not undo that (RFC 6121, A.2.1).
    case requestWasSent
    /// Whose presence we see we have no request to see (RFC 6121, A.1).
    case nineStates
    /// A request that waits is answered as soon as the policy says how: who is whitelisted does not
    /// wait.
    case policyAnswersWhatWaits
    /// A resource that is unknown is none, which an available one without a word is not.
    case unknownResource
    /// When the session ends everybody goes offline, with events.
    case sessionEnd
}

/// Vectors in which SleekXMPP does not agree with the RFC, or the RFC is silent, and which say in
/// words what is right.
enum PresenceSessionNote {
    /// What was recorded is right, but for the rules.
    case asRecorded
    /// Nothing was broadcast before.
    case withoutInitialPresence
    /// The server announces pre-approval.
    case withPreApproval

    static let all: [String: Self] = [
        // An unavailable broadcast counts as initial presence; a request does not.
        "send-initial-subscribe": .asRecorded,
        // The remembered broadcast has no addressee afterwards.
        "send-authorize-last": .asRecorded,
        // No presence is made up where none was sent.
        "send-authorize-none": .withoutInitialPresence,
        // We see it already, so there is nothing to ask for.
        "send-subscribe-when-to": .asRecorded,
        // Nobody asked: the state stays none.
        "send-authorize-when-none": .withPreApproval,
        // SleekXMPP's `remove` ends our subscription alone. That of the contact ends with the item.
        "send-remove": .asRecorded,
        // What is received is left alone.
        "send-in-ids": .asRecorded,
        // The item stays.
        "push-bad-subscription": .asRecorded,
        // The approval is kept.
        "push-approved": .asRecorded,
        // The item is filed under the bare address.
        "push-full-jid": .asRecorded,
        // Empty and repeated groups are left out.
        "push-group-odd": .asRecorded,
    ]
}
