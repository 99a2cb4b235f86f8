/// What libxml2's callbacks write to: the tape of the stanza at hand, and what was finished.
///
/// Names come from the parser context's dictionary, so the same pointer is the same name: a small
/// cache by pointer gives their lengths, and where the stanza at hand already spells them.
@safe struct SAXState: ~Copyable {
    let baseDepth: Int
    /// How many bytes a tape may have; one that would have more is dropped.
    let tapeLimit: Int
    private(set) var depth = 0
    var events: [StanzaParser.Event] = []
    private(set) var failure: StreamError?
    /// Whether there is a failure, for the callbacks: cheaper to ask than the failure itself.
    private var hasFailed = false
    /// Whether the start tag that comes was seen before.
    var isReplaying = false

    private var records = GrowableBuffer<Record>(capacity: 64)
    private var bytes = GrowableBuffer<UInt8>(capacity: 1024)
    /// The record of the innermost element that is open in the stanza at hand; each knows the one
    /// around it.
    private var innermost = 0
    private var continuesText = false
    private var language: [UInt8] = []
    private let names: UnsafeMutablePointer<CachedName>
    /// The number of the stanza, so that the cache need not be cleared for each.
    private var generation: UInt32 = 1

    /// As a power of two.
    private static let cacheBits: UInt64 = 8
    private static let cacheSize = 1 << Int(cacheBits)
    /// How many places a name may be in.
    private static let probes = 8

    @unsafe private struct CachedName {
        var local: UnsafePointer<UInt8>?
        var uri: UnsafePointer<UInt8>?
        /// Where the stanza of that number has it.
        var offset: UInt32 = 0
        var generation: UInt32 = 0
        var namespaceLength: UInt16 = 0
        var localLength: UInt16 = 0

        var isWellKnown: Bool { unsafe offset >= UInt32(WellKnownNames.base) }
    }

    init(baseDepth: Int, tapeLimit: Int) {
        self.baseDepth = baseDepth
        self.tapeLimit = tapeLimit
        unsafe names = .allocate(capacity: Self.cacheSize)
        unsafe names.initialize(repeating: CachedName(), count: Self.cacheSize)
    }

    deinit { unsafe names.deallocate() }

    @inline(never)
    mutating func fail(_ text: String) {
        fail(.notWellFormed, text)
    }

    private mutating func fail(_ condition: StreamError.Condition, _ text: String) {
        if hasFailed { return }
        hasFailed = true
        failure = StreamError(condition, text: text)
    }

    /// Forgets the stanza at hand and every pointer into the parser context.
    mutating func reset() {
        depth = 0
        unsafe names.update(repeating: CachedName(), count: Self.cacheSize)
        finishTape()
    }

    private mutating func finishTape() {
        records.removeAll(retaining: 1024)
        bytes.removeAll(retaining: 16 << 10)
        innermost = 0
        continuesText = false
        generation &+= 1
        if generation == 0 {
            unsafe names.update(repeating: CachedName(), count: Self.cacheSize)
            generation = 1
        }
    }
}

// MARK: Callbacks

extension SAXState {
    @inline(__always)
    mutating func open(
        _ local: UnsafePointer<UInt8>, isPrefixed: Bool, _ uri: UnsafePointer<UInt8>?,
        _ attributes: SAXAttributes, _ declarations: SAXDeclarations
    ) {
        if hasFailed { return }
        if unsafe isPrefixed && uri == nil { return fail("a prefix without a namespace") }
        depth += 1
        continuesText = false
        if depth <= baseDepth {
            return unsafe openStream(local, uri, attributes, declarations)
        }
        if bytes.count > tapeLimit { return }
        let parent = UInt32(truncatingIfNeeded: innermost)
        innermost = records.count
        let count = unsafe attributes.count
        records.reserve(count &+ 1)
        var element = unsafe record(.element, local, uri)
        element.valueOffset = parent
        records.appendUnchecked(element)
        for index in 0..<count {
            guard let attribute = unsafe attributes[index] else {
                return fail("a prefix without a namespace")
            }
            var record = unsafe record(.attribute, attribute.local, attribute.uri)
            record.valueOffset = UInt32(truncatingIfNeeded: bytes.count)
            record.valueLength = unsafe UInt32(truncatingIfNeeded: attribute.count)
            record.end = UInt32(truncatingIfNeeded: records.count &+ 1)
            unsafe bytes.append(attribute.value, count: attribute.count)
            records.appendUnchecked(record)
        }
    }

