// POSIX rather than Foundation: that writes atomically too, but has no way to have the bytes on the
// disk before the name is theirs, and would be a large dependency for three system calls.
#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Android)
    internal import Android
#else
    internal import Glibc
#endif

/// Keeps the roster of an account in a file.
///
/// A crash or a power cut at any moment leaves the file as it was or as it should be: the bytes are
/// written to a file beside it, with `.new` behind the name, brought to the disk, and only then
/// renamed. A link in its place is replaced. Only the user may read it. The folder has to be there.
public struct FileRosterCache: RosterCache, Sendable {
    /// Where the file is.
    public let path: String

    /// The file at `path`, which need not be there yet.
    ///
    /// - Parameter path: A path of the file system; one file for each account.
    public init(at path: String) {
        self.path = path
    }

    /// The bytes of the file; `nil` where there is none.
    ///
    /// - Throws: ``Failure``, also where it is no regular file or holds more than
    ///   ``Roster/maximumJSONBytes``.
    public func load() throws(Failure) -> [UInt8]? {
        // Opening a pipe would wait for somebody who writes.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if file < 0 && errno == ENOENT { return nil }
        if file < 0 { throw Failure("open") }
        defer { _ = close(file) }
        let size = try size(of: file)
        var bytes = [UInt8](repeating: 0, count: size)
        var count = 0
        while count < size {
            let result = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(file, buffer.baseAddress.map { unsafe $0 + count }, size - count)
            }
            if result < 0 && errno == EINTR { continue }
            if result < 0 { throw Failure("read") }
            if result == 0 { break }
            count += result
        }
        return Array(bytes.prefix(count))
    }

    /// Replaces the file, or leaves it as it is.
    ///
    /// - Throws: ``Failure``.
    public func save(_ bytes: [UInt8]) throws(Failure) {
        let new = path + ".new"
        // What a crash left behind, or somebody put there for us to write to.
        _ = unsafe unlink(new)
        let file = unsafe open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file < 0 { throw Failure("open") }
        do throws(Failure) {
            try write(bytes, to: file)
        } catch {
            _ = unsafe unlink(new)
            throw error
        }
        if unsafe rename(new, path) != 0 {
            let failure = Failure("rename")
            _ = unsafe unlink(new)
            throw failure
        }
        synchronizeFolder()
    }

    private func size(of file: CInt) throws(Failure) -> Int {
        var status = stat()
        if unsafe fstat(file, &status) != 0 { throw Failure("fstat") }
        guard status.st_mode & S_IFMT == S_IFREG,
            let size = Int(exactly: status.st_size), size <= Roster.maximumJSONBytes
        else { throw Failure("read", EFBIG) }
        return size
    }

    /// Writes all, brings it to the disk and closes.
    private func write(_ bytes: [UInt8], to file: CInt) throws(Failure) {
        var failure: Failure?
        var rest = bytes[...]
        while !rest.isEmpty && failure == nil {
            let count = unsafe rest.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                    unsafe Darwin.write(file, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    unsafe Musl.write(file, buffer.baseAddress, buffer.count)
                #elseif canImport(Android)
                    unsafe Android.write(file, buffer.baseAddress, buffer.count)
                #else
                    unsafe Glibc.write(file, buffer.baseAddress, buffer.count)
                #endif
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                failure = Failure("write")
            }
        }
        if failure == nil && fsync(file) != 0 { failure = Failure("fsync") }
        if close(file) != 0 && failure == nil { failure = Failure("close") }
        if let failure { throw failure }
    }

    /// Brings the new name to the disk. Without it a power cut leaves the roster that was there
    /// before, which is a right one.
    private func synchronizeFolder() {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = end.map { String(path[...$0]) } ?? "."
        let file = unsafe open(folder, O_RDONLY | O_CLOEXEC)
        if file < 0 { return }
        _ = fsync(file)
        _ = close(file)
    }
}

extension FileRosterCache {
    /// Why the file system did not do what it was to do.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// The system call that failed, such as `rename`.
        public let call: String
        /// The error number of POSIX.
        public let number: CInt

        fileprivate init(_ call: String, _ number: CInt = errno) {
            self.call = call
            self.number = number
        }

        /// The call and the number.
        public var description: String { "\(call) failed with error \(number)" }
    }
}
