import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays the sessions of real clients with real servers, and compares with what an independent
/// model makes of them: the roster and who is online at the end, what each presence stanza changed,
/// and which requests are open.
final class TranscriptExpectationTests: XCTestCase {
    func testRosterAndPresenceEndAsTheyShould() throws {
        var contacts = 0
        var resources = 0
        var streams = 0
        var stanzas = 0
        var requests = 0
        var withCache = 0
        var changes = 0
        for file in try VectorFolder.files(of: .transcripts) {
            let path = file.url.deletingPathExtension().path() + ".expected.json"
            let expected = try JSON(VectorFile.bytes(of: URL(filePath: path)))
            let transcript = try file.json()
            for (name, expectation) in try XCTUnwrap(expected["streams"]?.members) {
                let session = try RecordedSession(playing: name, in: transcript, expected)
                if expectation["cache_from"]?.isNull != true { withCache += 1 }
                streams += 1
                changes += try checkRosterLog(session, expectation, "\(file.name) \(name)")
                contacts += try checkRoster(session, expectation, "\(file.name) \(name)")
                resources += try checkPresence(session, expectation, "\(file.name) \(name)")
                stanzas += try checkLog(session, expectation, "\(file.name) \(name)")
                requests += try checkRequests(session, expectation, "\(file.name) \(name)")
            }
        }
        XCTAssertGreaterThan(streams, 0)
        XCTAssertGreaterThan(min(contacts, resources, stanzas, requests, changes, withCache), 0)
        print(
            "compared \(streams) sessions, \(withCache) with a cached roster: \(contacts) contacts, \(changes) roster stanzas, \(resources) resources, "
                + "\(stanzas) presence stanzas, \(requests) open requests")
    }

    /// After any of an account's pushes the roster is what the next full result says, of whichever
    /// of its streams.
    func testPushesAreWhatTheNextFetchSays() throws {
        var compared = 0
        var leftOut = 0
        for file in try VectorFolder.files(of: .transcripts) {
            let path = file.url.deletingPathExtension().path() + ".expected.json"
            let expected = try JSON(VectorFile.bytes(of: URL(filePath: path)))
            let transcript = try file.json()
            let streams = try XCTUnwrap(expected["streams"]?.members)
            let sessions = try streams.map { (name, expectation) in
                (name, expectation, try RecordedSession(playing: name, in: transcript, expected))
            }
            for (name, expectation, session) in sessions {
                for entry in try XCTUnwrap(expectation["roster_log"]?.array)
                where entry["kind"]?.string == "result" {
                    let index = try XCTUnwrap(entry["event"]?.int)
                    let fetched = try XCTUnwrap(session.rosterLog[index]).roster
                    for (other, _, follower) in sessions
                    where follower.address.bare == session.address.bare {
                        guard let followed = follower.note(before: index) else { continue }
                        compared += 1
                        let contents = RosterNote.contents(followed.roster.items)
                        if contents == RosterNote.contents(fetched.items) { continue }
                        leftOut += 1
                        let place = "\(file.name) \(other) \(name) \(index)"
                        XCTAssertTrue(
                            expected["server"]?.string?.hasPrefix("ejabberd") == true, place)
                        checkWhatIsLeftOut(of: fetched, followed, place)
                    }
                }
            }
        }
        XCTAssertGreaterThan(compared, 0)
        print(
            "compared \(compared) rosters that pushes made with the next full result; "
                + "ejabberd left out what it had pushed in \(leftOut)")
    }

    /// ejabberd leaves out of a result what it pushed before: contacts that have asked and have no
    /// answer, and those that are in the roster for an approval that was taken back. All else is
    /// the same.
    private func checkWhatIsLeftOut(of fetched: Roster, _ followed: RosterNote, _ place: String) {
        let left = followed.roster.items.filter { fetched[$0.jid] == nil }
        XCTAssertFalse(left.isEmpty, place)
        for item in left {
            let isBare = item.subscription == .neither && !item.isPendingOut && !item.isApproved
            XCTAssertTrue(followed.requests.contains(item.jid) || isBare, "\(place): \(item)")
        }
        let others = followed.roster.items.filter { fetched[$0.jid] != nil }
        XCTAssertEqual(
            RosterNote.contents(others), RosterNote.contents(fetched.items), place)
    }

    private func checkRoster(
        _ session: RecordedSession, _ expectation: JSON, _ name: String
    ) throws -> Int {
        let roster = session.roster.roster
        let expected = try XCTUnwrap(expectation["roster"]?["items"]?.members)
        XCTAssertEqual(roster.count, expected.count, name)
        XCTAssertEqual(roster.version, expectation["roster"]?["version"]?.string, name)
        for (jid, values) in expected {
            guard let item = roster[try BareJID(wire: jid)] else {
                XCTFail("\(name): no \(jid)")
                continue
            }
            XCTAssertEqual(
                item.name.map { Array($0.utf8) }, values["name"]?.string.map { Array($0.utf8) },
                name)
            XCTAssertEqual(item.subscription.rawValue, values["subscription"]?.string, name)
            XCTAssertEqual(item.isPendingOut, values["ask"]?.string == "subscribe", name)
            XCTAssertEqual(item.isApproved, values["approved"]?.bool, name)
            let groups = try XCTUnwrap(values["groups"]?.array).compactMap(\.string)
            XCTAssertEqual(item.groups.map { Array($0.utf8) }, groups.map { Array($0.utf8) }, name)
            for group in groups {
                XCTAssertTrue(roster.members(of: group).contains(item), name)
            }
        }
        XCTAssertEqual(
            Set(roster.groupNames), Set(roster.items.flatMap(\.groups)), "\(name): no other groups")
        return expected.count
    }

