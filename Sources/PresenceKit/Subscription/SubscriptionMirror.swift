/// The client's side of subscriptions: what its server keeps about a contact.
///
/// The mirror is told what the client sends and what it receives, in the order of the stream, and
/// answers how things stand:
///
/// ```swift
/// var mirror = SubscriptionMirror(announcesPreApproval: false)   // a stranger
/// mirror.received(.subscribe)                                    // None + Pending In
/// mirror.sent(.subscribed)                                       // From: it will be
/// mirror.received(.init(subscription: .from))                    // the push: it is
/// ```
///
/// What was sent counts at once, so that what is wanted next is planned from where it leads. Roster
/// items that the server sent before it knew do not undo that. Everything else is as the server
/// says: items that nobody here caused, and the contact's stanzas, which it delivers only where they
/// change something. What changes nothing is no matter, nor is whether an item comes before the
/// stanza that caused it or after.
///
/// No roster item shows that the contact asked to see the user's presence. That is known from the
/// request, until it is answered or taken back, the contact is removed, or an item says that it has
/// what it asked for. So it can be that a request is shown here which the server no longer has:
/// where another resource declined it and the server tells nobody, or where the contact took it back
/// and asked again while the user was declining. To answer it does no harm. But where the server has
/// no pre-approval, nothing tells that an approval came too late, and the contact may be taken for
/// subscribed until the session ends.
///
/// A session begins with new mirrors, made from the items of the roster: servers deliver open
/// requests again (RFC 6121, section 3.1.3).
public struct SubscriptionMirror: Sendable, Hashable {
    /// Whether the server announces pre-approval. RFC 6121, section 3.4.
    public let announcesPreApproval: Bool
    /// What the server keeps, as far as it said.
    private var said: SubscriptionRecord
    /// What was sent since, in order. The push that shows what comes of it confirms it.
    private var unconfirmed: [Sent] = []

    private enum Sent: Sendable, Hashable {
        case stanza(SubscriptionStanza)
        case removal
    }

    /// The mirror of a contact with this record, which the server has shown.
    public init(
        _ record: SubscriptionRecord = SubscriptionRecord(), announcesPreApproval: Bool
    ) {
        said = record
        self.announcesPreApproval = announcesPreApproval
    }

    /// What the server keeps about the contact once it has what was sent.
    public var record: SubscriptionRecord {
        unconfirmed.reduce(said, record(_:after:))
    }

    /// What to send so that an intent comes true. Nothing is noted by that: what is sent of it is
    /// told by ``sent(_:)`` and ``sentRemoval()``.
    public func plan(for intent: SubscriptionIntent) -> SubscriptionPlan {
        record.plan(for: intent, announcesPreApproval: announcesPreApproval)
    }
}

// MARK: What is sent

extension SubscriptionMirror {
    /// Takes note of a stanza that was sent to the contact.
    public mutating func sent(_ stanza: SubscriptionStanza) {
        note(.stanza(stanza))
        // No item will confirm that a request is declined.
        if stanza == .unsubscribed { said = said.withoutRequest }
    }

    /// Takes note that the server was asked to remove the contact from the roster.
    public mutating func sentRemoval() {
        note(.removal)
    }

    /// Takes note that the server refused what was sent: things are as it said last.
    public mutating func wasRefused() {
        unconfirmed = []
    }

    private mutating func note(_ sent: Sent) {
        unconfirmed.append(sent)
        forgetWhatChangesNothing()
    }

    private func record(_ record: SubscriptionRecord, after sent: Sent) -> SubscriptionRecord {
        switch sent {
        case .stanza(let stanza):
            SubscriptionServer(preApproval: announcesPreApproval ? .retained : .unsupported)
                .outcome(of: stanza, .outbound, in: record).after
        case .removal: SubscriptionRecord()
        }
    }
}

// MARK: What is received

extension SubscriptionMirror {
    /// Takes note of a stanza of the contact that the server delivered.
    ///
    /// It goes through the same tables as at the server. So it counts also where no item tells of
    /// the change, as some servers have it; and what nobody asked for changes nothing.
    public mutating func received(_ stanza: SubscriptionStanza) {
        // A server that delivers a request has not answered it.
        said =
            SubscriptionServer(preApproval: .unsupported)
            .outcome(of: stanza, .inbound, in: said).after
        forgetWhatChangesNothing()
    }

    /// Takes note of the contact's item in a roster push or result.
    public mutating func received(_ item: SubscriptionRecord.Item) {
        if item != said.item && !confirm(item) {
            // Servers approve contacts before they ask, not when they have.
            said = SubscriptionRecord(
                item, isPendingIn: said.state.isPendingIn && !item.isApproved)
        }
        forgetWhatChangesNothing()
    }

    /// Takes note of a push that says that the contact was removed from the roster. With the item
    /// goes a request of the contact.
    public mutating func receivedRemoval() {
        if !confirm(nil) { said = SubscriptionRecord() }
        forgetWhatChangesNothing()
    }

    /// Whether the item is what comes of something that was sent; all up to that has arrived.
    private mutating func confirm(_ item: SubscriptionRecord.Item?) -> Bool {
        var record = said
        for (index, sent) in unconfirmed.enumerated() {
            record = self.record(record, after: sent)
            if record.item == item {
                said = record
                unconfirmed.removeFirst(index + 1)
                return true
            }
        }
        return false
    }

    /// Drops what no push will confirm any more, as something else brought it about.
    private mutating func forgetWhatChangesNothing() {
        while let sent = unconfirmed.first, record(said, after: sent).item == said.item {
            unconfirmed.removeFirst()
        }
    }
}

extension SubscriptionRecord {
    fileprivate var withoutRequest: Self {
        moved(
            to: SubscriptionState(
                state.primary, isPendingOut: state.isPendingOut, isPendingIn: false))
    }
}
