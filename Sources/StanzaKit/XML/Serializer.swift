/// Writes elements as XML, for a stream whose content namespace is already declared.
///
/// A namespace is declared only where it changes, the five special characters are escaped, line
/// ends and tabs in attribute values are written as references so that they survive, and nothing
/// that is not XML 1.0 is ever written: the buffer then stays as it was.
///
/// ```swift
/// var serializer = Serializer()
/// var bytes: [UInt8] = []
/// try serializer.append(presence, to: &bytes)
/// ```
public struct Serializer: ~Copyable {
    /// The default namespace in scope where the elements go; ``Namespace/empty`` where there is
    /// none.
    public let contentNamespace: Namespace
    /// Whether the prefix `stream` is declared there for ``Namespace/streams``.
    public let declaresStreamPrefix: Bool

    private let contentName: [UInt8]
    private var output = GrowableBuffer<UInt8>(capacity: 1024)
    private var open = GrowableBuffer<Scope>(capacity: 16)

    /// A serializer for one place.
    ///
    /// - Parameters:
    ///   - contentNamespace: The default namespace in scope there.
    ///   - declaresStreamPrefix: Whether the prefix `stream` is declared there, as it is on every
    ///     stream.
    public init(contentNamespace: Namespace = .client, declaresStreamPrefix: Bool = true) {
        self.contentNamespace = contentNamespace
        contentName = Array(contentNamespace.rawValue.utf8)
        self.declaresStreamPrefix = declaresStreamPrefix
    }

    /// Appends `element` to `buffer`.
    ///
    /// - Throws: What XML does not allow; `buffer` is then as it was.
    public mutating func append(
        _ element: Element, to buffer: inout [UInt8]
    ) throws(SerializationError) {
        output.removeAll(retaining: Self.retained)
        try write(element)
        unsafe buffer.append(contentsOf: output.values)
    }

    /// The start tag of a stream, with an XML declaration in front. RFC 6120, section 4.7.
    public mutating func bytes(of header: StreamHeader) throws(SerializationError) -> [UInt8] {
        if !declaresStreamPrefix {
            var serializer = Serializer()
            return try serializer.bytes(of: header)
        }
        var element = Element("stream", in: .streams)
        for attribute in header.attributes { element[attribute.name] = attribute.value }
        let attributes = String(
            decoding: try serializedAttributes(of: element), as: UTF8.self)
        let namespace = String(
            decoding: try escaped(header.contentNamespace.rawValue), as: UTF8.self)
        return Array(
            """
            <?xml version='1.0'?><stream:stream xmlns='\(namespace)' \
            xmlns:stream='\(Namespace.streams)'\(attributes)>
            """.utf8)
    }

    /// The text as it is written in an attribute value.
    mutating func escaped(_ text: String) throws(SerializationError) -> [UInt8] {
        output.removeAll(retaining: Self.retained)
        try unsafe ByteClass.withClassified(Array(text.utf8)) {
            (bytes) throws(SerializationError) in
            try unsafe appendEscaped(bytes, .escapedInValue)
        }
        return unsafe Array(output.values)
    }
}

// MARK: Elements

extension Serializer {
    /// An element that is open, and the one whose namespace is the default in it.
    struct Scope {
        var element: Int
        var declaring: Int?
    }

    private mutating func write(_ element: Element) throws(SerializationError) {
        open.removeAll(retaining: 128)
        try unsafe ByteClass.withClassified(element.tape.bytes.own) {
            (own) throws(SerializationError) in
            try unsafe ByteClass.withClassified(WellKnownNames.bytes) {
                (wellKnown) throws(SerializationError) in
                try unsafe element.tape.records.withUnsafeBufferPointer {
                    (records) throws(SerializationError) in
                    let tree = unsafe Tree(records: records, own: own, wellKnown: wellKnown)
                    try unsafe write(tree, from: element.index)
                }
            }
        }
    }

    private mutating func serializedAttributes(
        of element: Element
    ) throws(SerializationError) -> [UInt8] {
        output.removeAll(retaining: Self.retained)
        try write(element)
        // The element has neither a declaration of its own nor content: "<stream:stream" and "/>".
        return unsafe Array(output.values.dropFirst("<stream:stream".utf8.count).dropLast(2))
    }

