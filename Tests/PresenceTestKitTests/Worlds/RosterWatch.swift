import RosterKit
import StanzaKit

/// A roster that is made of events alone, as a program that draws a list would keep it, and what the
/// events promise.
final class RosterWatch {
    private let findings: WorldFindings
    private let name: String
    private var items: [BareJID: RosterItem]
    private var groups: [ExactText: Set<BareJID>]
    /// Whether something was told since the last comparison.
    private(set) var isStale = false

    /// Goes on from how things stand.
    init(_ roster: Roster, of name: String, _ findings: WorldFindings) {
        self.name = name
        self.findings = findings
        items = Dictionary(uniqueKeysWithValues: roster.items.map { ($0.jid, $0) })
        groups = roster.groupNames.reduce(into: [:]) { groups, group in
            groups[ExactText(group)] = Set(roster.members(of: group).map(\.jid))
        }
    }

    private func expect(_ isTrue: Bool, _ finding: @autoclosure () -> String) {
        findings.expect(isTrue, "\(name): \(finding())")
    }
}

// MARK: Events

extension RosterWatch {
    /// Takes an event, and looks whether it is true at this moment.
    ///
    /// - Parameter roster: The roster as the client has it; `nil` where the event is told later.
    func take(_ event: RosterEvent, _ roster: Roster?) {
        isStale = true
        change(event)
        guard let roster else { return }
        var announced: ExactText?
        if case .groupAdded(let group) = event { announced = ExactText(group) }
        for group in roster.groupNames where roster.members(of: group).isEmpty {
            expect(announced == ExactText(group), "\(event) is told while '\(group)' is empty")
        }
        expect(isTrue(event, of: roster), "\(event) is told and is not so")
    }

    private func change(_ event: RosterEvent) {
        switch event {
        case .groupAdded(let group):
            expect(groups[ExactText(group)] == nil, "'\(group)' is added twice")
            groups[ExactText(group)] = []
        case .groupRemoved(let group):
            let members = groups.removeValue(forKey: ExactText(group))
            expect(members?.count == 1, "'\(group)' is removed with \(members?.count ?? 0) members")
        case .entryAdded(let item):
            expect(items[item.jid] == nil, "\(item.jid) is added twice")
            items[item.jid] = item
            for group in item.groups { join(item, group) }
        case .entryRemoved(let item):
            expect(items.removeValue(forKey: item.jid) == item, "\(item.jid) was not so")
            for group in item.groups { groups[ExactText(group)]?.remove(item.jid) }
        case .entryNameChanged(let item), .entrySubscriptionChanged(let item): put(item)
        case .entryAddedToGroup(let item, let group):
            put(item)
            join(item, group)
        case .entryRemovedFromGroup(let item, let group):
            put(item)
            groups[ExactText(group)]?.remove(item.jid)
        default: break
        }
    }

    private func put(_ item: RosterItem) {
        expect(items[item.jid]?.id == item.id, "\(item.jid) changed and was not there")
        items[item.jid] = item
    }

    private func join(_ item: RosterItem, _ group: String) {
        expect(groups[ExactText(group)] != nil, "\(item.jid) came into '\(group)' unannounced")
        let isNew = groups[ExactText(group), default: []].insert(item.jid).inserted
        expect(isNew, "\(item.jid) came into '\(group)' twice")
    }

    private func isTrue(_ event: RosterEvent, of roster: Roster) -> Bool {
        switch event {
        case .groupAdded(let group): roster.contains(group: group)
        case .groupRemoved(let group): !roster.contains(group: group)
        case .entryAdded(let item):
            roster[item.jid] == item
                && item.groups.allSatisfy { roster.members(of: $0).contains(item) }
        case .entryNameChanged(let item), .entrySubscriptionChanged(let item),
            .editOverridden(let item):
            roster[item.jid] == item
        case .entryAddedToGroup(let item, let group):
            roster[item.jid] == item && roster.members(of: group).contains(item)
        case .entryRemovedFromGroup(let item, let group):
            roster[item.jid] == item && !roster.members(of: group).contains(item)
        case .entryRemoved(let item):
            roster[item.jid] == nil
                && item.groups.allSatisfy { group in
                    !roster.members(of: group).contains { $0.jid == item.jid }
                }
        case .initialRosterReceived: roster.state == .current
        default: true
        }
    }
}

// MARK: Comparing

extension RosterWatch {
    /// Looks whether the events told everything.
    func compare(with roster: Roster) {
        isStale = false
        expect(
            roster.items == items.values.sorted { $0.jid < $1.jid },
            "the roster has \(roster.items), and was told of \(items)")
        expect(
            roster.groupNames.map(ExactText.init) == groups.keys.sorted(),
            "the roster has the groups \(roster.groupNames), and was told of \(groups)")
        for (group, members) in groups {
            expect(
                roster.members(of: group.string).map(\.jid) == members.sorted(),
                "'\(group.string)' has other members than was told")
        }
    }
}
