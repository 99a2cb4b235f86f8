public import StanzaKit

/// A store in a file, which a crash cannot harm.
///
/// ```swift
/// let store = try FileSubscriptionStore(path: "/var/lib/gateway/subscriptions")
/// let component = try ComponentPresence(stream, domain: "icq.example.net", store: store)
/// ```
///
/// Each change is written behind those before it with a checksum, so it costs the same however many
/// there are. A write that a crash has torn is found by its checksum when the file is opened again, and
/// dropped; nothing else ever is. When most of the file is out of date, what still counts is written
/// to a second file, which then takes its place in one step. Everything is in memory too: reading
/// touches no disk.
///
/// A program that ends without a warning loses nothing. Whether a machine that does may lose the last
/// changes is ``synchronizesEveryChange``.
///
/// The file is locked while the store lives; two stores on it would not know of each other.
public final class FileSubscriptionStore: SubscriptionStore {
    /// Where the file is.
    public let path: String
    /// Whether each change waits until it is on the disk, a few milliseconds mostly, so that not even
    /// a power failure loses it. Where it does not, call ``synchronize()`` now and then: of what came
    /// after it a power failure may leave a part in the middle out, which is found as damage.
    public var synchronizesEveryChange: Bool
    /// How many changes the file tells, those that are out of date included.
    public private(set) var changesInFile: Int

    private var contents: InMemorySubscriptionStore
    private var file: LogFile

    /// How many changes that are out of date a file holds at least before it is made smaller.
    static let minimumOutdated = 1024

    /// Opens the store, or makes it.
    ///
    /// - Parameters:
    ///   - path: The file. Beside it, a file called as that and `.new` is made at times.
    ///   - synchronizesEveryChange: See ``synchronizesEveryChange``.
    /// - Throws: That the file cannot be read or written, is used by another store, holds something
    ///   else, or was damaged by something else than a crash. It is left as it was then.
    public init(
        path: String, synchronizesEveryChange: Bool = true
    ) throws(SubscriptionStoreError) {
        var file = try LogFile.opened(path)
        let log = try SubscriptionLog.contents(of: file.contents())
        try file.truncate(to: log.end)
        if log.end == 0 {
            try file.append(SubscriptionLog.header)
            try file.synchronize()
            try LogFile.synchronizeDirectory(of: path)
        }
        self.path = path
        self.synchronizesEveryChange = synchronizesEveryChange
        self.file = file
        contents = log.store
        changesInFile = log.frames
    }

    /// Waits until every change is on the disk.
    ///
    /// - Throws: That this cannot be; then nothing more is written until the store is opened again.
    public func synchronize() throws(SubscriptionStoreError) {
        try file.synchronize()
    }

    /// How many entries there are.
    public var count: Int { contents.count }
}

@available(*, unavailable)
extension FileSubscriptionStore: Sendable {}

// MARK: SubscriptionStore

extension FileSubscriptionStore {
    /// What is kept about a contact; `nil` for a stranger.
    public func entry(for contact: BareJID, at local: BareJID) -> SubscriptionEntry? {
        contents.entry(for: contact, at: local)
    }

    /// Everybody whom a local address has an entry for, sorted by address.
    public func contacts(of local: BareJID) -> [BareJID] { contents.contacts(of: local) }

    /// The local addresses that have entries, sorted.
    public func addresses() -> [BareJID] { contents.addresses() }

    /// The local addresses that have contacts whose requests wait, sorted.
    public func addressesWithRequests() -> [BareJID] { contents.addressesWithRequests() }

    /// Keeps an entry, or forgets it with `nil`.
    ///
    /// - Throws: That it cannot be written. Nothing has changed then, here; where the disk itself
    ///   failed, the file may tell the change when it is opened again.
    public func set(
        _ entry: SubscriptionEntry?, for contact: BareJID, at local: BareJID
    ) throws(SubscriptionStoreError) {
        if entry == contents.entry(for: contact, at: local) { return }
        try file.append(
            SubscriptionLog.frame(of: .init(local: local, contact: contact, entry: entry)))
        if synchronizesEveryChange { try file.synchronize() }
        contents.set(entry, for: contact, at: local)
        changesInFile += 1
        // The change is kept already; where there is no room for a smaller file, the large one stays.
        if changesInFile >= 2 * contents.count + Self.minimumOutdated { try? compact() }
    }

    /// Writes what counts to a new file, which then takes the place of the old one.
    private func compact() throws(SubscriptionStoreError) {
        // What a crash left behind, or somebody put there for us to write to.
        LogFile.remove(path + ".new")
        var new = try LogFile.opened(path + ".new")
        try new.truncate(to: 0)
        var bytes = SubscriptionLog.header
        try contents.forEach { (local, contact, entry) throws(SubscriptionStoreError) in
            bytes += try SubscriptionLog.frame(
                of: .init(local: local, contact: contact, entry: entry))
            if bytes.count > 1 << 16 {
                try new.append(bytes)
                bytes = []
            }
        }
        try new.append(bytes)
        try new.synchronize()
        try new.replaceFile(at: path)
        file = new
        changesInFile = contents.count
        try LogFile.synchronizeDirectory(of: path)
    }
}
