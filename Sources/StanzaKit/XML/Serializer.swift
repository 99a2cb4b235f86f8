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
    /// The default namespace in scope where the elements go; ``XMLNamespace/empty`` where there is
    /// none.
    public let contentNamespace: XMLNamespace
    /// Whether the prefix `stream` is declared there for ``XMLNamespace/streams``.
    public let declaresStreamPrefix: Bool

    private let contentName: [UInt8]
    var output = GrowableBuffer<UInt8>(capacity: 1024)
    private var open = GrowableBuffer<Scope>(capacity: 16)

    /// A serializer for one place.
    ///
    /// - Parameters:
    ///   - contentNamespace: The default namespace in scope there.
    ///   - declaresStreamPrefix: Whether the prefix `stream` is declared there, as it is on every
    ///     stream.
    public init(contentNamespace: XMLNamespace = .client, declaresStreamPrefix: Bool = true) {
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
            xmlns:stream='\(XMLNamespace.streams)'\(attributes)>
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
                    let tree = unsafe SerializedTree(
                        records: records, own: own, wellKnown: wellKnown)
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
    private mutating func write(_ tree: SerializedTree, from root: Int) throws(SerializationError) {
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
    private mutating func writeEndTags(_ tree: SerializedTree, upTo index: Int) {
        while let last = open.last, unsafe Int(tree.records[last.element].end) == index {
            unsafe writeEndTag(tree, last.element)
            open.removeLast()
        }
    }

    /// Writes `<name` and the declaration that it needs.
    ///
    /// - Returns: The element whose namespace is the default inside.
    private mutating func writeName(
        _ tree: SerializedTree, _ index: Int, declaring: Int?
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

    private mutating func writeEndTag(_ tree: SerializedTree, _ index: Int) {
        let record = unsafe tree.records[index]
        reserve(Int(record.localLength))
        append("</")
        if unsafe isPrefixed(tree.namespace(record)) { append("stream:") }
        unsafe append(tree.localName(record))
        append(">")
    }

    private mutating func writeAttribute(
        _ tree: SerializedTree, _ index: Int, number: Int
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

// MARK: Conveniences

extension Element {
    /// The element as XML, as it is written on a client's stream.
    ///
    /// - Throws: What XML does not allow.
    public func serialized(
        in contentNamespace: XMLNamespace = .client
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
