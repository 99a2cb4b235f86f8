import PresenceTestKit
import RosterKit
import StanzaKit

extension PlainClient {
    /// Asks for the roster.
    func fetch(version: String? = nil) throws {
        let query = RosterQuery(version: version).element
        try connection.stream.send(IQ(.get, id: "fetch", payload: query))
    }

    /// Sets items, as literal XML.
    func set(_ items: String) throws {
        try send("<iq type='set' id='set'><query xmlns='jabber:iq:roster'>\(items)</query></iq>")
    }

    /// What arrived since the last time, in words: `result`, `error modify bad-request`,
    /// `roster v1: ADDRESSES`, `push ADDRESS none`, `subscribe from ADDRESS`.
    func takeOutcome() -> [String] {
        takeElements().map { element in
            let query = element.first("query", in: .roster)
            let items = query?.all("item", in: .roster) ?? []
            switch element[.type] {
            case "error":
                let error = element.first("error", in: .client).flatMap(StanzaError.init)
                return "error \(error?.type.rawValue ?? "-") \(error?.condition.rawValue ?? "-")"
            case "result":
                let addresses = items.compactMap { $0[.jid] }.joined(separator: ", ")
                return query.map { "roster \($0["ver"] ?? "unversioned"): \(addresses)" }
                    ?? "result"
            case "set":
                let words = items.map {
                    "\($0[.jid] ?? "-") \($0["subscription"] ?? "none")"
                }
                return "push \(words.joined(separator: ", "))"
            case let type:
                return "\(type ?? "available") from \(element[.from] ?? "-")"
            }
        }
    }
}
