import PresenceKit
import VectorSupport

/// How the recordings bring a user and a contact to where a row begins; by the names that they have
/// there, such as `None+PendingIn/absent`.
struct SubscriptionStart: Hashable {
    /// What happens on the wire.
    enum Step: Hashable {
        /// The user puts the contact into its roster, as "C".
        case set
        /// The user removes it.
        case removed
        case sent(SubscriptionStanza)
        case received(SubscriptionStanza)
    }

    let name: String
    let steps: [Step]

    init(name: String) throws {
        guard let steps = Self.steps[name] else { throw NotUnderstood(what: name) }
        self.name = name
        self.steps = steps
    }

    /// The start of a row of the RFC's tables.
    init(_ state: SubscriptionState, isInRoster: Bool, isApproved: Bool) throws {
        var name = state.rawValue.replacing(" ", with: "")
        if isApproved {
            name += state.isSubscribedFrom ? "+approved(via auto-approval)" : "+approved"
        } else if state == .neither || state == .neitherPendingIn {
            name += isInRoster ? "/item" : "/absent"
        }
        try self.init(name: name)
    }

    /// What the row is about: the state, and whether the contact is approved and in the roster, on a
    /// server that has all that.
    var record: SubscriptionRecord? {
        let name = name.replacing("(via auto-approval)", with: "")
        let words = name.replacing("+approved", with: "").split(separator: "/")
        let state = SubscriptionState.allCases.first {
            $0.rawValue.replacing(" ", with: "") == words[0]
        }
        return state.map {
            SubscriptionRecord(
                $0, isApproved: name.hasSuffix("+approved"),
                isInRoster: words.count > 1 && words[1] == "item")
        }
    }

    private static let steps: [String: [Step]] = [
        "None/absent": [],
        "None/item": [.set],
        "None+PendingOut": [.sent(.subscribe)],
        "None+PendingIn/absent": [.received(.subscribe)],
        "None+PendingIn/item": [.set, .received(.subscribe)],
        "None+PendingOut+In": [.sent(.subscribe), .received(.subscribe)],
        "To": [.sent(.subscribe), .received(.subscribed)],
        "To+PendingIn": [.sent(.subscribe), .received(.subscribed), .received(.subscribe)],
        "From": [.received(.subscribe), .sent(.subscribed)],
        "From+PendingOut": [.received(.subscribe), .sent(.subscribed), .sent(.subscribe)],
        "Both": [
            .received(.subscribe), .sent(.subscribed), .sent(.subscribe), .received(.subscribed),
        ],
        "None+approved": [.sent(.subscribed)],
        "None+PendingOut+approved": [.sent(.subscribe), .sent(.subscribed)],
        "To+approved": [.sent(.subscribe), .received(.subscribed), .sent(.subscribed)],
        "From+approved(via auto-approval)": [.sent(.subscribed), .received(.subscribe)],
        "From+PendingOut+approved(via auto-approval)": [
            .sent(.subscribed), .received(.subscribe), .sent(.subscribe),
        ],
        "Both+approved(via auto-approval)": [
            .sent(.subscribed), .received(.subscribe), .sent(.subscribe), .received(.subscribed),
        ],
    ]
}
