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
        for file in try VectorFolder.files(of: .transcripts) {
            let path = file.url.deletingPathExtension().path() + ".expected.json"
            let expected = try JSON(VectorFile.bytes(of: URL(filePath: path)))
            let transcript = try file.json()
            var exports: [String: [UInt8]] = [:]
            for (name, expectation) in try XCTUnwrap(expected["streams"]?.members) {
                let session = try RecordedSession(of: name, in: transcript, expectation)
                if let earlier = expectation["cache_from"]?.string {
                    try session.roster.importRoster(try XCTUnwrap(exports[earlier]))
                    withCache += 1
                }
                try session.play()
                exports[name] = session.roster.roster.json()
                streams += 1
                contacts += try checkRoster(session, expectation, "\(file.name) \(name)")
                resources += try checkPresence(session, expectation, "\(file.name) \(name)")
                stanzas += try checkLog(session, expectation, "\(file.name) \(name)")
                requests += try checkRequests(session, expectation, "\(file.name) \(name)")
            }
        }
        XCTAssertGreaterThan(streams, 0)
        XCTAssertGreaterThan(min(contacts, resources, stanzas, requests), 0)
        print(
            "compared \(streams) sessions: \(contacts) contacts, \(resources) resources, "
                + "\(stanzas) presence stanzas, \(requests) open requests")
        XCTAssertGreaterThan(withCache, 0)
        print("\(withCache) of the sessions began with the roster that an earlier one exported")
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

    /// What each stanza changed: the edges of the contact by the events, those of its resources by how
    /// things stood before and after.
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

/// The session of one recorded client, played with this library in the place of the client.
private final class RecordedSession {
    let stream: StanzaStream
    let roster: RosterClient
    let presence: PresenceClient
    /// What each presence stanza changed, by the place of its event in the transcript.
    private(set) var log: [Int: PresenceNote] = [:]
    private let events: [(index: Int, JSON)]
    private let address: JID

    init(of name: String, in transcript: JSON, _ expectation: JSON) throws {
        events = try XCTUnwrap(transcript["events"]?.array).enumerated()
            .filter { $0.element["stream"]?.string == name }
            .map { ($0.offset, $0.element) }
        address = try JID(wire: try XCTUnwrap(expectation["jid"]?.string))
        var ids = events.map(\.1).compactMap(Self.idOfRosterRequest)[...]
        stream = StanzaStream(makeID: { ids.popFirst() ?? "unanswered" }, write: { _ in })
        presence = PresenceClient(stream)
        roster = RosterClient(presence)
    }

    func play() throws {
        let stream = stream
        stream.onElement { if $0.is("success", in: .sasl) { stream.restart() } }
        var requestCount = 0
        for (index, event) in events {
            guard let xml = event["xml"]?.string else { continue }
            if event["dir"]?.string == "S>C" {
                // The state is that in front of the end, whoever ends the stream.
                if event["part"]?.string == "close" || xml.hasPrefix("<stream:error") { return }
                try receive(xml, at: index)
                if !stream.isInSession, Self.isBound(xml) { stream.begin(as: address) }
            } else if Self.idOfRosterRequest(event) != nil {
                // The first request is sent by itself when the session begins.
                requestCount += 1
                if requestCount > 1 { roster.refresh() }
            } else if event["part"] == nil {
                try send(xml)
            }
        }
    }

    private func receive(_ xml: String, at index: Int) throws {
        let received = (try? Element(parsing: xml, in: .client)).flatMap { Presence($0) }
        let sender = received?.from ?? JID(address.bare)
        let before = presence[sender.bare]
        var events: [PresenceEvent] = []
        let registration = presence.onEvent { events.append($0) }
        try stream.receive(xml.utf8)
        registration.cancel()
        if let received {
            log[index] = PresenceNote(
                received, from: sender, events, before: before, after: presence[sender.bare])
        }
    }

    /// What the recorded client sent is sent here too, as far as presence goes.
    private func send(_ xml: String) throws {
        guard let element = try? Element(parsing: xml, in: .client),
            let sent = Presence(element), stream.isInSession
        else { return }
        try presence.send(sent)
        if let to = sent.to, sent[MUCJoin.self] != nil { presence.follow(room: to.bare) }
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

/// What one presence stanza changed.
private struct PresenceNote {
    var kind: String?
    var edges: [String] = []
    var resourceEdges: [String: String] = [:]
    var changedPayloads = false

    init(
        _ presence: Presence, from sender: JID, _ events: [PresenceEvent], before: ContactPresence,
        after: ContactPresence
    ) {
        kind = presence.type?.rawValue
        for event in events { note(event) }
        let names = Set((before.resources + after.resources).map { $0.name ?? "" })
        for name in names {
            let resource = name.isEmpty ? nil : name
            switch (before[resource], after[resource]) {
            case (nil, _?): resourceEdges[name] = "online"
            case (_?, nil): resourceEdges[name] = "offline"
            case (let old?, let new?) where sender.resource == resource && kind == "available":
                let isSame = Self.value(old.presence) == Self.value(new.presence)
                resourceEdges[name] = isSame ? "same" : "changed"
            default: break
            }
        }
    }

    private mutating func note(_ event: PresenceEvent) {
        switch event {
        case .wentOnline: edges.append("went_online")
        case .wentOffline: edges.append("went_offline")
        case .changed(_, let change): note(change, otherwise: "changed")
        case .ownResourceChanged(let own, let change):
            let isOnly = own.resources.count == (change.kind == .came ? 1 : 0)
            let edge = change.kind == .came ? "went_online" : "went_offline"
            note(change, otherwise: isOnly ? edge : "changed")
        default: break
        }
    }

    private mutating func note(_ change: PresenceChange, otherwise edge: String) {
        guard case .changed(let aspects) = change.kind else { return edges.append(edge) }
        changedPayloads = aspects.contains(.payloads)
        if aspects != .payloads { edges.append("changed") }
    }

    private static func value(_ presence: Presence) -> String {
        let statuses = presence.statuses.map { "\($0.language ?? "") \($0.text)" }.sorted()
        return "\(presence.show?.rawValue ?? "") \(presence.priority) \(statuses)"
    }
}
