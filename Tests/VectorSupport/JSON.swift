/// JSON with nothing merged and nothing rounded: members in order, texts as their exact scalars.
///
/// Foundation's reader keys objects by `String`, so that two names that are canonically equivalent
/// become one. Recordings are about bytes, so they are read by this.
package indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([(key: String, value: JSON)])
}

package struct JSONError: Error, CustomStringConvertible {
    package var description: String
}

extension JSON {
    package init(_ bytes: [UInt8]) throws {
        var reader = Reader(bytes: bytes)
        self = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.index != bytes.count { throw reader.error("data behind the value") }
    }

    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var int: Int? {
        if case .number(let value) = self { Int(value) } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var members: [(key: String, value: JSON)]? {
        if case .object(let value) = self { value } else { nil }
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

private struct Reader {
    let bytes: [UInt8]
    var index = 0

    func error(_ text: String) -> JSONError { JSONError(description: "\(text) at byte \(index)") }

    mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    mutating func value(depth: Int) throws -> JSON {
        if depth > 512 { throw error("too deep") }
        skipSpace()
        guard index < bytes.count else { throw error("nothing") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        default:
            if take("null") { return .null }
            if take("true") { return .bool(true) }
            if take("false") { return .bool(false) }
            let start = index
            while index < bytes.count, "+-.0123456789eE".utf8.contains(bytes[index]) { index += 1 }
            if index == start { throw error("no value") }
            return .number(String(decoding: bytes[start..<index], as: UTF8.self))
        }
    }

    mutating func array(depth: Int) throws -> [JSON] {
        index += 1
        var values: [JSON] = []
        skipSpace()
        if take("]") { return values }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return values }
            if !take(",") { throw error("no comma") }
        }
    }

    mutating func object(depth: Int) throws -> [(key: String, value: JSON)] {
        index += 1
        var members: [(key: String, value: JSON)] = []
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            let key = try string()
            skipSpace()
            if !take(":") { throw error("no colon") }
            members.append((key, try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return members }
            if !take(",") { throw error("no comma") }
        }
    }

    mutating func string() throws -> String {
        if !take("\"") { throw error("no string") }
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error("not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            default: text.append(byte)
            }
        }
        throw error("a string without end")
    }

    mutating func escape() throws -> [UInt8] {
        guard index < bytes.count else { throw error("an escape without end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "u"):
            var units = [try unit()]
            if UTF16.isLeadSurrogate(units[0]), take("\\u") { units.append(try unit()) }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: return [byte]
        }
    }

    mutating func unit() throws -> UInt16 {
        guard index + 4 <= bytes.count,
            let value = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw error("no code unit") }
        index += 4
        return value
    }
}
