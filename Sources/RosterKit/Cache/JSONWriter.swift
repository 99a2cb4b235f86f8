/// Writes JSON in one way only: without white space, members and elements in the order given.
///
/// Escaped is what has to be: `"` and `\` behind a backslash; of what comes before the space,
/// backspace, tab, line feed, form feed and return as `\b \t \n \f \r`, the others as `\u00` and
/// two small hexadecimal digits. All else is UTF-8.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.append(value)
        return writer.bytes
    }

    private mutating func append(_ value: JSONValue) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .string(let text): append(text)
        case .array(let values): append(values, between: "[", and: "]") { $0.append($1) }
        case .object(let members):
            append(members, between: "{", and: "}") { writer, member in
                writer.append(member.name)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.append(member.value)
            }
        }
    }

    private mutating func append<Part>(
        _ parts: [Part], between start: Unicode.Scalar, and end: Unicode.Scalar,
        _ append: (inout JSONWriter, Part) -> Void
    ) {
        bytes.append(UInt8(ascii: start))
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(&self, part)
        }
        bytes.append(UInt8(ascii: end))
    }

    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: bytes += "\\b".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0x0D: bytes += "\\r".utf8
            case ..<0x10: bytes += "\\u000\(String(byte, radix: 16))".utf8
            case ..<0x20: bytes += "\\u00\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
