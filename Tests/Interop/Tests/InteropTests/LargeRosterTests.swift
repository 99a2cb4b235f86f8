import InteropSessions
import RosterKit
import StanzaKit
import XCTest

/// A roster of 5,000 contacts, put there edit by edit and fetched as a whole.
final class LargeRosterTests: XCTestCase {
    @MainActor
    func testARosterOfFiveThousandContactsArrives() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let clock = ContinuousClock()
            let writer = try await stage.logIn(account, isAvailable: false)
            let contacts = (0..<5000).compactMap { BareJID("contact\($0)@capulet.test") }
            let writing = try await clock.measure {
                // Sent without waiting for each answer, as many as a queue may hold.
                for chunk in stride(from: 0, to: contacts.count, by: 500) {
                    let part = contacts[chunk..<chunk + 500]
                    for (number, contact) in zip(chunk..., part) {
                        try writer.sendEntry(contact, number)
                    }
                    try await stage.eventually("they are there", within: .seconds(60)) {
                        writer.roster.roster.count >= chunk + 500
                    }
                }
            }
            let cache = MemoryRosterCache()
            let reader = try stage.session(account, resource: "reader", cache: cache)
            let reading = try await clock.measure { try await reader.logIn(within: .seconds(60)) }
            stage.check(reader.roster.roster.count, is: contacts.count)
            stage.check(reader.roster.roster.groupNames.count, is: 50)
            stage.check(reader.roster.roster.difference(from: writer.roster.roster), is: [])
            stage.check(reader.diagnostics, is: [])
            await reader.stop()

            let again = try stage.session(account, resource: "again", cache: cache)
            let confirming = try await clock.measure { try await again.logIn() }
            stage.check(again.roster.roster.count, is: contacts.count)
            stage.check(again.rosterEvents, is: [.initialRosterReceived])
            let kilobytes = (cache.bytes?.count ?? 0) / 1000
            stage.tell(
                "5,000 contacts: written in \(writing.rounded), read with the login in "
                    + "\(reading.rounded), confirmed from a cache of \(kilobytes) kB in "
                    + "\(confirming.rounded)")
        }
    }
}

extension Session {
    fileprivate func sendEntry(_ contact: BareJID, _ number: Int) throws {
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
