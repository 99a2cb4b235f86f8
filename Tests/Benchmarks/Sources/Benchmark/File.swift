#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes of the file at `path`.
func readFile(_ path: String) throws(BenchmarkError) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else {
        throw BenchmarkError(reason: "cannot open \(path)")
    }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
}
