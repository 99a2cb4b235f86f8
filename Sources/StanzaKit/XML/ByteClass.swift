/// What a byte means to the scanner: one bit for each loop that it stops, or that it may be part
/// of.
struct ByteClass: OptionSet {
    let rawValue: UInt8

    /// Ends a run of plain bytes in text: `<`, `&`, `]`, anything that is not printable ASCII, TAB,
    /// LF or CR.
    static let stopsText = ByteClass(rawValue: 1)
    /// Ends a run of plain bytes in a value in single quotes: `'`, `<`, `&`, and what stops text
    /// but `]`.
    static let stopsSingleQuoted = ByteClass(rawValue: 2)
    /// The same in double quotes.
    static let stopsDoubleQuoted = ByteClass(rawValue: 4)
    /// May be in a name, as far as ASCII goes.
    static let name = ByteClass(rawValue: 8)
    /// May start a name, as far as ASCII goes.
    static let nameStart = ByteClass(rawValue: 16)
    /// White space to XML.
    static let space = ByteClass(rawValue: 32)
    /// Must be escaped where it is written as text.
    static let escapedInText = ByteClass(rawValue: 64)
    /// Must be escaped where it is written as an attribute value.
    static let escapedInValue = ByteClass(rawValue: 128)

    /// The class of every byte.
    static let table: [UInt8] = (0...255 as ClosedRange<UInt8>).map { ByteClass(of: $0).rawValue }

    /// Lends `bytes` with the classes at hand.
    static func withClassified<Result, Failure: Error>(
        _ bytes: [UInt8], _ body: (ClassifiedBytes) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try unsafe table.withUnsafeBufferPointer { (classes) throws(Failure) in
                // No array without memory has anything to look at: the table then stands in for it.
                guard let classes = classes.baseAddress else { fatalError("no table") }
                return try unsafe body(
                    ClassifiedBytes(
                        bytes.baseAddress ?? classes, upTo: bytes.count, classes: classes))
            }
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    private init(of byte: UInt8) {
        var result: ByteClass = []
        let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
        if isSpace { result.insert(.space) }
        let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        if isLetter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") {
            result.formUnion([.name, .nameStart])
        }
        let isDigit = (0x30...0x39).contains(byte)
        if isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
            result.insert(.name)
        }

        let isOdd = (byte < 0x20 && !isSpace) || byte >= 0x80
        let isMarkup = byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&")
        if isOdd || isMarkup {
            result.formUnion([.stopsText, .stopsSingleQuoted, .stopsDoubleQuoted])
        }
        if byte == UInt8(ascii: "]") { result.insert(.stopsText) }
        if byte == UInt8(ascii: "'") { result.insert(.stopsSingleQuoted) }
        if byte == UInt8(ascii: "\"") { result.insert(.stopsDoubleQuoted) }

        // 0xEF begins U+FFFE and U+FFFF, the only characters beyond ASCII that a Swift string may
        // hold and XML may not.
        let isRefused = (byte < 0x20 && !isSpace) || byte == 0xEF
        if isRefused || isMarkup || byte == UInt8(ascii: ">") || byte == 0x0D {
            result.formUnion([.escapedInText, .escapedInValue])
        }
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == 0x09 || byte == 0x0A {
            result.insert(.escapedInValue)
        }
        self = result
    }
}

/// Bytes to look at, with the classes at hand.
@unsafe struct ClassifiedBytes {
    let base: UnsafePointer<UInt8>
    let end: Int
    /// How many bytes may be read: more than `end` where others follow.
    let readable: Int
    private let classes: UnsafePointer<UInt8>

    init(_ base: UnsafePointer<UInt8>, upTo end: Int, classes: UnsafePointer<UInt8>) {
        unsafe self.init(base, upTo: end, readable: end, classes: classes)
    }

    @inline(__always)
    private init(
        _ base: UnsafePointer<UInt8>, upTo end: Int, readable: Int, classes: UnsafePointer<UInt8>
    ) {
        unsafe self.base = base
        unsafe self.end = end
        unsafe self.readable = readable
        unsafe self.classes = classes
    }

