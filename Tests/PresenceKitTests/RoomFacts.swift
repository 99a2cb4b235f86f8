import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// What a recording says of an event or an occupant, name by name, in a form that compares: what is
/// null is left out, lists have an order, and addresses are in their normal form.
struct RoomFacts: Equatable, CustomStringConvertible {
    private var values: [String: String] = [:]

    var description: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }

    private mutating func set(_ name: String, _ value: (some CustomStringConvertible)?) {
        values[name] = value?.description
    }
}

// MARK: What is recorded

extension RoomFacts {
    /// - Parameter language: That of the stream, which a text has that has no other.
    init(_ json: JSON, language: String) throws {
        for (name, value) in try XCTUnwrap(json.members) {
            set(name, try Self.text(value, name, language))
        }
    }

    private static func text(_ json: JSON, _ name: String, _ language: String) throws -> String? {
        switch json {
        case .null: return nil
        case .bool(let value): return value.description
        case .number(let value): return value
        case .string(let value):
            return name == "jid" || name == "jids" ? try JID(wire: value).description : value
        case .array(let values):
            return "\(try values.map { try text($0, name, language) ?? "-" }.sorted())"
        case .object(let members):
            let facts = try members.map { member in
                let key = name == "status" && member.key.isEmpty ? language : member.key
                return (key, try text(member.value, member.key, language))
            }
            return facts.filter { $0.1 != nil }.map { "\($0.0)=\($0.1 ?? "")" }.sorted()
                .description
        }
    }
}

// MARK: What the library tells

extension RoomFacts {
    init(_ event: RoomEvent, in room: Room, at index: Int) throws {
        set("event", index)
        set("kind", event.recordedName)
        switch event {
        case .occupantListed(let occupant), .occupantJoined(let occupant),
            .selfJoined(let occupant):
            addValues(of: occupant)
        case .occupantUpdated(let occupant, let changes):
            addValues(of: occupant)
            set("changed", changes.recordedNames.sorted())
            if changes.contains(.nick) { set("completes_nick_change", true) }
        case .occupantLeft(let occupant, let departure):
            set("self", false)
            set("nick", occupant.nick)
            add(departure)
        case .selfLeft(let departure):
            set("self", true)
            set("nick", departure.presence?.from?.resource)
            add(departure)
        case .nickChanged(let old, let occupant, let presence):
            set("self", occupant.isSelf)
            set("nick", old.nick)
            set("new_nick", occupant.nick)
            add(actor: presence[MUCUser.self]?.items.first?.actor)
            set("reason", presence[MUCUser.self]?.items.first?.reason)
            add(presence.muc.codes)
        case .joinRefused(let refusal), .nickRefused(let refusal):
            set("nick", refusal.nick)
            set("condition", refusal.error.condition.rawValue)
            set("error_type", refusal.error.type.rawValue)
        case .notice(let message):
            add(message[MUCUser.self]?.codes ?? [])
            add(message[MUCUser.self]?.items ?? [])
        case .error(let presence):
            set("condition", presence.error?.condition.rawValue)
            set("error_type", presence.error?.type.rawValue)
        default: break
        }
    }

    init(_ occupant: Room.Occupant) throws {
        set("affiliation", occupant.affiliation?.rawValue)
        set("role", occupant.role?.rawValue)
        set("jid", occupant.jid)
        set("show", occupant.presence.show?.rawValue)
        add(occupant.codes)
        if occupant.jids.count > 1 { set("jids", occupant.jids.map(\.description).sorted()) }
    }

    private mutating func addValues(of occupant: Room.Occupant) {
        set("self", occupant.isSelf)
        set("nick", occupant.nick)
        set("affiliation", occupant.affiliation?.rawValue)
        set("role", occupant.role?.rawValue)
        set("jid", occupant.jid)
        set("show", occupant.presence.show?.rawValue)
        set("reason", occupant.reason)
        add(actor: occupant.actor)
        add(occupant.codes)
    }

    private mutating func add(_ departure: Room.Departure) {
        set("cause", departure.cause.recordedName)
        set("affiliation", departure.affiliation?.rawValue)
        set("role", departure.role?.rawValue)
        set("reason", departure.reason)
        add(actor: departure.actor)
        add(departure.codes)
        let texts = departure.presence?.statuses ?? []
        set("status", texts.map { "\($0.language ?? "")=\($0.text)" }.sorted())
        if departure.isNickStaying { set("nick_stays", true) }
        if case .destroyed(let destroy) = departure.cause {
            set(
                "destroy",
                Self.list([
                    ("jid", destroy.alternative?.description), ("reason", destroy.reason),
                    ("password", destroy.password),
                ]))
        }
    }

    private mutating func add(_ codes: [MUCStatusCode]) {
        set("codes", codes.map { String($0.rawValue) }.sorted())
    }

    private mutating func add(actor: MUCUser.Actor?) {
        guard let actor else { return }
        set("actor", Self.list([("jid", actor.jid?.description), ("nick", actor.nick)]))
    }

    private mutating func add(_ items: [MUCUser.Item]) {
        if items.isEmpty { return }
        let texts = items.map { item in
            Self.list([
                ("jid", item.jid?.description), ("nick", item.nick),
                ("affiliation", item.affiliation?.rawValue), ("role", item.role?.rawValue),
            ])
        }
        set("items", texts.sorted())
    }

    private static func list(_ facts: [(String, String?)]) -> String {
        facts.filter { $0.1 != nil }.map { "\($0.0)=\($0.1 ?? "")" }.sorted().description
    }
}

// MARK: Names

extension RoomEvent {
    /// As recordings call it.
    var recordedName: String {
        switch self {
        case .occupantListed: "occupant-listed"
        case .occupantJoined: "occupant-joined"
        case .occupantUpdated: "occupant-updated"
        case .occupantLeft: "occupant-left"
        case .nickChanged: "nick-changed"
        case .tooManyOccupants: "too-many-occupants"
        case .selfJoined: "self-joined"
        case .selfLeft: "self-left"
        case .sessionLeft: "session-left"
        case .joinRefused: "join-error"
        case .nickRefused: "nick-error"
        case .roomPresence: "room-presence"
        case .notice: "notice"
        case .error: "error"
        case .stray: "stray"
        @unknown default: "\(self)"
        }
    }
}

extension Room.Departure.Cause {
    /// As recordings call it.
    var recordedName: String {
        switch self {
        case .left: "left"
        case .kicked: "kicked"
        case .banned: "banned"
        case .affiliationChanged: "affiliation"
        case .membersOnly: "members-only"
        case .shutdown: "shutdown"
        case .destroyed: "destroyed"
        case .technicalError: "error"
        case .sessionEnded: "session-ended"
        @unknown default: "\(self)"
        }
    }
}

extension Room.Occupant.Changes {
    /// Those that recordings tell, as they call them.
    var recordedNames: [String] {
        let names: [(Self, String)] = [
            (.affiliation, "affiliation"), (.role, "role"), (.jid, "jid"), (.show, "show"),
        ]
        return names.filter { contains($0.0) }.map(\.1)
    }
}
