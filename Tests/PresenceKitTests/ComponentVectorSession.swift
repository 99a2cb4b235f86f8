import PresenceKit
import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays one session of a component: does what each step says, and demands what was recorded, by
/// the rules.
final class ComponentVectorSession {
    let id: String
    let isRFC: Bool
    var uses: [ComponentVectorRule: Int] = [:]
    private let observed: ObservedComponent
    private var script: ScriptedStream { observed.script }
    private var switches: [BareJID: (accepts: Bool?, asksBack: Bool)] = [:]
    private var whitelist: Set<BareJID> = []
    /// Who was unsubscribed from: at once by the RFC, in the recording when the other confirms it.
    private var ended: Set<String> = []
    private let domain: BareJID

    init(vector: JSON) throws {
        id = try XCTUnwrap(vector["id"]?.string)
        isRFC = vector["agrees_rfc"]?.bool == true
        domain = try BareJID(wire: XCTUnwrap(vector["own_address"]?.string))
        observed = try ObservedComponent(domain: domain)
        switches[domain] = (nil, true)
        setPolicies()
    }

    func perform(_ step: JSON) throws {
        let action = try XCTUnwrap(step["do"], id)
        let recorded = try XCTUnwrap(step["sleekxmpp"], id)
        let received = try action["xml"]?.string.flatMap { xml in
            Presence(try Element(parsing: xml, in: .client))
        }
        let before = try received.flatMap { try record(of: $0) }
        let isPreApproval = try run(action)
        let trace = try XCTUnwrap(recorded["trace"]?.array, id)
        if isRFC {
            try checkSent(trace, after: received, in: before, isPreApproval: isPreApproval)
        } else {
            try checkByTheRFC(received, in: before)
        }
        try checkEvents(trace, action)
        try checkState(recorded, isPreApproval: isPreApproval)
    }

    /// How the addressee stood to the sender; `nil` where the two are not both there.
    private func record(of presence: Presence) throws -> SubscriptionRecord? {
        guard let contact = presence.from?.bare, let local = presence.to?.bare else {
            return nil
        }
        return try observed.component.subscription(of: contact, at: local)
    }

    private func use(_ rule: ComponentVectorRule) { uses[rule, default: 0] += 1 }

    // MARK: Doing

    /// - Returns: Whether somebody was approved who has not asked.
    private func run(_ action: JSON) throws -> Bool {
        let owner = try action["owner"]?.string.map { try BareJID(wire: $0) } ?? domain
        switch (action["do"]?.string, action["method"]?.string) {
        case ("recv", _): try script.receive(XCTUnwrap(action["xml"]?.string, id))
        case ("policy", _): try setPolicy(action)
        case ("set", _): try set(action, at: owner)
        case ("item", let method?):
            let contact = try BareJID(wire: XCTUnwrap(action["jid"]?.string, id))
            return try run(method, of: contact, at: owner, action["args"])
        case ("call", nil) where action["name"]?.string == "send_presence":
            try sendPresence(action["args"], from: owner)
        case ("presence", nil):
            let contact = try BareJID(wire: XCTUnwrap(action["jid"]?.string, id))
            _ = observed.component.presence(of: contact, at: owner)
        case ("roster", "send_presence"):
            // Whoever it is that has a roster, everybody who is subscribed is told.
            for local in try observed.store.addresses() {
                try sendPresence(action["args"], from: local)
            }
        case ("node", "send_presence"): try sendPresence(action["args"], from: owner)
        case ("node", "send_last_presence"):
            for presence in observed.component[owner].broadcasts {
                try observed.component.send(presence, from: XCTUnwrap(presence.from, id))
            }
        case ("disconnected", _): script.end()
        default: throw NotUnderstood(what: "\(id): \(action)")
        }
        return false
    }

    private func run(
        _ method: String, of contact: BareJID, at owner: BareJID, _ arguments: JSON?
    ) throws -> Bool {
        let record = try observed.component.subscription(of: contact, at: owner)
        let type: Presence.Kind
        switch method {
        case "subscribe": type = .subscribe
        case "authorize": type = .subscribed
        case "unauthorize": type = .unsubscribed
        case "unsubscribe": type = .unsubscribe
        case "remove" where record.state.isSubscribedTo: type = .unsubscribe
        case "remove": return false
        case "send_presence":
            try sendPresence(arguments, from: owner, to: JID(contact))
            return false
        case "send_last_presence":
            observed.component.sendAgain(to: JID(contact), from: JID(owner))
            return false
        default: throw NotUnderstood(what: "\(id): \(method)")
        }
        try observed.component.send(Presence(type: type, to: JID(contact)), from: JID(owner))
        if type == .unsubscribe { ended.insert("\(owner) \(contact)") }
        return type == .subscribed && !record.state.isPendingIn
    }

    private func setPolicy(_ action: JSON) throws {
        let node = try action["node"]?.string.map { try BareJID(wire: $0) } ?? domain
        var policy = switches[node] ?? switches[domain] ?? (nil, true)
        if let value = action["auto_authorize"] { policy.accepts = value.bool }
        if let value = action["auto_subscribe"]?.bool { policy.asksBack = value }
        // What is set for all is set for those too that had their own.
        if action["node"] == nil { switches = [:] }
        switches[node] = policy
        setPolicies()
    }

