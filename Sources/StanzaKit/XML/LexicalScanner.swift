/// Looks at every byte before libxml2 does: strict UTF-8, the tokens of XML as far as XMPP allows
/// them, the ends of stanzas, and the limits.
///
/// libxml2 waits where it should refuse (a bare `&`), is quadratic where a token arrives in small
/// pieces, and handles some processing instructions before it asks. So it is given complete tags
/// only, and nothing that RFC 6120, section 11.1 forbids. What it alone checks are names,
/// namespaces and the matching of tags.
///
/// The scanner is a state machine over a buffer that the parser owns: it may stop at any byte and
/// goes on there, so that chunking never changes what it says. Offsets are those of the buffer;
/// ``rebase(by:)`` moves them when it moves.
struct LexicalScanner {
    /// Why ``scan(_:)`` returned.
    enum Stop {
        /// Everything was looked at.
        case exhausted
        /// The start tag of a stream is complete.
        case header
        /// A stanza, or a stand-alone document, is complete.
        case stanza
        /// The end of a stanza that went beyond a limit.
        case droppedStanza
        /// The stanza or header at hand went beyond a limit; the rest of a stanza is skipped.
        case limit(ParserLimits.Kind)
        /// The stream was closed.
        case end
        /// A byte that cannot be; ``LexicalScanner/failure`` says why.
        case failure
    }

    enum State {
        case start, prolog, betweenStanzas, ended
        case text, textBracket, textBrackets
        case cdataOpen, cdata, cdataBracket, cdataBrackets
        case tagOpen, startName, inTag, attributeName, afterAttributeName
        case beforeValue, value, afterValue, emptyClose
        case endNameStart, endName, afterEndName
        case reference, decimalReference, hexReference
    }

    let limits: ParserLimits
    /// No limit can be exceeded in front of this many bytes of a stanza.
    let smallestLimit: Int
    /// No name or value in a tag of so many bytes can be too long.
    let smallestTagLimit: Int
    /// So few attributes and declarations together cannot be too many.
    let smallestAttributeLimit: Int
    /// How many elements are around a stanza: the stream's, or none in a stand-alone document.
    let baseDepth: Int

    /// The first byte not looked at.
    var position = 0
    /// The end of the last complete tag: what is in front of it may be parsed.
    var complete = 0
    /// How many elements are open.
    var depth = 0
    /// Whether the stanza at hand went beyond a limit.
    var isSkipping = false
    /// Why the last stop was a failure.
    private(set) var failure: StreamError?

    var state = State.start
    /// Where the root begins: no declaration or white space in front of it is parsed.
    var rootStart = 0
    var stanzaStart = 0
    var nodeCount = 0
    /// Where the name, value or run of text at hand began.
    var runStart = 0
    var isInTextRun = false
    var quote: UInt8 = 0
    var attributeCount = 0
    var declarationCount = 0
    /// The first six bytes of an attribute's name, enough to tell a declaration.
    var nameHead: UInt64 = 0
    var isDeclaration = false
    var owesEnd = false
    /// How much of `[CDATA[` was seen.
    var matched = 0
    var stateBehindReference = State.text
    var reference: UInt32 = 0
    var referenceLength = 0

    init(limits: ParserLimits, isDocument: Bool) {
        self.limits = limits
        baseDepth = isDocument ? 0 : 1
        smallestLimit = min(
            limits.stanzaBytes, limits.headerBytes, limits.nameBytes, limits.namespaceBytes,
            limits.attributeValueBytes, limits.textBytes)
        smallestTagLimit = min(limits.nameBytes, limits.namespaceBytes, limits.attributeValueBytes)
        smallestAttributeLimit = min(limits.attributes, limits.namespaceDeclarations)
    }

    /// Whether the start tag of the stream is still to come or to end.
    var isInHeader: Bool { depth < baseDepth }

    /// Whether the tag at hand opens or closes the stream, so that it cannot be dropped.
    var isInTagOfStream: Bool {
        switch state {
        case .endNameStart, .endName, .afterEndName: depth <= baseDepth
        default: isInHeader
        }
    }

    /// Whether nothing that was looked at is wanted later: it is white space, or part of a stanza
    /// that is dropped.
    var hasNothingToKeep: Bool { isSkipping || state == .betweenStanzas || state == .ended }

