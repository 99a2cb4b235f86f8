internal import Foundation

/// Something that happened, as one line of JSON.
enum JSONLine {
    /// The line, without its end.
    ///
    /// What a terminal might act on, or turn the line round by, is escaped, as others choose names
    /// and status texts: JSON itself escapes only what is below U+0020.
    static func encoded(_ happening: Happening) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = ""
        for scalar in String(decoding: try encoder.encode(happening), as: UTF8.self).unicodeScalars
        {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                line += escaped(scalar)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// RFC 8259, section 7.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        UTF16.encode(scalar)?.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() ?? ""
    }
}
