internal import CLibXML2

/// libxml2's push parser with the tree it builds: the one file that knows libxml2.
///
/// It owns the parser context and, at an address that never changes, the state that the callbacks
/// write to.
@safe struct SAXSession: ~Copyable {
    private var context: xmlParserCtxtPtr
    private let state: UnsafeMutablePointer<SAXState>
    /// The start tag of the stream, for a context that takes over in the middle of it.
    private var header: [UInt8] = []
    private var parsedBytes = 0

    /// libxml2 2.9 asks for one initialisation in front of any use by several threads.
    private static let isInitialized: Bool = {
        xmlInitParser()
        return true
    }()

    init(baseDepth: Int, tapeLimit: Int) {
        precondition(Self.isInitialized)
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: SAXState(baseDepth: baseDepth, tapeLimit: tapeLimit))
        unsafe context = Self.makeContext(state)
    }

    deinit {
        unsafe xmlFreeParserCtxt(context)
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    /// Parses complete tags; what they amount to is taken with ``takeEvents(into:)`` and
    /// ``failure``.
    mutating func parse(_ bytes: UnsafePointer<UInt8>, count: Int) {
        if unsafe state.pointee.failure != nil { return }
        let status = unsafe bytes.withMemoryRebound(to: CChar.self, capacity: count) {
            unsafe xmlParseChunk(context, $0, Int32(count), 0)
        }
        parsedBytes += count
        if status != 0 { unsafe state.pointee.fail("libxml2 error \(status)") }
    }

    /// Remembers the start tag of the stream.
    mutating func setHeader(_ bytes: UnsafeBufferPointer<UInt8>) {
        header = unsafe Array(bytes)
    }

    /// Moves what the callbacks saw to the end of `events`.
    func takeEvents(into events: inout [StanzaParser.Event]) {
        if events.isEmpty {
            unsafe swap(&events, &state.pointee.events)
        } else {
            unsafe events += state.pointee.events
            unsafe state.pointee.events.removeAll(keepingCapacity: true)
        }
    }

    var failure: StreamError? { unsafe state.pointee.failure }

    /// Whether an element of a stanza is open.
    var isInStanza: Bool { unsafe state.pointee.depth > state.pointee.baseDepth }

    /// Whether the context has grown: it keeps every name it ever saw, and libxml2 2.9 counts some
    /// of its bytes in 32 bits.
    var isWorn: Bool {
        unsafe parsedBytes > 1 << 30 || xmlDictSize(context.pointee.dict) > 4096
            || xmlDictGetUsage(context.pointee.dict) > 1 << 20
    }

    /// Goes on with a new context between two stanzas, forgetting a stanza that is incomplete.
    mutating func renew() {
        unsafe xmlFreeParserCtxt(context)
        unsafe context = Self.makeContext(state)
        parsedBytes = 0
        unsafe state.pointee.reset()
        if header.isEmpty { return }
        unsafe state.pointee.isReplaying = true
        unsafe header.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe parse(base, count: bytes.count)
        }
        unsafe state.pointee.isReplaying = false
    }

    private static func makeContext(_ state: UnsafeMutablePointer<SAXState>) -> xmlParserCtxtPtr {
        var handler = unsafe xmlSAXHandler()
        unsafe handler.initialized = XML_SAX2_MAGIC
        unsafe handler.startElementNs = {
            data, local, prefix, uri, declarationCount, declarations, count, _, attributes in
            guard let data = unsafe data, let local = unsafe local else { return }
            unsafe data.assumingMemoryBound(to: SAXState.self).pointee.open(
                local, isPrefixed: prefix != nil, uri,
                SAXAttributes(base: attributes, count: Int(count)),
                SAXDeclarations(base: declarations, count: Int(declarationCount)))
        }
        unsafe handler.endElementNs = { data, _, _, _ in
            guard let data = unsafe data else { return }
            unsafe data.assumingMemoryBound(to: SAXState.self).pointee.close()
        }
        unsafe handler.characters = { data, text, count in
            guard let data = unsafe data, let text = unsafe text else { return }
            unsafe data.assumingMemoryBound(to: SAXState.self).pointee.append(
                text, count: Int(count))
        }
        unsafe handler.serror = { data, error in
            guard let data = unsafe data, let error = unsafe error?.pointee else { return }
            let isNamespaceError = unsafe error.domain == 3 && (200...205).contains(error.code)
            if unsafe isNamespaceError || error.level == XML_ERR_FATAL {
                unsafe data.assumingMemoryBound(to: SAXState.self).pointee.fail(
                    "libxml2 error \(error.code)")
            }
        }
        guard let context = unsafe xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else {
            fatalError("libxml2 has no memory for a parser")
        }
        // NOENT: else `&amp;` in a value arrives as `&#38;`. HUGE: our own limits are the ones that
        // count. 1 << 23 is NO_XXE, for the versions that know it.
        let options =
            XML_PARSE_NOENT.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue | 1 << 23
        unsafe xmlCtxtUseOptions(context, Int32(bitPattern: options))
        return unsafe context
    }
}
