internal import Foundation

/// A program that takes lines and writes lines.
@MainActor
public final class LineProcess {
    /// The lines that it wrote and nobody took.
    public private(set) var lines: [String] = []
    /// Called for each line instead, if there is such.
    public var onLine: ((String) -> Void)?

    private let process = Process()
    private let input = Pipe()
    private var reading: Task<Void, Never>?

    /// Starts the program; what it complains of is seen on standard error.
    ///
    /// - Throws: That there is no such program.
    public init(_ program: String, _ arguments: [String], isQuiet: Bool = false) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        if isQuiet { process.standardError = FileHandle.nullDevice }
        let (bytes, continuation) = AsyncStream.makeStream(of: Data.self)
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            continuation.yield(data)
            if data.isEmpty {
                handle.readabilityHandler = nil
                continuation.finish()
            }
        }
        try process.run()
        reading = Task { [weak self] in
            var rest = Data()
            for await piece in bytes {
                rest.append(piece)
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    self?.take(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[rest.index(after: end)...])
                }
            }
        }
    }

    private func take(_ line: String) {
        if let onLine { onLine(line) } else { lines.append(line) }
        Watch.shared.note()
    }

    /// Writes a line.
    public func write(_ line: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The next line that it wrote.
    ///
    /// - Returns: `nil` if none comes in time.
    public func nextLine(within limit: Duration = .seconds(20)) async -> String? {
        let isThere = await Watch.shared.until(within: limit) { !lines.isEmpty }
        return isThere ? lines.removeFirst() : nil
    }

    /// Ends the input, which ends the program.
    public func close() {
        try? input.fileHandleForWriting.close()
    }

    /// Ends the program.
    public func terminate() {
        if process.isRunning { process.terminate() }
    }
}