    mutating func close() {
        if hasFailed { return }
        depth -= 1
        continuesText = false
        if depth < baseDepth {
            events.append(.closed)
            return
        }
        if bytes.count <= tapeLimit {
            records[innermost].end = UInt32(truncatingIfNeeded: records.count)
            innermost = Int(records[innermost].valueOffset)
        }
        if depth == baseDepth { finishStanza() }
    }

    @inline(__always)
    mutating func append(_ text: UnsafePointer<UInt8>, count: Int) {
        if hasFailed || depth <= baseDepth || count == 0 || bytes.count > tapeLimit { return }
        if continuesText {
            records[records.count - 1].valueLength += UInt32(truncatingIfNeeded: count)
        } else {
            continuesText = true
            var record = Record(kind: .text)
            record.valueOffset = UInt32(truncatingIfNeeded: bytes.count)
            record.valueLength = UInt32(truncatingIfNeeded: count)
            record.end = UInt32(truncatingIfNeeded: records.count + 1)
            records.append(record)
        }
        unsafe bytes.append(text, count: count)
    }
}

// MARK: Results

extension SAXState {
    private mutating func finishStanza() {
        if bytes.count > tapeLimit {
            events.append(.dropped(.stanzaBytes))
            return finishTape()
        }
        records[0].valueOffset = UInt32(truncatingIfNeeded: bytes.count)
        records[0].valueLength = UInt32(truncatingIfNeeded: language.count)
        bytes.reserve(language.count)
        for byte in language { bytes.appendUnchecked(byte) }
        let tape = unsafe Tape(
            records: Array(records.values), bytes: TapeBytes(own: Array(bytes.values)))
        events.append(.element(Element(tape: tape, index: 0)))
        finishTape()
    }

    @inline(never)
    private mutating func openStream(
        _ local: UnsafePointer<UInt8>, _ uri: UnsafePointer<UInt8>?,
        _ attributes: SAXAttributes, _ declarations: SAXDeclarations
    ) {
        if isReplaying { return }
        let namespace = unsafe uri.map { unsafe String(cString: $0) } ?? ""
        guard unsafe String(cString: local).isExactly("stream") else {
            return fail(.badFormat, "the root is no stream")
        }
        guard namespace.isExactly(XMLNamespace.streams.rawValue) else {
            return fail(.invalidNamespace, "the root is no stream")
        }
        var header = StreamHeader(contentNamespace: unsafe declarations.defaultNamespace)
        let count = unsafe attributes.count
        for index in 0..<count {
            guard let attribute = unsafe attributes[index] else {
                return fail("a prefix without a namespace")
            }
            let value = unsafe UnsafeBufferPointer(start: attribute.value, count: attribute.count)
            let name = unsafe AttributeName(
                String(cString: attribute.local),
                in: XMLNamespace(rawValue: attribute.uri.map { unsafe String(cString: $0) } ?? ""))
            unsafe header.attributes.append(.init(name, String(decoding: value, as: UTF8.self)))
        }
        language = Array((header.language ?? "").utf8)
        events.append(.opened(header))
    }

    /// A record with a name, which is spelled once in every stanza if it is not well known.
    @inline(__always)
    private mutating func record(
        _ kind: Record.Kind, _ local: UnsafePointer<UInt8>, _ uri: UnsafePointer<UInt8>?
    ) -> Record {
        let home = unsafe Self.slot(local, uri)
        var cached = unsafe names + home
        if unsafe cached.pointee.local != local || cached.pointee.uri != uri {
            unsafe cached = names + (home ^ 1)
            if unsafe cached.pointee.local != local || cached.pointee.uri != uri {
                unsafe cached = find(local, uri, from: home)
            }
        }
        if unsafe cached.pointee.generation != generation && !cached.pointee.isWellKnown {
            unsafe spell(cached)
        }
        return unsafe Record(
            nameOffset: cached.pointee.offset, namespaceLength: cached.pointee.namespaceLength,
            localLength: cached.pointee.localLength, kind: kind)
    }

