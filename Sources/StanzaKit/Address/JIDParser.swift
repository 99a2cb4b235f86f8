/// Splits addresses and brings ASCII into its normal form.
@usableFromInline
enum JIDParser {
    static let maximumPartLength = 1023

    /// What is odd about a byte; one OR over a part tells whether anything is.
    private struct Oddness: OptionSet {
        let rawValue: UInt8
        /// May not be in a local part.
        static let inLocal = Oddness(rawValue: 1)
        /// May not be in a host name.
        static let inDomain = Oddness(rawValue: 2)
        /// May not be in a resource.
        static let inResource = Oddness(rawValue: 4)
        /// A letter in upper case.
        static let upper = Oddness(rawValue: 8)
        /// `@` or `/`.
        static let separator = Oddness(rawValue: 16)
        static let space = Oddness(rawValue: 32)
        static let hyphen = Oddness(rawValue: 64)

        static let table: [UInt8] = (0...255 as ClosedRange<UInt8>).map { byte in
            var odd: Oddness = []
            let isUpper = (0x41...0x5A).contains(byte)
            let isAlphanumeric =
                isUpper || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            if isUpper { odd.insert(.upper) }
            if !isAlphanumeric && byte != .hyphen && byte != .dot { odd.insert(.inDomain) }
            // RFC 7622, section 3.3.1: visible ASCII but these eight.
            let isLocal = (0x21...0x7E).contains(byte) && !"\"&'/:<>@".utf8.contains(byte)
            if !isLocal { odd.insert(.inLocal) }
            if !(0x20...0x7E).contains(byte) { odd.insert(.inResource) }
            if byte == .at || byte == .slash { odd.insert(.separator) }
            if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { odd.insert(.space) }
            if byte == .hyphen { odd.insert(.hyphen) }
            return odd.rawValue
        }
    }

    /// Bytes with the table at hand.
    @unsafe private struct Part {
        let base: UnsafePointer<UInt8>
        let count: Int
        let table: UnsafePointer<UInt8>

        @inline(__always)
        subscript(index: Int) -> UInt8 { unsafe base[index] }

        @inline(__always)
        func oddness(at index: Int) -> Oddness {
            unsafe Oddness(rawValue: table[Int(base[index])])
        }

        /// The first byte that is odd in that way.
        func first(_ odd: Oddness) -> UInt8? {
            for index in unsafe 0..<count where unsafe !oddness(at: index).isDisjoint(with: odd) {
                return unsafe base[index]
            }
            return nil
        }

        /// Whether all bytes are ASCII, looked at eight at a time.
        var isASCII: Bool {
            let bytes = unsafe UnsafeRawPointer(base)
            let last = unsafe count - 8
            var seen: UInt64 = 0
            if last >= 0 {
                for index in stride(from: 0, to: last, by: 8) {
                    seen |= unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                }
                seen |= unsafe bytes.loadUnaligned(fromByteOffset: last, as: UInt64.self)
            } else {
                for index in unsafe 0..<count { seen |= unsafe UInt64(base[index]) }
            }
            return seen & 0x8080_8080_8080_8080 == 0
        }

        @inline(__always)
        func part(_ range: Range<Int>) -> Part {
            unsafe Part(base: base + range.lowerBound, count: range.count, table: table)
        }
    }

    @usableFromInline
    static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, isLenient: Bool
    ) throws(JIDError) -> JID {
        try unsafe Oddness.table.withUnsafeBufferPointer { (table) throws(JIDError) in
            guard let base = bytes.baseAddress, let table = table.baseAddress else {
                throw JIDError(part: .domain, reason: .empty)
            }
            return try unsafe split(
                Part(base: base, count: bytes.count, table: table), isLenient: isLenient)
        }
    }

    /// The same where only a value may come out.
    @usableFromInline
    static func result(
        _ bytes: UnsafeBufferPointer<UInt8>, isLenient: Bool
    ) -> Result<JID, JIDError> {
        do throws(JIDError) {
            return .success(try unsafe parse(bytes, isLenient: isLenient))
        } catch {
            return .failure(error)
        }
    }

    private static func split(_ whole: Part, isLenient: Bool) throws(JIDError) -> JID {
        var slash = unsafe whole.count
        var at = -1
        var odd: UInt8 = 0
        var localOdd: UInt8 = 0
        var index = 0
        while unsafe index < whole.count {
            let flags = unsafe whole.oddness(at: index).rawValue
            if flags & Oddness.separator.rawValue != 0 {
                if unsafe whole[index] == .slash {
                    slash = index
                    break
                }
                if at >= 0 {
                    throw JIDError(part: .domain, reason: .invalidCharacter, scalar: "@")
                }
                at = index
                localOdd = odd
                odd = 0
            } else {
                odd |= flags
            }
            index += 1
        }
        let end = try unsafe checkLayout(whole, at: at, end: slash)
        var violation: JIDError?
        if localOdd & Oddness.inLocal.rawValue != 0 {
            violation = unsafe whole.part(0..<at).first(.inLocal).map { self.violation(.local, $0) }
        }
        if violation == nil {
            violation = unsafe domainViolation(
                whole.part(at + 1..<end), Oddness(rawValue: odd))
        }
        if let violation, !isLenient { throw violation }
        let bare = BareJID(
            text: try unsafe text(
                whole.part(0..<end), isUpper: (odd | localOdd) & Oddness.upper.rawValue != 0),
            localLength: max(at, 0), isConforming: violation == nil)
        if unsafe slash == whole.count { return JID(bare) }
        return JID(
            bare: bare,
            resource: try unsafe resource(
                whole.part(slash + 1..<whole.count), isLenient: isLenient))
    }

    /// The text with ASCII letters in lower case.
    private static func text(_ part: Part, isUpper: Bool) throws(JIDError) -> String {
        if !isUpper { return try unsafe text(part) }
        let lowered = unsafe UnsafeBufferPointer(start: part.base, count: part.count).map {
            (0x41...0x5A).contains($0) ? $0 | 0x20 : $0
        }
        return try unsafe lowered.withUnsafeBufferPointer { (lowered) throws(JIDError) in
            guard let base = lowered.baseAddress else { return "" }
            return try unsafe text(
                Part(base: base, count: lowered.count, table: part.table))
        }
    }

    private static func text(_ part: Part) throws(JIDError) -> String {
        let bytes = unsafe UnsafeBufferPointer(start: part.base, count: part.count)
        // Validating costs four times as much.
        if unsafe part.isASCII { return unsafe String(decoding: bytes, as: UTF8.self) }
        guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
            throw JIDError(part: .domain, reason: .invalidCharacter)
        }
        return text
    }
}

