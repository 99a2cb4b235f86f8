import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport

/// What SleekXMPP's client forgets: the subscription stanzas since the server last told of a
/// contact.
struct PresenceSessionHistory {
    /// What is known of one contact.
    struct Contact {
        /// We asked to see its presence, and no item shows that yet.
        var isAsked = false
        /// It asked to see ours, and was not answered.
        var isAsking = false
        /// It lets us see its presence.
        var granted = false
        /// It no longer lets us see it.
        var cancelled = false
        /// It no longer wants to see ours.
        var left = false
    }

    private var contacts: [BareJID: Contact] = [:]

    subscript(contact: BareJID) -> Contact { contacts[contact] ?? Contact() }

    /// Those of whom anything is known, sorted.
    var known: [BareJID] { contacts.keys.sorted() }

    /// A contact's stanza.
    ///
    /// - Parameter record: How things stood before.
    mutating func received(_ presence: Presence, _ record: SubscriptionRecord) {
        guard let contact = presence.from?.bare else { return }
        var entry = self[contact]
        switch presence.type {
        case .subscribe: entry.isAsking = true
        case .unsubscribe: (entry.left, entry.isAsking) = (true, false)
        case .subscribed where record.state.isPendingOut:
            (entry.granted, entry.cancelled, entry.isAsked) = (true, false, false)
        case .unsubscribed: (entry.granted, entry.cancelled, entry.isAsked) = (false, true, false)
        default: return
        }
        contacts[contact] = entry
    }

    mutating func sent(_ presence: Presence) {
        guard let contact = presence.to?.bare else { return }
        var entry = self[contact]
        switch presence.type {
        case .subscribe: entry.isAsked = true
        case .unsubscribe: entry.isAsked = false
        case .subscribed, .unsubscribed: entry.isAsking = false
        default: return
        }
        contacts[contact] = entry
    }

    /// The server told of a contact.
    mutating func pushed(_ item: Element) {
        guard let contact = (try? JID(wire: item["jid"] ?? ""))?.bare else { return }
        let subscription = item["subscription"] ?? "none"
        let isKnown = item["ask"] != nil || ["to", "both", "remove"].contains(subscription)
        let old = self[contact]
        contacts[contact] = Contact(
            isAsked: old.isAsked && !isKnown, isAsking: old.isAsking && subscription != "remove")
    }
}

/// Parts of a recording, and the same of this library, to be compared.
enum PresenceSessionRecording {
    /// The resources of a contact.
    static func table(of contact: ContactPresence) -> JSON {
        .object(contact.resources.map { ($0.name ?? "", row($0)) })
    }

    /// What SleekXMPP keeps of a resource.
    static func row(_ resource: ContactPresence.Resource) -> JSON {
        .object([
            ("show", .string(resource.presence.show?.rawValue ?? "")),
            ("status", .string(resource.presence.status ?? "")),
            ("priority", .number(String(resource.presence.priority))),
        ])
    }

    /// The resources of everybody who is online, the own account included.
    static func resources(of state: PresenceState) -> JSON {
        let all = state.contacts + [state.ownResources].compactMap(\.self).filter(\.isOnline)
        return .object(all.map { ($0.jid.description, table(of: $0)) })
    }

    /// A stanza in a form that can be compared.
    static func canonical(_ element: Element) throws -> String {
        if let iq = IQ(element) { return iq.canonical }
        if let presence = Presence(element) { return presence.canonical }
        throw NotUnderstood(what: element.description)
    }

    /// What was sent, without the "unavailable" that may follow `unsubscribed`.
    static func withoutUnavailable(_ sent: [Element]) -> [Element] {
        let ended = sent.filter { $0[.type] == "unsubscribed" }.compactMap { $0[.to] }
        return sent.filter { $0[.type] != "unavailable" || !ended.contains($0[.to] ?? "") }
    }
}

extension JSON {
    /// A text that is the same for the same values, whatever the order of members.
    var sorted: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let number): number
        case .string(let text): text.debugDescription
        case .array(let values): "\(values.map(\.sorted))"
        case .object(let members):
            "\(members.map { "\($0.key.debugDescription): \($0.value.sorted)" }.sorted())"
        }
    }
}
