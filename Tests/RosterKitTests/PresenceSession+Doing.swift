import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport

/// SleekXMPP's methods, and what they are in this library.
extension PresenceSession {
    /// Does what a step says; returns what SleekXMPP's method returns where that is a value.
    func perform(_ step: PresenceSessionStep) throws -> JSON? {
        switch step.kind {
        case "recv": try receive(try step.text("xml"))
        case "policy": try setPolicy(step.json)
        case "disconnected": disconnect()
        case "set": try set(try step.values(), of: try step.contact())
        case "presence": return lookUp(try step.contact(), step.json["resource"]?.string)
        case "item": try perform(try step.text("method"), on: try step.contact(), step.arguments)
        case "call", "roster": try call(step)
        case "node" where step.method == "groups": return groups
        case "node" where step.method == "has_jid":
            let contact = try BareJID(wire: step.json["pos"]?.array?.first?.string ?? "")
            return .bool(roster.roster[contact] != nil)
        case "node": try call(step)
        case let other: throw NotUnderstood(what: "\(other ?? "no") step: \(step.json)")
        }
        return nil
    }

    private func call(_ step: PresenceSessionStep) throws {
        let method = step.json["name"]?.string ?? step.method
        switch method {
        case "send_presence": try send(step.arguments)
        case "send_presence_subscription": try send(step.arguments, type: .subscribe)
        default: throw NotUnderstood(what: "\(method ?? "no method"): \(step.json)")
        }
    }

    /// Sends the presence that keywords describe.
    private func send(
        _ arguments: [(key: String, value: JSON)], to contact: BareJID? = nil,
        type: Presence.TypeOrShow = .available
    ) throws {
        var presence = Presence()
        presence.typeOrShow = type
        var to = contact.map { JID($0) }
        for (key, value) in arguments where !value.isNull {
            let text = value.string ?? ""
            switch key {
            case "ptype", "pshow":
                guard let word = Presence.TypeOrShow(rawValue: text) else {
                    throw NotUnderstood(what: "\(key) \(text)")
                }
                presence.typeOrShow = word
            case "pstatus": presence.setStatus(text)
            case "ppriority":
                guard let priority = value.int.flatMap(Int8.init(exactly:)) else {
                    throw NotUnderstood(what: "priority \(value)")
                }
                presence.priority = priority
            case "pnick": presence.nickname = text
            case "pto": to = try JID(wire: text)
            default: throw NotUnderstood(what: key)
            }
        }
        if let to {
            try self.presence.send(presence, to: to)
        } else {
            try self.presence.send(presence)
        }
    }

    /// A method of an item of SleekXMPP's roster.
    private func perform(
        _ method: String, on contact: BareJID, _ arguments: [(key: String, value: JSON)]
    ) throws {
        switch method {
        case "subscribe": try presence.perform(.request, for: contact)
        case "unsubscribe": try presence.perform(.withdraw, for: contact)
        case "authorize": try authorize(contact)
        case "unauthorize":
            let isAsking = presence.subscription(of: contact).state.isPendingIn
            try presence.perform(isAsking ? .deny : .cancel, for: contact)
        case "remove":
            try presence.perform(.withdraw, for: contact)
            presence.policy.whitelist.remove(contact)
        case "send_presence": try send(arguments, to: contact)
        case "send_last_presence": presence.sendAgain(to: JID(contact))
        default: throw NotUnderstood(what: method)
        }
    }

    /// Lets a contact see our presence. SleekXMPP does not ask whether it wanted to; here that is
    /// a pre-approval where the server has such, and cannot be where it has not. So that something
    /// can be sent, the contact asks.
    private func authorize(_ contact: BareJID) throws {
        let state = presence.subscription(of: contact).state
        if !state.isSubscribedFrom && !state.isPendingIn {
            if case .send = try presence.perform(.preApprove, for: contact) { return }
            guard try presence.perform(.approve, for: contact) == .impossible(.noRequest) else {
                throw NotUnderstood(what: "\(contact) is approved without a request")
            }
            let policy = presence.policy
            presence.policy = .manual
            try receiveRequest(of: contact)
            _ = takeEvents()
            try presence.perform(.approve, for: contact)
            presence.policy = policy
        } else {
            try presence.perform(.approve, for: contact)
        }
    }

