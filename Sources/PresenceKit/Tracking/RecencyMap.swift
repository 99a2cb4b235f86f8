internal import HashTreeCollections

/// Values by key, such as an address, of which only so many are kept: those that were set last.
struct RecencyMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var value: Value
        var stamp: Int
    }

    let limit: Int
    private var entries: TreeDictionary<Key, Entry> = [:]
    private var order: TreeDictionary<Int, Key> = [:]
    private var next = 0
    private var oldest = 0

    init(limit: Int) {
        self.limit = limit
    }

    subscript(key: Key) -> Value? { entries[key]?.value }

    var count: Int { entries.count }

    /// - Returns: The one that had to go for it.
    mutating func set(_ value: Value, for key: Key) -> Key? {
        remove(key)
        let evicted = entries.count < limit ? nil : removeOldest()
        entries[key] = Entry(value: value, stamp: next)
        order[next] = key
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
        for (_, key) in sorted {
            entries[key]?.stamp = next
            order[next] = key
            next += 1
        }
    }

    mutating func remove(_ key: Key) {
        if let entry = entries.removeValue(forKey: key) { order[entry.stamp] = nil }
    }

    private mutating func removeOldest() -> Key? {
        while oldest < next {
            defer { oldest += 1 }
            if let key = order.removeValue(forKey: oldest) {
                entries[key] = nil
                return key
            }
        }
        return nil
    }
}
