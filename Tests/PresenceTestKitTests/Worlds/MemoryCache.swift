import RosterKit

/// A roster cache that lasts as long as the test.
final class MemoryCache: RosterCache {
    private(set) var bytes: [UInt8]?

    /// A cache that begins with what is in another one.
    init(_ bytes: [UInt8]? = nil) {
        self.bytes = bytes
    }

    func load() -> [UInt8]? { bytes }
    func save(_ bytes: [UInt8]) { self.bytes = bytes }
}
