internal import PresenceKit
public import RosterKit
public import StanzaKit

extension Roster {
    /// What the server keeps of an entry, whichever client looks at it.
    public struct Content: Sendable, Hashable, CustomStringConvertible {
        let name: ExactLine?
        let groups: Set<ExactLine>
        let item: SubscriptionRecord.Item

        /// Whether the contact sees the account's presence.
        public var sharesPresence: Bool {
            item.subscription == .from || item.subscription == .both
        }
        /// Whether the account sees the contact's presence.
        public var showsPresence: Bool { item.subscription == .to || item.subscription == .both }

        /// The subscription, what is pending, the name and the groups.
        public var description: String {
            let pending = item.isPendingOut ? " and waiting" : ""
            let texts = [name].compactMap { $0 } + groups.sorted { $0.text < $1.text }
            return "\(item.subscription)\(pending) \(texts.map(\.text))"
        }
    }

    /// A text that is compared by its bytes.
    struct ExactLine: Sendable, Hashable {
        let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }

        var text: String { String(decoding: bytes, as: UTF8.self) }
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
