extension LexicalScanner {
    /// Passes the plain tags from the `<` at `start` on, and the plain text between them, up to the
    /// end of the stanza at most.
    ///
    /// It takes nothing that goes beyond a limit or that the states would not take, so it is only a
    /// faster way to where they lead. Where the state is then not that of text, ``endOfPlainTag``
    /// is to be told.
    ///
    /// - Returns: Whether there was a plain tag.
    mutating func passPlainTags(_ bytes: ClassifiedBytes, _ start: inout Int) -> Bool {
        if isSkipping || depth < baseDepth { return false }
        var i = start
        while unsafe i < bytes.end, unsafe bytes[i] == .lessThan,
            let tag = unsafe PlainTag(bytes, at: i),
            countPlainTag(tag, at: i)
        {
            i = tag.end
            complete = i
            isInTextRun = false
            if depth <= baseDepth {
                state = depth == baseDepth && baseDepth > 0 ? .betweenStanzas : .ended
                start = i
                return true
            }
            unsafe passPlainText(bytes, &i)
        }
        if i == start { return false }
        state = .text
        start = i
        return true
    }

    /// Counts the tag at `start`, if that goes beyond no limit.
    @inline(__always)
    private mutating func countPlainTag(_ tag: PlainTag, at start: Int) -> Bool {
        if tag.end &- start > smallestTagLimit || tag.end &- stanzaStart > limits.stanzaBytes
            || tag.attributeCount > smallestAttributeLimit
        {
            return false
        }
        if tag.kind == .end {
            if depth == 0 { return false }
            depth &-= 1
            return true
        }
        if nodeCount >= limits.nodes || depth &- baseDepth >= limits.depth { return false }
        nodeCount &+= 1
        if tag.kind == .start { depth &+= 1 }
        return true
    }

    /// Passes the text at `i`, if it is plain up to the next tag and within the limits.
    @inline(__always)
    private mutating func passPlainText(_ bytes: ClassifiedBytes, _ i: inout Int) {
        guard unsafe i < bytes.end, unsafe bytes[i] != .lessThan, nodeCount < limits.nodes else {
            return
        }
        let end = unsafe bytes.endOfPlainText(from: i)
        guard unsafe end < bytes.end, unsafe bytes[end] == .lessThan, end &- i <= limits.textBytes,
            end &- stanzaStart <= limits.stanzaBytes
        else { return }
        nodeCount &+= 1
        isInTextRun = true
        runStart = i
        i = end
    }

    /// What the end of a plain tag means that is not inside of a stanza.
    var endOfPlainTag: Stop { depth < baseDepth ? .end : .stanza }
}
