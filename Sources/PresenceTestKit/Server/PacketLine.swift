internal import StanzaKit

/// Bytes that are under way: a stanza, or what else was written at once.
struct Packet {
    var bytes: [UInt8]
    /// Its place among all that was sent on the server.
    let number: Int
    var due: ManualClock.Instant
    /// How many packets behind it go first.
    var yields = 0
    /// How many of its bytes arrive before the connection is lost.
    var cut: Int?
}

/// What is under way on one connection in one direction, in the order in which it was sent.
struct PacketLine {
    private var packets: ArraySlice<Packet> = []
    /// Whether nothing moves.
    var isHalted = false
    /// How many bytes arrive, from now on, before the connection is lost.
    var byteLimit: Int? {
        didSet { byteCount = 0 }
    }
    private var byteCount = 0

    var count: Int { packets.count }

    /// Whether as many bytes have arrived as may.
    var isSpent: Bool { byteLimit == byteCount }

    mutating func append(_ packet: Packet) {
        packets.append(packet)
    }

    /// When the first packet arrives that does not wait for others.
    var nextDue: ManualClock.Instant? {
        isHalted ? nil : packets.lazy.filter { $0.yields == 0 }.map(\.due).min()
    }

    /// The number of the packet that arrives next, where one is due.
    func nextNumber(at now: ManualClock.Instant) -> Int? {
        nextIndex(at: now).map { packets[$0].number }
    }

    private func nextIndex(at now: ManualClock.Instant) -> Int? {
        isHalted ? nil : packets.firstIndex { $0.due <= now && $0.yields == 0 }
    }

    /// Takes the packet that arrives next.
    ///
    /// - Returns: What arrives of it, and whether the connection is lost behind that.
    mutating func take(at now: ManualClock.Instant) -> (bytes: [UInt8], isCut: Bool)? {
        guard let index = nextIndex(at: now) else { return nil }
        let packet = packets[index]
        for earlier in packets.startIndex..<index where packets[earlier].yields > 0 {
            packets[earlier].yields -= 1
        }
        if index == packets.startIndex { packets.removeFirst() } else { packets.remove(at: index) }
        let most = min(packet.cut ?? .max, byteLimit.map { $0 - byteCount } ?? .max)
        let bytes = Array(packet.bytes.prefix(most))
        byteCount += bytes.count
        // With the last byte that may arrive the connection is gone, whole stanza or not.
        return (bytes, packet.cut != nil || isSpent)
    }

    /// Lets everything arrive as soon as it can, in the order in which it was sent.
    mutating func hurry(at now: ManualClock.Instant) {
        isHalted = false
        byteLimit = nil
        for index in packets.indices {
            packets[index].yields = 0
            packets[index].cut = nil
            packets[index].due = min(packets[index].due, now)
        }
    }

    /// Loses what is under way.
    mutating func cut() {
        packets = []
        isHalted = false
        byteLimit = nil
    }
}
