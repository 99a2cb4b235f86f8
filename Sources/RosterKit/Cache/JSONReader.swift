internal import StanzaKit

/// Reads a JSON text by RFC 8259 and nothing beyond it.
///
/// Refused besides: a byte order mark, a member named twice, escapes that are half a surrogate
/// pair, and more than ``maximumDepth`` levels.
struct JSONReader {
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private var index = 0

    /// The value that `bytes` hold, with nothing but white space around it.
    static func value(of bytes: [UInt8]) throws(RosterImportError) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.peek() != nil { throw reader.malformed() }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func error(_ code: RosterImportError.Code) -> RosterImportError {
        RosterImportError(code, at: "byte \(index)")
    }

    private func malformed() -> RosterImportError { error(.malformed) }

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    /// Steps over `character` if it comes next.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ text: StaticString) throws(RosterImportError) {
        for byte in text.description.utf8 {
            if peek() != byte { throw malformed() }
            index += 1
        }
    }

    private mutating func value(depth: Int) throws(RosterImportError) -> JSONValue {
        skipSpace()
        switch peek() {
        case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try values(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        default: return .number(try number())
        }
    }

    private mutating func values(depth: Int) throws(RosterImportError) -> [JSONValue] {
        if depth > Self.maximumDepth { throw error(.tooLarge) }
        index += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return values }
        while true {
            values.append(try value(depth: depth))
            skipSpace()
            if take("]") { return values }
            if !take(",") { throw malformed() }
        }
    }

    private mutating func members(depth: Int) throws(RosterImportError) -> [JSONValue.Member] {
        if depth > Self.maximumDepth { throw error(.tooLarge) }
        index += 1
        var members: [JSONValue.Member] = []
        var names: Set<ExactText> = []
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            let start = index
            let name = try string()
            guard names.insert(ExactText(name)).inserted else {
                throw RosterImportError(.duplicate, at: "byte \(start)")
            }
            skipSpace()
            if !take(":") { throw malformed() }
            members.append(JSONValue.Member(name: name, value: try value(depth: depth)))
            skipSpace()
            if take("}") { return members }
            if !take(",") { throw malformed() }
        }
    }

    /// RFC 8259, section 6.
    private mutating func number() throws(RosterImportError) -> String {
        let start = index
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() throws(RosterImportError) {
        let start = index
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            index += 1
        }
        if index == start { throw malformed() }
    }
}

// MARK: Strings

extension JSONReader {
    /// RFC 8259, section 7.
    private mutating func string() throws(RosterImportError) -> String {
        if !take("\"") { throw malformed() }
        let start = index
        var unescaped: [UInt8] = []
        var run = index
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                let text =
                    unescaped.isEmpty
                    ? String(validating: bytes[run..<index], as: UTF8.self)
                    : String(validating: unescaped + bytes[run..<index], as: UTF8.self)
                guard let text else {
                    throw RosterImportError(.malformed, at: "byte \(start)")
                }
                index += 1
                return text
            case UInt8(ascii: "\\"):
                unescaped += bytes[run..<index]
                index += 1
                unescaped += String(try escaped()).utf8
                run = index
            case ..<0x20: throw malformed()
            default: index += 1
            }
        }
        throw malformed()
    }

    /// What stands behind a backslash.
    private mutating func escaped() throws(RosterImportError) -> Unicode.Scalar {
        guard let byte = peek() else { throw malformed() }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            index += 1
            return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return stepOver("\u{8}")
        case UInt8(ascii: "f"): return stepOver("\u{C}")
        case UInt8(ascii: "n"): return stepOver("\n")
        case UInt8(ascii: "r"): return stepOver("\r")
        case UInt8(ascii: "t"): return stepOver("\t")
        case UInt8(ascii: "u"): return try scalar()
        default: throw malformed()
        }
    }

    private mutating func stepOver(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        index += 1
        return scalar
    }

    /// One code unit of UTF-16, or two that make one character.
    private mutating func scalar() throws(RosterImportError) -> Unicode.Scalar {
        let start = index
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if UTF16.isLeadSurrogate(first), take("\\") {
            let second = try codeUnit()
            if UTF16.isTrailSurrogate(second) {
                return UTF16.decode(UTF16.EncodedScalar([first, second]))
            }
        }
        index = start
        throw malformed()
    }

    private mutating func codeUnit() throws(RosterImportError) -> UInt16 {
        if !take("u") { throw malformed() }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw malformed()
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}