    /// Writes node after node; nothing here is recursive.
    private mutating func write(_ tree: Tree, from root: Int) throws(SerializationError) {
        var index = root
        let end = unsafe Int(tree.records[root].end)
        while index < end {
            unsafe writeEndTags(tree, upTo: index)
            let record = unsafe tree.records[index]
            if record.kind == .text {
                try unsafe appendEscaped(tree.value(record), .escapedInText)
                index += 1
                continue
            }
            let declaring = try unsafe writeName(tree, index, declaring: open.last?.declaring)
            var next = index &+ 1
            while unsafe next < end && tree.records[next].kind == .attribute {
                try unsafe writeAttribute(tree, next, number: next &- index)
                next &+= 1
            }
            if next == record.end {
                append("/>")
            } else {
                append(">")
                open.append(Scope(element: index, declaring: declaring))
            }
            index = next
        }
        unsafe writeEndTags(tree, upTo: end)
    }

    /// Writes the end tags of all elements that end at `index`.
    @inline(__always)
    private mutating func writeEndTags(_ tree: Tree, upTo index: Int) {
        while let last = open.last, unsafe Int(tree.records[last.element].end) == index {
            unsafe writeEndTag(tree, last.element)
            open.removeLast(to: open.count &- 1)
        }
    }

    /// Writes `<name` and the declaration that it needs.
    ///
    /// - Returns: The element whose namespace is the default inside.
    private mutating func writeName(
        _ tree: Tree, _ index: Int, declaring: Int?
    ) throws(SerializationError) -> Int? {
        let record = unsafe tree.records[index]
        let name = unsafe tree.localName(record)
        let namespace = unsafe tree.namespace(record)
        if !record.isWellKnown { try unsafe check(name) }
        unsafe reserve(name.end)
        append("<")
        if unsafe isPrefixed(namespace) {
            append("stream:")
            unsafe append(name)
            return declaring
        }
        unsafe append(name)
        let isDeclared: Bool
        if let declaring {
            isDeclared = unsafe namespace.elementsEqual(
                tree.namespace(tree.records[declaring]))
        } else {
            isDeclared = unsafe namespace.elementsEqual(contentName)
        }
        if isDeclared { return declaring ?? index }
        if unsafe Self.isReserved(namespace) {
            throw unsafe SerializationError(code: .invalidNamespace, detail: namespace.string)
        }
        append(" xmlns='")
        try unsafe appendEscaped(namespace, .escapedInValue)
        append("'")
        return index
    }

    private mutating func writeEndTag(_ tree: Tree, _ index: Int) {
        let record = unsafe tree.records[index]
        reserve(Int(record.localLength))
        append("</")
        if unsafe isPrefixed(tree.namespace(record)) { append("stream:") }
        unsafe append(tree.localName(record))
        append(">")
    }

    private mutating func writeAttribute(
        _ tree: Tree, _ index: Int, number: Int
    ) throws(SerializationError) {
        let record = unsafe tree.records[index]
        let name = unsafe tree.localName(record)
        if !record.isWellKnown { try unsafe check(name) }
        unsafe reserve(name.end)
        if record.namespaceLength == 0 {
            if unsafe name.elementsEqual("xmlns") {
                throw SerializationError(code: .invalidName, detail: "xmlns is no attribute")
            }
            append(" ")
        } else if unsafe tree.namespace(record).elementsEqual(
            "http://www.w3.org/XML/1998/namespace")
        {
            append(" xml:")
        } else {
            let namespace = unsafe tree.namespace(record)
            if unsafe Self.isReserved(namespace) {
                throw unsafe SerializationError(code: .invalidNamespace, detail: namespace.string)
            }
            append(" xmlns:a")
            append(number)
            append("='")
            try unsafe appendEscaped(namespace, .escapedInValue)
            unsafe reserve(name.end)
            append("' a")
            append(number)
            append(":")
        }
        unsafe append(name)
        append("='")
        try unsafe appendEscaped(tree.value(record), .escapedInValue)
        append("'")
    }

    private func isPrefixed(_ namespace: ClassifiedBytes) -> Bool {
        unsafe declaresStreamPrefix && namespace.elementsEqual("http://etherx.jabber.org/streams")
    }

    private static func isReserved(_ namespace: ClassifiedBytes) -> Bool {
        unsafe namespace.elementsEqual("http://www.w3.org/XML/1998/namespace")
            || namespace.elementsEqual("http://www.w3.org/2000/xmlns/")
    }

    @inline(__always)
    private func check(_ name: ClassifiedBytes) throws(SerializationError) {
        if unsafe !XMLName.isValid(name) {
            throw unsafe SerializationError(code: .invalidName, detail: name.string)
        }
    }
}

/// The memory of a tape.
@unsafe private struct Tree {
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

// MARK: Bytes

extension Serializer {
    /// As much memory as is kept for the next element.
    private static var retained: Int { 64 << 10 }

