/// A tag as nearly all are: complete, with names of ASCII, without references or odd white space.
///
/// It is read in one go, where ``LexicalScanner`` would step from state to state. Whatever it does
/// not take is left to the scanner, which knows what is allowed and what is wrong.
struct PlainTag {
    enum Kind { case start, empty, end }

    let kind: Kind
    /// The index behind `>`.
    let end: Int
    /// How many attributes it has, namespace declarations included.
    let attributeCount: Int

    /// Reads the tag whose `<` is at `start`.
    @inline(__always)
    init?(_ bytes: ClassifiedBytes, at start: Int) {
        var i = start + 1
        guard unsafe i < bytes.end else { return nil }
        if unsafe bytes[i] == .slash {
            guard let end = unsafe Self.endOfName(bytes, at: i + 1) else { return nil }
            guard unsafe bytes[end] == .greaterThan else { return nil }
            (kind, self.end, attributeCount) = (.end, end + 1, 0)
            return
        }
        guard let end = unsafe Self.endOfName(bytes, at: i) else { return nil }
        i = end
        var attributeCount = 0
        while unsafe bytes[i] == .blank {
            guard let end = unsafe Self.endOfAttribute(bytes, at: i + 1) else { return nil }
            i = end
            attributeCount += 1
        }
        self.attributeCount = attributeCount
        if unsafe bytes[i] == .greaterThan {
            (kind, self.end) = (.start, i + 1)
        } else {
            guard unsafe bytes[i] == .slash, unsafe i + 1 < bytes.end,
                unsafe bytes[i + 1] == .greaterThan
            else { return nil }
            (kind, self.end) = (.empty, i + 2)
        }
    }

    /// The index behind the name at `start`, where there is one more byte.
    @inline(__always)
    private static func endOfName(_ bytes: ClassifiedBytes, at start: Int) -> Int? {
        guard unsafe start < bytes.end, unsafe bytes.has(.nameStart, at: start) else { return nil }
        var i = start &+ 1
        while unsafe i < bytes.end {
            if unsafe !bytes.has(.name, at: i) { return i }
            i &+= 1
        }
        return nil
    }

    /// The index behind `name='value'` at `start`, where there is one more byte.
    @inline(__always)
    private static func endOfAttribute(_ bytes: ClassifiedBytes, at start: Int) -> Int? {
        guard let equals = unsafe endOfName(bytes, at: start), unsafe bytes[equals] == .equals,
            unsafe equals + 2 < bytes.end
        else { return nil }
        let quote = unsafe bytes[equals + 1]
        guard quote == .singleQuote || quote == .doubleQuote else { return nil }
        var end = unsafe bytes.endOfPlainValue(in: quote, from: equals &+ 2)
        while unsafe end < bytes.end, unsafe bytes[end] >= 0x80 {
            guard unsafe bytes.passScalar(&end) else { return nil }
            end = unsafe bytes.endOfPlainValue(in: quote, from: end)
        }
        guard unsafe end &+ 1 < bytes.end, unsafe bytes[end] == quote else { return nil }
        return end &+ 1
    }
}
