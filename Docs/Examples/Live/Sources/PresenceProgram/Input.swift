internal import Dispatch
internal import Foundation

/// What the person at the keyboard does.
enum Input {
    /// The lines of standard input. Reading blocks, so a thread does it.
    static func lines() -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        return lines
    }

    /// Calls `handler` at the first Ctrl-C or request to terminate; the second one ends the program
    /// as ever.
    ///
    /// - Returns: What is to be kept for as long as that should hold.
    @MainActor
    static func onInterrupt(
        _ handler: @escaping @MainActor @Sendable () -> Void
    ) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .main)
            source.setEventHandler {
                signal(number, SIG_DFL)
                MainActor.assumeIsolated(handler)
            }
            source.resume()
            return source
        }
    }
}
