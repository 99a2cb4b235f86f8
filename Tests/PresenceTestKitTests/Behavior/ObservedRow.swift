import PresenceKit
import VectorSupport
import XCTest

/// One row of what a real server did. `Tests/Vectors/subscription/FORMAT.md` has the setting.
struct ObservedRow {
    let start: SubscriptionStart
    let event: SubscriptionStart.Step
    /// `None/absent: out subscribe`.
    let name: String
    /// The contact's item before.
    let before: SceneItem?
    let outcome: SceneOutcome

    init(_ row: JSON) throws {
        let event = try XCTUnwrap(row["event"]?.string)
        let direction = try XCTUnwrap(row["dir"]?.string)
        let stanza = SubscriptionStanza(rawValue: event)
        switch (direction, stanza) {
        case ("out", let stanza?): self.event = .sent(stanza)
        case ("in", let stanza?): self.event = .received(stanza)
        case ("out", nil) where event == "remove": self.event = .removed
        default: throw NotUnderstood(what: "\(direction) \(event)")
        }
        start = try SubscriptionStart(name: XCTUnwrap(row["start"]?.string))
        name = "\(start.name): \(direction) \(event)"
        before = try Self.item(row["before"])
        outcome = SceneOutcome(
            item: try Self.item(row["after"]), contact: try Self.arrivals(row["contact"]),
            resources: try ["R1", "R2", "R3"].map { try Self.arrivals(row[$0]) },
            redelivered: try XCTUnwrap(row["after_pending_in_redelivered"]?.int))
    }

    private static func item(_ json: JSON?) throws -> SceneItem? {
        let json = try XCTUnwrap(json)
        return json.isNull ? nil : try SceneItem(attributes(of: json))
    }

    private static func attributes(of item: JSON) throws -> [String: String] {
        let members = try XCTUnwrap(item.members)
        return try Dictionary(
            members.map { ($0.key, try XCTUnwrap($0.value.string, $0.key)) }
        ) { $1 }
    }

    private static func arrivals(_ json: JSON?) throws -> [SceneArrival] {
        try XCTUnwrap(json?.array).map { arrival in
            let route = SceneArrival.route(
                from: arrival["from_"]?.string, to: arrival["to"]?.string)
            let type = arrival["type"]?.string
            switch try XCTUnwrap(arrival["kind"]?.string) {
            case "presence": return SceneArrival(kind: type ?? "available", route: route)
            case "push":
                let items = try XCTUnwrap(arrival["items"]?.array)
                return SceneArrival(
                    kind: "push", items: try items.map { SceneItem(try attributes(of: $0)) },
                    version: arrival["ver"]?.string, route: route)
            case "iq" where type == "result": return SceneArrival(kind: "result")
            case "iq" where type == "error":
                let words = try XCTUnwrap(arrival["error"]?.array).compactMap(\.string)
                return SceneArrival(kind: (["error"] + words).joined(separator: " "))
            default: throw NotUnderstood(what: "\(arrival)")
            }
        }
    }
}
