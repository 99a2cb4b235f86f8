/// An IPv6 address in brackets. RFC 7622, section 3.2 takes it from RFC 3986, section 3.2.2.
enum IPLiteral {
    /// The literal with its hexadecimal digits in lower case, the zone as it is; `nil` where `text`
    /// is none. The way to write one address stays as it is, as no RFC says which one to take.
    ///
    /// Behind `%` a zone may stand, as RFC 6874 has it but with a percent sign that need not be
    /// encoded.
    static func prepared(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        guard text.first == "[", text.last == "]", text.allSatisfy(\.isASCII) else { return nil }
        let inner = text.dropFirst().dropLast().map { UInt8($0.value) }
        let parts = inner.split(separator: .percent, maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, isAddress(address) else { return nil }
        if parts.count == 2 && !isZone(parts[1]) { return nil }
        let lower = address.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
        let zone = parts.count == 2 ? [.percent] + parts[1] : []
        return (([.leftBracket] as [UInt8]) + lower + zone + [.rightBracket]).map {
            Unicode.Scalar($0)
        }
    }

    /// Eight groups, or fewer with `::` once for one or more of them.
    private static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
        let gap = zip(text.indices, text.dropFirst().indices).first { first, second in
            text[first] == .colon && text[second] == .colon
        }
        guard let gap else { return groups(text, mayEndInIPv4: true) == 8 }
        let before = text[..<gap.0].isEmpty ? 0 : groups(text[..<gap.0], mayEndInIPv4: false)
        let rest = text[(gap.1 + 1)...]
        let after = rest.isEmpty ? 0 : groups(rest, mayEndInIPv4: true)
        guard let before, let after else { return false }
        return before + after < 8
    }

    /// How many groups `text` is, an IPv4 address at its end being two; `nil` where one is none.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
        var groups = text.split(separator: .colon, omittingEmptySubsequences: false)
        var count = groups.count
        if mayEndInIPv4, let last = groups.last, isIPv4(last) {
            groups.removeLast()
            count += 1
        }
        let areValid = groups.allSatisfy {
            (1...4).contains($0.count) && $0.allSatisfy(\.isHexadecimalDigit)
        }
        return areValid ? count : nil
    }

    private static func isIPv4(_ text: ArraySlice<UInt8>) -> Bool {
        let numbers = text.split(separator: .dot, omittingEmptySubsequences: false)
        return numbers.count == 4
            && numbers.allSatisfy { digits in
                // Longer ones may not fit into an integer.
                guard (1...3).contains(digits.count), digits.allSatisfy(\.isDecimalDigit) else {
                    return false
                }
                let value = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
                return value < 256 && (digits.count == 1 || digits.first != 0x30)
            }
    }

    private static func isZone(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while let byte = rest.popFirst() {
            if byte == .percent {
                guard rest.popFirst()?.isHexadecimalDigit == true,
                    rest.popFirst()?.isHexadecimalDigit == true
                else { return false }
            } else if !byte.isUnreserved {
                return false
            }
        }
        return !text.isEmpty
    }
}

extension UInt8 {
    fileprivate static let percent = UInt8(ascii: "%")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let leftBracket = UInt8(ascii: "[")

    fileprivate var isDecimalDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isHexadecimalDigit: Bool {
        isDecimalDigit || (0x61...0x66).contains(self | 0x20)
    }
    /// RFC 3986, section 2.3.
    fileprivate var isUnreserved: Bool {
        isDecimalDigit || (0x61...0x7A).contains(self | 0x20) || "-._~".utf8.contains(self)
    }
}