    private func setPolicies() {
        for (node, policy) in switches {
            let policy = SubscriptionPolicy(
                .init(authorizing: policy.accepts), asksBack: policy.asksBack,
                whitelist: whitelist)
            if node == domain {
                observed.component.policy = policy
            } else {
                observed.component.setPolicy(policy, for: node)
            }
        }
    }

    private func set(_ action: JSON, at owner: BareJID) throws {
        let contact = try BareJID(wire: XCTUnwrap(action["jid"]?.string, id))
        let state = try observed.component.subscription(of: contact, at: owner).state
        var flags = state.flags
        if state.isSubscribedTo { flags.insert("to") }
        if state.isSubscribedFrom { flags.insert("from") }
        for (key, value) in try XCTUnwrap(action["values"]?.members, id) {
            let isSet = try XCTUnwrap(value.bool, id)
            let names: [String: Substring] = [
                "from": "from", "to": "to", "pending_in": "in", "pending_out": "out",
            ]
            if key == "whitelisted" {
                if isSet { whitelist.insert(contact) } else { whitelist.remove(contact) }
            } else if let name = names[key] {
                if isSet { flags.insert(name) } else { flags.remove(name) }
            } else {
                throw NotUnderstood(what: "\(id): set \(key)")
            }
        }
        let primary: SubscriptionState.Primary =
            flags.isSuperset(of: ["from", "to"])
            ? .both : flags.contains("from") ? .from : flags.contains("to") ? .to : .neither
        observed.store.put(
            SubscriptionState(
                primary, isPendingOut: flags.contains("out"), isPendingIn: flags.contains("in")),
            contact, at: owner)
        setPolicies()
    }

    private func sendPresence(
        _ arguments: JSON?, from owner: BareJID, to addressee: JID? = nil
    ) throws {
        var presence = Presence(to: addressee)
        var sender = JID(owner)
        for (key, value) in arguments?.members ?? [] {
            let text = try XCTUnwrap(value.string ?? value.int.map(String.init), id)
            switch key {
            case "ptype": presence.type = Presence.Kind(rawValue: text)
            case "pshow": presence.show = Presence.Show(rawValue: text)
            case "pstatus": presence.setStatus(text)
            case "ppriority": presence.priority = Int8(text) ?? 0
            case "pto": presence.to = try JID(wire: text)
            case "pfrom": sender = try JID(wire: text)
            default: throw NotUnderstood(what: "\(id): \(key)")
            }
        }
        try observed.component.send(presence, from: sender)
    }

    // MARK: Demanding

    private func checkSent(
        _ trace: [JSON], after received: Presence?, in before: SubscriptionRecord?,
        isPreApproval: Bool
    ) throws {
        let sent = script.takeSent(Presence.self)
        var expected: [Presence] = []
        for xml in trace.compactMap({ $0["send"]?.string }) {
            let presence = try XCTUnwrap(Presence(Element(parsing: xml, in: .client)), id)
            if presence.type == .subscribe, let state = before?.state,
                state.isSubscribedTo || state.isPendingOut || received?.type == .probe
            {
                use(.superfluousRequest)
            } else {
                expected += try demanded(presence, isPreApproval: isPreApproval)
            }
        }
        if received?.type == .probe, let id = received?.id,
            expected.map(\.type) == [.unsubscribed]
        {
            use(.probeID)
            expected[0].id = id
        }
        if expected.contains(where: { $0.type == .unsubscribed }),
            expected.contains(where: { $0.type == .unavailable })
                != sent.contains(where: { $0.type == .unavailable })
        {
            use(.unavailableBesideRefusal)
            expected.removeAll { $0.type == .unavailable }
            XCTAssertEqual(
                sent.filter { $0.type != .unavailable }.map(\.canonical).sorted(),
                expected.map(\.canonical).sorted(), id)
        } else {
            XCTAssertEqual(
                sent.map(\.canonical).sorted(), expected.map(\.canonical).sorted(), id)
        }
    }

    private func checkByTheRFC(
        _ received: Presence?, in before: SubscriptionRecord?
    ) throws {
        use(.byTheRFC)
        let sent = script.takeSent(Presence.self)
        for presence in sent {
            XCTAssertTrue(presence.from.map { observed.component.isLocal($0.bare) } ?? false, id)
            XCTAssertNotNil(presence.to, id)
        }
        guard let received, let before, let type = received.type else { return }
        if type == .probe {
            let local = try observed.component[XCTUnwrap(received.to?.bare, id)]
            let isThere =
                received.to?.resource == nil
                ? local.isOnline : try local[XCTUnwrap(received.to, id)].broadcast != nil
            let answer: Presence.Kind =
                before.state.isSubscribedFrom
                ? isThere ? .available : .unavailable : .unsubscribed
            XCTAssertEqual(sent.map(\.type), [answer], id)
            XCTAssertEqual(
                sent.first?.from,
                answer == .unsubscribed ? (received.to?.bare).map { JID($0) } : received.to, id)
        } else if let stanza = SubscriptionStanza(type) {
            let outcome = SubscriptionServer().outcome(of: stanza, .inbound, in: before)
            for reply in [outcome.reply?.stanza].compactMap(\.self) {
                XCTAssertTrue(sent.contains { $0.type?.rawValue == reply.rawValue }, id)
            }
            if before.state.isSubscribedTo || before.state.isPendingOut {
                XCTAssertFalse(sent.contains { $0.type == .subscribe }, id)
            }
        }
    }

