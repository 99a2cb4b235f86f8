internal import PresenceKit
public import StanzaKit

extension XMLNamespace {
    /// Rosters. RFC 6121, section 2.1.
    public static let roster: XMLNamespace = "jabber:iq:roster"
    /// The stream feature that announces roster versioning. RFC 6121, section 2.6.1.
    public static let rosterVersioning: XMLNamespace = "urn:xmpp:features:rosterver"
}

/// The `query` element of a roster result or push, read item by item.
struct RosterPayload {
    /// An `item` element. RFC 6121, section 2.1.2.
    struct Item {
        var jid: BareJID
        var name: String?
        var groups: [String]
        var subscription: RosterItem.Subscription
        var isRemoval: Bool
        var isPendingOut: Bool
        var isApproved: Bool

        /// What the item says of subscriptions.
        var record: SubscriptionRecord.Item {
            SubscriptionRecord.Item(
                subscription: subscription, isPendingOut: isPendingOut, isApproved: isApproved)
        }
    }

    var version: String?
    var items: [Item] = []
    /// What could not be used as it was.
    var diagnostics: [Diagnostic.Kind] = []
    /// How many items have no address that can be used.
    var unusableItems = 0

    init?(_ element: Element) {
        guard element.is("query", in: .roster) else { return nil }
        version = element["ver"]
        for child in element.all("item", in: .roster) {
            guard let jid = child.address(.jid).jid?.bare else {
                unusableItems += 1
                diagnostics.append(.itemWithoutAddress)
                continue
            }
            items.append(item(child, jid))
        }
    }

    private mutating func item(_ element: Element, _ jid: BareJID) -> Item {
        let subscription = element["subscription"] ?? "none"
        let isRemoval = subscription.isExactly("remove")
        let known = RosterItem.Subscription(rawValue: subscription)
        if known == nil && !isRemoval { diagnostics.append(.undefinedValue(subscription)) }

        let ask = element["ask"]
        let isPendingOut = ask?.isExactly("subscribe") == true
        if let ask, !isPendingOut { diagnostics.append(.undefinedValue(ask)) }

        let approved = element["approved"] ?? "false"
        let isApproved = ["true", "1"].contains(approved)
        if !isApproved, !["false", "0"].contains(approved) {
            diagnostics.append(.undefinedValue(approved))
        }

        let name = element["name"] ?? ""
        let groups = Set(element.all("group", in: .roster).map { ExactText($0.text) })
        return Item(
            jid: jid, name: name.isEmpty ? nil : name,
            groups: groups.filter { !$0.string.isEmpty }.sorted().map(\.string),
            subscription: known ?? .neither, isRemoval: isRemoval,
            isPendingOut: isPendingOut, isApproved: isApproved)
    }
}
