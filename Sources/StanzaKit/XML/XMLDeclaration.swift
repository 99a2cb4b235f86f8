/// The XML declaration that may stand at the very start of a stream.
///
/// Checked here and never shown to libxml2, which would obey any encoding it names.
enum XMLDeclaration {
    case absent
    case incomplete
    case complete(length: Int)
    case failure(StreamError.Condition, String)

    /// More than any declaration needs.
    private static let maximumLength = 256

    /// Reads the declaration that may be at `bytes`.
    static func read(_ bytes: UnsafePointer<UInt8>, available: Int) -> XMLDeclaration {
        let opening: StaticString = "<?xml"
        for index in 0..<5 {
            if index == available { return .incomplete }
            if unsafe bytes[index] != opening.utf8Start[index] {
                return index < 2 ? .absent : .failure(.restrictedXML, "a processing instruction")
            }
        }
        if available == 5 { return .incomplete }
        if unsafe !isSpace(bytes[5]) { return .failure(.restrictedXML, "a processing instruction") }
        var text: [UInt8] = []
        for index in 5..<min(available, maximumLength) {
            let byte = unsafe bytes[index]
            if byte == .greaterThan, text.last == .question {
                text.removeLast()
                return check(text, length: index + 1)
            }
            if byte >= 0x7F || (byte < 0x20 && !isSpace(byte)) || byte == .lessThan {
                return .failure(.notWellFormed, "not an XML declaration")
            }
            text.append(byte)
        }
        return available < maximumLength
            ? .incomplete : .failure(.notWellFormed, "an XML declaration without end")
    }

    private static func check(_ text: [UInt8], length: Int) -> XMLDeclaration {
        var rest = text[...]
        guard case .some("1.0") = attribute("version", in: &rest) else {
            return .failure(.notWellFormed, "XML of a version other than 1.0")
        }
        if let encoding = attribute("encoding", in: &rest) {
            let lowercased = encoding.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            guard lowercased.elementsEqual("utf-8".utf8) else {
                return .failure(.unsupportedEncoding, "an encoding other than UTF-8")
            }
        }
        if let standalone = attribute("standalone", in: &rest), standalone != "yes",
            standalone != "no"
        {
            return .failure(.notWellFormed, "not an XML declaration")
        }
        return rest.allSatisfy(isSpace)
            ? .complete(length: length) : .failure(.notWellFormed, "not an XML declaration")
    }

    /// Takes ` name = "value"` off the front.
    private static func attribute(_ name: String, in text: inout ArraySlice<UInt8>) -> String? {
        var rest = text.drop(while: isSpace)
        guard rest.count < text.count, rest.starts(with: name.utf8) else { return nil }
        rest = rest.dropFirst(name.utf8.count).drop(while: isSpace)
        guard rest.popFirst() == .equals else { return nil }
        rest = rest.drop(while: isSpace)
        guard let quote = rest.popFirst(), quote == .singleQuote || quote == .doubleQuote,
            let end = rest.firstIndex(of: quote)
        else { return nil }
        let value = String(decoding: rest[..<end], as: UTF8.self)
        text = rest[(end + 1)...]
        return value
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
