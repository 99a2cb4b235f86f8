import Foundation
import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// Rosters that outlive the client (XEP-0237, RFC 6121, section 2.6).
final class RosterVersionTests: XCTestCase {
    @MainActor
    func testAnUnchangedRosterIsNotSentAgain() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let cache = MemoryRosterCache()
            let first = try await stage.logIn(account, cache: cache)
            try await first.addContacts(5)
            await first.stop()

            let second = try await stage.logIn(account, cache: cache)
            stage.check(second.roster.roster.count, is: 5)
            stage.check(second.rosterEvents.filter { $0 != .initialRosterReceived }, is: [])
            stage.check(try await second.isUnchanged(), "the server does not know the version")
            stage.check(second.roster.roster.version, is: first.roster.roster.version)
        }
    }

    @MainActor
    func testOnlyWhatChangedMeanwhileIsTold() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let path = FileManager.default.temporaryDirectory
                .appendingPathComponent("\(UUID()).json").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            let cache = FileRosterCache(at: path)
            let first = try await stage.logIn(account, cache: cache)
            let contacts = try await first.addContacts(5)
            await first.stop()

            let other = try await stage.logIn(account, resource: "other")
            try await other.roster.setEntry(contacts[0], name: .set("New"), timeout: .seconds(10))
            try await other.roster.removeEntry(contacts[1], timeout: .seconds(10))
            try await other.roster.setEntry("new@capulet.test", timeout: .seconds(10))

            let second = try stage.session(account, cache: cache)
            stage.check(second.roster.roster.state, is: .fromCache)
            stage.check(second.roster.roster.count, is: 5)
            try await second.logIn()
            let told = second.rosterEvents.compactMap(\.entry)
            stage.check(Set(told), is: [contacts[0], contacts[1], "new@capulet.test"])
            stage.check(second.roster.roster.contents, is: other.roster.roster.contents)
            stage.check(second.roster.roster.count, is: 5)
        }
    }

    /// Prosody gives the empty roster and the one with its first entry the same version, so a
    /// client that asked with the version of nothing would be told that nothing changed.
    @MainActor
    func testTheVersionOfAnEmptyRosterHidesNoContact() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let cache = MemoryRosterCache()
            let first = try await stage.logIn(account, cache: cache)
            stage.check(first.roster.roster.count, is: 0)
            await first.stop()

            let other = try await stage.logIn(account, resource: "other")
            try await other.roster.setEntry("romeo@montague.test", timeout: .seconds(10))

            let second = try await stage.logIn(account, cache: cache)
            stage.check(second.roster.roster.items.map(\.jid), is: ["romeo@montague.test"])
        }
    }

    @MainActor
    func testADamagedCacheMeansTheWholeRoster() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let cache = MemoryRosterCache()
            let first = try await stage.logIn(account, cache: cache)
            try await first.addContacts(3)
            await first.stop()
            let bytes = try stage.unwrap(cache.bytes, "cache")
            cache.bytes = bytes.map { $0 == UInt8(ascii: "3") ? UInt8(ascii: "4") : $0 }
            stage.check(cache.bytes != bytes, "nothing was damaged")

            let second = try await stage.logIn(account, cache: cache)
            stage.check(second.roster.roster.count, is: 3)
            stage.check(second.roster.roster.contents, is: first.roster.roster.contents)
        }
    }

    @MainActor
    func testTheCacheOfAnotherAccountIsForgotten() async throws {
        try await onStage { stage in
            let cache = MemoryRosterCache()
            let first = try await stage.logIn(try await stage.account("juliet"), cache: cache)
            try await first.addContacts(3)
            await first.stop()

            let second = try await stage.logIn(try await stage.account("romeo"), cache: cache)
            stage.check(second.roster.roster.count, is: 0)
        }
    }

    @MainActor
    func testPushesBringTheVersionForward() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let cache = MemoryRosterCache()
            let first = try await stage.logIn(account, cache: cache)
            for number in 0..<5 {
                try await first.roster.setEntry(
                    "contact@capulet.test", name: .set("\(number)"), timeout: .seconds(10))
                try await stage.eventually("the push is there") {
                    first.roster.roster["contact@capulet.test"]?.name == "\(number)"
                }
                stage.check(try await first.isUnchanged(), "the version is not that of the push")
            }
        }
    }
}

/// A cache that does not outlive the test.
final class MemoryRosterCache: RosterCache {
    var bytes: [UInt8]?

    func load() -> [UInt8]? { bytes }

    func save(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension Session {
    /// Adds contacts with a name and a group.
    @discardableResult
    func addContacts(_ count: Int) async throws -> [BareJID] {
        let contacts = (0..<count).compactMap { BareJID("contact\($0)@capulet.test") }
        for (number, contact) in contacts.enumerated() {
            try await roster.setEntry(
                contact, name: .set("Contact \(number)"), addingTo: ["Group \(number % 3)"],
                timeout: .seconds(10))
        }
        let areThere = await Watch.shared.until(within: .seconds(10)) {
            contacts.allSatisfy { roster.roster[$0]?.groups.isEmpty == false }
        }
        if !areThere { throw NothingArrived(from: jid, at: jid) }
        return contacts
    }

    /// Whether the server says that the version of the roster is that of its own.
    func isUnchanged() async throws -> Bool {
        let query = Element(
            "query", in: .roster, attributes: ["ver": roster.roster.version ?? ""])
        let answer = try await stream.request(IQ(.get, payload: query), timeout: .seconds(10))
        return answer.payload == nil
    }
}

extension RosterEvent {
    /// The entry that the event is about.
    var entry: BareJID? {
        switch self {
        case .entryAdded(let item), .entryNameChanged(let item),
            .entrySubscriptionChanged(let item), .entryRemoved(let item),
            .entryAddedToGroup(let item, _), .entryRemovedFromGroup(let item, _):
            item.jid
        default: nil
        }
    }
}
