import PresenceKit
import StanzaKit
import VectorSupport

/// SleekXMPP's names of what a presence has, and what they are in this library.
enum PresenceAccessors {
    /// What a name reads; `nil` if nothing is called so.
    static func read(_ name: String, of presence: Presence) throws -> JSON? {
        switch name {
        case "type": .string(presence.typeOrShow?.rawValue ?? "invalid")
        case "show": .string(presence.show?.rawValue ?? "")
        case "priority": .number(String(presence.priority))
        case "id": .string(presence.id ?? "")
        case "lang": .string(presence.language ?? "")
        case "from", "to": .string(address(name, of: presence)?.description ?? "")
        case "from.bare", "to.bare": .string(address(name, of: presence)?.bare.description ?? "")
        case "from.resource", "to.resource":
            .string(address(name, of: presence)?.resource ?? "")
        case "status": .string(presence.status ?? "")
        case "status|*": .object(presence.statuses.map { ($0.language ?? "", .string($0.text)) })
        case _ where name.hasPrefix("status|"):
            .string(presence.statuses.first { $0.language == name.language }?.text ?? "")
        case "nick", "nick.nick": .string(presence.nickname ?? "")
        case "muc.affiliation": .string(presence.muc.affiliation?.rawValue ?? "")
        case "muc.role": .string(presence.muc.role?.rawValue ?? "")
        case "muc.jid": .string(presence.muc.jid?.description ?? "")
        case "muc.nick": .string(presence.muc.nick ?? "")
        case "muc.room": .string(presence.muc.room?.description ?? "")
        case "muc.status_codes":
            .array(presence.muc.codes.map { .number(String($0.rawValue)) })
        case "error.condition": .string(presence.toldError?.condition.rawValue ?? "")
        case "error.type": .string(presence.toldError?.type.rawValue ?? "")
        case "error.text": .string(presence.toldError?.text() ?? "")
        case "error.by": .string(presence.toldError?.by ?? "")
        case "error.gone": .string(presence.toldError?.conditionText(of: .gone) ?? "")
        case "error.redirect": .string(presence.toldError?.conditionText(of: .redirect) ?? "")
        // XEP-0086, which is obsolete: only in the element.
        case "error.code": .string(presence.element.first("error", in: .client)?["code"] ?? "")
        case "@values":
            .object(
                try values(["from", "id", "lang", "priority", "show", "status"], presence)
                    + values(["status|*", "to", "type"], presence))
        case "muc.@values":
            .object(
                [("lang", .string(""))]
                    + (try values(["affiliation", "jid", "nick", "role", "room"], presence, "muc."))
            )
        default: nil
        }
    }

    private static func values(
        _ names: [String], _ presence: Presence, _ prefix: String = ""
    ) throws -> [(key: String, value: JSON)] {
        try names.map { ($0, try read(prefix + $0, of: presence) ?? .null) }
    }

    private static func address(_ name: String, of presence: Presence) -> JID? {
        name.hasPrefix("from") ? presence.from : presence.to
    }

    /// Sets what a name stands for; `null` and empty text take it out.
    ///
    /// - Returns: Whether there is a way: `false` where nothing is called so, or the value is none
    ///   that the type of this library has.
    static func set(_ name: String, to value: JSON, of presence: inout Presence) -> Bool {
        let text = value.text
        switch name {
        case "type": return set(value, { presence.typeOrShow = $0 }, Presence.TypeOrShow.init)
        case "show": return set(value, { presence.show = $0 }, Presence.Show.init)
        case "priority":
            guard !value.isEmpty else {
                presence.removePriority()
                return true
            }
            guard let priority = text.flatMap({ Int8($0) }) else { return false }
            presence.priority = priority
        case "id": presence.id = text
        case "lang": presence.language = text
        case "to": return set(value, { presence.to = $0 }, { try? JID(wire: $0) })
        case "from": return set(value, { presence.from = $0 }, { try? JID(wire: $0) })
        case "status|*":
            guard let members = value.members ?? (value.isEmpty ? [] : nil) else { return false }
            presence.statuses = members.map { .init($0.value.string ?? "", language: $0.key) }
        case _ where name == "status" || name.hasPrefix("status|"):
            if text == nil, !value.isEmpty { return false }
            presence.setStatus(text, language: name.language)
        case "nick", "nick.nick": presence.nickname = text
        case "muc" where value.isEmpty: presence[MUCUser.self] = nil
        case "muc.affiliation":
            return set(value, { presence.muc.affiliation = $0 }, Affiliation.init)
        case "muc.role": return set(value, { presence.muc.role = $0 }, Role.init)
        case "muc.jid": return set(value, { presence.muc.jid = $0 }, { try? JID(wire: $0) })
        case "muc.status_codes":
            let numbers = (value.array ?? []).compactMap(\.int)
            presence.muc.codes = numbers.compactMap(MUCStatusCode.init)
        case "error.condition":
            var error = presence.error ?? StanzaError(.undefinedCondition)
            error.condition = StanzaError.Condition(rawValue: text ?? "undefined-condition")
            error.type = error.condition.recommendedType
            presence.setError(error)
        case "error.text":
            var error = presence.error ?? StanzaError(.undefinedCondition)
            error.texts = text.map { [StanzaError.Text($0)] } ?? []
            presence.setError(error)
        default: return false
        }
        return true
    }

    private static func set<Value>(
        _ json: JSON, _ change: (Value?) -> Void, _ read: (String) -> Value?
    ) -> Bool {
        if json.isEmpty {
            change(nil)
        } else if let value = json.text.flatMap(read) {
            change(value)
        } else {
            return false
        }
        return true
    }
}

extension JSON {
    /// The text or the number; `nil` for anything else, and for empty text.
    var text: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .number(let number): number
        default: nil
        }
    }

    /// Whether it is `null` or empty text.
    var isEmpty: Bool { isNull || string?.isEmpty == true }
}

/// A value in a form that can be compared; absent is empty.
func text(of value: JSON) -> String {
    switch value {
    case .null: return ""
    case .bool(let flag): return String(flag)
    case .number(let number): return number
    case .string(let string): return string
    case .array(let values): return values.isEmpty ? "" : "\(values.map { text(of: $0) })"
    case .object(let members):
        // An address that SleekXMPP raises for is none.
        if let exception = value["raises"]?.string {
            return exception == "InvalidJID" ? "" : "raises \(exception)"
        }
        let texts = members.map { "\($0.key): \(text(of: $0.value))" }
        return "\(texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })"
    }
}

extension String {
    /// What stands behind the bar in `status|en`.
    fileprivate var language: String? {
        firstIndex(of: "|").map { String(self[index(after: $0)...]) }
    }
}

extension Presence {
    /// The error, whatever the type of the stanza is.
    fileprivate var toldError: StanzaError? {
        element.first("error", in: .client).flatMap(StanzaError.init)
    }
}

extension StanzaError {
    fileprivate func conditionText(of condition: Condition) -> String? {
        self.condition == condition ? conditionText : nil
    }
}