    private func setPolicy(_ json: JSON) throws {
        if let value = json["auto_authorize"] {
            presence.policy.answer = .init(authorizing: value.bool)
        }
        if let value = json["auto_subscribe"]?.bool { presence.policy.asksBack = value }
    }

    /// Sets fields of an item: those that a server keeps as it tells them, the others as a user
    /// would. What SleekXMPP ignores or refuses has no setter here.
    private func set(
        _ values: [(key: String, value: JSON)], of contact: BareJID
    ) throws {
        var isKept = false
        var (isPendingIn, isWhitelisted) = (nil as Bool?, nil as Bool?)
        let record = presence.subscription(of: contact)
        var (to, from) = (record.state.isSubscribedTo, record.state.isSubscribedFrom)
        var item =
            roster.roster[contact].map { PresenceSessionItem($0) }
            ?? PresenceSessionItem(contact, SubscriptionRecord.Item(subscription: .neither))
        for (key, value) in values {
            switch key {
            case "to": to = value.isYes
            case "from": from = value.isYes
            case "pending_out": item.state.isPendingOut = value.isYes
            case "name": item.name = value.string
            case "groups": item.groups = (value.array ?? []).compactMap(\.string)
            case "pending_in": isPendingIn = value.isYes
            case "whitelisted": isWhitelisted = value.isYes
            default: continue
            }
            isKept = isKept || !["pending_in", "whitelisted"].contains(key)
        }
        if isKept {
            item.state.subscription = to ? (from ? .both : .to) : (from ? .from : .neither)
            try push(item)
        }
        if let isWhitelisted {
            if isWhitelisted { presence.policy.whitelist.insert(contact) }
            if !isWhitelisted { presence.policy.whitelist.remove(contact) }
        }
        if isPendingIn == true {
            try receiveRequest(of: contact)
            _ = takeEvents()
        }
    }

    private func lookUp(_ contact: BareJID, _ resource: String?) -> JSON {
        guard let resource else { return PresenceSessionRecording.table(of: presence[contact]) }
        return presence[contact][resource].map(PresenceSessionRecording.row) ?? .null
    }

    private var groups: JSON {
        let known = roster.roster
        let groups = known.groupNames.map { ($0, known.members(of: $0)) }
        let others = known.ungrouped.isEmpty ? [] : [("", known.ungrouped)]
        return .object(
            (others + groups).map { name, items in
                (key: name, value: .array(items.map { .string($0.jid.description) }))
            })
    }
}

/// A step of a recorded session.
struct PresenceSessionStep {
    var json: JSON

    var kind: String? { json["do"]?.string }
    var method: String? { json["method"]?.string }
    var arguments: [(key: String, value: JSON)] { json["args"]?.members ?? [] }

    func text(_ key: String) throws -> String {
        guard let text = json[key]?.string else { throw NotUnderstood(what: "\(json)") }
        return text
    }

    func values() throws -> [(key: String, value: JSON)] {
        guard let values = json["values"]?.members else { throw NotUnderstood(what: "\(json)") }
        return values
    }

    func contact() throws -> BareJID { try BareJID(wire: try text("jid")) }

    /// The stanza that arrives, if one does.
    func stanza() throws -> Element? {
        kind == "recv" ? try Element(parsing: try text("xml"), in: .client) : nil
    }
}

extension JSON {
    /// What SleekXMPP takes for true.
    fileprivate var isYes: Bool {
        bool ?? ["true", "1", "on", "yes"].contains(string?.lowercased() ?? "")
    }
}

extension SubscriptionPolicy.Answer {
    /// What SleekXMPP's `auto_authorize` says.
    init(authorizing value: Bool?) {
        self = value.map { $0 ? .accept : .decline } ?? .manual
    }
}
