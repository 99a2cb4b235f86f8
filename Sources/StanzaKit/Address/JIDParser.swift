/// Splits addresses, brings plain ASCII into its normal form, and leaves the rest to the preparation
/// by RFC 7622.
@usableFromInline
enum JIDParser {
    static let maximumPartLength = 1023
    /// What may become a part of 1,023 octets: no mapping makes one octet of more than four.
    static let maximumRawPartLength = 4 * maximumPartLength

    /// Which rules hold.
    @usableFromInline
    enum Strictness {
        /// RFC 7622, but for what is allowed.
        case strict(JID.Allowance)
        /// What no address can have is refused.
        case lenient

        fileprivate var maximumLength: Int {
            switch self {
            case .strict: maximumRawPartLength
            case .lenient: maximumPartLength
            }
        }
    }

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

        /// Whether nothing is odd in that way.
        func isPlain(for odd: Oddness) -> Bool {
            unsafe (0..<count).allSatisfy { unsafe oddness(at: $0).isDisjoint(with: odd) }
        }

        /// The text of a range that is ASCII.
        func ascii(_ range: Range<Int>) -> String {
            unsafe String(
                decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count),
                as: UTF8.self)
        }

        /// The text of a range.
        ///
        /// - Parameter name: The part that an error names.
        func text(_ range: Range<Int>, _ name: JIDError.Part) throws(JIDError) -> String {
            // Validating costs four times as much.
            if unsafe part(range).isASCII { return unsafe ascii(range) }
            let bytes = unsafe UnsafeBufferPointer(
                start: base + range.lowerBound, count: range.count)
            guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
                throw JIDError(part: name, reason: .invalidEncoding)
            }
            return text
        }

        @inline(__always)
        func part(_ range: Range<Int>) -> Part {
            unsafe Part(base: base + range.lowerBound, count: range.count, table: table)
        }
    }

    @usableFromInline
    static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, _ strictness: Strictness
    ) throws(JIDError) -> JID {
        try unsafe Oddness.table.withUnsafeBufferPointer { (table) throws(JIDError) in
            guard let base = bytes.baseAddress, let table = table.baseAddress else {
                throw JIDError(part: .domain, reason: .empty)
            }
            return try unsafe split(
                Part(base: base, count: bytes.count, table: table), strictness)
        }
    }

    /// The same where only a value may come out.
    @usableFromInline
    static func result(
        _ bytes: UnsafeBufferPointer<UInt8>, _ strictness: Strictness
    ) -> Result<JID, JIDError> {
        do throws(JIDError) {
            return .success(try unsafe parse(bytes, strictness))
        } catch {
            return .failure(error)
        }
    }

    private static func split(_ whole: Part, _ strictness: Strictness) throws(JIDError) -> JID {
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
        let end = try unsafe checkLayout(whole, at: at, end: slash, strictness)
        let isPlain =
            unsafe localOdd & Oddness.inLocal.rawValue == 0
            && at <= maximumPartLength
            && isPlainDomain(whole.part(at + 1..<end), Oddness(rawValue: odd))
        let isUpper = (odd | localOdd) & Oddness.upper.rawValue != 0
        let bare =
            isPlain
            ? unsafe plain(whole, at: at, end: end, slash: slash, isUpper: isUpper, strictness)
            : try unsafe prepared(whole, at: at, end: end, slash: slash, strictness)
        if unsafe slash == whole.count { return JID(bare) }
        return JID(
            bare: bare,
            resource: try unsafe resource(whole.part(slash + 1..<whole.count), strictness))
    }
}

// MARK: The bare address

