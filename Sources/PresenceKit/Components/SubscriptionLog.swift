internal import StanzaKit

/// The bytes of a ``FileSubscriptionStore``: a header, then one frame for each change, in the order in
/// which they happened. The last frame for a contact counts.
///
///     frame   = marker length checksum payload
///     payload = local NUL contact NUL state NUL approved NUL request
///
/// The length is that of the payload; the checksum is over both, so that zeros, which some file systems
/// leave where a write was torn, are no frame. Both are little-endian. Without a state the contact is forgotten. No address and no XML holds NUL.
enum SubscriptionLog {
    static let header = Array("PresenceKit subscriptions 1\n".utf8)
    /// Begins with a byte that no UTF-8 holds, so that nothing within a payload looks like a frame.
    static let marker: [UInt8] = [0xFF, 0x50, 0x4B, 0xFF]
    /// What is in front of a payload.
    static let overhead = marker.count + 8

    /// A change that the log tells.
    struct Change {
        var local: BareJID
        var contact: BareJID
        var entry: SubscriptionEntry?
    }

    /// What was read of a log.
    struct Contents {
        var store = InMemorySubscriptionStore()
        var frames = 0
        /// Where the last whole frame ends; what is behind it is a tail that was torn off.
        var end = 0
    }

    static func frame(
        of change: Change
    ) throws(SubscriptionStoreError) -> [UInt8] {
        let entry = change.entry
        let request: [UInt8]
        do throws(SerializationError) {
            request = try entry?.request?.element.serialized() ?? []
        } catch {
            throw SubscriptionStoreError(.unwritable, detail: "a request: \(error)")
        }
        let texts = [
            change.local.spelling, change.contact.spelling, entry?.state.rawValue ?? "",
            entry?.isApproved == true ? "1" : "0",
        ]
        let payload = texts.flatMap { Array($0.utf8) + [0] } + request
        let length = bytes(of: UInt32(payload.count))
        return marker + length + bytes(of: CRC32.of(length + payload)) + payload
    }

    /// Reads a whole log.
    ///
    /// - Throws: That it is none, or that something is behind what is torn, so that no crash can have
    ///   torn it.
    static func contents(of bytes: [UInt8]) throws(SubscriptionStoreError) -> Contents {
        var contents = Contents()
        guard bytes.starts(with: header) else {
            // The very first write was torn: nothing was kept yet.
            let written = bytes.prefix { $0 != 0 }
            if bytes.count <= header.count, header.starts(with: written),
                bytes[written.endIndex...].allSatisfy({ $0 == 0 })
            {
                return contents
            }
            throw SubscriptionStoreError(.unknownFormat)
        }
        contents.end = header.count
        while let payload = payload(at: contents.end, in: bytes) {
            guard let change = change(in: payload) else {
                throw SubscriptionStoreError(.unknownFormat, detail: "at byte \(contents.end)")
            }
            contents.store.set(change.entry, for: change.contact, at: change.local)
            contents.frames += 1
            contents.end = payload.endIndex
        }
        if contents.end < bytes.count, hasFrame(in: bytes[(contents.end + 1)...]) {
            throw SubscriptionStoreError(.damaged, detail: "at byte \(contents.end)")
        }
        return contents
    }

    /// The payload of the frame that begins at `start`; `nil` where no whole one does.
    private static func payload(at start: Int, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.count - start >= overhead, bytes[start...].starts(with: marker) else {
            return nil
        }
        let length = Int(number(at: start + marker.count, in: bytes))
        guard length <= bytes.count - start - overhead else { return nil }
        let payload = bytes[(start + overhead)..<(start + overhead + length)]
        let sum = CRC32.of(bytes[(start + marker.count)..<(start + marker.count + 4)] + payload)
        return sum == number(at: start + marker.count + 4, in: bytes) ? payload : nil
    }

    private static func hasFrame(in tail: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(tail)
        return bytes.indices.contains { index in
            bytes[index] == marker[0] && payload(at: index, in: bytes) != nil
        }
    }

    private static func change(in payload: ArraySlice<UInt8>) -> Change? {
        let parts = payload.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, let local = try? JID(wire: parts[0]),
            let contact = try? JID(wire: parts[1])
        else { return nil }
        var change = Change(local: local.bare, contact: contact.bare)
        if parts[2].isEmpty { return change }
        guard let state = SubscriptionState(rawValue: String(decoding: parts[2], as: UTF8.self))
        else { return nil }
        change.entry = SubscriptionEntry(
            state, isApproved: parts[3].elementsEqual("1".utf8), request: request(in: parts[4]))
        return change
    }

    private static func request(in bytes: ArraySlice<UInt8>) -> Presence? {
        if bytes.isEmpty { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return (try? Element(parsing: text, in: .client)).flatMap { Presence($0) }
    }

    private static func bytes(of number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func number(at index: Int, in bytes: [UInt8]) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
    }
}

/// The checksum of Ethernet and zip: it finds every tear, and every change of up to 32 bits in a row.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8
        }
    }
}
