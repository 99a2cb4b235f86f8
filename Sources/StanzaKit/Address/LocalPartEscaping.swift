/// The ten sequences by which a local part spells what it may not contain. XEP-0106, section 3.
///
/// Each is a backslash and the character's number in two hexadecimal digits, always in lower case:
/// `\20` is the space, `\2f` the slash. Nothing else is a sequence.
package enum LocalPartEscaping {
    /// The text as a local part spells it.
    ///
    /// A backslash stays what it is, but where it would begin a sequence. RFC 7622's other rules
    /// are not looked at, nor is where a space stands.
    package static func escape(_ text: String) -> String {
        var escaped: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if byte == backslash ? character(at: rest) != nil : needsSequence(byte) {
                escaped.append(contentsOf: [backslash, digit(byte >> 4), digit(byte & 0xF)])
            } else {
                escaped.append(byte)
            }
            rest.removeFirst()
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// The text that a local part spells, for people to read.
    ///
    /// Each sequence is read once, from left to right: `\5c20` becomes `\20`.
    package static func unescape(_ text: String) -> String {
        var unescaped: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            let character = character(at: rest)
            unescaped.append(character ?? byte)
            rest.removeFirst(character == nil ? 1 : 3)
        }
        return String(decoding: unescaped, as: UTF8.self)
    }

    private static let backslash = UInt8(ascii: "\\")

    /// What the sequence at the beginning of `text` stands for.
    private static func character(at text: ArraySlice<UInt8>) -> UInt8? {
        let sequence = Array(text.prefix(3))
        guard sequence.count == 3, sequence[0] == backslash,
            let high = value(sequence[1]), let low = value(sequence[2])
        else { return nil }
        let byte = high << 4 | low
        return needsSequence(byte) || byte == backslash ? byte : nil
    }

    private static func needsSequence(_ byte: UInt8) -> Bool {
        " \"&'/:<>@".utf8.contains(byte)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
