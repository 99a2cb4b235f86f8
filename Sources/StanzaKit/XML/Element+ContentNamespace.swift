extension Element {
    /// The element with the names that are in the content namespace `old` moved to `new`.
    ///
    /// Only what hangs on the stanza through elements of the same namespace moves: a stanza that
    /// was forwarded inside some other payload keeps the namespace that it was sent with.
    package func movingContent(from old: XMLNamespace, to new: XMLNamespace) -> Element {
        guard isIn(old) else { return self }
        var own = Tape()
        var open: [(end: UInt32, isMoving: Bool)] = []
        for source in index..<Int(record.end) {
            let record = tape.records[source]
            while let last = open.last, Int(last.end) <= source { open.removeLast() }
            if record.kind == .text {
                own.records.append(Record(kind: .text))
                own.setLastValue(tape.bytes[record.valueRange])
            } else {
                let isMoving =
                    record.kind == .element && open.last?.isMoving ?? true
                    && tape.matches(record.namespaceRange, old.rawValue)
                let namespace = isMoving ? new.rawValue : tape.string(record.namespaceRange)
                own.append(
                    record.kind, name: tape.bytes[record.localRange], namespace: namespace.utf8)
                if record.kind == .element {
                    open.append((record.end, isMoving))
                    let parent = source == index ? 0 : Int(record.valueOffset) - index
                    own.records[own.records.count - 1].valueOffset = UInt32(parent)
                } else {
                    own.setLastValue(tape.bytes[record.valueRange])
                }
            }
            own.records[own.records.count - 1].end = UInt32(Int(record.end) - index)
        }
        own.setRootLanguage(tape.inheritedLanguage(of: index))
        return Element(tape: own, index: 0)
    }
}
