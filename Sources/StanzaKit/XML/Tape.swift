/// The storage behind ``Element``: a tree, flat and in document order, in two arrays.
///
/// An element costs two allocations however many nodes it has, its parts are indices into it, and
/// nothing here is ever recursive, so depth costs no stack.
struct Tape: Sendable {
    /// The nodes. An element is followed by its attributes, then by its content.
    var records: [Record] = []
    /// Names and values as UTF-8; the records say which bytes are whose.
    var bytes = TapeBytes()
}

/// The names and values of a tape: its own, and behind them, far away, the well-known names.
struct TapeBytes: Sendable {
    private(set) var own: [UInt8] = []

    var count: Int { own.count }

    subscript(range: Range<Int>) -> ArraySlice<UInt8> {
        if range.lowerBound < WellKnownNames.base { return own[range] }
        let start = range.lowerBound - WellKnownNames.base
        return WellKnownNames.bytes[start..<start + range.count]
    }

    mutating func append(contentsOf bytes: some Sequence<UInt8>) {
        own.append(contentsOf: bytes)
        precondition(own.count < WellKnownNames.base, "an element holds less than 1.75 GiB of text")
    }
}

/// One node: an element, an attribute or a run of text.
struct Record: Sendable {
    enum Kind: UInt8 { case element, attribute, text }

    /// Where the name is: the namespace and right behind it the local name.
    var nameOffset: UInt32 = 0
    var namespaceLength: UInt16 = 0
    var localLength: UInt16 = 0
    /// Where the value of an attribute or the text is. For the root element: the language it
    /// inherits. For an element within: the index of the one around it.
    var valueOffset: UInt32 = 0
    var valueLength: UInt32 = 0
    /// The index of the first record after this node and all that is in it.
    var end: UInt32 = 0
    var kind: Kind
}

extension Record {
    /// Whether the name is one of the ``WellKnownNames``.
    @inline(__always)
    var isWellKnown: Bool { nameOffset >= UInt32(WellKnownNames.base) }

    var namespaceRange: Range<Int> { range(nameOffset, UInt32(namespaceLength)) }
    var localRange: Range<Int> {
        range(nameOffset + UInt32(namespaceLength), UInt32(localLength))
    }
    var valueRange: Range<Int> { range(valueOffset, valueLength) }

    private func range(_ offset: UInt32, _ length: UInt32) -> Range<Int> {
        Int(offset)..<Int(offset) + Int(length)
    }
}

extension Tape {
    func string(_ range: Range<Int>) -> String {
        range.isEmpty ? "" : String(decoding: bytes[range], as: UTF8.self)
    }

    func matches(_ range: Range<Int>, _ text: String) -> Bool {
        range.count == text.utf8.count && bytes[range].elementsEqual(text.utf8)
    }

    func matches(_ record: Record, _ name: String, in namespace: XMLNamespace) -> Bool {
        matches(record.localRange, name) && matches(record.namespaceRange, namespace.rawValue)
    }

    func attributes(of element: Int) -> Range<Int> {
        var index = element + 1
        while index < records.count, records[index].kind == .attribute { index += 1 }
        return element + 1..<index
    }

    func attribute(_ name: AttributeName, of element: Int) -> Int? {
        attributes(of: element).first { matches(records[$0], name.name, in: name.namespace) }
    }

    /// The value of the nearest `xml:lang` on the element or around it, else what the root
    /// inherits.
    func language(at index: Int) -> String? {
        var element = index
        while true {
            if let attribute = attribute(.language, of: element) {
                let value = string(records[attribute].valueRange)
                return value.isEmpty ? nil : value
            }
            if element == 0 {
                let inherited = records[0].valueRange
                return inherited.isEmpty ? nil : string(inherited)
            }
            element = Int(records[element].valueOffset)
        }
    }
}

// MARK: Writing

extension Tape {
    /// Appends a node with a name; the caller sets where it ends.
    mutating func append(
        _ kind: Record.Kind, name: some Collection<UInt8>, namespace: some Collection<UInt8>
    ) {
        precondition(
            name.count <= UInt16.max && namespace.count <= UInt16.max,
            "a name is at most 65,535 bytes long")
        var record = Record(kind: kind)
        record.nameOffset = UInt32(bytes.count)
        record.namespaceLength = UInt16(namespace.count)
        record.localLength = UInt16(name.count)
        if let offset = WellKnownNames.offset(of: name, in: namespace)
            ?? known(name: name, namespace: namespace)
        {
            record.nameOffset = offset
        } else {
            bytes.append(contentsOf: namespace)
            bytes.append(contentsOf: name)
        }
        records.append(record)
        records[records.count - 1].end = UInt32(records.count)
    }

    mutating func setLastValue(_ value: some Collection<UInt8>) {
        records[records.count - 1].valueOffset = UInt32(bytes.count)
        records[records.count - 1].valueLength = UInt32(value.count)
        bytes.append(contentsOf: value)
    }

    /// Appends text, to the run before it where there is one.
    mutating func appendText(_ text: some Collection<UInt8>, continuing: Bool) {
        if text.isEmpty { return }
        if continuing, let last = records.last, last.kind == .text {
            if last.valueRange.upperBound == bytes.count {
                records[records.count - 1].valueLength += UInt32(text.count)
                bytes.append(contentsOf: text)
            } else {
                setLastValue(Array(bytes[last.valueRange]) + Array(text))
            }
            return
        }
        records.append(Record(end: UInt32(records.count + 1), kind: .text))
        setLastValue(text)
    }

    /// Appends the node at `index` of `other` and all that is in it, into the element at `parent`.
    mutating func append(_ other: Tape, at index: Int, into parent: Int) {
        let shift = records.count - index
        for source in index..<Int(other.records[index].end) {
            let record = other.records[source]
            if record.kind == .text {
                records.append(Record(kind: .text))
            } else {
                append(
                    record.kind, name: other.bytes[record.localRange],
                    namespace: other.bytes[record.namespaceRange])
            }
            let place = records.count - 1
            if record.kind == .element {
                let around = source == index ? parent : Int(record.valueOffset) + shift
                records[place].valueOffset = UInt32(around)
            } else {
                setLastValue(other.bytes[record.valueRange])
            }
            records[place].end = UInt32(Int(record.end) + shift)
        }
    }

    /// Where one of the last few nodes already spells this name.
    private func known(
        name: some Collection<UInt8>, namespace: some Collection<UInt8>
    ) -> UInt32? {
        records.suffix(8).last { record in
            record.kind != .text && Int(record.localLength) == name.count
                && Int(record.namespaceLength) == namespace.count
                && bytes[record.localRange].elementsEqual(name)
                && bytes[record.namespaceRange].elementsEqual(namespace)
        }?.nameOffset
    }
}