    private func demanded(_ recorded: Presence, isPreApproval: Bool) throws -> [Presence] {
        var presence = recorded
        let sender = try XCTUnwrap(presence.from, id)
        let own = observed.component[sender.bare]
        if isPreApproval {
            use(.preApproval)
            return []
        }
        if presence.to == nil {
            use(.broadcast)
            return try observed.component.subscribers(of: sender.bare).map { subscriber in
                presence.to = JID(subscriber)
                return presence
            }
        }
        guard presence.type == .available, own.isOnline || presence.element.children.isEmpty
        else { return [presence] }
        if !own.isOnline, own[sender].directedTo.isEmpty {
            use(.madeUpPresence)
            return []
        }
        return [presence]
    }

    private func checkEvents(_ trace: [JSON], _ action: JSON) throws {
        let names: [String: String] = [
            "presence_subscribe": "subscribe", "presence_subscribed": "subscribed",
            "presence_unsubscribe": "unsubscribe", "presence_unsubscribed": "unsubscribed",
            "presence_probe": "probe", "got_online": "online", "got_offline": "offline",
        ]
        var expected = trace.compactMap { $0["event"]?.string.flatMap { names[$0] } }
        let actual = observed.takeEvents()
        if action["do"]?.string == "disconnected" {
            use(.sessionEnd)
            expected += actual.map(\.name).filter { $0.contains("sessionEnded") }
                .map { _ in "offline" }
        }
        let told = actual.compactMap { $0.name.split(separator: " ").first.map(String.init) }
            .filter { names.values.contains($0) }
        XCTAssertEqual(told.sorted(), expected.sorted(), id)
        let becameTo = actual.contains { event in
            if case .subscriptionChanged(let record, _, _) = event {
                record.state.isSubscribedTo
            } else {
                false
            }
        }
        if isRFC,
            trace.contains(where: { $0["event"]?.string == "roster_subscription_authorized" })
        {
            XCTAssertTrue(becameTo, id)
        }
    }

    private func checkState(_ recorded: JSON, isPreApproval: Bool) throws {
        for (owner, roster) in try XCTUnwrap(recorded["state"]?.members, id) {
            let local = try BareJID(wire: owner)
            for (jid, item) in try XCTUnwrap(roster["items"]?.members, id) {
                let contact = try BareJID(wire: jid)
                let record = try observed.component.subscription(of: contact, at: local)
                if record.isApproved {
                    // Else the rule would have been used for nothing.
                    XCTAssertTrue(isRFC || isPreApproval, id)
                    XCTAssertFalse(record.state.isSubscribedFrom, id)
                } else if ended.contains("\(local) \(contact)") {
                    XCTAssertFalse(record.state.isSubscribedTo, id)
                } else {
                    try check(record, item)
                }
                try checkResources(item, of: contact, at: local)
            }
        }
    }

    private func check(_ record: SubscriptionRecord, _ item: JSON) throws {
        let state = record.state
        let isPendingIn = try XCTUnwrap(item["pending_in"]?.bool, id)
        let isPendingOut = try XCTUnwrap(item["pending_out"]?.bool, id)
        let isTo = item["to"]?.bool == true
        let isFrom = item["from"]?.bool == true
        // What is there cannot be asked for. What was recorded so is stuck, and shows nothing.
        if !(isTo && isPendingOut) || isRFC {
            XCTAssertEqual(state.isSubscribedTo, isTo, id)
            XCTAssertEqual(state.isPendingOut, isPendingOut && !isTo, id)
        }
        if !(isFrom && isPendingIn) || isRFC {
            XCTAssertEqual(state.isSubscribedFrom, isFrom, id)
            XCTAssertEqual(state.isPendingIn, isPendingIn && !isFrom, id)
        }
    }

    private func checkResources(
        _ item: JSON, of contact: BareJID, at local: BareJID
    ) throws {
        let presence = observed.component.presence(of: contact, at: local)
        let expected = try XCTUnwrap(item["resources"]?.members, id)
        XCTAssertEqual(presence.resources.count, expected.count, id)
        for (name, values) in expected {
            let resource = presence[name.isEmpty ? nil : name]?.presence
            XCTAssertEqual(resource.map { $0.show?.rawValue ?? "" }, values["show"]?.string, id)
            XCTAssertEqual(resource.map { $0.status ?? "" }, values["status"]?.string, id)
            XCTAssertEqual(resource.map { Int($0.priority) }, values["priority"]?.int, id)
        }
    }
}
