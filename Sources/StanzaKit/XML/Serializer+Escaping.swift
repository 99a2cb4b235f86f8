extension Serializer {
    /// As much memory as is kept for the next element.
    static var retained: Int { 64 << 10 }

    /// Makes room for a name of `count` bytes and the few bytes of markup around it.
    ///
    /// Asked for once per tag or attribute, so that nothing in it needs to ask again.
    @inline(__always)
    mutating func reserve(_ count: Int) { output.reserve(count &+ 64) }

    /// Appends markup, where there is room.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount {
            unsafe output.appendUnchecked(text.utf8Start[index])
        }
    }

    /// Appends a name, where there is room.
    @inline(__always)
    mutating func append(_ name: ClassifiedBytes) {
        if unsafe name.end <= 16 && name.readable >= 16 {
            unsafe SixteenBytes(name.base).store(to: output.next)
            unsafe output.appendWritten(name.end)
        } else {
            unsafe output.append(name.base, count: name.end)
        }
    }

    mutating func append(_ number: Int) {
        for byte in String(number).utf8 { output.append(byte) }
    }

    /// Appends text with the bytes of `escaped` written as references, and makes room for markup.
    @inline(__always)
    mutating func appendEscaped(
        _ text: ClassifiedBytes, _ escaped: ByteClass
    ) throws(SerializationError) {
        unsafe reserve(text.end)
        if unsafe text.end <= 16 && text.readable >= 16 {
            let block = unsafe SixteenBytes(text.base)
            if unsafe block.firstEscaped >= text.end {
                unsafe block.store(to: output.next)
                unsafe output.appendWritten(text.end)
                return
            }
        }
        try unsafe appendLongEscaped(text, escaped)
    }

    private mutating func appendLongEscaped(
        _ text: ClassifiedBytes, _ escaped: ByteClass
    ) throws(SerializationError) {
        var index = 0
        while unsafe index < text.end {
            // Sixteen bytes are written at once; those that are plain are counted.
            if unsafe index &+ 16 <= text.readable {
                let block = unsafe SixteenBytes(text.base + index)
                unsafe block.store(to: output.next)
                let count = unsafe min(block.firstEscaped, text.end &- index)
                output.appendWritten(count)
                index &+= count
                if count == 16 { continue }
            } else {
                // The last few bytes of a tape.
                while unsafe index < text.end && !text.has(escaped, at: index) {
                    unsafe output.appendUnchecked(text[index])
                    index &+= 1
                }
            }
            if unsafe index == text.end { return }
            if unsafe text.has(escaped, at: index) {
                try unsafe appendReference(text, at: index)
                unsafe reserve(text.end &- index)
            } else {
                unsafe output.appendUnchecked(text[index])
            }
            index &+= 1
        }
    }

    @inline(never)
    private mutating func appendReference(
        _ text: ClassifiedBytes, at index: Int
    ) throws(SerializationError) {
        let byte = unsafe text[index]
        if let reference = Self.reference(for: byte) {
            return unsafe output.append(reference.utf8Start, count: reference.utf8CodeUnitCount)
        }
        // 0xEF is looked at for the sake of U+FFFE and U+FFFF; most of what it begins is fine.
        let isRefused = unsafe byte != 0xEF || text[index + 1] == 0xBF && text[index + 2] >= 0xBE
        if isRefused { throw unsafe Self.invalidCharacter(text, at: index) }
        output.append(byte)
    }

    private static func invalidCharacter(
        _ text: ClassifiedBytes, at index: Int
    ) -> SerializationError {
        let byte = unsafe text[index]
        let detail = byte == 0xEF ? "U+FFFE or U+FFFF" : "U+\(String(byte, radix: 16))"
        return SerializationError(code: .invalidCharacter, detail: detail)
    }

    private static func reference(for byte: UInt8) -> StaticString? {
        switch byte {
        case .ampersand: "&amp;"
        case .lessThan: "&lt;"
        case .greaterThan: "&gt;"
        case .singleQuote: "&apos;"
        case .doubleQuote: "&quot;"
        case 0x0D: "&#xD;"
        case 0x0A: "&#xA;"
        case 0x09: "&#x9;"
        default: nil
        }
    }
}