// MARK: The bare address

extension JIDParser {
    /// Refuses what no address can have.
    ///
    /// - Returns: Where the domain ends. One dot behind it means the root and is no part of it.
    ///   RFC 7622, section 3.2.
    private static func checkLayout(_ whole: Part, at: Int, end: Int) throws(JIDError) -> Int {
        var domainEnd = end
        if end > at + 1, unsafe whole[end - 1] == .dot { domainEnd -= 1 }
        if at == 0 { throw JIDError(part: .local, reason: .empty) }
        // A second dot would be dropped by the next reader, and make another address of it.
        if unsafe domainEnd == at + 1 || whole[domainEnd - 1] == .dot {
            throw JIDError(part: .domain, reason: .empty)
        }
        if at > maximumPartLength { throw JIDError(part: .local, reason: .tooLong) }
        if domainEnd - at - 1 > maximumPartLength {
            throw JIDError(part: .domain, reason: .tooLong)
        }
        try unsafe checkSpace(whole, 0, at < 0 ? .domain : .local)
        try unsafe checkSpace(whole, end - 1, .domain)
        return domainEnd
    }

    private static func checkSpace(
        _ part: Part, _ index: Int, _ name: JIDError.Part
    ) throws(JIDError) {
        if unsafe part.oddness(at: index).contains(.space) {
            let scalar = unsafe Unicode.Scalar(part[index])
            throw JIDError(part: name, reason: .invalidCharacter, scalar: scalar)
        }
    }

    /// Checks a host name: labels of letters, digits and inner hyphens. RFC 7622, section 3.2.
    private static func domainViolation(_ domain: Part, _ odd: Oddness) -> JIDError? {
        if odd.contains(.inDomain), let byte = unsafe domain.first(.inDomain) {
            return violation(.domain, byte)
        }
        let count = unsafe domain.count
        var start = 0
        var index = 0
        while index <= count {
            if unsafe index == count || domain[index] == .dot {
                // A plain label has nothing to be wrong but its length.
                let isPlain = !odd.contains(.hyphen) && index > start && index - start < 64
                if !isPlain, let violation = unsafe labelViolation(domain.part(start..<index)) {
                    return violation
                }
                start = index + 1
            }
            index += 1
        }
        return nil
    }

    private static func labelViolation(_ label: Part) -> JIDError? {
        let count = unsafe label.count
        if count == 0 { return JIDError(part: .domain, reason: .empty) }
        if count > 63 { return JIDError(part: .domain, reason: .tooLong) }
        if unsafe label[0] == .hyphen || label[count - 1] == .hyphen {
            return JIDError(part: .domain, reason: .misplacedHyphen, scalar: "-")
        }
        if count >= 4, unsafe label[2] == .hyphen && label[3] == .hyphen {
            let isALabel = unsafe label[0] | 0x20 == 0x78 && label[1] | 0x20 == 0x6E
            return JIDError(part: .domain, reason: isALabel ? .unsupported : .misplacedHyphen)
        }
        return nil
    }

    private static func violation(_ part: JIDError.Part, _ byte: UInt8) -> JIDError {
        let isLiteral = part == .domain && (byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]"))
        return byte >= 0x80 || isLiteral
            ? JIDError(part: part, reason: .unsupported)
            : JIDError(part: part, reason: .invalidCharacter, scalar: Unicode.Scalar(byte))
    }
}

// MARK: The resource

extension JIDParser {
    private static func resource(_ part: Part, isLenient: Bool) throws(JIDError) -> String {
        if unsafe part.count == 0 { throw JIDError(part: .resource, reason: .empty) }
        if unsafe part.count > maximumPartLength {
            throw JIDError(part: .resource, reason: .tooLong)
        }
        if !isLenient, let byte = unsafe part.first(.inResource) {
            throw violation(.resource, byte)
        }
        return try unsafe text(part)
    }

    /// Checks a resource by the strict rules. RFC 7622, section 3.4.
    static func checkResource(_ text: String) throws(JIDError) {
        try unsafe Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(JIDError) in
            try unsafe Oddness.table.withUnsafeBufferPointer { (table) throws(JIDError) in
                guard let base = bytes.baseAddress, let table = table.baseAddress else {
                    throw JIDError(part: .resource, reason: .empty)
                }
                _ = try unsafe resource(
                    Part(base: base, count: bytes.count, table: table), isLenient: false)
            }
        }
    }
}
