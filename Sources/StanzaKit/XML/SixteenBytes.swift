/// Sixteen bytes looked at together, to step over those that mean nothing special.
struct SixteenBytes {
    private let bytes: SIMD16<Int8>

    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>) {
        self.bytes = unsafe UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<Int8>.self)
    }

    /// The offset of the first byte that may stop text: not printable ASCII, or one of `& < ]`; 16
    /// where none may.
    @inline(__always)
    var firstStopInText: Int {
        // As signed numbers the bytes beyond ASCII are less than the blank.
        var marks = bytes .< Self.all(.blank)
        marks = marks .| (bytes .== Self.all(.ampersand))
        marks = marks .| (bytes .== Self.all(.lessThan))
        marks = marks .| (bytes .== Self.all(.rightBracket))
        return Self.first(marks)
    }

    /// The offset of the first byte that may stop a value: not printable ASCII, `quote`, `&` or
    /// `<`; 16 where none may.
    @inline(__always)
    func firstStopInValue(_ quote: UInt8) -> Int {
        var marks = bytes .< Self.all(.blank)
        marks = marks .| (bytes .== Self.all(.ampersand))
        marks = marks .| (bytes .== Self.all(.lessThan))
        marks = marks .| (bytes .== Self.all(quote))
        return Self.first(marks)
    }

    /// The offset of the first byte that may have to be escaped: a control character, one of
    /// `& ' " < >`, or 0xEF; 16 where none may.
    @inline(__always)
    var firstEscaped: Int {
        // `&` and `'` differ in one bit, as do `<` and `>`.
        var marks = (bytes & Self.all(0xE0)) .== Self.all(0)
        marks = marks .| (bytes .== Self.all(.doubleQuote))
        marks = marks .| (bytes .== Self.all(0xEF))
        marks = marks .| ((bytes | Self.all(1)) .== Self.all(.singleQuote))
        marks = marks .| ((bytes | Self.all(2)) .== Self.all(.greaterThan))
        return Self.first(marks)
    }

    /// The offset of the first byte that is not in `A-Z a-z 0-9 - . _`; 16 where all are.
    @inline(__always)
    var firstBeyondName: Int {
        // Moved so that a range begins at the least signed number, one comparison tells who is in
        // it.
        let letters = (bytes | Self.all(0x20)) &+ Self.all(0x80 - 0x61)
        let digits = bytes &+ Self.all(0x80 - 0x30)
        var names = letters .< Self.all(0x80 + 26)
        names = names .| (digits .< Self.all(0x80 + 10))
        names = names .| (bytes .== Self.all(0x2D))
        names = names .| (bytes .== Self.all(0x2E))
        names = names .| (bytes .== Self.all(0x5F))
        return Self.first(.!names)
    }

    /// Writes all sixteen.
    @inline(__always)
    func store(to pointer: UnsafeMutablePointer<UInt8>) {
        unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: bytes, as: SIMD16<Int8>.self)
    }

    /// Without it, an operator with one number would run over the sixteen bytes one by one.
    @inline(__always)
    private static func all(_ byte: UInt8) -> SIMD16<Int8> {
        SIMD16(repeating: Int8(bitPattern: byte))
    }

    @inline(__always)
    private static func first(_ marks: SIMDMask<SIMD16<Int8>>) -> Int {
        let halves = unsafe unsafeBitCast(marks, to: SIMD2<UInt64>.self)
        let (low, high) = (UInt64(littleEndian: halves[0]), UInt64(littleEndian: halves[1]))
        if low != 0 { return low.trailingZeroBitCount / 8 }
        return 8 + high.trailingZeroBitCount / 8
    }
}
