internal import HashTreeCollections
internal import StanzaKit

/// The order of changes and events: first what is told is true, then it is told.
extension RosterClient {
    /// Adds an entry, or gives it new values.
    func update(_ received: RosterPayload.Item) {
        guard let old = roster[received.jid] else { return add(received) }
        var item = old
        item.jid = received.jid
        item.name = received.name
        item.groups = received.groups
        item.subscription = received.subscription
        item.isPendingOut = received.isPendingOut
        item.isApproved = received.isApproved
        roster.entries[item.jid] = item
        if item.name.map(ExactText.init) != old.name.map(ExactText.init) {
            emit(.entryNameChanged(item))
        }
        if !item.hasSameSubscriptionState(as: old) { emit(.entrySubscriptionChanged(item)) }

        let (before, after) = (old.groups.map(ExactText.init), item.groups.map(ExactText.init))
        let (known, wanted) = (Set(before), Set(after))
        for group in after where !known.contains(group) {
            join(item, group)
            emit(.entryAddedToGroup(item, group.string))
        }
        for group in before where !wanted.contains(group) {
            leave(item, group)
            emit(.entryRemovedFromGroup(item, group.string))
        }
    }

    /// Removes an entry; one that is not there is no matter.
    func remove(_ contact: BareJID) {
        guard let item = roster.entries.removeValue(forKey: contact) else { return }
        for group in item.groups { leave(item, ExactText(group)) }
        emit(.entryRemoved(item))
    }

    private func add(_ received: RosterPayload.Item) {
        let item = RosterItem(
            id: makeItemID(), jid: received.jid, name: received.name, groups: received.groups,
            subscription: received.subscription, isPendingOut: received.isPendingOut,
            isApproved: received.isApproved)
        roster.entries[item.jid] = item
        for group in item.groups { join(item, ExactText(group)) }
        emit(.entryAdded(item))
    }

    private func join(_ item: RosterItem, _ group: ExactText) {
        if roster.groups[group] == nil {
            roster.groups[group] = []
            emit(.groupAdded(group.string))
        }
        roster.groups[group, default: []].insert(item.jid)
    }

    private func leave(_ item: RosterItem, _ group: ExactText) {
        roster.groups[group]?.remove(item.jid)
        if roster.groups[group]?.count == 0 {
            roster.groups[group] = nil
            emit(.groupRemoved(group.string))
        }
    }
}