    /// What each result and push changed; nothing else changed the roster.
    private func checkRosterLog(
        _ session: RecordedSession, _ expectation: JSON, _ name: String
    ) throws -> Int {
        let expected = try XCTUnwrap(expectation["roster_log"]?.array)
        for entry in expected {
            let index = try XCTUnwrap(entry["event"]?.int)
            guard let note = session.rosterLog[index] else {
                XCTFail("\(name) \(index): nothing was noted")
                continue
            }
            let changes = try XCTUnwrap(entry["changes"]?.array).map(RosterNote.text)
            XCTAssertEqual(note.changes.sorted(), changes.sorted(), "\(name) \(index)")
            XCTAssertEqual(
                note.roster.version, entry["version"]?.string, "\(name) \(index): version")
            let isResult = entry["kind"]?.string?.hasPrefix("result") == true
            XCTAssertEqual(note.isReceived, isResult, "\(name) \(index): received")
        }
        let noted = session.rosterLog.filter { !$0.value.changes.isEmpty || $0.value.isReceived }
        XCTAssertEqual(
            Set(noted.keys).subtracting(expected.compactMap { $0["event"]?.int }), [],
            "\(name): nothing else changed anything")
        return expected.count
    }

    private func checkPresence(
        _ session: RecordedSession, _ expectation: JSON, _ name: String
    ) throws -> Int {
        var found: [String: String] = [:]
        let own = session.presence.state.ownResources
        for contact in session.presence.contacts + [own].compactMap(\.self) {
            for resource in contact.resources {
                found["\(contact.jid)/\(resource.name ?? "")"] = text(resource.presence)
            }
        }
        let language = expectation["stream_lang"]?.string ?? ""
        var expected: [String: String] = [:]
        for (contact, resources) in try XCTUnwrap(expectation["presence"]?.members) {
            for (resource, value) in try XCTUnwrap(resources.members) {
                expected["\(try BareJID(wire: contact))/\(resource)"] = try text(value, language)
            }
        }
        XCTAssertEqual(found, expected, name)
        return expected.count
    }

    /// What each stanza changed: the edges of the contact by the events, those of its resources by
    /// how things stood before and after.
    private func checkLog(
        _ session: RecordedSession, _ expectation: JSON, _ name: String
    ) throws -> Int {
        let expected = try XCTUnwrap(expectation["presence_log"]?.array)
        for entry in expected {
            let index = try XCTUnwrap(entry["event"]?.int)
            let text = "\(name) \(index)"
            guard let stanza = session.log[index] else {
                XCTFail("\(text): nothing was noted")
                continue
            }
            XCTAssertEqual(stanza.kind, entry["kind"]?.string, text)
            if entry["contact"]?.isNull == true { continue }
            let edges = try XCTUnwrap(entry["edges"]?.array).compactMap(\.string)
            XCTAssertEqual(stanza.edges, edges, text)
            let resources = try XCTUnwrap(entry["resource_edges"]?.members)
            XCTAssertEqual(
                stanza.resourceEdges,
                Dictionary(uniqueKeysWithValues: resources.map { ($0.key, $0.value.string ?? "") }),
                text)
            if let isChanged = entry["extensions_changed"]?.bool {
                XCTAssertEqual(stanza.changedPayloads, isChanged, text)
            }
        }
        let noted = session.log.keys.filter { session.log[$0]?.edges.isEmpty == false }
        XCTAssertEqual(
            Set(noted).subtracting(expected.compactMap { $0["event"]?.int }), [],
            "\(name): nothing else changed anything")
        return expected.count
    }

    /// The requests that are open at the end. One that another resource answered is known from the
    /// roster.
    private func checkRequests(
        _ session: RecordedSession, _ expectation: JSON, _ name: String
    ) throws -> Int {
        let expected = try XCTUnwrap(expectation["subscription_requests"]?.array)
            .filter { $0["settled_by_roster"]?.isNull != false }
        let found = session.presence.requests
        XCTAssertEqual(
            found.map(\.jid.description).sorted(),
            try expected.map { try BareJID(wire: $0["jid"]?.string ?? "").description }.sorted(),
            name)
        for request in found {
            let values = try XCTUnwrap(
                try expected.first { try BareJID(wire: $0["jid"]?.string ?? "") == request.jid })
            XCTAssertEqual(request.nickname, values["nick"]?.string, name)
            XCTAssertEqual(request.repeats, values["repeats"]?.int, name)
            let status = values["status"]
            let text = status?.string ?? status?.members?.first?.value.string
            XCTAssertEqual(request.reason ?? "", text ?? "", name)
        }
        return found.count
    }

    private func text(_ presence: Presence) -> String {
        let statuses = presence.statuses.map { "\($0.language ?? ""): \($0.text)" }.sorted()
        return "\(presence.show?.rawValue ?? "") \(presence.priority) \(statuses)"
    }

    private func text(_ value: JSON, _ language: String) throws -> String {
        let statuses = try XCTUnwrap(value["status"]?.members)
            .map { "\($0.key.isEmpty ? language : $0.key): \($0.value.string ?? "")" }.sorted()
        return "\(value["show"]?.string ?? "") \(try XCTUnwrap(value["priority"]?.int)) \(statuses)"
    }
}