    /// Makes room for a name of `count` bytes and the few bytes of markup around it.
    ///
    /// Asked for once per tag or attribute, so that nothing in it needs to ask again.
    @inline(__always)
    private mutating func reserve(_ count: Int) { output.reserve(count &+ 64) }

    /// Appends markup, where there is room.
    @inline(__always)
    private mutating func append(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount {
            unsafe output.appendUnchecked(text.utf8Start[index])
        }
    }

    /// Appends a name, where there is room.
    @inline(__always)
    private mutating func append(_ name: ClassifiedBytes) {
        if unsafe name.end <= 16 && name.readable >= 16 {
            unsafe SixteenBytes(name.base).store(to: output.next)
            unsafe output.appendWritten(name.end)
        } else {
            unsafe output.append(name.base, count: name.end)
        }
    }

    private mutating func append(_ number: Int) {
        for byte in String(number).utf8 { output.append(byte) }
    }

    /// Appends text with the bytes of `escaped` written as references, and makes room for markup.
    @inline(__always)
    private mutating func appendEscaped(
        _ text: ClassifiedBytes, _ escaped: ByteClass
    ) throws(SerializationError) {
        unsafe reserve(text.end)
        if unsafe text.end <= 16 && text.readable >= 16 {
            let block = unsafe SixteenBytes(text.base)
            if unsafe block.firstEscaped >= text.end {
                unsafe block.store(to: output.next)
                unsafe output.appendWritten(text.end)
                return
            }
        }
        try unsafe appendLongEscaped(text, escaped)
    }

    private mutating func appendLongEscaped(
        _ text: ClassifiedBytes, _ escaped: ByteClass
    ) throws(SerializationError) {
        var index = 0
        while unsafe index < text.end {
            // Sixteen bytes are written at once; those that are plain are counted.
            if unsafe index &+ 16 <= text.readable {
                let block = unsafe SixteenBytes(text.base + index)
                unsafe block.store(to: output.next)
                let count = unsafe min(block.firstEscaped, text.end &- index)
                output.appendWritten(count)
                index &+= count
                if count == 16 { continue }
            } else {
                // The last few bytes of a tape.
                while unsafe index < text.end && !text.has(escaped, at: index) {
                    unsafe output.appendUnchecked(text[index])
                    index &+= 1
                }
            }
            if unsafe index == text.end { return }
            if unsafe text.has(escaped, at: index) {
                try unsafe appendReference(text, at: index)
                unsafe reserve(text.end &- index)
            } else {
                unsafe output.appendUnchecked(text[index])
            }
            index &+= 1
        }
    }

    @inline(never)
    private mutating func appendReference(
        _ text: ClassifiedBytes, at index: Int
    ) throws(SerializationError) {
        let byte = unsafe text[index]
        if let reference = Self.reference(for: byte) {
            return unsafe output.append(reference.utf8Start, count: reference.utf8CodeUnitCount)
        }
        // 0xEF is looked at for the sake of U+FFFE and U+FFFF; most of what it begins is fine.
        let isRefused = unsafe byte != 0xEF || text[index + 1] == 0xBF && text[index + 2] >= 0xBE
        if isRefused { throw unsafe Self.invalidCharacter(text, at: index) }
        output.append(byte)
    }

    private static func invalidCharacter(
        _ text: ClassifiedBytes, at index: Int
    ) -> SerializationError {
        let byte = unsafe text[index]
        let detail = byte == 0xEF ? "U+FFFE or U+FFFF" : "U+\(String(byte, radix: 16))"
        return SerializationError(code: .invalidCharacter, detail: detail)
    }

    private static func reference(for byte: UInt8) -> StaticString? {
        switch byte {
        case .ampersand: "&amp;"
        case .lessThan: "&lt;"
        case .greaterThan: "&gt;"
        case .singleQuote: "&apos;"
        case .doubleQuote: "&quot;"
        case 0x0D: "&#xD;"
        case 0x0A: "&#xA;"
        case 0x09: "&#x9;"
        default: nil
        }
    }
}

// MARK: Conveniences

extension Element {
    /// The element as XML, as it is written on a client's stream.
    ///
    /// - Throws: What XML does not allow.
    public func serialized(
        in contentNamespace: Namespace = .client
    ) throws(SerializationError) -> [UInt8] {
        var serializer = Serializer(contentNamespace: contentNamespace)
        var bytes: [UInt8] = []
        try serializer.append(self, to: &bytes)
        return bytes
    }
}

extension Element: CustomStringConvertible {
    /// The element as XML, for people; what XML does not allow is said instead.
    public var description: String {
        do {
            return String(decoding: try serialized(), as: UTF8.self)
        } catch {
            return "<!-- \(error) -->"
        }
    }
}