    @inline(never)
    private mutating func spell(_ cached: UnsafeMutablePointer<CachedName>) {
        unsafe cached.pointee.generation = generation
        unsafe cached.pointee.offset = UInt32(truncatingIfNeeded: bytes.count)
        if let uri = unsafe cached.pointee.uri {
            unsafe bytes.append(uri, count: Int(cached.pointee.namespaceLength))
        }
        if let local = unsafe cached.pointee.local {
            unsafe bytes.append(local, count: Int(cached.pointee.localLength))
        }
    }

    /// A name whose place in the cache is another's or still empty: it may be in one of the places
    /// around, or takes the first that is empty. Where all are taken it displaces the one at home.
    @inline(never)
    private mutating func find(
        _ local: UnsafePointer<UInt8>, _ uri: UnsafePointer<UInt8>?, from home: Int
    ) -> UnsafeMutablePointer<CachedName> {
        for step in 0..<Self.probes {
            let cached = unsafe names + (home ^ step)
            if unsafe cached.pointee.local == local && cached.pointee.uri == uri {
                return unsafe cached
            }
            if unsafe cached.pointee.local == nil {
                unsafe cached.pointee = Self.measure(local, uri)
                return unsafe cached
            }
        }
        unsafe names[home] = Self.measure(local, uri)
        return unsafe names + home
    }

    private static func measure(
        _ local: UnsafePointer<UInt8>, _ uri: UnsafePointer<UInt8>?
    ) -> CachedName {
        let namespace = unsafe UnsafeBufferPointer(
            start: uri, count: uri.map { unsafe length($0) } ?? 0)
        let name = unsafe UnsafeBufferPointer(start: local, count: length(local))
        return unsafe CachedName(
            local: local, uri: uri,
            offset: WellKnownNames.offset(of: name, in: namespace) ?? 0,
            namespaceLength: UInt16(namespace.count), localLength: UInt16(name.count))
    }

    /// Where a name should be in the cache: the highest bits of a product depend on all bits of
    /// both pointers.
    private static func slot(_ local: UnsafePointer<UInt8>, _ uri: UnsafePointer<UInt8>?) -> Int {
        let both = UInt64(UInt(bitPattern: local)) &+ UInt64(UInt(bitPattern: uri)) &* 31
        return Int(truncatingIfNeeded: (both &* 0x9E37_79B9_7F4A_7C15) >> (64 - cacheBits))
    }

    private static func length(_ string: UnsafePointer<UInt8>) -> Int {
        var length = 0
        while unsafe string[length] != 0 { length += 1 }
        return length
    }
}

// MARK: libxml2's arrays

/// The attributes of a start tag: five pointers each, namely name, prefix, namespace, and the
/// value's ends.
@unsafe struct SAXAttributes {
    let base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    let count: Int

    /// An attribute; `nil` where its prefix has no namespace.
    subscript(index: Int) -> (
        local: UnsafePointer<UInt8>, uri: UnsafePointer<UInt8>?, value: UnsafePointer<UInt8>,
        count: Int
    )? {
        guard let fields = unsafe base.map({ unsafe $0 + 5 * index }),
            let local = unsafe fields[0], let start = unsafe fields[3], let end = unsafe fields[4],
            unsafe fields[1] == nil || fields[2] != nil
        else { return nil }
        return unsafe (local, fields[2], start, end - start)
    }
}

/// The namespace declarations of a start tag: two pointers each, namely prefix and namespace.
@unsafe struct SAXDeclarations {
    let base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    let count: Int

    var defaultNamespace: XMLNamespace {
        for index in unsafe 0..<count {
            if let base = unsafe base, unsafe base[2 * index] == nil,
                let uri = unsafe base[2 * index + 1]
            {
                return unsafe XMLNamespace(rawValue: String(cString: uri))
            }
        }
        return .empty
    }
}
