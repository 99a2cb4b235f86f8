extension Element {
    /// Writes a large or deep element in one pass, without a copy for every level.
    ///
    /// ```swift
    /// var builder = Element.Builder("query", in: "jabber:iq:roster")
    /// for contact in contacts {
    ///     builder.open("item", in: "jabber:iq:roster")
    ///     builder.set(.jid, to: contact)
    ///     builder.close()
    /// }
    /// let query = builder.finish()
    /// ```
    public struct Builder: Sendable {
        private var tape = Tape()
        private var open: [Int] = []
        private var continuesText = false

        /// Opens the outermost element.
        public init(_ name: String, in namespace: XMLNamespace) {
            open(name, in: namespace)
        }

        /// Opens a child of the innermost open element.
        public mutating func open(_ name: String, in namespace: XMLNamespace) {
            let parent = open.last ?? 0
            open.append(tape.records.count)
            tape.append(.element, name: name.utf8, namespace: namespace.rawValue.utf8)
            tape.records[tape.records.count - 1].valueOffset = UInt32(parent)
            continuesText = false
        }

        /// Gives the innermost open element an attribute.
        ///
        /// - Precondition: It has neither content nor an attribute of that name.
        public mutating func set(_ name: AttributeName, to value: String) {
            guard let element = open.last else { preconditionFailure("no element is open") }
            precondition(
                tape.attributes(of: element).upperBound == tape.records.count
                    && tape.attribute(name, of: element) == nil,
                "attributes come before content, each once")
            tape.append(.attribute, name: name.name.utf8, namespace: name.namespace.rawValue.utf8)
            tape.setLastValue(value.utf8)
        }

        /// Appends text to the innermost open element.
        public mutating func append(_ text: String) {
            tape.appendText(text.utf8, continuing: continuesText)
            continuesText = continuesText || !text.isEmpty
        }

        /// Appends a finished element to the innermost open one.
        public mutating func append(_ child: Element) {
            tape.append(child.tape, at: child.index, into: open.last ?? 0)
            continuesText = false
        }

        /// Closes the innermost open element.
        ///
        /// - Precondition: It is not the outermost one; ``finish()`` closes that.
        public mutating func close() {
            precondition(open.count > 1, "the outermost element is closed by finish()")
            tape.records[open.removeLast()].end = UInt32(tape.records.count)
            continuesText = false
        }

        /// The element, with everything closed that is still open.
        public consuming func finish() -> Element {
            for index in open { tape.records[index].end = UInt32(tape.records.count) }
            return Element(tape: tape, index: 0)
        }
    }
}
