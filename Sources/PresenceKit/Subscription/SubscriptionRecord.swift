/// What one side keeps about its relation to one contact: the state, and what stands beside it.
///
/// A stranger's record is the one without arguments. Records change through the roles: a server or
/// component computes the next one with ``SubscriptionServer``, a client with
/// ``SubscriptionMirror``. What somebody wants of a contact is put to a record as an intent, and
/// answered with what to send for it (``plan(for:announcesPreApproval:)``).
public struct SubscriptionRecord: Sendable, Hashable {
    /// How the user and the contact stand to each other.
    public let state: SubscriptionState
    /// Whether the contact may see the user's presence as soon as it asks. RFC 6121, section 3.4.
    public let isApproved: Bool
    /// Whether the user's roster has an item for the contact. Only ``SubscriptionState/neither``
    /// and ``SubscriptionState/neitherPendingIn`` can be without one, and not where the contact is
    /// approved.
    public let isInRoster: Bool

    /// The record of a contact in `state`; it is in the roster where it must be, whatever
    /// `isInRoster` says.
    public init(
        _ state: SubscriptionState = .neither, isApproved: Bool = false, isInRoster: Bool = false
    ) {
        self.state = state
        self.isApproved = isApproved
        let canBeAbsent = state == .neither || state == .neitherPendingIn
        self.isInRoster = isInRoster || isApproved || !canBeAbsent
    }

    /// The record after a change of the state alone; an item stays in the roster.
    func moved(to state: SubscriptionState) -> Self {
        Self(state, isApproved: isApproved, isInRoster: isInRoster)
    }

    /// The record after a change of the approval alone; an item stays in the roster.
    func approved(_ isApproved: Bool) -> Self {
        Self(state, isApproved: isApproved, isInRoster: isInRoster)
    }
}

// MARK: The roster item

extension SubscriptionRecord {
    /// What a roster item shows of a record: all but a request of the contact. RFC 6121, section
    /// 2.1.2.
    public struct Item: Sendable, Hashable {
        /// Whose presence goes where; on the wire `subscription`.
        public var subscription: SubscriptionState.Primary
        /// Whether the user asked to see the contact's presence; on the wire `ask`.
        public var isPendingOut: Bool
        /// Whether the contact may see the user's presence as soon as it asks; on the wire
        /// `approved`.
        public var isApproved: Bool

        /// What an item shows.
        public init(
            subscription: SubscriptionState.Primary, isPendingOut: Bool = false,
            isApproved: Bool = false
        ) {
            self.subscription = subscription
            self.isPendingOut = isPendingOut
            self.isApproved = isApproved
        }
    }

    /// The record behind an item, with what no item shows.
    ///
    /// - Parameters:
    ///   - item: The contact's item; `nil` where the roster has none.
    ///   - isPendingIn: Whether the contact asked to see the user's presence and has no answer.
    ///     Where the item says that it sees it, the request is answered and does not count.
    public init(_ item: Item?, isPendingIn: Bool = false) {
        self.init(
            SubscriptionState(
                item?.subscription ?? .neither, isPendingOut: item?.isPendingOut ?? false,
                isPendingIn: isPendingIn),
            isApproved: item?.isApproved ?? false, isInRoster: item != nil)
    }

    /// What the contact's roster item shows; `nil` where the roster has none.
    public var item: Item? {
        guard isInRoster else { return nil }
        return Item(
            subscription: state.primary, isPendingOut: state.isPendingOut, isApproved: isApproved)
    }
}

extension SubscriptionRecord.Item {
    /// Reads the attributes of an `item` element.
    ///
    /// What the RFC does not define is ignored as it demands (section 2.1.2.5): `none`, not asked,
    /// not approved.
    public init(subscription: String?, ask: String?, approved: String?) {
        self.init(
            subscription: subscription.flatMap(SubscriptionState.Primary.init) ?? .neither,
            isPendingOut: ask == "subscribe", isApproved: approved == "true" || approved == "1")
    }

    /// The attributes of an `item` element; `nil` for those that are left out.
    public var attributes: (subscription: String, ask: String?, approved: String?) {
        (subscription.rawValue, isPendingOut ? "subscribe" : nil, isApproved ? "true" : nil)
    }
}
