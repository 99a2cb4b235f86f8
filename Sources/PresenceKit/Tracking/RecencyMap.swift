internal import HashTreeCollections
internal import StanzaKit

/// Values by address, of which only so many are kept: those that were set last.
struct RecencyMap<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var value: Value
        var stamp: Int
    }

    let limit: Int
    private var entries: TreeDictionary<BareJID, Entry> = [:]
    private var order: TreeDictionary<Int, BareJID> = [:]
    private var next = 0
    private var oldest = 0

    init(limit: Int) {
        self.limit = limit
    }

    subscript(jid: BareJID) -> Value? { entries[jid]?.value }

    var count: Int { entries.count }

    /// - Returns: The one that had to go for it.
    mutating func set(_ value: Value, for jid: BareJID) -> BareJID? {
        remove(jid)
        let evicted = entries.count < limit ? nil : removeOldest()
        entries[jid] = Entry(value: value, stamp: next)
        order[next] = jid
        next += 1
        if next - oldest > 4 * limit { renumber() }
        return evicted
    }

    /// Closes the gaps that were left by what was set again, so that finding the oldest takes no
    /// longer the longer a session lasts.
    private mutating func renumber() {
        let sorted = order.sorted { $0.key < $1.key }
        order = [:]
        (oldest, next) = (0, 0)
        for (_, jid) in sorted {
            entries[jid]?.stamp = next
            order[next] = jid
            next += 1
        }
    }

    mutating func remove(_ jid: BareJID) {
        if let entry = entries.removeValue(forKey: jid) { order[entry.stamp] = nil }
    }

    private mutating func removeOldest() -> BareJID? {
        while oldest < next {
            defer { oldest += 1 }
            if let jid = order.removeValue(forKey: oldest) {
                entries[jid] = nil
                return jid
            }
        }
        return nil
    }
}
