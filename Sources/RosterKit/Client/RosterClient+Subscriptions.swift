public import PresenceKit
public import StanzaKit

/// Subscriptions by contact. What is sent is what changes something
/// (``PresenceKit/SubscriptionRecord/plan(for:announcesPreApproval:)``), and goes to the bare
/// address.
///
/// The server answers with pushes: ``RosterEvent/entrySubscriptionChanged(_:)`` tells what came of
/// it. All that is pending ``presence`` knows; there is also more to ask for
/// (``PresenceKit/PresenceClient/perform(_:for:nickname:reason:)``).
extension RosterClient {
    /// Asks to see the presence of `contact`. RFC 6121, section 3.1.
    ///
    /// Returns at once: the contact may answer in a minute, in a year, or never. An acceptance
    /// arrives as ``RosterEvent/subscribed(_:)``, a refusal as ``RosterEvent/unsubscribed(_:)``.
    ///
    /// - Parameters:
    ///   - contact: Whom to ask.
    ///   - nickname: What to call us (XEP-0172, section 4.2).
    ///   - reason: What to say to it.
    /// - Returns: What was sent, or why nothing was to be sent.
    /// - Throws: ``RequestError/Code/disconnected`` outside of a session, and
    ///   ``RequestError/Code/invalidRequest`` for what XML does not allow; then nothing is sent.
    @discardableResult
    public func subscribe(
        to contact: BareJID, nickname: String? = nil, reason: String? = nil
    ) throws(RequestError) -> SubscriptionPlan {
        try perform(.request, for: contact, nickname: nickname, reason: reason)
    }

    /// No longer asks to see the presence of `contact`, or to be allowed to. RFC 6121, section 3.3.
    ///
    /// - Returns: What was sent, or why nothing was to be sent.
    /// - Throws: ``RequestError/Code/disconnected`` outside of a session.
    @discardableResult
    public func unsubscribe(from contact: BareJID) throws(RequestError) -> SubscriptionPlan {
        try perform(.withdraw, for: contact)
    }

    /// Lets `contact` see our presence: now, if it asked, else as soon as it does. RFC 6121,
    /// sections 3.1.4 and 3.4.
    ///
    /// To approve who has not asked takes a server that announces that it keeps approvals; for any
    /// other the plan says ``PresenceKit/SubscriptionPlan/Reason/preApprovalNotAnnounced``, as a
    /// client must not try (section 3.4.1).
    ///
    /// - Returns: What was sent, or why nothing was to be sent.
    /// - Throws: ``RequestError/Code/disconnected`` outside of a session.
    @discardableResult
    public func approve(_ contact: BareJID) throws(RequestError) -> SubscriptionPlan {
        try perform(.preApprove, for: contact)
    }

    /// Declines what `contact` asked for, and nothing else. RFC 6121, section 3.1.4.
    ///
    /// - Returns: What was sent, or why nothing was to be sent.
    /// - Throws: ``RequestError/Code/disconnected`` outside of a session.
    @discardableResult
    public func denyRequest(of contact: BareJID) throws(RequestError) -> SubscriptionPlan {
        try perform(.deny, for: contact)
    }

    /// No longer lets `contact` see our presence, nor as soon as it asks. RFC 6121, section 3.2.
    ///
    /// - Returns: What was sent, or why nothing was to be sent.
    /// - Throws: ``RequestError/Code/disconnected`` outside of a session.
    @discardableResult
    public func cancelSubscription(of contact: BareJID) throws(RequestError) -> SubscriptionPlan {
        try perform(.cancel, for: contact)
    }

    @discardableResult
    func perform(
        _ intent: SubscriptionIntent, for contact: BareJID, nickname: String? = nil,
        reason: String? = nil
    ) throws(RequestError) -> SubscriptionPlan {
        guard stream.isInSession else { throw RequestError(.disconnected) }
        do {
            return try presence.perform(intent, for: contact, nickname: nickname, reason: reason)
        } catch {
            throw RequestError(.invalidRequest)
        }
    }
}
