/// An XML element: a name in a namespace, attributes in wire order, and mixed content.
///
/// A value like any other: it may be kept, sent to another actor, compared and changed. Elements
/// that came off a stream are read where they lie; text becomes a `String` when it is asked for.
///
/// ```swift
/// var item = Element("item", in: "jabber:iq:roster", attributes: [.jid: "romeo@example.net"])
/// item["name"] = "Romeo"
/// item.append(Element("group", in: "jabber:iq:roster", text: "Friends"))
/// ```
///
/// Namespaces are resolved and prefixes forgotten: the serializer chooses its own. Comments,
/// processing instructions and document types do not exist here (RFC 6120, section 11.1).
public struct Element: Sendable {
    var tape: Tape
    var index: Int

    /// An element with attributes, text and child elements.
    ///
    /// - Parameters:
    ///   - name: The local name, at most 65,535 UTF-8 bytes. Whether XML allows it is checked when
    ///     it is written (``SerializationError``).
    ///   - namespace: The namespace; an element has no other way to get one, it inherits none.
    ///   - attributes: Values by name; the ones that are `nil` are left out. Of one name the last
    ///     counts.
    ///   - text: Text in front of the children.
    ///   - children: Child elements.
    public init(
        _ name: String, in namespace: XMLNamespace,
        attributes: KeyValuePairs<AttributeName, String?> = [:],
        text: String? = nil, children: [Element] = []
    ) {
        tape = Tape()
        index = 0
        tape.append(.element, name: name.utf8, namespace: namespace.rawValue.utf8)
        for (name, value) in attributes {
            if let value { self[name] = value }
        }
        if let text { append(text) }
        for child in children { append(child) }
    }

    init(tape: Tape, index: Int) {
        self.tape = tape
        self.index = index
    }

    var record: Record { tape.records[index] }
}

// MARK: Names

extension Element {
    /// The local name.
    public var name: String { tape.string(record.localRange) }

    /// The namespace.
    public var namespace: XMLNamespace {
        XMLNamespace(rawValue: tape.string(record.namespaceRange))
    }

    /// Whether this is the element `name` of `namespace`.
    public func `is`(_ name: String, in namespace: XMLNamespace) -> Bool {
        tape.matches(record, name, in: namespace)
    }

    /// Whether the element is in `namespace`.
    public func isIn(_ namespace: XMLNamespace) -> Bool {
        tape.matches(record.namespaceRange, namespace.rawValue)
    }

    /// The language of the text in this element: the nearest `xml:lang` on it or around it, else
    /// that of the stream it came from; `nil` where none is known or the nearest is empty. RFC
    /// 6120, section 8.1.5.
    public var language: String? { tape.language(at: index) }
}

// MARK: Attributes

extension Element {
    /// An attribute of an element.
    public struct Attribute: Sendable, Hashable {
        /// The name.
        public var name: AttributeName
        /// The value, compared by its UTF-8 bytes.
        public var value: String {
            get { exactValue.string }
            set { exactValue = ExactText(newValue) }
        }
        private var exactValue: ExactText

        /// An attribute called `name` with `value`.
        public init(_ name: AttributeName, _ value: String) {
            self.name = name
            exactValue = ExactText(value)
        }
    }

    /// The attributes, in the order in which they were sent or set.
    public var attributes: [Attribute] {
        tape.attributes(of: index).map { index in
            let record = tape.records[index]
            let namespace = XMLNamespace(rawValue: tape.string(record.namespaceRange))
            return Attribute(
                AttributeName(tape.string(record.localRange), in: namespace),
                tape.string(record.valueRange))
        }
    }
}

// MARK: Content

extension Element {
    /// A child of an element.
    public enum Node: Sendable, Hashable {
        /// A child element.
        case element(Element)
        /// A run of text; two runs never stand side by side.
        case text(String)
    }

    /// Everything in the element, in order.
    public var content: [Node] {
        var nodes: [Node] = []
        var next = tape.attributes(of: index).upperBound
        while next < record.end {
            let record = tape.records[next]
            if record.kind == .element {
                nodes.append(.element(Element(tape: tape, index: next)))
            } else {
                nodes.append(.text(tape.string(record.valueRange)))
            }
            next = Int(record.end)
        }
        return nodes
    }

