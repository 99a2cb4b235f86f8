/// Splits addresses and brings ASCII into its normal form, in one pass over the bytes.
enum JIDParser {
    static let maximumPartLength = 1023

    /// What a byte means in a local part and in a domain.
    private struct ByteSet: OptionSet {
        let rawValue: UInt8
        static let local = ByteSet(rawValue: 1)
        static let domain = ByteSet(rawValue: 2)
        static let upper = ByteSet(rawValue: 4)
        static let resource = ByteSet(rawValue: 8)

        static let table: [UInt8] = (0...255 as ClosedRange<UInt8>).map { byte in
            var set: ByteSet = []
            let isUpper = (0x41...0x5A).contains(byte)
            let isAlphanumeric =
                isUpper || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            if isUpper { set.insert(.upper) }
            if isAlphanumeric || byte == 0x2D { set.insert(.domain) }
            // RFC 7622, section 3.3.1: visible ASCII but these eight.
            if (0x21...0x7E).contains(byte), !"\"&'/:<>@".utf8.contains(byte) { set.insert(.local) }
            if (0x20...0x7E).contains(byte) { set.insert(.resource) }
            return set.rawValue
        }
    }

    static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, isLenient: Bool
    ) -> Result<JID, JIDError> {
        do throws(JIDError) {
            return .success(try unsafe split(bytes, isLenient: isLenient))
        } catch {
            return .failure(error)
        }
    }

    private static func split(
        _ bytes: UnsafeBufferPointer<UInt8>, isLenient: Bool
    ) throws(JIDError) -> JID {
        var slash = bytes.count
        var at: Int?
        for index in 0..<bytes.count {
            let byte = unsafe bytes[index]
            if byte == UInt8(ascii: "/") {
                slash = index
                break
            }
            if byte == UInt8(ascii: "@") {
                if at != nil {
                    throw JIDError(part: .domain, reason: .invalidCharacter, scalar: "@")
                }
                at = index
            }
        }
        let bare = try unsafe bare(
            UnsafeBufferPointer(rebasing: bytes[..<slash]), at: at, isLenient: isLenient)
        if slash == bytes.count { return JID(bare) }
        let resource = try unsafe text(
            UnsafeBufferPointer(rebasing: bytes[(slash + 1)...]), part: .resource)
        if try !checkResource(resource), !isLenient {
            throw JIDError(part: .resource, reason: .unsupported)
        }
        return JID(bare: bare, resource: resource)
    }

    private static func bare(
        _ bytes: UnsafeBufferPointer<UInt8>, at: Int?, isLenient: Bool
    ) throws(JIDError) -> BareJID {
        let domainStart = at.map { $0 + 1 } ?? 0
        var end = bytes.count
        // One dot at the end of a domain means the root and is no part of it. RFC 7622, section
        // 3.2.
        if end > domainStart, unsafe bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
        if at == 0 { throw JIDError(part: .local, reason: .empty) }
        if end == domainStart { throw JIDError(part: .domain, reason: .empty) }
        if domainStart - 1 > maximumPartLength { throw JIDError(part: .local, reason: .tooLong) }
        if end - domainStart > maximumPartLength { throw JIDError(part: .domain, reason: .tooLong) }
        for index in [0, bytes.count - 1] {
            let byte = unsafe bytes[index]
            if [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
                let part = index < at ?? 0 ? JIDError.Part.local : .domain
                throw JIDError(part: part, reason: .invalidCharacter, scalar: Unicode.Scalar(byte))
            }
        }

        var violation: JIDError?
        var isUpper = false
        unsafe ByteSet.table.withUnsafeBufferPointer { table in
            if let at {
                unsafe checkLocal(bytes[..<at], table, &isUpper, &violation)
            }
            unsafe checkDomain(bytes[domainStart..<end], table, &isUpper, &violation)
        }
        if let violation, !isLenient { throw violation }
        let bytes = unsafe UnsafeBufferPointer(rebasing: bytes[..<end])
        let normal = try unsafe isUpper ? lowercased(bytes) : text(bytes, part: .domain)
        return BareJID(text: normal, localLength: at ?? 0, isConforming: violation == nil)
    }

    private static func checkLocal(
        _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ table: UnsafeBufferPointer<UInt8>,
        _ isUpper: inout Bool, _ violation: inout JIDError?
    ) {
        for unsafe byte in unsafe bytes {
            let set = unsafe ByteSet(rawValue: table[Int(byte)])
            if set.contains(.upper) { isUpper = true }
            if !set.contains(.local), violation == nil {
                violation = self.violation(.local, byte)
            }
        }
    }

    /// Checks a host name: labels of letters, digits and inner hyphens. RFC 7622, section 3.2.
    private static func checkDomain(
        _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ table: UnsafeBufferPointer<UInt8>,
        _ isUpper: inout Bool, _ violation: inout JIDError?
    ) {
        var labelStart = unsafe bytes.startIndex
        for index in unsafe bytes.startIndex...bytes.endIndex {
            let byte = unsafe index == bytes.endIndex ? UInt8(ascii: ".") : bytes[index]
            let set = unsafe ByteSet(rawValue: table[Int(byte)])
            if set.contains(.upper) { isUpper = true }
            if violation != nil { continue }
            if byte == UInt8(ascii: ".") {
                violation = unsafe labelViolation(bytes[labelStart..<index])
                labelStart = index + 1
            } else if !set.contains(.domain) {
                violation = self.violation(.domain, byte)
            }
        }
    }

    private static func labelViolation(
        _ label: Slice<UnsafeBufferPointer<UInt8>>
    ) -> JIDError? {
        let hyphen = UInt8(ascii: "-")
        guard let first = unsafe label.first, let last = unsafe label.last else {
            return JIDError(part: .domain, reason: .empty)
        }
        if unsafe label.count > 63 { return JIDError(part: .domain, reason: .tooLong) }
        if first == hyphen || last == hyphen {
            return JIDError(part: .domain, reason: .misplacedHyphen, scalar: "-")
        }
        let third = unsafe label.startIndex + 2
        if unsafe label.count >= 4, unsafe label[third] == hyphen, unsafe label[third + 1] == hyphen
        {
            let isALabel = unsafe first | 0x20 == 0x78 && label[third - 1] | 0x20 == 0x6E
            return JIDError(part: .domain, reason: isALabel ? .unsupported : .misplacedHyphen)
        }
        return nil
    }

    private static func violation(_ part: JIDError.Part, _ byte: UInt8) -> JIDError {
        byte >= 0x80 || part == .domain && (byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]"))
            ? JIDError(part: part, reason: .unsupported)
            : JIDError(part: part, reason: .invalidCharacter, scalar: Unicode.Scalar(byte))
    }

    private static func lowercased(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(JIDError) -> String {
        let lowered = unsafe bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return try unsafe lowered.withUnsafeBufferPointer { (bytes) throws(JIDError) in
            try unsafe text(bytes, part: .domain)
        }
    }

    private static func text(
        _ bytes: UnsafeBufferPointer<UInt8>, part: JIDError.Part
    ) throws(JIDError) -> String {
        guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
            throw JIDError(part: part, reason: .invalidCharacter)
        }
        return text
    }

    /// Checks a resource. RFC 7622, section 3.4.
    ///
    /// - Returns: Whether it is ASCII, to which the strict rules are known.
    static func checkResource(_ resource: String) throws(JIDError) -> Bool {
        if resource.isEmpty { throw JIDError(part: .resource, reason: .empty) }
        if resource.utf8.count > maximumPartLength {
            throw JIDError(part: .resource, reason: .tooLong)
        }
        return resource.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