    /// The bytes of `range`, from there on counted from 0.
    @inline(__always)
    subscript(range: Range<Int>) -> ClassifiedBytes {
        unsafe ClassifiedBytes(
            base + range.lowerBound, upTo: range.upperBound &- range.lowerBound,
            readable: readable &- range.lowerBound, classes: classes)
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 { unsafe base[index] }

    var string: String {
        unsafe String(decoding: UnsafeBufferPointer(start: base, count: end), as: UTF8.self)
    }

    /// Whether both hold the same bytes.
    @inline(__always)
    func elementsEqual(_ other: ClassifiedBytes) -> Bool {
        guard unsafe end == other.end else { return false }
        var index = 0
        // Eight at a time, the last eight once more: namespaces are long and usually the same.
        if unsafe end >= 8 {
            while unsafe index &+ 8 < end {
                if unsafe word(at: index) != other.word(at: index) { return false }
                index &+= 8
            }
            return unsafe word(at: end &- 8) == other.word(at: end &- 8)
        }
        while unsafe index < end {
            if unsafe base[index] != other.base[index] { return false }
            index &+= 1
        }
        return true
    }

    @inline(__always)
    private func word(at index: Int) -> UInt64 {
        unsafe UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
    }

    /// Whether these are `bytes`.
    @inline(__always)
    func elementsEqual(_ bytes: [UInt8]) -> Bool {
        guard unsafe end == bytes.count else { return false }
        for index in unsafe 0..<end where unsafe base[index] != bytes[index] { return false }
        return true
    }

    /// Whether these are the bytes of `text`.
    @inline(__always)
    func elementsEqual(_ text: StaticString) -> Bool {
        guard unsafe end == text.utf8CodeUnitCount else { return false }
        for index in unsafe 0..<end where unsafe base[index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    @inline(__always)
    func has(_ set: ByteClass, at index: Int) -> Bool {
        unsafe classes[Int(base[index])] & set.rawValue != 0
    }

    /// The index of the first byte at or behind `start` that stops text; the end where none does.
    @inline(__always)
    func endOfPlainText(from start: Int) -> Int {
        var i = start
        while unsafe i &+ 16 <= end {
            let offset = unsafe SixteenBytes(base + i).firstStopInText
            i &+= offset
            if offset < 16 {
                if unsafe has(.stopsText, at: i) { return i }
                i &+= 1
            }
        }
        while unsafe i < end && !has(.stopsText, at: i) { i &+= 1 }
        return i
    }

    /// The index of the first byte at or behind `start` that is `quote` or needs a closer look; the
    /// end where none does.
    @inline(__always)
    func endOfPlainValue(in quote: UInt8, from start: Int) -> Int {
        var i = start
        while unsafe i &+ 16 <= end {
            let offset = unsafe SixteenBytes(base + i).firstStopInValue(quote)
            i &+= offset
            if offset < 16 { return i }
        }
        let stops = quote == .singleQuote ? ByteClass.stopsSingleQuoted : .stopsDoubleQuoted
        while unsafe i < end && !has(stops, at: i) { i &+= 1 }
        return i
    }

    /// Steps over the character beyond ASCII at `index`, where it is complete and one of XML's.
    @inline(__always)
    func passScalar(_ index: inout Int) -> Bool {
        guard
            case .complete(let length) = unsafe ScannedScalar.read(
                base + index, available: end - index)
        else { return false }
        index &+= length
        return true
    }
}

/// A Unicode scalar in UTF-8, as far as it has arrived.
enum ScannedScalar {
    case complete(length: Int)
    case incomplete
    case invalid

    /// Reads the scalar at `bytes`: strict UTF-8 (RFC 3629) and a character of XML 1.0, section
    /// 2.2.
    @inline(never)
    static func read(_ bytes: UnsafePointer<UInt8>, available: Int) -> ScannedScalar {
        let lead = unsafe bytes[0]
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, lowest) = (3, 0xA0)
        case 0xED: (length, highest) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, lowest) = (4, 0x90)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, highest) = (4, 0x8F)
        default: return .invalid
        }
        for index in 1..<length {
            if index == available { return .incomplete }
            let byte = unsafe bytes[index]
            if byte < lowest || byte > highest { return .invalid }
            (lowest, highest) = (0x80, 0xBF)
        }
        let isNoncharacter = unsafe lead == 0xEF && bytes[1] == 0xBF && bytes[2] >= 0xBE
        return isNoncharacter ? .invalid : .complete(length: length)
    }
}