    /// The child elements, in order.
    public var children: Children { Children(parent: self) }

    /// The element's own text: its runs joined, without the text of child elements. Empty where
    /// there is none.
    public var text: String {
        var text = ""
        var next = tape.attributes(of: index).upperBound
        while next < record.end {
            let record = tape.records[next]
            if record.kind == .text { text += tape.string(record.valueRange) }
            next = Int(record.end)
        }
        return text
    }

    /// The first child element `name` of `namespace`.
    public func first(_ name: String, in namespace: XMLNamespace) -> Element? {
        children.first { $0.is(name, in: namespace) }
    }

    /// The child elements `name` of `namespace`, in order.
    public func all(_ name: String, in namespace: XMLNamespace) -> [Element] {
        children.filter { $0.is(name, in: namespace) }
    }

    /// The child elements of an element.
    public struct Children: Sequence, Sendable {
        let parent: Element

        /// Walks over the child elements.
        public struct Iterator: IteratorProtocol {
            let tape: Tape
            var position: Int
            let end: Int

            /// The next child element.
            public mutating func next() -> Element? {
                while position < end {
                    let record = tape.records[position]
                    let index = position
                    position = Int(record.end)
                    if record.kind == .element { return Element(tape: tape, index: index) }
                }
                return nil
            }
        }

        /// Starts at the first child element.
        public func makeIterator() -> Iterator {
            Iterator(tape: parent.tape, position: parent.index + 1, end: Int(parent.record.end))
        }

        /// Whether there is no child element.
        public var isEmpty: Bool { first { _ in true } == nil }
    }
}

// MARK: Equality

extension Element: Hashable {
    /// Whether both are the same element to XML: names, values and text by their UTF-8 bytes,
    /// content in order, attributes in any order. The language that a stream adds does not count.
    public static func == (left: Element, right: Element) -> Bool {
        let shift = right.index - left.index
        guard Int(left.record.end) + shift == Int(right.record.end) else { return false }
        var index = left.index
        while index < Int(left.record.end) {
            let (mine, other) = (left.tape.records[index], right.tape.records[index + shift])
            guard mine.kind == other.kind, Int(mine.end) + shift == Int(other.end) else {
                return false
            }
            if mine.kind == .text {
                guard left.slice(mine.valueRange) == right.slice(other.valueRange) else {
                    return false
                }
                index += 1
            } else {
                guard left.hasName(mine, of: other, in: right),
                    left.hasAttributes(at: index, of: index + shift, in: right)
                else { return false }
                index = left.tape.attributes(of: index).upperBound
            }
        }
        return true
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        // In any order: the sum of their hashes.
        var attributes = 0
        for index in index..<Int(record.end) {
            let record = tape.records[index]
            switch record.kind {
            case .element:
                hasher.combine(slice(record.localRange))
                hasher.combine(slice(record.namespaceRange))
            case .attribute: attributes &+= hash(of: record)
            case .text: hasher.combine(slice(record.valueRange))
            }
        }
        hasher.combine(attributes)
    }

    private func hash(of attribute: Record) -> Int {
        var hasher = Hasher()
        hasher.combine(slice(attribute.localRange))
        hasher.combine(slice(attribute.namespaceRange))
        hasher.combine(slice(attribute.valueRange))
        return hasher.finalize()
    }

    private func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { tape.bytes[range] }

    private func hasName(_ record: Record, of other: Record, in right: Element) -> Bool {
        slice(record.localRange) == right.slice(other.localRange)
            && slice(record.namespaceRange) == right.slice(other.namespaceRange)
    }

    private func hasAttributes(at mine: Int, of theirs: Int, in right: Element) -> Bool {
        let (mine, theirs) = (tape.attributes(of: mine), right.tape.attributes(of: theirs))
        return mine.count == theirs.count
            && mine.allSatisfy { index in
                let record = tape.records[index]
                return theirs.contains {
                    let other = right.tape.records[$0]
                    return hasName(record, of: other, in: right)
                        && slice(record.valueRange) == right.slice(other.valueRange)
                }
            }
    }
}

extension Element {
    /// About how many bytes are kept for the element, or for all that it is a part of.
    package var storedBytes: Int {
        tape.bytes.count + tape.records.count * MemoryLayout<Record>.stride
    }
}
