import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Does one step of a recorded session and compares what comes of it.
struct PresenceSessionCheck {
    let session: PresenceSession
    let step: PresenceSessionStep
    let place: String
    /// The rules by which something else is demanded than was recorded.
    private(set) var used: Set<PresenceSessionRule> = []

    let recorded: JSON
    private let recommended: JSON?
    private let agrees: Bool
    private let isNoted: Bool

    init(
        _ session: PresenceSession, _ step: PresenceSessionStep, _ json: JSON, place: String,
        agrees: Bool, isNoted: Bool
    ) {
        (self.session, self.step, self.place) = (session, step, place)
        (self.agrees, self.isNoted) = (agrees, isNoted)
        recorded = json["sleekxmpp"] ?? .null
        recommended = json["recommended"]
    }

    mutating func use(_ rule: PresenceSessionRule) { used.insert(rule) }

    /// Whether the table of resources is not recommended, but recorded alone.
    var recommendsNothing: Bool { recommended == nil }

    mutating func run(_ demands: inout Demands) throws {
        let contact = try? step.contact()
        let before = contact.map { session.presence.subscription(of: $0) } ?? SubscriptionRecord()
        let online = session.presence.contacts.map(\.jid)
        let known = Set(session.roster.roster.items.map(\.jid))
        if step.method == "remove" { checkRemoval(try step.contact(), before) }
        let stanza = try step.stanza()
        let sender = stanza.flatMap { Presence($0) }?.from?.bare
        let senderBefore = sender.map { session.presence.subscription(of: $0) }

        let returned = try session.perform(step)
        let sent = session.takeSent()
        let events = session.takeEvents()
        note(stanza, senderBefore, sent)

        if !sent.isEmpty {
            checkThatStanzasAreSound(sent)
            demands.count(.rfc)
        }
        if recommended != nil || agrees || isNoted {
            try check(sent: sent, try demandedSent(before, stanza))
            demands.count(source(since: []))
        }
        if let recommended {
            try checkTracking(events, recommended, online)
            demands.count(.recommended)
        }
        guard agrees || isNoted else { return }
        var old = used
        let wanted = try demandedEvents(stanza, known, online)
        XCTAssertEqual(events.sorted(), wanted.sorted(), "events of \(place)")
        demands.count(source(since: old))
        old = used
        try checkState(stanza)
        demands.count(source(since: old))
        if let value = recorded["returned"], !value.isNull {
            old = used
            XCTAssertEqual(returned?.sorted, try demanded(value).sorted, place)
            demands.count(source(since: old))
        }
    }

    /// Whose value was demanded: SleekXMPP's, unless the vector or a rule says what is better.
    private func source(since old: Set<PresenceSessionRule>) -> Demands.Source {
        agrees && used == old ? .sleekXMPP : .recommended
    }

    private func note(_ stanza: Element?, _ before: SubscriptionRecord?, _ sent: [Element]) {
        if let presence = stanza.flatMap({ Presence($0) }), let before {
            session.history.received(presence, before)
        }
        let isApplied = sent.contains { $0.name == "iq" && $0[.type] == "result" }
        if let query = stanza?.first("query", in: .roster), isApplied {
            for item in query.all("item", in: .roster) { session.history.pushed(item) }
        }
        for presence in sent.compactMap({ Presence($0) }) { session.history.sent(presence) }
    }

    /// What is subscribed ends with the item, without a stanza; what is pending is ended before.
    private func checkRemoval(_ contact: BareJID, _ record: SubscriptionRecord) {
        let stanzas = [
            record.state.isPendingOut ? SubscriptionStanza.unsubscribe : nil,
            record.state.isPendingIn ? .unsubscribed : nil,
        ].compactMap(\.self)
        let isKept = session.roster.roster[contact] != nil
        XCTAssertEqual(
            record.plan(for: .remove, announcesPreApproval: false),
            isKept || !stanzas.isEmpty ? .send(stanzas, removesItem: isKept) : .alreadySo, place)
    }
}

// MARK: What was sent

extension PresenceSessionCheck {
    /// Subscriptions are a matter of bare addresses, and never broadcast; nothing is said twice under
    /// one id.
    private func checkThatStanzasAreSound(_ sent: [Element]) {
        for presence in sent.compactMap({ Presence($0) }) {
            XCTAssertEqual(presence.irregularities, [], place)
            let isSubscription = presence.type.flatMap(SubscriptionStanza.init) != nil
            if isSubscription {
                XCTAssertEqual(presence.to?.bare.description, presence.element[.to])
            }
        }
        let ids = sent.compactMap { Presence($0)?.id }
        XCTAssertEqual(Set(ids).count, ids.count, place)
        if session.presence.givesIDs {
            XCTAssertEqual(ids.count, sent.count, "without an id: \(place)")
        }
    }

    private func check(sent: [Element], _ demanded: [Element]) throws {
        let sent = try PresenceSessionRecording.withoutUnavailable(sent).map { element in
            var element = element
            if session.presence.givesIDs, element.name == "presence" { element[.id] = "GENERATED" }
            return try PresenceSessionRecording.canonical(element)
        }
        let wanted = try demanded.map(PresenceSessionRecording.canonical)
        XCTAssertEqual(sent.sorted(), wanted.sorted(), "sent in \(place)")
    }

