/// The memory of a tape, while it is written.
@unsafe struct SerializedTree {
    let records: UnsafeBufferPointer<Record>
    let own: ClassifiedBytes
    let wellKnown: ClassifiedBytes

    @inline(__always)
    func localName(_ record: Record) -> ClassifiedBytes {
        unsafe name(record, Int(record.namespaceLength), Int(record.localLength))
    }

    @inline(__always)
    func namespace(_ record: Record) -> ClassifiedBytes {
        unsafe name(record, 0, Int(record.namespaceLength))
    }

    @inline(__always)
    func value(_ record: Record) -> ClassifiedBytes {
        let start = Int(record.valueOffset)
        return unsafe own[start..<start &+ Int(record.valueLength)]
    }

    @inline(__always)
    private func name(_ record: Record, _ start: Int, _ count: Int) -> ClassifiedBytes {
        let start = start &+ Int(record.nameOffset)
        if !record.isWellKnown { return unsafe own[start..<start &+ count] }
        let shifted = start &- WellKnownNames.base
        return unsafe wellKnown[shifted..<shifted &+ count]
    }
}
