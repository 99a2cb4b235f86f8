import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

final class RosterCacheTests: XCTestCase {
    private let script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var client = RosterClient(script.stream)
    private let versioning = "<ver xmlns='urn:xmpp:features:rosterver'/>"
    private let document = #"{"items":{"a@x":{"subscription":"to"}},"ver":"7"}"#

    private func result(_ content: String, id: String) throws {
        try script.receive("<iq type='result' id='\(id)'>\(content)</iq>")
    }

    private func versionAskedWith() -> String? {
        script.takeSent().last.flatMap(IQ.init)?.payload?["ver"]
    }

    func testAnImportReplacesAllInSilenceAndTheServerIsAskedWhatChangedSince() throws {
        var events: [RosterEvent] = []
        client.onEvent { events.append($0) }
        try client.importRoster(#"{"items":{"b@x":{"groups":["G"]}},"ver":"1"}"#.utf8)
        try client.importRoster(document.utf8)
        XCTAssertEqual(client.roster.items.map(\.jid), ["a@x"])
        XCTAssertEqual(client.roster.groupNames, [])
        XCTAssertEqual(client.roster.state, .fromCache)
        script.begin(features: versioning)
        XCTAssertEqual(versionAskedWith(), "7")
        XCTAssertEqual(events, [])
        try script.receive("<iq type='result' id='id1'/>")
        XCTAssertEqual(events, [.initialRosterReceived])
        XCTAssertEqual(client.roster.state, .current)
        XCTAssertEqual(String(decoding: client.roster.json(), as: UTF8.self), document)
    }

    func testTheVersionOfAnEmptyRosterIsNotAskedWith() throws {
        _ = client
        script.begin(features: versioning)
        XCTAssertEqual(versionAskedWith(), "")
        try result("<query xmlns='jabber:iq:roster' ver='1'/>", id: "id1")
        script.stream.end()
        // Its first entry came meanwhile, and the server calls that version 1 too.
        script.begin(features: versioning)
        XCTAssertEqual(versionAskedWith(), "")
        try result("<query xmlns='jabber:iq:roster' ver='1'><item jid='a@x'/></query>", id: "id2")
        XCTAssertEqual(client.roster.items.map(\.jid), ["a@x"])
        script.stream.end()
        script.begin(features: versioning)
        XCTAssertEqual(versionAskedWith(), "1")
    }

    func testAnImportThatFailsChangesNothing() throws {
        try client.importRoster(document.utf8)
        let id = client.roster["a@x"]?.id
        XCTAssertThrowsError(try client.importRoster(#"{"items":{"b@x":{},"@":{}}}"#.utf8))
        XCTAssertEqual(String(decoding: client.roster.json(), as: UTF8.self), document)
        XCTAssertEqual(client.roster["a@x"]?.id, id)
    }

    func testAResultIsComparedWithWhatWasImported() throws {
        var events: [RosterEvent] = []
        client.onEvent { events.append($0) }
        try client.importRoster(document.utf8)
        let old = try XCTUnwrap(client.roster["a@x"])
        script.begin(features: versioning)
        try result("<query xmlns='jabber:iq:roster' ver='8'><item jid='b@x'/></query>", id: "id1")
        let new = try XCTUnwrap(client.roster["b@x"])
        XCTAssertEqual(events, [.entryRemoved(old), .entryAdded(new), .initialRosterReceived])
    }

    func testAnAnswerThatNothingChangedIsNotAboutWhatWasImportedInTheMeantime() throws {
        try client.importRoster(document.utf8)
        script.begin(features: versioning)
        XCTAssertEqual(versionAskedWith(), "7")
        try client.importRoster(#"{"items":{"b@x":{}},"ver":"3"}"#.utf8)
        try script.receive("<iq type='result' id='id1'/>")
        XCTAssertEqual(client.roster.state, .fromCache)
        XCTAssertEqual(versionAskedWith(), "3")
        try script.receive("<iq type='result' id='id2'/>")
        XCTAssertEqual(client.roster.state, .current)
    }

    func testAVersionWithoutItsRosterIsNotExportedAndIsNoneAfterAnImport() throws {
        _ = client
        script.begin(features: versioning)
        try script.receive(
            "<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='9'><item jid='a@x'/></query></iq>"
        )
        XCTAssertEqual(client.roster.version, "9")
        let exported = client.roster.json()
        XCTAssertEqual(
            String(decoding: exported, as: UTF8.self),
            #"{"items":{"a@x":{"subscription":"none"}},"ver":null}"#)
        try client.importRoster(exported)
        try script.receive(
            "<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='10'><item jid='b@x'/></query></iq>"
        )
        XCTAssertEqual(client.roster.version, "10")
        let fragment = String(decoding: client.roster.json(), as: UTF8.self)
        XCTAssertTrue(fragment.hasSuffix(#""ver":null}"#), fragment)
    }

    // MARK: With a cache

    private func session(
        _ cache: any RosterCache, as address: JID = "romeo@montague.example/orchard"
    ) -> (ScriptedStream, RosterClient, () -> [Diagnostic.Kind]) {
        let script = ScriptedStream(as: address)
        var diagnostics: [Diagnostic.Kind] = []
        script.stream.onDiagnostic { diagnostics.append($0.kind) }
        return (script, RosterClient(script.stream, cache: cache), { diagnostics })
    }

    private let first =
        "<iq type='result' id='id1'><query xmlns='jabber:iq:roster' ver='7'><item jid='B\u{FC}cher@xn--bcher-kva.x'/></query></iq>"

    private func push(_ version: String, _ contact: String = "c@x") -> String {
        "<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='\(version)'><item jid='\(contact)'/></query></iq>"
    }

    func testTheNextLaunchAsksOnlyForWhatChanged() throws {
        let cache = MemoryCache()
        let (script, client, _) = session(cache)
        script.begin(features: versioning)
        try script.receive(first)
        let (next, later, diagnostics) = session(cache)
        XCTAssertEqual(later.roster.items.map(\.jid), client.roster.items.map(\.jid))
        XCTAssertEqual(later.roster.items.first?.jid.spelling, "B\u{FC}cher@xn--bcher-kva.x")
        next.begin(features: versioning)
        XCTAssertEqual(next.takeSent().last.flatMap(IQ.init)?.payload?["ver"], "7")
        XCTAssertEqual(diagnostics(), [])
    }

    func testItIsSavedWhenTheServerHasSentItWhenTheSessionEndedAndWhenTold() throws {
        let cache = MemoryCache()
        let (script, client, _) = session(cache)
        client.saveRoster()
        script.begin(features: versioning)
        try script.receive(push("6", "B\u{FC}cher@xn--bcher-kva.x"))
        client.saveRoster()
        XCTAssertEqual(cache.saves.count, 0, "there is no roster yet that has this version")
        try script.receive(first)
        XCTAssertEqual(cache.saves.count, 1)
        try script.receive(push("8"))
        XCTAssertEqual(cache.saves.count, 1)
        client.saveRoster()
        client.saveRoster()
        XCTAssertEqual(cache.saves.count, 2)
        try script.receive(push("9"))
        script.stream.end()
        XCTAssertEqual(cache.saves.count, 3)

        script.begin(features: versioning)
        try script.receive("<iq type='result' id='id2'/>")
        script.stream.end()
        XCTAssertEqual(cache.saves.count, 3, "nothing changed")
        XCTAssertEqual(try Roster(json: cache.saves[2]).json(), client.roster.json())
    }

    func testAHandlerThatSavesDoesNotSaveAVersionWithOnlySomeOfItsEntries() throws {
        let cache = MemoryCache()
        let (script, client, _) = session(cache)
        client.onEvent { _ in client.saveRoster() }
        client.presence.onEvent { _ in client.saveRoster() }
        script.begin(features: versioning)
        try script.receive("<presence type='subscribe' from='c@x'/>")
        try script.receive(
            "<iq type='result' id='id1'><query xmlns='jabber:iq:roster' ver='7'><item jid='a@x'/><item jid='b@x'/></query></iq>"
        )
        XCTAssertEqual(cache.saves.count, 1)
        XCTAssertEqual(try Roster(json: cache.saves[0]).items.map(\.jid), ["a@x", "b@x"])
        try script.receive(
            "<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='8'><item jid='c@x' subscription='from'/></query></iq>"
        )
        XCTAssertEqual(cache.saves.count, 2, "a request is closed before its entry is there")
        XCTAssertEqual(try Roster(json: cache.saves[1]).json(), client.roster.json())
    }

    func testAPushInFrontOfTheResultIsNoVersionOfTheEntriesUnlessTheResultComes() throws {
        let cache = MemoryCache()
        let (first, client, _) = session(cache)
        first.begin(features: versioning)
        try first.receive(self.first)
        first.stream.end()
        // Whatever became version 8 while nobody was here is not known.
        first.begin(features: versioning)
        XCTAssertEqual(first.takeSent().last.flatMap(IQ.init)?.payload?["ver"], "7")
        try first.receive(push("9"))
        XCTAssertEqual(client.roster.version, "9")
        first.stream.end()
        XCTAssertEqual(cache.saves.count, 1, "the cache keeps version 7, without the push")
        first.begin(features: versioning)
        XCTAssertEqual(first.takeSent().last.flatMap(IQ.init)?.payload?["ver"], "")
        first.stream.end()

        let (next, later, _) = session(cache)
        next.begin(features: versioning)
        try next.receive(push("9"))
        try next.receive("<iq type='result' id='id1'/>")
        XCTAssertEqual(later.roster.version, "7", "what came since is pushed behind the result")
        try next.receive(push("9"))
        next.stream.end()
        next.begin(features: versioning)
        XCTAssertEqual(next.takeSent().last.flatMap(IQ.init)?.payload?["ver"], "9")
    }

    func testTheRosterOfAnotherAccountIsForgottenWithEventsAndNotAskedWith() throws {
        let cache = MemoryCache()
        let (script, owner, _) = session(cache)
        script.begin(features: versioning)
        try script.receive(first)
        XCTAssertEqual(owner.roster.count, 1)
        let (other, client, _) = session(cache, as: "mallory@montague.example/orchard")
        var events: [RosterEvent] = []
        client.onEvent { events.append($0) }
        let item = try XCTUnwrap(client.roster.items.first)
        other.begin(features: versioning)
        XCTAssertEqual(events, [.entryRemoved(item)])
        XCTAssertEqual(other.takeSent().last.flatMap(IQ.init)?.payload?["ver"], "")
        other.stream.end()
        XCTAssertEqual(cache.saves.count, 1)
    }

    func testACacheThatFailsIsReportedAndTriedAgain() throws {
        let cache = MemoryCache()
        cache.isBroken = true
        let (script, client, diagnostics) = session(cache)
        XCTAssertEqual(diagnostics(), [.cacheNotRead("Broken()")])
        script.begin(features: versioning)
        try script.receive(first)
        XCTAssertEqual(diagnostics().last, .cacheNotWritten("Broken()"))
        XCTAssertEqual(client.roster.count, 1)
        cache.isBroken = false
        script.stream.end()
        XCTAssertEqual(cache.saves.count, 1)
    }

    func testWhatACacheKeepsIsReadByAnImportToo() throws {
        let cache = MemoryCache()
        let (script, client, _) = session(cache)
        script.begin(features: versioning)
        try script.receive(first)
        XCTAssertEqual(
            String(decoding: try XCTUnwrap(cache.saves.last), as: UTF8.self),
            "{\"digest\":\"DIGEST\",\"account\":\"romeo@montague.example\",\"items\":{\"b\u{FC}cher@b\u{FC}cher.x\":"
                .replacing("DIGEST", with: digest(in: cache))
                + "{\"subscription\":\"none\",\"jid\":\"B\u{FC}cher@xn--bcher-kva.x\"}},\"ver\":\"7\"}"
        )
        try self.client.importRoster(try XCTUnwrap(cache.saves.last))
        XCTAssertEqual(self.client.roster.json(), client.roster.json())
    }

    private func digest(in cache: MemoryCache) -> String {
        String(decoding: cache.saves.last?.dropFirst(11).prefix(16) ?? [], as: UTF8.self)
    }
}

/// A cache that counts.
final class MemoryCache: RosterCache {
    struct Broken: Error {}

    var saves: [[UInt8]] = []
    var isBroken = false

    func load() throws -> [UInt8]? {
        if isBroken { throw Broken() }
        return saves.last
    }

    func save(_ bytes: [UInt8]) throws {
        if isBroken { throw Broken() }
        saves.append(bytes)
    }
}
