internal import HashTreeCollections

extension Roster {
    /// What lies between `old` and this roster, in the events that would have told it: for a view
    /// that shows `old` and is to show this.
    ///
    /// First come the entries that are gone, then those that are new or changed, each time in the
    /// order of their addresses; the events of one entry are in the order of ``RosterEvent``. An
    /// entry that lives another life now (``RosterItem/id``) was removed and added. Nothing lies
    /// between a roster and itself, and the version does not count.
    ///
    /// ```swift
    /// for event in client.roster.difference(from: shown) { table.apply(event) }
    /// shown = client.roster
    /// ```
    public func difference(from old: Roster) -> [RosterEvent] {
        var roster = old
        var events: [RosterEvent] = []
        func perform(_ steps: [RosterStep]) {
            for step in steps {
                roster.apply(step)
                if case .tell(let event) = step { events.append(event) }
            }
        }
        for item in old.items where entries[item.jid]?.id != item.id {
            perform(roster.steps(removing: item.jid))
        }
        for item in items where roster.entries[item.jid] != item {
            perform(roster.steps(to: item))
        }
        return events
    }
}
