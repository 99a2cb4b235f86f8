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
    /// No packet arrives before this moment; `nil` where none comes of itself.
    private var earliest: ManualClock.Instant?
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
        noteDue(of: packet)
    }

    private mutating func noteDue(of packet: Packet) {
        if packet.yields == 0 { earliest = min(earliest ?? packet.due, packet.due) }
    }

    /// When the first packet arrives that does not wait for others.
    var nextDue: ManualClock.Instant? { isHalted ? nil : firstDue }

    private var firstDue: ManualClock.Instant? {
        packets.lazy.filter { $0.yields == 0 }.map(\.due).min()
    }

    /// Whether no packet with a number, or one below it, is under way.
    func isBeyond(_ number: Int) -> Bool { packets.first.map { $0.number > number } ?? true }

    /// The number of the packet that arrives next, where one is due.
    mutating func nextNumber(at now: ManualClock.Instant) -> Int? {
        nextIndex(at: now).map { packets[$0].number }
    }

    private mutating func nextIndex(at now: ManualClock.Instant) -> Int? {
        guard !isHalted, let due = earliest, due <= now else { return nil }
        let index = packets.firstIndex { $0.due <= now && $0.yields == 0 }
        // Many that are late are not looked through again before their time.
        if index == nil { earliest = firstDue }
        return index
    }

    /// Takes the packet that arrives next.
    ///
    /// - Returns: What arrives of it, and whether the connection is lost behind that.
    mutating func take(at now: ManualClock.Instant) -> (bytes: [UInt8], isCut: Bool)? {
        guard let index = nextIndex(at: now) else { return nil }
        let packet = packets[index]
        for earlier in packets.startIndex..<index where packets[earlier].yields > 0 {
            packets[earlier].yields -= 1
            noteDue(of: packets[earlier])
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
            noteDue(of: packets[index])
        }
    }

    /// Loses what is under way.
    mutating func cut() {
        packets = []
        earliest = nil
        isHalted = false
        byteLimit = nil
    }
}
