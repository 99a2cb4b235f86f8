import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport

/// An event as the recordings know it.
struct RosterSignal {
    let name: String
    var item: RosterItem?
    var group: String?
    var stanza: Presence?

    /// The signal that an event is; `nil` for one that the recorded client does not have.
    init?(_ event: RosterEvent) {
        switch event {
        case .initialRosterReceived: name = "on_initial_roster_received"
        case .entryAdded(let item): (name, self.item) = ("on_entry_added", item)
        case .entryNameChanged(let item): (name, self.item) = ("on_entry_name_changed", item)
        case .entrySubscriptionChanged(let item):
            (name, self.item) = ("on_entry_subscription_state_changed", item)
        case .entryAddedToGroup(let item, let group):
            (name, self.item, self.group) = ("on_entry_added_to_group", item, group)
        case .entryRemovedFromGroup(let item, let group):
            (name, self.item, self.group) = ("on_entry_removed_from_group", item, group)
        case .entryRemoved(let item): (name, self.item) = ("on_entry_removed", item)
        case .groupAdded(let group): (name, self.group) = ("on_group_added", group)
        case .groupRemoved(let group): (name, self.group) = ("on_group_removed", group)
        case .subscribe(let stanza): (name, self.stanza) = ("on_subscribe", stanza)
        case .subscribed(let stanza): (name, self.stanza) = ("on_subscribed", stanza)
        case .unsubscribe(let stanza): (name, self.stanza) = ("on_unsubscribe", stanza)
        case .unsubscribed(let stanza): (name, self.stanza) = ("on_unsubscribed", stanza)
        default: return nil
        }
    }

    /// The event with all that a listener sees at that moment, and the life of the entry.
    func json(in roster: Roster) -> JSON {
        var members: [(String, JSON)] = [("signal", .string(name))]
        if let item {
            members.append(("item", item.json))
            members.append(("life", .string("\(item.id)")))
        }
        if let group { members.append(("group", .string(group))) }
        if let stanza { members.append(("stanza", stanza.summary)) }
        members.append(("observed", observed(in: roster)))
        return .object(members)
    }

    private func observed(in roster: Roster) -> JSON {
        let groups = roster.groupNames.map { (name: $0, members: roster.members(of: $0)) }
        var members: [(String, JSON)] = [
            ("n_items", .number("\(roster.count)")),
            ("n_groups", .number("\(groups.count)")),
            ("items", .array(roster.items.map { .string($0.jid.description) })),
            (
                "groups",
                .object(
                    groups.map { ($0.name, .array($0.members.map { .string($0.jid.description) })) }
                )
            ),
        ]
        let empty = groups.filter(\.members.isEmpty).map(\.name)
        if !empty.isEmpty { members.append(("empty_groups", .array(empty.map(JSON.string)))) }
        if let item {
            members.append(("in_items", .bool(roster[item.jid]?.id == item.id)))
            let its = groups.filter { $0.members.contains { $0.id == item.id } }.map(\.name)
            members.append(("member_of", .array(its.map(JSON.string))))
        }
        if let group {
            let size = roster.contains(group: group) ? roster.members(of: group).count : nil
            members.append(("group_size", size.map { .number("\($0)") } ?? .null))
        }
        return .object(members)
    }
}

extension Roster {
    var groupsJSON: JSON {
        .object(
            groupNames.map { group in
                (group, .array(members(of: group).map { .string($0.jid.description) }))
            })
    }

    /// The state as recordings have it, without the labels of lives.
    var stateJSON: JSON {
        .object([
            ("version", version.map(JSON.string) ?? .null),
            ("items", .object(items.map { ($0.jid.description, $0.values) })),
            ("groups", groupsJSON),
        ])
    }
}

extension RosterItem {
    var json: JSON {
        .object([("jid", .string(jid.description))] + (values.members ?? []))
    }

    fileprivate var values: JSON {
        .object([
            ("name", name.map(JSON.string) ?? .null),
            ("subscription", .string(subscription.rawValue)),
            ("ask", isPendingOut ? .string("subscribe") : .null),
            ("approved", .bool(isApproved)),
            ("groups", .array(groups.map(JSON.string))),
        ])
    }
}

extension Presence {
    fileprivate var summary: JSON {
        .object([
            ("type", element[.type].map(JSON.string) ?? .null),
            ("from", from.map { .string($0.description) } ?? .null),
            ("to", to.map { .string($0.description) } ?? .null),
            ("id", id.map(JSON.string) ?? .null),
            ("status", .object(statuses.map { ($0.language ?? "", .string($0.text)) })),
        ])
    }
}