    private mutating func demandedSent(
        _ before: SubscriptionRecord, _ stanza: Element?
    ) throws -> [Element] {
        let all = try (recorded["trace"]?.array ?? []).compactMap { $0["send"]?.string }
            .map { try Element(parsing: $0, in: .client) }
        var sent = PresenceSessionRecording.withoutUnavailable(all)
        if sent.count < all.count { use(.noUnavailable) }
        let state = before.state
        switch step.method {
        case "authorize" where state.isSubscribedFrom:
            use(.alreadySo)
            return []
        case "subscribe" where state.isSubscribedTo || state.isPendingOut:
            use(.alreadySo)
            return []
        case "authorize" where session.announcesPreApproval && !state.isPendingIn:
            use(.preApproval)
            sent.removeAll { $0[.type] != "subscribed" }
        case "authorize" where session.presence.state.own.broadcast == nil:
            if session.presence.state.own.directedTo.isEmpty {
                use(.nothingIsMadeUp)
                sent.removeAll { $0[.type] != "subscribed" }
            }
        default: break
        }
        if step.kind == "set", let contact = try? step.contact(), try isAnsweredBySetting(contact) {
            use(.policyAnswersWhatWaits)
            sent.append(SubscriptionStanza.subscribed.presence(to: contact).element)
            sent += [session.presence.state.own.presence(for: JID(contact))?.element]
                .compactMap(\.self)
        }
        if let presence = stanza.flatMap({ Presence($0) }), presence.from == nil, !sent.isEmpty {
            use(.ownAccount)
            return []
        }
        for index in sent.indices where sent[index].first("query", in: .roster) != nil {
            use(.emptyResult)
            sent[index].replaceChildren(where: { $0.name == "query" }, with: [])
        }
        return sent
    }

    /// Whether the step makes somebody ask who is whitelisted.
    private func isAnsweredBySetting(_ contact: BareJID) throws -> Bool {
        try step.values().contains { $0.key == "pending_in" }
            && session.presence.policy.decision(for: contact) != nil
    }
}

// MARK: Events

extension PresenceSessionCheck {
    private static let tracking = ["got_online", "changed_status", "got_offline"]

    /// What is recommended of the tracking events, and of the table of resources.
    private mutating func checkTracking(
        _ events: [String], _ recommended: JSON, _ online: [BareJID]
    ) throws {
        let names = events.compactMap { $0.split(separator: " ").first.map(String.init) }
            .filter(Self.tracking.contains)
        var wanted = (recommended["tracking_events"]?.array ?? []).compactMap(\.string)
        if step.kind == "disconnected" {
            use(.sessionEnd)
            wanted = online.flatMap { _ in ["changed_status", "got_offline"] }
        }
        XCTAssertEqual(names.sorted(), wanted.sorted(), "tracking events of \(place)")
        let resources = PresenceSessionRecording.resources(of: session.presence.state)
        XCTAssertEqual(
            resources.sorted, try XCTUnwrap(recommended["resources"]).sorted, "resources: \(place)")
    }

    private mutating func demandedEvents(
        _ stanza: Element?, _ known: Set<BareJID>, _ online: [BareJID]
    ) throws -> [String] {
        var events: [String] = []
        for entry in recorded["trace"]?.array ?? [] where entry["send"] == nil {
            guard let name = entry["event"]?.string ?? entry["error"].map({ _ in "error" }) else {
                throw NotUnderstood(what: "trace \(entry)")
            }
            let isPlain = ["error", "roster_update", "sent_presence"].contains(name)
            let sender = entry["from"]?.string ?? ""
            events.append(isPlain ? name : "\(name) \(sender) \(entry["type"]?.string ?? "")")
        }
        if step.kind == "disconnected" {
            events += online.flatMap { ["changed_status \($0) ", "got_offline \($0) "] }
        }
        guard let query = stanza?.first("query", in: .roster) else { return events }
        let items = query.all("item", in: .roster)
        if events.contains("error") {
            use(.foreignPush)
            events.removeAll { $0 == "roster_update" }
        }
        let isRemovalOfNobody = { (item: Element) -> Bool in
            guard let jid = try? JID(wire: item["jid"] ?? "").bare else { return false }
            return item["subscription"] == "remove" && !known.contains(jid)
        }
        if items.allSatisfy(isRemovalOfNobody) {
            use(.nothingChanged)
            events.removeAll { $0 == "roster_update" }
        }
        for item in items {
            let word = item["subscription"] ?? "none"
            if ["none", "to", "from", "both", "remove"].contains(word) { continue }
            use(.undefinedSubscription)
            events.append("error")
        }
        return events
    }

    /// What a look-up returns.
    private mutating func demanded(_ value: JSON) throws -> JSON {
        if step.kind == "presence", let name = step.json["resource"]?.string,
            session.presence[try step.contact()][name] == nil
        {
            use(.unknownResource)
            return .null
        }
        guard step.method == "groups" else { return value }
        var groups: [(key: String, value: JSON)] = []
        let isGrouped = Set(
            (value.members ?? []).filter { !$0.key.isEmpty }
                .flatMap { ($0.value.array ?? []).compactMap(\.string) })
        for (name, members) in value.members ?? [] {
            let all = (members.array ?? []).compactMap(\.string)
            let kept = Set(all).filter { !name.isEmpty || !isGrouped.contains($0) }.sorted()
            if kept.count < all.count { use(.groupsAreASet) }
            if !kept.isEmpty { groups.append((name, .array(kept.map { .string($0) }))) }
        }
        return .object(groups)
    }
}
