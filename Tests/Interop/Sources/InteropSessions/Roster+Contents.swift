internal import PresenceKit
public import RosterKit
public import StanzaKit

extension Roster {
    /// What the server keeps of an entry, whichever client looks at it.
    public struct Content: Sendable, Hashable {
        let name: ExactLine?
        let groups: Set<ExactLine>
        let item: SubscriptionRecord.Item
    }

    /// A text that is compared by its bytes.
    struct ExactLine: Sendable, Hashable {
        let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }
    }

    /// The entries without what only the client at hand knows, to compare two clients by.
    public var contents: [BareJID: Content] {
        var contents: [BareJID: Content] = [:]
        for item in items {
            contents[item.jid] = Content(
                name: item.name.map(ExactLine.init), groups: Set(item.groups.map(ExactLine.init)),
                item: SubscriptionRecord.Item(
                    subscription: item.subscription, isPendingOut: item.isPendingOut,
                    isApproved: item.isApproved))
        }
        return contents
    }
}
