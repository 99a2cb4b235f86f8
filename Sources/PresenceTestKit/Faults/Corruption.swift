/// What becomes of the bytes of a stanza that arrives damaged; see ``Fault/corrupt(_:)``.
///
/// Offsets count from the first byte of the stanza; one beyond the end is that of the end.
@nonexhaustive
public enum Corruption: Sendable, Hashable {
    /// The bits of a byte that are set in the mask are flipped.
    case flip(UInt8, at: Int)
    /// Bytes come in between, such as a comment, which no stream may have (RFC 6120, section 11.1), or
    /// a byte that is not UTF-8 (section 11.6).
    case insert([UInt8], at: Int)
    /// What is at and behind the offset is missing; the stream goes on with the next stanza.
    case truncate(at: Int)
    /// The stanza is in UTF-16, without a mark of its order, the lower byte last.
    case utf16

    /// Text comes in between.
    public static func insert(_ text: String, at offset: Int) -> Corruption {
        .insert(Array(text.utf8), at: offset)
    }

    /// What arrives instead of `bytes`.
    func corrupted(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        switch self {
        case .flip(let mask, let offset):
            if !bytes.isEmpty { bytes[min(max(offset, 0), bytes.count - 1)] ^= mask }
        case .insert(let more, let offset):
            bytes.insert(contentsOf: more, at: min(max(offset, 0), bytes.count))
        case .truncate(let offset): bytes.removeSubrange(min(max(offset, 0), bytes.count)...)
        case .utf16:
            bytes = String(decoding: bytes, as: UTF8.self).utf16.flatMap {
                [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)]
            }
        }
        return bytes
    }
}
