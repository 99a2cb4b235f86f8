import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// The session of one recorded client, played with this library in the place of the client.
final class RecordedSession {
    let stream: StanzaStream
    let roster: RosterClient
    let presence: PresenceClient
    /// What each presence stanza changed, by the place of its event in the transcript.
    private(set) var log: [Int: PresenceNote] = [:]
    private let events: [(index: Int, JSON)]
    let address: JID

    /// What each stanza changed in the roster, and the roster after it, by the place of its event.
    private(set) var rosterLog: [Int: RosterNote] = [:]
    /// The place of the last event.
    var lastIndex: Int { events.last?.index ?? 0 }

    /// Plays a session, beginning with the roster that an earlier one left, where it did.
    convenience init(playing name: String, in transcript: JSON, _ expected: JSON) throws {
        let expectation = try XCTUnwrap(expected["streams"]?[name])
        try self.init(of: name, in: transcript, expectation)
        if let earlier = expectation["cache_from"]?.string {
            let session = try RecordedSession(playing: earlier, in: transcript, expected)
            try roster.importRoster(session.roster.roster.json())
        }
        try play()
    }

    private init(of name: String, in transcript: JSON, _ expectation: JSON) throws {
        events = try XCTUnwrap(transcript["events"]?.array).enumerated()
            .filter { $0.element["stream"]?.string == name }
            .map { ($0.offset, $0.element) }
        address = try JID(wire: try XCTUnwrap(expectation["jid"]?.string))
        var ids = events.map(\.1).compactMap(Self.idOfRosterRequest)[...]
        stream = StanzaStream(makeID: { ids.popFirst() ?? "unanswered" }, write: { _ in })
        presence = PresenceClient(stream)
        roster = RosterClient(presence)
    }

    private func play() throws {
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
        let rosterBefore = roster.roster
        var rosterEvents: [RosterEvent] = []
        let rosterRegistration = roster.onEvent { rosterEvents.append($0) }
        try stream.receive(xml.utf8)
        registration.cancel()
        rosterRegistration.cancel()
        rosterLog[index] = RosterNote(
            rosterEvents, before: rosterBefore, after: roster.roster,
            requests: presence.requests.map(\.jid))
        if let received {
            log[index] = PresenceNote(
                received, from: sender, events, before: before, after: presence[sender.bare])
        }
    }

    /// What was known in front of an event, where this stream was following it then.
    func note(before index: Int) -> RosterNote? {
        guard index <= lastIndex else { return nil }
        let earlier = rosterLog.filter { $0.key < index }.sorted { $0.key < $1.key }
        return earlier.last { $0.value.roster.state == .current }?.value
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
struct PresenceNote {
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

/// What one stanza changed in the roster.
struct RosterNote {
    var changes: [String] = []
    var isReceived = false
    let roster: Roster
    /// Who had asked to see our presence.
    let requests: [BareJID]

    init(_ events: [RosterEvent], before: Roster, after: Roster, requests: [BareJID]) {
        roster = after
        self.requests = requests
        for event in events { note(event, before) }
    }

    private mutating func note(_ event: RosterEvent, _ before: Roster) {
        switch event {
        case .initialRosterReceived: isReceived = true
        case .entryAdded(let item): changes.append("added \(item.jid) \(Self.text(item))")
        case .entryRemoved(let item): changes.append("removed \(item.jid) \(Self.text(item))")
        case .entryNameChanged(let item):
            changes.append(
                "name \(item.jid) \(before[item.jid]?.name ?? "-") \(item.name ?? "-")")
        case .entrySubscriptionChanged(let item):
            let old = before[item.jid].map(Self.state) ?? ""
            changes.append("subscription-state \(item.jid) \(old) \(Self.state(item))")
        case .entryAddedToGroup(let item, let group):
            changes.append("group-joined \(item.jid) \(group)")
        case .entryRemovedFromGroup(let item, let group):
            changes.append("group-left \(item.jid) \(group)")
        default: break
        }
    }

    /// All that a roster says of its entries.
    static func contents(_ items: [RosterItem]) -> [String] {
        items.map { "\($0.jid) \(text($0))" }
    }

    private static func state(_ item: RosterItem) -> String {
        "\(item.subscription.rawValue) \(item.isPendingOut) \(item.isApproved)"
    }

    private static func text(_ item: RosterItem) -> String {
        "\(item.name ?? "-") \(state(item)) \(item.groups)"
    }

    /// A change as the recordings have it.
    static func text(_ change: JSON) throws -> String {
        let kind = change["change"]?.string ?? ""
        let start = "\(kind) \(try BareJID(wire: change["jid"]?.string ?? ""))"
        switch kind {
        case "added", "removed":
            let item = try XCTUnwrap(change["item"])
            let groups = item["groups"]?.array?.compactMap(\.string) ?? []
            return "\(start) \(item["name"]?.string ?? "-") \(state(item)) \(groups)"
        case "name":
            return "\(start) \(change["old"]?.string ?? "-") \(change["new"]?.string ?? "-")"
        case "subscription-state":
            return "\(start) \(state(try XCTUnwrap(change["old"]))) "
                + state(try XCTUnwrap(change["new"]))
        default: return "\(start) \(try XCTUnwrap(change["group"]?.string))"
        }
    }

    private static func state(_ item: JSON) -> String {
        "\(item["subscription"]?.string ?? "") \(item["ask"]?.string == "subscribe") "
            + "\(item["approved"]?.bool == true)"
    }
}
