public import StanzaKit

/// Bytes that arrived; see ``InMemoryServer/Connection/traffic``.
public struct Transmission: Sendable, Hashable {
    /// Which way they went.
    public var direction: InMemoryServer.Connection.Direction
    /// When they arrived.
    public var time: ManualClock.Instant
    /// The bytes: one stanza as a rule, less where the connection was cut.
    public var bytes: [UInt8]

    /// The bytes as text; what is no UTF-8 is repaired.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The stanza, or another child of the stream; `nil` where the bytes are none.
    ///
    /// What a component sends and gets is shown in ``StanzaKit/XMLNamespace/client`` here.
    public var element: Element? {
        try? Element(parsing: text, in: .client, limits: .unlimited)
    }
}

extension Transmission: CustomStringConvertible {
    /// When, where to, and what.
    public var description: String {
        "\(time.offset) \(direction == .toServer ? ">" : "<") \(text)"
    }
}

/// The latest of what arrived on a connection.
struct TrafficLog {
    /// How many entries are kept.
    var limit = 0 {
        didSet { shorten() }
    }
    private(set) var entries: ArraySlice<Transmission> = []

    mutating func append(
        _ bytes: [UInt8], _ direction: InMemoryServer.Connection.Direction,
        at time: ManualClock.Instant
    ) {
        if limit == 0 || bytes.isEmpty { return }
        entries.append(Transmission(direction: direction, time: time, bytes: bytes))
        shorten()
    }

    private mutating func shorten() {
        entries.removeFirst(max(entries.count - limit, 0))
    }
}

extension ParserLimits {
    /// What a test sends is not to be cut short by what reads along.
    static let unlimited: ParserLimits = {
        var limits = ParserLimits()
        limits.stanzaBytes = .max
        limits.textBytes = .max
        limits.nodes = .max
        limits.depth = .max
        return limits
    }()
}
