internal import HashTreeCollections
internal import StanzaKit

/// One thing that becomes true of a roster, or is told of it.
///
/// What changes an entry is a list of these, in the order in which observers see it: first what is
/// told is true, then it is told.
enum RosterStep {
    /// An entry is new, or has new values; its groups do not know it yet.
    case enter(RosterItem)
    /// An entry is gone; its groups still have it.
    case drop(RosterItem)
    /// The groups of an entry that is gone are told.
    case dropped
    /// A group is there, still empty.
    case found(ExactText)
    /// A group has another member.
    case join(ExactText, BareJID)
    /// A group lost a member; with the last one it is gone.
    case leave(ExactText, BareJID)
    /// Observers are told.
    case tell(RosterEvent)
}

extension Roster {
    /// What brings an entry to these values, from whatever it is now.
    func steps(to item: RosterItem) -> [RosterStep] {
        guard let old = entries[item.jid] else { return stepsAdding(item) }
        var steps = [RosterStep.enter(item)]
        if item.name.map(ExactText.init) != old.name.map(ExactText.init) {
            steps.append(.tell(.entryNameChanged(item)))
        }
        if !item.hasSameSubscriptionState(as: old) {
            steps.append(.tell(.entrySubscriptionChanged(item)))
        }
        let (before, after) = (old.groups.map(ExactText.init), item.groups.map(ExactText.init))
        if before == after { return steps }
        let (known, wanted) = (Set(before), Set(after))
        for group in after where !known.contains(group) {
            steps += stepsJoining(group, item)
            steps.append(.tell(.entryAddedToGroup(item, group.string)))
        }
        for group in before where !wanted.contains(group) {
            steps += stepsLeaving(group, item)
            steps.append(.tell(.entryRemovedFromGroup(item, group.string)))
        }
        return steps
    }

    /// What removes an entry; one that is not there is no matter.
    func steps(removing contact: BareJID) -> [RosterStep] {
        guard let item = entries[contact] else { return [] }
        return [.drop(item)]
            + item.groups.flatMap { stepsLeaving(ExactText($0), item) }
            + [.dropped, .tell(.entryRemoved(item))]
    }

    private func stepsAdding(_ item: RosterItem) -> [RosterStep] {
        [.enter(item)]
            + item.groups.flatMap { stepsJoining(ExactText($0), item) }
            + [.tell(.entryAdded(item))]
    }

    private func stepsJoining(_ group: ExactText, _ item: RosterItem) -> [RosterStep] {
        let isNew = groups[group] == nil
        return (isNew ? [.found(group), .tell(.groupAdded(group.string))] : [])
            + [.join(group, item.jid)]
    }

    private func stepsLeaving(_ group: ExactText, _ item: RosterItem) -> [RosterStep] {
        let isLast = groups[group]?.count == 1
        return [.leave(group, item.jid)] + (isLast ? [.tell(.groupRemoved(group.string))] : [])
    }

    /// Makes a step true; what is only told changes nothing.
    mutating func apply(_ step: RosterStep) {
        switch step {
        case .enter(let item): entries[item.jid] = item
        case .drop(let item):
            entries[item.jid] = nil
            departing = item
        case .dropped: departing = nil
        case .found(let group): groups[group] = []
        case .join(let group, let contact): groups[group, default: []].insert(contact)
        case .leave(let group, let contact):
            groups[group]?.remove(contact)
            if groups[group]?.isEmpty == true { groups[group] = nil }
        case .tell: break
        }
    }
}