    /// Tells that the byte at ``position`` cannot be.
    mutating func fail(_ condition: StreamError.Condition, _ text: String) -> Stop {
        failure = StreamError(condition, text: text)
        return .failure
    }

    /// Tells that `count` bytes in front of ``complete`` left the buffer.
    mutating func rebase(by count: Int) {
        position -= count
        complete -= count
        rootStart -= count
        stanzaStart -= count
        runStart -= count
    }

    /// Goes on at ``position`` until something is to be told or all of `bytes` were looked at.
    mutating func scan(_ bytes: ClassifiedBytes) -> Stop {
        if owesEnd {
            owesEnd = false
            return .end
        }
        while unsafe position < bytes.end {
            let stop: Stop?
            switch state {
            case .start: stop = unsafe scanDeclaration(bytes)
            case .prolog, .betweenStanzas, .ended: stop = unsafe scanOutside(bytes)
            case .text, .textBracket, .textBrackets: stop = unsafe scanText(bytes)
            case .cdataOpen, .cdata, .cdataBracket, .cdataBrackets:
                stop = unsafe scanCDATA(bytes)
            case .reference, .decimalReference, .hexReference:
                stop = unsafe scanReference(bytes)
            default: stop = unsafe scanTag(bytes)
            }
            if let stop {
                // Of two things wrong the one that comes first in the bytes is told, whatever the
                // chunking.
                if case .failure = stop, let limit = exceededLimit(at: position) { return limit }
                if case .exhausted = stop { break }
                return stop
            }
        }
        // A character that has not arrived as a whole counts when it has.
        return exceededLimit(at: position) ?? .exhausted
    }
}

// MARK: Limits

extension LexicalScanner {
    /// The limit in bytes that the stanza or header exceeds when it reaches up to `end`; the first
    /// one in the order of the bytes.
    @inline(__always)
    mutating func exceededLimit(at end: Int) -> Stop? {
        end - stanzaStart <= smallestLimit ? nil : slowlyExceededLimit(at: end)
    }

    private mutating func slowlyExceededLimit(at end: Int) -> Stop? {
        if isSkipping || state == .betweenStanzas || state == .ended { return nil }
        var kind = isInHeader ? ParserLimits.Kind.headerBytes : .stanzaBytes
        var crossing = stanzaStart + (isInHeader ? limits.headerBytes : limits.stanzaBytes)
        if let (runKind, runLimit) = runLimit(in: state), runStart + runLimit < crossing {
            (kind, crossing) = (runKind, runStart + runLimit)
        }
        return end > crossing ? exceeded(kind) : nil
    }

    /// Begins to skip.
    mutating func exceeded(_ kind: ParserLimits.Kind) -> Stop? {
        if isSkipping { return nil }
        isSkipping = true
        return .limit(kind)
    }

    private func runLimit(in state: State) -> (ParserLimits.Kind, Int)? {
        switch state {
        case .startName, .attributeName, .endName: (.nameBytes, limits.nameBytes)
        case .value:
            isDeclaration
                ? (.namespaceBytes, limits.namespaceBytes)
                : (.attributeValueBytes, limits.attributeValueBytes)
        case .text, .textBracket, .textBrackets, .cdataOpen, .cdata, .cdataBracket, .cdataBrackets:
            isInTextRun ? (.textBytes, limits.textBytes) : nil
        case .reference, .decimalReference, .hexReference: runLimit(in: stateBehindReference)
        default: nil
        }
    }
}

// MARK: Outside of stanzas

extension LexicalScanner {
    private mutating func scanDeclaration(_ bytes: ClassifiedBytes) -> Stop? {
        switch unsafe XMLDeclaration.read(bytes.base + position, available: bytes.end - position) {
        case .absent: break
        case .incomplete: return .exhausted
        case .failure(let condition, let text): return fail(condition, text)
        case .complete(let length):
            position += length
        }
        state = .prolog
        return nil
    }

