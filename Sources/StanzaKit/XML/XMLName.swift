/// Names as Namespaces in XML 1.0, section 3 has them: without a colon.
enum XMLName {
    /// Whether the UTF-8 bytes are an `NCName`.
    @inline(__always)
    static func isValid(_ bytes: ClassifiedBytes) -> Bool {
        if unsafe bytes.end <= 16, unsafe bytes.readable >= 16, unsafe bytes.end > 0,
            unsafe SixteenBytes(bytes.base).firstBeyondName >= bytes.end
        {
            return unsafe bytes.has(.nameStart, at: 0)
        }
        return unsafe isValidSlowly(bytes)
    }

    private static func isValidSlowly(_ bytes: ClassifiedBytes) -> Bool {
        guard unsafe bytes.end > 0 else { return false }
        var isASCII = true
        for index in unsafe 0..<bytes.end {
            if unsafe bytes[index] >= 0x80 {
                isASCII = false
            } else if unsafe !bytes.has(.name, at: index) || bytes[index] == UInt8(ascii: ":") {
                return false
            }
        }
        if isASCII { return unsafe bytes.has(.nameStart, at: 0) }
        let scalars = unsafe bytes.string.unicodeScalars
        guard let first = scalars.first else { return false }
        return isStart(first) && scalars.allSatisfy { isStart($0) || isContinuation($0) }
    }

    /// `NameStartChar` of XML 1.0, fifth edition, section 2.3, but `:`.
    private static func isStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D,
            0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF,
            0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x1_0000...0xE_FFFF:
            true
        default: false
        }
    }

    /// What `NameChar` has beyond that.
    private static func isContinuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
        default: false
        }
    }
}
