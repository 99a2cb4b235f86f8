extension LexicalScanner {
    mutating func beginReference(behind next: State) {
        state = .reference
        stateBehindReference = next
        reference = 0
        referenceLength = 0
    }

    mutating func scanReference(_ bytes: ClassifiedBytes) -> Stop? {
        let byte = unsafe bytes[position]
        if byte == .semicolon {
            let isKnown =
                state == .reference
                ? Self.entities.contains(reference)
                : referenceLength > 0 && Self.isCharacter(reference)
            if !isKnown { return fail(.notWellFormed, "a reference to nothing XML knows") }
            state = stateBehindReference
        } else if state == .reference {
            if referenceLength == 0, byte == .hash {
                state = .decimalReference
            } else {
                reference = reference << 8 | UInt32(byte)
                referenceLength += 1
                if !Self.isPrefixOfEntity(reference, length: referenceLength) {
                    let isName = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
                    return isName
                        ? fail(.restrictedXML, "an entity other than the five of XML")
                        : fail(.notWellFormed, "& without a reference")
                }
            }
        } else if state == .decimalReference, referenceLength == 0, byte == .lowercaseX {
            state = .hexReference
        } else {
            guard let digit = Self.digit(byte, radix: state == .hexReference ? 16 : 10) else {
                return fail(.notWellFormed, "a digit is missing in a reference")
            }
            // Beyond the last character the value only has to stay there.
            reference = min(reference * (state == .hexReference ? 16 : 10) + digit, 0x11_0000)
            referenceLength = 1
        }
        position += 1
        return nil
    }

    /// The five entities of XML as big-endian numbers: amp, lt, gt, quot, apos.
    private static let entities: [UInt32] = [0x616D70, 0x6C74, 0x6774, 0x7175_6F74, 0x6170_6F73]

    private static func isPrefixOfEntity(_ value: UInt32, length: Int) -> Bool {
        guard length <= 4 else { return false }
        return entities.contains { entity in
            let entityLength = 4 - entity.leadingZeroBitCount / 8
            return length <= entityLength && entity >> (8 * (entityLength - length)) == value
        }
    }

    private static func digit(_ byte: UInt8, radix: UInt32) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46 where radix == 16: UInt32(byte - 0x41 + 10)
        case 0x61...0x66 where radix == 16: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }

    private static func isCharacter(_ value: UInt32) -> Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }
}
