/// Text that compares, hashes and sorts by its UTF-8 bytes.
///
/// Swift's own `String` comparison is canonical equivalence: "é" as one scalar equals "e" and an
/// accent. XMPP compares octets, so whatever XMPP compares is keyed by this.
package struct ExactText: Sendable {
    package var string: String

    package init(_ string: String) {
        self.string = string
    }
}

extension ExactText: Hashable {
    package static func == (left: ExactText, right: ExactText) -> Bool {
        left.string.isExactly(right.string)
    }

    package func hash(into hasher: inout Hasher) {
        string.hashExactly(into: &hasher)
    }
}

extension ExactText: Comparable {
    package static func < (left: ExactText, right: ExactText) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }
}

extension String {
    /// Whether both strings hold the same UTF-8 bytes.
    package func isExactly(_ other: String) -> Bool {
        utf8.count == other.utf8.count && hasSameStart(as: other, count: utf8.count)
    }

    /// Feeds the UTF-8 bytes, and a terminator that no UTF-8 holds.
    package func hashExactly(into hasher: inout Hasher) {
        hashStart(count: utf8.count, into: &hasher)
        hasher.combine(0xFF as UInt8)
    }

    /// Whether the first `count` UTF-8 bytes are the same.
    ///
    /// - Precondition: Both have as many.
    @inline(__always)
    func hasSameStart(as other: String, count: Int) -> Bool {
        let isSame: Bool? = unsafe utf8.withContiguousStorageIfAvailable { left in
            let isSame: Bool? = unsafe other.utf8.withContiguousStorageIfAvailable { right in
                guard let left = left.baseAddress, let right = right.baseAddress else {
                    return count == 0
                }
                return unsafe UnsafeRawPointer(left).hasSameBytes(
                    as: UnsafeRawPointer(right), count: count)
            }
            return unsafe isSame ?? left.prefix(count).elementsEqual(other.utf8.prefix(count))
        }
        return isSame ?? utf8.prefix(count).elementsEqual(other.utf8.prefix(count))
    }

    /// Feeds the first `count` UTF-8 bytes.
    ///
    /// - Precondition: There are as many.
    @inline(__always)
    func hashStart(count: Int, into hasher: inout Hasher) {
        let hashed: Void? = unsafe utf8.withContiguousStorageIfAvailable { bytes in
            unsafe hasher.combine(
                bytes: UnsafeRawBufferPointer(start: bytes.baseAddress, count: count))
        }
        if hashed == nil {
            for byte in utf8.prefix(count) { hasher.combine(byte) }
        }
    }
}

extension UnsafeRawPointer {
    /// Compares sixteen bytes at a time: `elementsEqual` takes them one by one.
    @inline(__always)
    fileprivate func hasSameBytes(as other: UnsafeRawPointer, count: Int) -> Bool {
        if count < 16 { return unsafe hasSameFewBytes(as: other, count: count) }
        var offset = 0
        while offset < count - 16 {
            if unsafe vector(at: offset) != other.vector(at: offset) { return false }
            offset += 16
        }
        return unsafe vector(at: count - 16) == other.vector(at: count - 16)
    }

    private func hasSameFewBytes(as other: UnsafeRawPointer, count: Int) -> Bool {
        if count >= 8 {
            return unsafe word(at: 0) == other.word(at: 0)
                && word(at: count - 8) == other.word(at: count - 8)
        }
        return (0..<count).allSatisfy { index in
            unsafe load(fromByteOffset: index, as: UInt8.self)
                == other.load(fromByteOffset: index, as: UInt8.self)
        }
    }

    @inline(__always)
    private func vector(at offset: Int) -> SIMD2<UInt64> {
        unsafe loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
    }

    @inline(__always)
    private func word(at offset: Int) -> UInt64 {
        unsafe loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}
