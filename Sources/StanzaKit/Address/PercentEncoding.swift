/// UTF-8 in the characters that URIs are made of. RFC 3986, section 2.1.
enum PercentEncoding {
    /// Which characters stand for themselves, beside letters, digits and `-._~`.
    struct Allowed {
        let punctuation: String

        static let unreserved = Allowed(punctuation: "")
        /// RFC 5122, section 2.2: `nodeallow`.
        static let local = Allowed(punctuation: "!$()*+,;=")
        /// RFC 5122, section 2.2: `resallow`.
        static let resource = Allowed(punctuation: "!$&'()*+,:;=")
        /// An IP address in brackets. RFC 3986, section 3.2.2.
        static let literal = Allowed(punctuation: "[]:")
        /// RFC 3986, section 3.5.
        static let fragment = Allowed(punctuation: "!$&'()*+,:;=@/?")
    }

    /// Why a text cannot be decoded.
    enum Failure: Error {
        /// `%` without two hexadecimal digits behind it.
        case malformed
        /// What was encoded is not UTF-8.
        case invalidUTF8
    }

    static func encode(_ text: String, leaving allowed: Allowed) -> String {
        let punctuation = Array(("-._~" + allowed.punctuation).utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if isAlphanumeric(byte) || punctuation.contains(byte) {
                encoded.append(byte)
            } else {
                encoded.append(contentsOf: [percent, digit(byte >> 4), digit(byte & 0xF)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    static func decode(_ bytes: some Sequence<UInt8>) throws(Failure) -> String {
        var decoded: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            if byte != percent {
                decoded.append(byte)
            } else if let high = rest.next().flatMap(value), let low = rest.next().flatMap(value) {
                decoded.append(high << 4 | low)
            } else {
                throw .malformed
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }

    private static let percent = UInt8(ascii: "%")

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
