import PresenceKit
import VectorSupport
import XCTest

/// One row of what a real server did: a user's relation to a contact, one event, and what everybody
/// received then. `Tests/Vectors/subscription/FORMAT.md` has the setting.
struct SubscriptionObservation {
    /// What happened, and who caused it.
    enum Event: Hashable {
        case sent(SubscriptionStanza)
        case received(SubscriptionStanza)
        /// The user removed the contact from the roster.
        case removed
    }

    /// What a stream of the user carried.
    enum Arrival: Hashable {
        case stanza(SubscriptionStanza)
        case push(SubscriptionRecord.Item?)
        case result
        case error
    }

    struct NotUnderstood: Error {
        let what: String
    }

    /// The state as the recording names it, such as `None+PendingIn/absent`.
    let start: String
    let event: Event
    /// The words of the event, as the cross-check has them.
    let words: [String]
    /// The contact's item in a roster result, before and after.
    let before, after: SubscriptionRecord.Item?
    /// Whether a request of the contact was open: before, according to the setting; after, because
    /// a resource that logged in then got it.
    let wasPendingIn, isPendingIn: Bool
    /// What the contact received of the four stanzas.
    let contact: Set<SubscriptionStanza>
    /// What the user's resources received, in order: the first asked for the roster and is available
    /// (it is the one that acts), the second only asked for the roster.
    let actor, watcher: [Arrival]

    init(_ row: JSON) throws {
        start = try XCTUnwrap(row["start"]?.string)
        let name = try XCTUnwrap(row["event"]?.string)
        let stanza = SubscriptionStanza(rawValue: name)
        switch (row["dir"]?.string, stanza) {
        case ("out", let stanza?):
            event = .sent(stanza)
            words = ["outbound", name]
        case ("in", let stanza?):
            event = .received(stanza)
            words = ["inbound", name]
        case ("out", nil) where name == "remove":
            event = .removed
            words = ["outbound", name]
        default: throw NotUnderstood(what: "\(start): \(name)")
        }
        before = try Self.item(row["before"])
        after = try Self.item(row["after"])
        // Servers without pre-approval have an open request where the others approved it.
        wasPendingIn =
            start.contains("PendingIn") || start.contains("+In")
            || start.contains("auto-approval") && before?.subscription.isFrom != true
        isPendingIn = try XCTUnwrap(row["after_pending_in_redelivered"]?.int) > 0
        contact = Set(
            try XCTUnwrap(row["contact"]?.array)
                .compactMap { $0["type"]?.string }.compactMap(SubscriptionStanza.init))
        actor = try Self.arrivals(row["R1"])
        watcher = try Self.arrivals(row["R2"])
    }

    /// Whether the setting approved the contact before it asked; not every server knows that.
    var isAboutApproval: Bool { start.contains("approved") }

    /// What the setting was meant to be: a server that goes by the RFC keeps this record.
    func record() throws -> SubscriptionRecord {
        let words = start.replacing("(via auto-approval)", with: "").split(separator: "/")
        let name = words[0].replacing("+approved", with: "")
            .replacing("Pending", with: " Pending ").replacing("+ ", with: " + ")
        let state = try XCTUnwrap(SubscriptionState(rawValue: String(name)), String(name))
        let isInRoster = words.count < 2 || words[1] == "item"
        return SubscriptionRecord(state, isApproved: isAboutApproval, isInRoster: isInRoster)
    }

    private static func item(_ json: JSON?) throws -> SubscriptionRecord.Item? {
        let json = try XCTUnwrap(json)
        if json.isNull { return nil }
        return SubscriptionRecord.Item(
            subscription: json["subscription"]?.string, ask: json["ask"]?.string,
            approved: json["approved"]?.string)
    }

    private static func arrivals(_ json: JSON?) throws -> [Arrival] {
        try XCTUnwrap(json?.array).flatMap { arrival -> [Arrival] in
            let type = arrival["type"]?.string
            switch try XCTUnwrap(arrival["kind"]?.string) {
            case "presence":
                return [.stanza(try XCTUnwrap(type.flatMap(SubscriptionStanza.init)))]
            case "push":
                return try XCTUnwrap(arrival["items"]?.array).map {
                    $0["subscription"]?.string == "remove" ? .push(nil) : .push(try item($0))
                }
            case "iq" where type == "result": return [.result]
            case "iq" where type == "error": return [.error]
            default: throw NotUnderstood(what: "\(arrival)")
            }
        }
    }
}

extension SubscriptionState.Primary {
    fileprivate var isFrom: Bool { self == .from || self == .both }
}

extension [SubscriptionObservation.Arrival] {
    var hasPush: Bool {
        contains { if case .push = $0 { true } else { false } }
    }
}
