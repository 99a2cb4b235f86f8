extension Element {
    /// The value of the attribute `name`; `nil` where it is absent, and setting `nil` removes it.
    ///
    /// Setting keeps the place of an attribute that is there; a new one comes last.
    public subscript(name: AttributeName) -> String? {
        get {
            tape.attribute(name, of: index).map { tape.string(tape.records[$0].valueRange) }
        }
        set {
            detach()
            let attributes = tape.attributes(of: 0)
            let place = tape.attribute(name, of: 0)
            if place == nil && newValue == nil { return }
            if place == nil, let newValue, attributes.upperBound == tape.records.count {
                tape.append(.attribute, name: name, value: newValue)
                tape.records[0].end = UInt32(tape.records.count)
                return
            }
            rebuild { index, tape in
                if index == place {
                    if let newValue { tape.append(.attribute, name: name, value: newValue) }
                    return false
                }
                if place == nil, index == attributes.upperBound, let newValue {
                    tape.append(.attribute, name: name, value: newValue)
                }
                return true
            }
        }
    }

    /// Appends a child element.
    public mutating func append(_ child: Element) {
        detach()
        tape.append(child.tape, at: child.index, into: 0)
        tape.records[0].end = UInt32(tape.records.count)
    }

    /// Appends text, to the run of text at the end where there is one.
    public mutating func append(_ text: String) {
        detach()
        let last = children.reduce(tape.attributes(of: 0).upperBound) {
            max($0, Int($1.record.end))
        }
        tape.appendText(text.utf8, continuing: last < tape.records.count)
        tape.records[0].end = UInt32(tape.records.count)
    }

    /// Removes the child elements for which `isUnwanted` is true; text stays.
    public mutating func removeChildren(where isUnwanted: (Element) throws -> Bool) rethrows {
        try replaceChildren(where: isUnwanted, with: [])
    }

    /// Removes the child elements `name` of `namespace`.
    public mutating func removeAll(_ name: String, in namespace: XMLNamespace) {
        removeChildren { $0.is(name, in: namespace) }
    }

    /// Puts `child` where the first child element of the same name is, and removes further ones;
    /// without any, appends it.
    public mutating func replace(with child: Element) {
        replaceChildren(where: { $0.hasSameName(as: child) }, with: [child])
    }

    /// Puts `replacements` where the child elements are for which `isReplaced` is true, one for
    /// each; everything else stays where it is.
    ///
    /// Of more replacements the rest follows the last place, or is appended where there is none;
    /// children that are left over are removed.
    public mutating func replaceChildren(
        where isReplaced: (Element) throws -> Bool, with replacements: [Element]
    ) rethrows {
        var places = try children.filter(isReplaced).map(\.index)[...]
        if places.isEmpty {
            for replacement in replacements { append(replacement) }
            return
        }
        let shift = index
        detach()
        var rest = replacements[...]
        rebuild { index, tape in
            guard index + shift == places.first else { return true }
            places.removeFirst()
            for replacement in places.isEmpty ? rest : rest.prefix(1) {
                tape.append(replacement.tape, at: replacement.index, into: 0)
            }
            rest = rest.dropFirst()
            return false
        }
    }

    /// Removes all text and all child elements; attributes stay.
    public mutating func removeContent() {
        detach()
        let end = tape.attributes(of: 0).upperBound
        rebuild { index, _ in index < end }
    }

    private func hasSameName(as other: Element) -> Bool {
        tape.bytes[record.localRange] == other.tape.bytes[other.record.localRange]
            && tape.bytes[record.namespaceRange] == other.tape.bytes[other.record.namespaceRange]
    }

    /// Makes the element the root of a tape of its own, with the language that it inherits.
    private mutating func detach() {
        if index == 0 { return }
        var own = Tape()
        own.append(tape, at: index, into: 0)
        own.setRootLanguage(tape.inheritedLanguage(of: index))
        (tape, index) = (own, 0)
    }

    /// Writes the root anew with those of its attributes and children that `keep` wants; `keep` is
    /// told the index of each, last the index behind them all, and may write in front of it.
    private mutating func rebuild(keeping keep: (Int, inout Tape) -> Bool) {
        var own = Tape()
        own.append(
            .element, name: tape.bytes[record.localRange],
            namespace: tape.bytes[record.namespaceRange])
        var next = 1
        var continuesText = false
        while next < tape.records.count {
            let record = tape.records[next]
            let before = own.records.count
            let isKept = keep(next, &own)
            if own.records.count > before { continuesText = false }
            if isKept {
                if record.kind == .text {
                    own.appendText(tape.bytes[record.valueRange], continuing: continuesText)
                } else {
                    own.append(tape, at: next, into: 0)
                }
                continuesText = record.kind == .text
            }
            next = Int(record.end)
        }
        _ = keep(next, &own)
        own.records[0].end = UInt32(own.records.count)
        own.setRootLanguage(tape.inheritedLanguage(of: 0))
        tape = own
    }
}

extension Tape {
    fileprivate mutating func append(_ kind: Record.Kind, name: AttributeName, value: String) {
        append(kind, name: name.name.utf8, namespace: name.namespace.rawValue.utf8)
        setLastValue(value.utf8)
    }

    /// The language that the element at `index` has from around it.
    func inheritedLanguage(of index: Int) -> String? {
        if index > 0 { return language(at: Int(records[index].valueOffset)) }
        return records[0].valueLength == 0 ? nil : string(records[0].valueRange)
    }

    mutating func setRootLanguage(_ language: String?) {
        records[0].valueLength = 0
        guard let language else { return }
        records[0].valueOffset = UInt32(bytes.count)
        records[0].valueLength = UInt32(language.utf8.count)
        bytes.append(contentsOf: language.utf8)
    }
}