extension JIDParser {
    /// Refuses what no address can have.
    ///
    /// - Returns: Where the domain ends. One dot behind it means the root and is no part of it
    ///   (RFC 7622, section 3.2); of two, both stay, or what is written would be read as another.
    private static func checkLayout(
        _ whole: Part, at: Int, end: Int, _ strictness: Strictness
    ) throws(JIDError) -> Int {
        var domainEnd = end
        if end > at + 1, unsafe whole[end - 1] == .dot { domainEnd -= 1 }
        if at == 0 { throw JIDError(part: .local, reason: .empty) }
        if domainEnd == at + 1 { throw JIDError(part: .domain, reason: .empty) }
        if unsafe whole[domainEnd - 1] == .dot { domainEnd = end }
        if at > strictness.maximumLength { throw JIDError(part: .local, reason: .tooLong) }
        if domainEnd - at - 1 > strictness.maximumLength {
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

    /// Whether the domain is a host name of ASCII that needs nothing but lower case. RFC 7622,
    /// section 3.2.
    private static func isPlainDomain(_ domain: Part, _ odd: Oddness) -> Bool {
        let count = unsafe domain.count
        if odd.contains(.inDomain) || count > DomainName.maximumLength { return false }
        var start = 0
        var index = 0
        while index <= count {
            if unsafe index == count || domain[index] == .dot {
                let hasLength = index > start && index - start <= DomainName.maximumLabelLength
                if !hasLength { return false }
                // A label without hyphens has nothing to be wrong but its length.
                if odd.contains(.hyphen), unsafe !isPlainLabel(domain.part(start..<index)) {
                    return false
                }
                start = index + 1
            }
            index += 1
        }
        return true
    }

    private static func isPlainLabel(_ label: Part) -> Bool {
        let count = unsafe label.count
        if unsafe label[0] == .hyphen || label[count - 1] == .hyphen { return false }
        return unsafe count < 4 || label[2] != .hyphen || label[3] != .hyphen
    }

    /// A bare address that is plain ASCII.
    private static func plain(
        _ whole: Part, at: Int, end: Int, slash: Int, isUpper: Bool, _ strictness: Strictness
    ) -> BareJID {
        let text = unsafe isUpper ? lowercased(whole.part(0..<end)) : whole.ascii(0..<end)
        var spelling: String?
        if case .lenient = strictness, isUpper || end != slash {
            spelling = unsafe whole.ascii(0..<slash)
        }
        return BareJID(
            text: text, localLength: max(at, 0), isConforming: true, spelling: spelling)
    }

    /// The text with ASCII letters in lower case; it is UTF-8.
    private static func lowercased(_ part: Part) -> String {
        let lowered = unsafe UnsafeBufferPointer(start: part.base, count: part.count).map {
            (0x41...0x5A).contains($0) ? $0 | 0x20 : $0
        }
        return String(decoding: lowered, as: UTF8.self)
    }

    /// A bare address that is not.
    private static func prepared(
        _ whole: Part, at: Int, end: Int, slash: Int, _ strictness: Strictness
    ) throws(JIDError) -> BareJID {
        let local = at < 0 ? nil : try unsafe whole.text(0..<at, .local)
        let domain = try unsafe whole.text(at + 1..<end, .domain)
        switch strictness {
        case .strict(let allowance):
            return try bare(local: local, domain: domain, allowing: allowance)
        case .lenient:
            let spelling = try unsafe whole.text(0..<slash, .domain)
            do throws(JIDError) {
                let bare = try bare(local: local, domain: domain, allowing: [])
                return bare.spelled(spelling)
            } catch {
                return BareJID(
                    text: unsafe lowercased(whole.part(0..<end)), localLength: max(at, 0),
                    isConforming: false
                ).spelled(spelling)
            }
        }
    }

    /// The address of parts as they were typed.
    static func bare(
        local: String?, domain: String, allowing allowance: JID.Allowance
    ) throws(JIDError) -> BareJID {
        do throws(JIDError) {
            return try bare(local: local, domain: domain, allowing: [], isConforming: true)
        } catch {
            if allowance.isEmpty { throw error }
            return try bare(local: local, domain: domain, allowing: allowance, isConforming: false)
        }
    }

    private static func bare(
        local: String?, domain: String, allowing allowance: JID.Allowance, isConforming: Bool
    ) throws(JIDError) -> BareJID {
        var text = ""
        if let local {
            let scalars = try scalars(local, .local)
            text = try self.text(try LocalPart.prepared(scalars, allowing: allowance), .local)
        }
        let localLength = text.utf8.count
        if local != nil { text += "@" }
        var scalars = try scalars(domain, .domain)
        if scalars.count > 1 && scalars.last == "." { scalars.removeLast() }
        text += try self.text(try DomainName.prepared(scalars, allowing: allowance), .domain)
        return BareJID(text: text, localLength: localLength, isConforming: isConforming)
    }

    private static func scalars(
        _ text: String, _ part: JIDError.Part
    ) throws(JIDError) -> [Unicode.Scalar] {
        if text.utf8.count > maximumRawPartLength { throw JIDError(part: part, reason: .tooLong) }
        return Array(text.unicodeScalars)
    }

    private static func text(
        _ scalars: [Unicode.Scalar], _ part: JIDError.Part
    ) throws(JIDError) -> String {
        if scalars.isEmpty { throw JIDError(part: part, reason: .empty) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.count * 2)
        for scalar in scalars { bytes.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
        if bytes.count > maximumPartLength { throw JIDError(part: part, reason: .tooLong) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

// MARK: The resource

extension JIDParser {
    private static func resource(
        _ part: Part, _ strictness: Strictness
    ) throws(JIDError) -> String {
        let count = unsafe part.count
        if count == 0 { throw JIDError(part: .resource, reason: .empty) }
        if count > strictness.maximumLength { throw JIDError(part: .resource, reason: .tooLong) }
        let text = try unsafe part.text(0..<count, .resource)
        guard case .strict(let allowance) = strictness else { return text }
        if count <= maximumPartLength, unsafe part.isPlain(for: .inResource) { return text }
        return try resource(text, allowing: allowance)
    }

    /// The resource that `text` is by the strict rules.
    static func resource(
        _ text: String, allowing allowance: JID.Allowance
    ) throws(JIDError) -> String {
        let scalars = try scalars(text, .resource)
        return try self.text(
            try ResourcePart.prepared(scalars, allowing: allowance), .resource)
    }
}
