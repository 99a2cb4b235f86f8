import InteropSessions
import RosterKit
import StanzaKit
import XCTest

/// A roster of 5,000 contacts, put there edit by edit where that is bearable, fetched as a whole.
final class LargeRosterTests: XCTestCase {
    @MainActor
    func testARosterOfFiveThousandContactsArrives() async throws {
        try await onStage { stage in
            let clock = ContinuousClock()
            let prepared = stage.server.largeAccount
            let account = if let prepared { prepared } else { try await stage.account("juliet") }
            let writer = try await stage.logIn(account, isAvailable: false)
            let writing = try await clock.measure {
                if prepared == nil { try await stage.fill(writer) }
            }
            let cache = MemoryRosterCache()
            let reader = try stage.session(account, resource: "reader", cache: cache)
            let reading = try await clock.measure { try await reader.logIn(within: .seconds(60)) }
            stage.check(reader.roster.roster.count, is: 5000)
            stage.check(reader.roster.roster.groupNames.count, is: 50)
            stage.check(
                reader.roster.roster.contents == writer.roster.roster.contents, "they differ")
            stage.check(reader.diagnostics, is: [])
            await reader.stop()

            let again = try stage.session(account, resource: "again", cache: cache)
            let confirming = try await clock.measure { try await again.logIn() }
            stage.check(again.roster.roster.count, is: 5000)
            stage.check(again.rosterEvents, is: [.initialRosterReceived])
            let kilobytes = (cache.bytes?.count ?? 0) / 1000
            let origin = prepared == nil ? "written in \(writing.rounded)" : "there before"
            stage.tell(
                """
                5,000 contacts: \(origin); read with the login in \(reading.rounded), confirmed from \
                a cache of \(kilobytes) kB in \(confirming.rounded)
                """)
        }
    }
}

extension Stage {
    /// Puts the contacts there. Edits are sent without waiting for each answer, as many as a queue
    /// may hold.
    fileprivate func fill(_ writer: Session) async throws {
        for chunk in stride(from: 0, to: 5000, by: 500) {
            for number in chunk..<chunk + 500 {
                let contact = try BareJID(local: "contact\(number)", domain: "capulet.test")
                writer.sendEntry(contact, number)
            }
            try await eventually("they are there", within: .seconds(60)) {
                writer.roster.roster.count >= chunk + 500
            }
        }
    }
}

extension Session {
    fileprivate func sendEntry(_ contact: BareJID, _ number: Int) {
        var item = Element(
            "item", in: .roster, attributes: ["jid": "\(contact)", "name": "Contact \(number)"])
        item.append(Element("group", in: .roster, text: "Group \(number % 50)"))
        var query = Element("query", in: .roster)
        query.append(item)
        stream.request(IQ(.set, payload: query)) { _ in }
    }
}

extension Duration {
    fileprivate var rounded: String {
        formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
    }
}