    private mutating func scanOutside(_ bytes: ClassifiedBytes) -> Stop? {
        while unsafe position < bytes.end {
            let byte = unsafe bytes[position]
            if unsafe bytes.has(.space, at: position) {
                position += 1
            } else if state == .ended {
                return fail(.notWellFormed, "data behind the end")
            } else if byte == .lessThan {
                if state == .prolog { rootStart = position }
                if depth == baseDepth {
                    stanzaStart = position
                    nodeCount = 0
                }
                var i = position
                if unsafe passPlainTags(bytes, &i) {
                    position = i
                    return state == .text ? nil : endOfPlainTag
                }
                position += 1
                state = .tagOpen
                return nil
            } else if byte < 0x20 || state == .prolog {
                return fail(.notWellFormed, "data in front of the root element")
            } else {
                return fail(.badFormat, "text between stanzas")
            }
        }
        return nil
    }
}

// MARK: Text

extension LexicalScanner {
    private mutating func scanText(_ bytes: ClassifiedBytes) -> Stop? {
        var i = position
        defer { position = i }
        while unsafe i < bytes.end {
            let byte = unsafe bytes[i]
            if !isInTextRun, byte != .lessThan, let stop = beginTextRun(at: i) { return stop }
            if unsafe !bytes.has(.stopsText, at: i) {
                if state != .text {
                    if state == .textBrackets, byte == .greaterThan {
                        return fail(.notWellFormed, "]]> in text")
                    }
                    state = .text
                }
                i = unsafe bytes.endOfPlainText(from: i + 1)
            } else if byte == .lessThan {
                if let stop = exceededLimit(at: i) { return stop }
                if unsafe passPlainTags(bytes, &i) {
                    if state == .text { continue }
                    return endOfPlainTag
                }
                i += 1
                state = .tagOpen
                return nil
            } else if byte == .ampersand {
                i += 1
                beginReference(behind: .text)
                return nil
            } else if byte == .rightBracket {
                i += 1
                state = state == .text ? .textBracket : .textBrackets
            } else {
                state = .text
                if let stop = unsafe passScalar(bytes, &i) { return stop }
            }
        }
        return nil
    }

    /// Counts a node where a run of text begins.
    private mutating func beginTextRun(at start: Int) -> Stop? {
        isInTextRun = true
        runStart = start
        return exceededLimit(at: start) ?? countNode()
    }

    mutating func countNode() -> Stop? {
        nodeCount += 1
        return nodeCount > limits.nodes && !isInHeader ? exceeded(.nodes) : nil
    }

    /// Steps over a character beyond ASCII, or fails.
    @inline(__always)
    mutating func passScalar(_ bytes: ClassifiedBytes, _ i: inout Int) -> Stop? {
        switch unsafe ScannedScalar.read(bytes.base + i, available: bytes.end - i) {
        case .complete(let length):
            i += length
            return nil
        case .incomplete: return .exhausted
        case .invalid: return fail(.notWellFormed, "not a character of XML in UTF-8")
        }
    }

    private mutating func scanCDATA(_ bytes: ClassifiedBytes) -> Stop? {
        var i = position
        defer { position = i }
        while unsafe i < bytes.end {
            let byte = unsafe bytes[i]
            switch state {
            case .cdataOpen:
                let expected: StaticString = "[CDATA["
                if unsafe byte != expected.utf8Start[matched] {
                    return fail(.restrictedXML, "a comment, a document type or a declaration")
                }
                if depth <= baseDepth { return fail(.notWellFormed, "CDATA outside of a stanza") }
                i += 1
                matched += 1
                if matched == 7 {
                    state = .cdata
                    // A run of text that begins here began with "<![CDATA[".
                    if !isInTextRun, let stop = exceededLimit(at: i) ?? beginTextRun(at: i - 9) {
                        return stop
                    }
                }
            case .cdataBrackets where byte == .greaterThan:
                i += 1
                state = .text
                return nil
            case .cdataBracket where byte == .rightBracket:
                i += 1
                state = .cdataBrackets
            case .cdataBrackets where byte == .rightBracket:
                i += 1
            case .cdata where byte == .rightBracket:
                i += 1
                state = .cdataBracket
            default:
                state = .cdata
                let stops = unsafe bytes.has(.stopsText, at: i)
                if !stops || byte == .lessThan || byte == .ampersand {
                    i += 1
                } else if let stop = unsafe passScalar(bytes, &i) {
                    return stop
                }
            }
        }
        return nil
    }
}
