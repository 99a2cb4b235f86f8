#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Android)
    internal import Android
#endif

/// A file that only grows, and that one program uses at a time.
///
/// It speaks to the system itself, as Foundation tells neither when bytes are on the disk nor what of
/// a write succeeded, and would be carried along for nothing else.
struct LogFile: ~Copyable {
    private let descriptor: Int32
    private(set) var path: String
    /// How many bytes of it count.
    private(set) var length = 0
    /// Whether it is not known what is on the disk.
    private var isBroken = false

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Removes a file, if it is there.
    static func remove(_ path: String) {
        _ = unsafe unlink(path)
    }

    /// Opens a file, or makes it, and locks it.
    static func opened(_ path: String) throws(SubscriptionStoreError) -> LogFile {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw failure(.unreadable, path) }
        let file = LogFile(descriptor: descriptor, path: path)
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            throw failure(errno == EWOULDBLOCK ? .inUse : .unreadable, path)
        }
        // Whoever had the lock may have put another file in its place before letting go of it.
        guard file.isAt(path) else { throw SubscriptionStoreError(.inUse, detail: path) }
        return file
    }

    private func isAt(_ path: String) -> Bool {
        var own = stat()
        var named = stat()
        return unsafe fstat(descriptor, &own) == 0 && stat(path, &named) == 0
            && own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    deinit { _ = close(descriptor) }

    /// Everything that is in the file.
    mutating func contents() throws(SubscriptionStoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let offset = off_t(bytes.count)
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw Self.failure(.unreadable, path) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        length = bytes.count
        return bytes
    }

    /// Drops what is behind the first `length` bytes.
    mutating func truncate(to length: Int) throws(SubscriptionStoreError) {
        if ftruncate(descriptor, off_t(length)) != 0 { throw Self.failure(.unwritable, path) }
        self.length = length
    }

    /// Writes behind what is there. When it throws, the file is as it was.
    mutating func append(_ bytes: [UInt8]) throws(SubscriptionStoreError) {
        if isBroken {
            throw SubscriptionStoreError(.unwritable, detail: "\(path): open it again")
        }
        var written = 0
        while written < bytes.count {
            let offset = off_t(length + written)
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe buffer[written...]
                return unsafe pwrite(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count,
                    offset)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 {
                let failure = Self.failure(.unwritable, path)
                // A torn frame must not be followed by a whole one.
                if ftruncate(descriptor, off_t(length)) != 0 { isBroken = true }
                throw failure
            }
            written += count
        }
        length += written
    }

    /// Waits until what was written is on the disk.
    mutating func synchronize() throws(SubscriptionStoreError) {
        #if canImport(Darwin)
            let isDone = fcntl(descriptor, F_FULLFSYNC) == 0 || fsync(descriptor) == 0
        #else
            let isDone = fsync(descriptor) == 0
        #endif
        if isDone { return }
        // The system may have dropped what it could not write, and would say so once only.
        isBroken = true
        throw Self.failure(.unwritable, path)
    }

    /// Takes the place of the file at `path` in one step.
    mutating func replaceFile(at path: String) throws(SubscriptionStoreError) {
        if unsafe rename(self.path, path) != 0 { throw Self.failure(.unwritable, path) }
        self.path = path
    }

    /// Waits until the names in the directory of `path` are on the disk.
    static func synchronizeDirectory(of path: String) throws(SubscriptionStoreError) {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(directory, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw failure(.unwritable, directory) }
        defer { _ = close(descriptor) }
        // Some file systems have no such thing, and then need none.
        if fsync(descriptor) != 0 && errno != EINVAL { throw failure(.unwritable, directory) }
    }

    private static func failure(
        _ code: SubscriptionStoreError.Code, _ path: String
    ) -> SubscriptionStoreError {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? ""
        return SubscriptionStoreError(code, detail: "\(path): \(reason)")
    }
}
