public import PresenceKit
public import StanzaKit

extension XMLNamespace {
    /// Rosters. RFC 6121, section 2.1.
    public static let roster: XMLNamespace = "jabber:iq:roster"
}

/// The `query` element of rosters: what a client asks for or sets, and what its server answers or
/// pushes. RFC 6121, section 2.1.
///
/// Reading takes what can be used and reports the rest in ``irregularities``. Writing has two
/// forms: ``element`` is all of it, as a server writes it; ``request`` is what a client may send.
public struct RosterQuery: StanzaPayload {
    /// The local name of the element.
    public static let elementName = "query"
    /// The namespace of the element.
    public static let namespace = XMLNamespace.roster

    /// The version, an opaque text that may be empty; `nil` where there is none. RFC 6121, section
    /// 2.6; on the wire `ver`.
    public var version: String?
    /// The items, in order; one address may be there twice, and the last counts.
    public var items: [Item]
    /// What could not be used as it was.
    public internal(set) var irregularities: [Diagnostic.Kind] = []
    /// How many items were left out, as they have no address that can be used.
    public internal(set) var unusableItemCount = 0

    /// A query to write.
    public init(version: String? = nil, items: [Item] = []) {
        self.version = version
        self.items = items
    }

    /// An `item` element. RFC 6121, section 2.1.2.
    public struct Item: Sendable {
        /// The contact.
        public var jid: BareJID
        /// The name; read, never an empty one.
        public var name: String?
        /// The groups; read, each once and sorted by their bytes, without empty ones.
        public var groups: [String]
        /// Whose presence goes where.
        public var subscription: RosterItem.Subscription
        /// Whether the contact is to be removed, or was: `subscription='remove'` on the wire. What
        /// else the item says does not count then. RFC 6121, section 2.1.2.5.
        public var isRemoval: Bool
        /// Whether the user asked to see the contact's presence; on the wire `ask`.
        public var isPendingOut: Bool
        /// Whether the contact may see the user's presence as soon as it asks; on the wire
        /// `approved`.
        public var isApproved: Bool

        /// An item to write.
        public init(
            _ jid: BareJID, name: String? = nil, groups: [String] = [],
            subscription: RosterItem.Subscription = .neither, isRemoval: Bool = false,
            isPendingOut: Bool = false, isApproved: Bool = false
        ) {
            self.jid = jid
            self.name = name
            self.groups = groups
            self.subscription = subscription
            self.isRemoval = isRemoval
            self.isPendingOut = isPendingOut
            self.isApproved = isApproved
        }

        /// What the item says of subscriptions.
        var record: SubscriptionRecord.Item {
            SubscriptionRecord.Item(
                subscription: subscription, isPendingOut: isPendingOut, isApproved: isApproved)
        }
    }
}

// MARK: Reading

extension RosterQuery {
    /// Reads a `query` element; `nil` if it is another one.
    ///
    /// A value that the RFC does not have is ignored (section 2.1.2.5), and so are attributes,
    /// elements and text that it does not have. Addresses are cut to the bare one.
    public init?(_ element: Element) {
        guard Self.isName(of: element) else { return nil }
        self.init(version: element["ver"])
        for child in element.all("item", in: .roster) {
            if let item = Item(child, &irregularities) {
                items.append(item)
            } else {
                unusableItemCount += 1
                irregularities.append(.itemWithoutAddress)
            }
        }
    }
}

extension RosterQuery.Item {
    /// Reads an `item` element; `nil` if it is another one, or has no address that can be used.
    public init?(_ element: Element) {
        var ignored: [Diagnostic.Kind] = []
        self.init(element, &ignored)
    }

    fileprivate init?(_ element: Element, _ irregularities: inout [Diagnostic.Kind]) {
        guard element.is("item", in: .roster), let jid = element.address(.jid).jid?.bare else {
            return nil
        }
        let subscription = element["subscription"] ?? "none"
        let isRemoval = subscription.isExactly("remove")
        let known = RosterItem.Subscription(rawValue: subscription)
        if known == nil && !isRemoval { irregularities.append(.undefinedValue(subscription)) }

        let ask = element["ask"]
        let isPendingOut = ask?.isExactly("subscribe") == true
        if let ask, !isPendingOut { irregularities.append(.undefinedValue(ask)) }

        let approved = element["approved"] ?? "false"
        let isApproved = ["true", "1"].contains(approved.trimmingXMLSpace())
        if !isApproved, !["false", "0"].contains(approved.trimmingXMLSpace()) {
            irregularities.append(.undefinedValue(approved))
        }

        let name = element["name"] ?? ""
        let groups = Set(element.all("group", in: .roster).map { ExactText($0.text) })
        self.init(
            jid, name: name.isEmpty ? nil : name,
            groups: groups.filter { !$0.string.isEmpty }.sorted().map(\.string),
            subscription: known ?? .neither, isRemoval: isRemoval, isPendingOut: isPendingOut,
            isApproved: isApproved)
    }
}

// MARK: Writing

extension RosterQuery {
    /// The query as a server writes it: everything but what is as if it were not there.
    public var element: Element { element(isRequest: false) }

    /// The query as a client may send it: of subscriptions it says nothing but that a contact is to
    /// be removed, and then nothing else. RFC 6121, sections 2.1.2.1, 2.1.2.2 and 2.1.2.5.
    public var request: Element { element(isRequest: true) }

    private func element(isRequest: Bool) -> Element {
        var builder = Element.Builder(Self.elementName, in: .roster)
        if let version { builder.set("ver", to: version) }
        for item in items { item.append(to: &builder, isRequest: isRequest) }
        return builder.finish()
    }
}

extension RosterQuery.Item {
    fileprivate func append(to builder: inout Element.Builder, isRequest: Bool) {
        builder.open("item", in: .roster)
        builder.set(.jid, to: jid.spelling)
        if isRemoval && isRequest {
            builder.set("subscription", to: "remove")
            return builder.close()
        }
        if let name { builder.set("name", to: name) }
        if isRemoval {
            builder.set("subscription", to: "remove")
        } else if !isRequest && subscription != .neither {
            builder.set("subscription", to: subscription.rawValue)
        }
        if !isRequest && isPendingOut { builder.set("ask", to: "subscribe") }
        if !isRequest && isApproved { builder.set("approved", to: "true") }
        for group in groups {
            builder.open("group", in: .roster)
            builder.append(group)
            builder.close()
        }
        builder.close()
    }
}

// MARK: Equality

extension RosterQuery: Hashable {
    /// Whether both say the same, by their bytes, and were as regular.
    public static func == (left: Self, right: Self) -> Bool {
        left.version.map(ExactText.init) == right.version.map(ExactText.init)
            && left.items == right.items && left.irregularities == right.irregularities
            && left.unusableItemCount == right.unusableItemCount
    }

    /// Hashes the items.
    public func hash(into hasher: inout Hasher) { hasher.combine(items) }
}

extension RosterQuery.Item: Hashable {
    /// Whether both say the same, by their bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.jid == right.jid && left.name.map(ExactText.init) == right.name.map(ExactText.init)
            && left.groups.map(ExactText.init) == right.groups.map(ExactText.init)
            && left.isRemoval == right.isRemoval && left.record == right.record
    }

    /// Hashes the address.
    public func hash(into hasher: inout Hasher) { hasher.combine(jid) }
}
