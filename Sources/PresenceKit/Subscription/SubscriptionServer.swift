/// The server's side of subscriptions: what it owes for each stanza that its user sends or gets.
/// RFC 6121, section 3 and appendix A.
///
/// ```swift
/// let server = SubscriptionServer()
/// var record = SubscriptionRecord()                        // a stranger
/// let outcome = server.outcome(of: .subscribe, .inbound, in: record)
/// record = outcome.after                                   // None + Pending In
/// for step in outcome.steps { … }                          // deliver the request
/// ```
///
/// It keeps no records: what it answers depends on its arguments alone, and there is an answer for
/// all of them.
///
/// A component is its own server. It keeps a record for each pair of one of its addresses and a
/// contact, asks for the outcome of what such an address sends (`outbound`) and of what arrives for
/// it (`inbound`), and takes the steps itself: to deliver is to tell the program, and to push is to
/// keep the record, for nobody else has a copy of the roster.
///
/// ## Where the RFC contradicts itself
///
/// Section 3 "does not cover every possible case" and refers to appendix A for "complete details",
/// so the appendix is what counts here:
///
/// - *A request that is taken back* is forgotten, delivered as such and answered (table 7). Section
///   3.3.3 ignores it, or forgets it in silence.
/// - *A refusal* ends the user's request and is delivered (table 9). Section 3.2.3 knows only the
///   end of a subscription, and ignores all else.
/// - *Whoever has the subscription and asks again* is answered with `subscribed`. Table 6 says
///   "should", section 3.1.3 "must".
/// - *A push* is owed where the item changes, and only there. Sections 3.2.2 and 3.3.2 have one also
///   where nothing does; clients must bear those of other servers.
/// - *Whoever is approved and asks* is answered, in whatever state: section 3.4.2, "must". The
///   footnote of table 6 says "may", and only of "None".
///
/// ## Where both ends can disagree
///
/// An answer does not say what it answers. Who asks again before the answers to what it sent are in
/// takes one of them for the answer to the new request, and the real one finds nobody waiting. All
/// servers may be without fault:
///
/// - *Ending a subscription and asking anew*: the automatic answer to `unsubscribe` (table 7) ends
///   the request that is right behind it.
/// - *Taking a request back and asking anew* while the contact is answering the first one.
/// - *Asking anew* while the contact takes the subscription away.
///
/// The contact then has a request or a subscription that the user knows nothing of; a subscription
/// that only the user believes in there never is. Asking once more heals it: whoever has granted
/// the subscription confirms it, and whoever has the request answers that. Both ends agree whenever
/// nobody asks before the answers are in, whatever else they do at the same time, if their servers
/// settle what is open when a contact is removed (``openRequests``).
public struct SubscriptionServer: Sendable, Hashable {
    /// Which way a stanza goes, seen from the user.
    public enum Direction: Sendable, Hashable, CaseIterable {
        /// From the user to the contact.
        case outbound
        /// From the contact to the user.
        case inbound
    }

    /// What becomes of the approval of a contact that has not asked. RFC 6121, section 3.4.
    public enum PreApproval: Sendable, Hashable, CaseIterable {
        /// It is kept until the user takes it back, and approves every request until then.
        case retained
        /// It approves one request.
        case dropped
        /// There is none: the server does not announce the feature.
        case unsupported
    }

    /// What becomes of requests without an answer when the user removes the contact. RFC 6121,
    /// section 2.5, does not say.
    public enum OpenRequests: Sendable, Hashable, CaseIterable {
        /// The user's own is taken back and the contact's is declined, so that the contact knows.
        case settled
        /// The server forgets them. The contact goes on waiting, or has a request that nobody waits
        /// for, unless the user's client settled them before, as plans do.
        case forgotten
    }

    /// What becomes of the approval of a contact that has not asked.
    public var preApproval: PreApproval
    /// What becomes of requests without an answer when the user removes the contact.
    public var openRequests: OpenRequests

    /// A server that keeps approvals, and settles open requests when a contact is removed.
    public init(preApproval: PreApproval = .retained, openRequests: OpenRequests = .settled) {
        self.preApproval = preApproval
        self.openRequests = openRequests
    }
}

extension SubscriptionServer {
    /// What the server owes for a stanza.
    ///
    /// - Parameters:
    ///   - stanza: What the user or the contact sent.
    ///   - direction: Who sent it.
    ///   - record: What the server keeps about the contact.
    public func outcome(
        of stanza: SubscriptionStanza, _ direction: Direction, in record: SubscriptionRecord
    ) -> SubscriptionOutcome {
        if direction == .inbound && stanza == .subscribe && approves(record) {
            return approval(of: record)
        }
        let row = SubscriptionTable.of(stanza, direction)[record.state]
        var after = record.moved(to: row.newState ?? record.state)
        var forwarding = row.requirement
        if row.preApproves && preApproval != .unsupported { after = after.approved(true) }
        if direction == .outbound && stanza == .unsubscribed && record.isApproved {
            after = after.approved(false)
            // What ends an approval alone is none of the contact's business. Section 3.2.2 (2).
            if row.requirement == .shouldNot { forwarding = .mustNot }
        }
        return SubscriptionOutcome(
            direction: direction, before: record, after: after, forwarding: forwarding,
            reply: row.reply.map { .init(stanza: $0, requirement: .should) })
    }

    /// Whether the user's approval answers a request. Section 3.4.2.
    private func approves(_ record: SubscriptionRecord) -> Bool {
        record.isApproved && preApproval != .unsupported && !record.state.isSubscribedFrom
    }

    private func approval(of record: SubscriptionRecord) -> SubscriptionOutcome {
        let state = SubscriptionState(
            record.state.isSubscribedTo ? .both : .from,
            isPendingOut: record.state.isPendingOut, isPendingIn: false)
        return SubscriptionOutcome(
            direction: .inbound, before: record,
            after: record.moved(to: state).approved(preApproval == .retained),
            forwarding: .mustNot, reply: .init(stanza: .subscribed, requirement: .must))
    }

    /// What the server owes when the user removes the contact from the roster; `nil` where there is
    /// no item to remove. RFC 6121, section 2.5.
    public func removal(of record: SubscriptionRecord) -> SubscriptionRemoval? {
        guard record.isInRoster else { return nil }
        let state = record.state
        let settles = openRequests == .settled
        var sends: [SubscriptionStanza] = []
        if state.isSubscribedTo || settles && state.isPendingOut { sends.append(.unsubscribe) }
        if state.isSubscribedFrom || settles && state.isPendingIn { sends.append(.unsubscribed) }
        return SubscriptionRemoval(
            before: record, stanzas: sends, presence: state.isSubscribedFrom ? .unavailable : nil)
    }
}
