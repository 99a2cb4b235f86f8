import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays the sessions of real clients with real servers, and compares how things stand at the end
/// with what an independent model makes of them: the roster, and who is online.
final class TranscriptExpectationTests: XCTestCase {
    func testRosterAndPresenceEndAsTheyShould() throws {
        var contacts = 0
        var resources = 0
        var streams = 0
        var withCache = 0
        for file in try VectorFolder.files(of: .transcripts) {
            let path = file.url.deletingPathExtension().path() + ".expected.json"
            let expected = try JSON(VectorFile.bytes(of: URL(filePath: path)))
            let transcript = try file.json()
            for (name, expectation) in try XCTUnwrap(expected["streams"]?.members) {
                if expectation["cache_from"]?.isNull != true {
                    withCache += 1
                    continue
                }
                let session = try RecordedSession(of: name, in: transcript, expectation)
                try session.play()
                streams += 1
                contacts += try checkRoster(session, expectation, "\(file.name) \(name)")
                resources += try checkPresence(session, expectation, "\(file.name) \(name)")
            }
        }
        XCTAssertGreaterThan(streams, 0)
        print("compared \(streams) sessions: \(contacts) contacts, \(resources) resources")
        print("not replayed yet: \(withCache) sessions that begin with a cached roster")
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

    private func checkPresence(
        _ session: RecordedSession, _ expectation: JSON, _ name: String
    ) throws -> Int {
        // Occupants of rooms are contacts as yet.
        let rooms = Set(try (expectation["rooms"]?.members ?? []).map { try BareJID(wire: $0.key) })
        var found: [String: String] = [:]
        for contact in session.presence.contacts {
            for resource in contact.resources
            where !rooms.contains(contact.jid) || resource.name == nil {
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

/// The session of one recorded client, played with this library in the place of the client.
private struct RecordedSession {
    let stream: StanzaStream
    let roster: RosterClient
    let presence: PresenceClient
    private let events: [JSON]
    private let address: JID

    init(of name: String, in transcript: JSON, _ expectation: JSON) throws {
        events = try XCTUnwrap(transcript["events"]?.array).filter { $0["stream"]?.string == name }
        address = try JID(wire: try XCTUnwrap(expectation["jid"]?.string))
        var ids = events.compactMap(Self.idOfRosterRequest)[...]
        stream = StanzaStream(makeID: { ids.popFirst() ?? "unanswered" }, write: { _ in })
        roster = RosterClient(stream)
        presence = PresenceClient(stream)
    }

    func play() throws {
        let stream = stream
        stream.onElement { if $0.is("success", in: .sasl) { stream.restart() } }
        var requestCount = 0
        for event in events {
            guard let xml = event["xml"]?.string else { continue }
            if event["dir"]?.string == "S>C" {
                // The state is that in front of the end, whoever ends the stream.
                if event["part"]?.string == "close" || xml.hasPrefix("<stream:error") { return }
                try stream.receive(xml.utf8)
                if !stream.isInSession, Self.isBound(xml) { stream.begin(as: address) }
            } else if Self.idOfRosterRequest(event) != nil {
                // The first request is sent by itself when the session begins.
                requestCount += 1
                if requestCount > 1 { roster.refresh() }
            }
        }
    }

    private static func idOfRosterRequest(_ event: JSON) -> String? {
        guard event["dir"]?.string == "C>S", event["part"] == nil, let xml = event["xml"]?.string,
            let iq = (try? Element(parsing: xml, in: .client)).flatMap(IQ.init),
            iq.type == .get, iq.to == nil, iq.payload?.is("query", in: .roster) == true
        else { return nil }
        return iq.id
    }

    private static func isBound(_ xml: String) -> Bool {
        let iq = (try? Element(parsing: xml, in: .client)).flatMap(IQ.init)
        return iq?.type == .result && iq?.payload?.is("bind", in: .bind) == true
    }
}
