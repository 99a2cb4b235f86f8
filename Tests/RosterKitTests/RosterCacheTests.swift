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
}
