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
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// Feeds the UTF-8 bytes, and a terminator that no UTF-8 holds.
    package func hashExactly(into hasher: inout Hasher) {
        let hashed: Void? = unsafe utf8.withContiguousStorageIfAvailable { bytes in
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if hashed == nil {
            for byte in utf8 { hasher.combine(byte) }
        }
        hasher.combine(0xFF as UInt8)
    }
}
