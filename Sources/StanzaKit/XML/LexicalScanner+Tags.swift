extension LexicalScanner {
    /// Goes on inside a tag until it ends.
    mutating func scanTag(_ bytes: ClassifiedBytes) -> Stop? {
        var i = position
        defer { position = i }
        while unsafe i < bytes.end {
            let byte = unsafe bytes[i]
            let isSpace = unsafe bytes.has(.space, at: i)
            let startsName =
                unsafe byte >= 0x80 || bytes.has(.nameStart, at: i)
            switch state {
            case .tagOpen:
                if startsName {
                    state = .startName
                    runStart = i
                    attributeCount = 0
                    declarationCount = 0
                    if let stop = countElement() { return stop }
                } else if byte == .slash, depth > 0 {
                    i += 1
                    state = .endNameStart
                } else if byte == .exclamation {
                    i += 1
                    state = .cdataOpen
                    matched = 0
                    return nil
                } else if byte == .question {
                    return fail(.restrictedXML, "a processing instruction")
                } else {
                    return fail(.notWellFormed, "no name behind <")
                }

            case .startName, .attributeName, .endName:
                if let stop = unsafe scanName(bytes, &i) { return stop }

            case .inTag, .afterValue:
                if isSpace {
                    i += 1
                    state = .inTag
                } else if byte == .greaterThan {
                    if let stop = exceededLimit(at: i + 1) { return stop }
                    i += 1
                    return finishStartTag(at: i, isEmpty: false)
                } else if byte == .slash {
                    i += 1
                    state = .emptyClose
                } else if startsName, state == .inTag {
                    state = .attributeName
                    runStart = i
                    nameHead = 0
                } else {
                    return fail(.notWellFormed, "not an attribute")
                }

            case .emptyClose:
                if byte != .greaterThan { return fail(.notWellFormed, "no > behind /") }
                if let stop = exceededLimit(at: i + 1) { return stop }
                i += 1
                return finishStartTag(at: i, isEmpty: true)

            case .afterAttributeName:
                if byte == .equals {
                    state = .beforeValue
                } else if !isSpace {
                    return fail(.notWellFormed, "an attribute without a value")
                }
                i += 1

            case .beforeValue:
                if byte == .singleQuote || byte == .doubleQuote {
                    quote = byte
                    state = .value
                    runStart = i + 1
                } else if !isSpace {
                    return fail(.notWellFormed, "a value without quotes")
                }
                i += 1

            case .value:
                if let stop = unsafe scanValue(bytes, &i) { return stop }
                if state == .reference { return nil }

            case .endNameStart:
                if !startsName { return fail(.notWellFormed, "no name behind </") }
                state = .endName
                runStart = i

            default:
                if byte == .greaterThan {
                    if let stop = exceededLimit(at: i + 1) { return stop }
                    i += 1
                    return finishEndTag(at: i)
                }
                if !isSpace { return fail(.notWellFormed, "not the end of an end tag") }
                i += 1
            }
        }
        return nil
    }

    private mutating func countElement() -> Stop? {
        // The bytes up to here come first, whatever is counted here.
        if let stop = exceededLimit(at: runStart) ?? countNode() { return stop }
        return depth - baseDepth >= limits.depth ? exceeded(.depth) : nil
    }

    @inline(__always)
    private mutating func scanName(
        _ bytes: ClassifiedBytes, _ i: inout Int
    ) -> Stop? {
        while unsafe i < bytes.end {
            let byte = unsafe bytes[i]
            if unsafe bytes.has(.name, at: i) {
                if i - runStart < 6 { nameHead = nameHead << 8 | UInt64(byte) }
                i += 1
            } else if byte >= 0x80 {
                if let stop = unsafe passScalar(bytes, &i) { return stop }
            } else {
                return unsafe finishName(bytes, at: i)
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func finishName(_ bytes: ClassifiedBytes, at i: Int) -> Stop? {
        if let stop = exceededLimit(at: i) { return stop }
        switch state {
        case .attributeName:
            let length = i - runStart
            // "xmlns" alone, or "xmlns:" and a prefix.
            isDeclaration =
                length == 5
                ? nameHead == 0x78_6D6C_6E73 : length > 5 && nameHead == 0x786D_6C6E_733A
            state = .afterAttributeName
            if isDeclaration {
                declarationCount += 1
                if declarationCount > limits.namespaceDeclarations {
                    return exceeded(.namespaceDeclarations)
                }
            } else {
                attributeCount += 1
                if attributeCount > limits.attributes { return exceeded(.attributes) }
            }
        case .startName:
            let byte = unsafe bytes[i]
            if unsafe !bytes.has(.space, at: i), byte != .greaterThan, byte != .slash {
                return fail(.notWellFormed, "not a name")
            }
            state = .inTag
        default:
            state = .afterEndName
        }
        return nil
    }

    @inline(__always)
    private mutating func scanValue(
        _ bytes: ClassifiedBytes, _ i: inout Int
    ) -> Stop? {
        let stops =
            (quote == .singleQuote
                ? ByteClass.stopsSingleQuoted : .stopsDoubleQuoted)
        while unsafe i < bytes.end {
            let byte = unsafe bytes[i]
            if unsafe !bytes.has(stops, at: i) {
                i += 1
            } else if byte == quote {
                if let stop = exceededLimit(at: i) { return stop }
                i += 1
                state = .afterValue
                return nil
            } else if byte == .ampersand {
                i += 1
                beginReference(behind: .value)
                return nil
            } else if byte == .lessThan {
                return fail(.notWellFormed, "< in a value")
            } else if let stop = unsafe passScalar(bytes, &i) {
                return stop
            }
        }
        return nil
    }

    private mutating func finishStartTag(at end: Int, isEmpty: Bool) -> Stop? {
        let isHeader = isInHeader
        if !isEmpty { depth += 1 }
        if !isSkipping { complete = end }
        if isHeader {
            state = isEmpty ? .ended : .betweenStanzas
            owesEnd = isEmpty
            return .header
        }
        if isEmpty, depth == baseDepth { return finishStanza(at: end) }
        state = .text
        isInTextRun = false
        return nil
    }

    private mutating func finishEndTag(at end: Int) -> Stop? {
        depth -= 1
        if !isSkipping { complete = end }
        if depth == baseDepth { return finishStanza(at: end) }
        if depth < baseDepth {
            state = .ended
            return .end
        }
        state = .text
        isInTextRun = false
        return nil
    }

    private mutating func finishStanza(at end: Int) -> Stop {
        state = baseDepth == 0 ? .ended : .betweenStanzas
        complete = end
        if isSkipping {
            isSkipping = false
            return .droppedStanza
        }
        return .stanza
    }
}
