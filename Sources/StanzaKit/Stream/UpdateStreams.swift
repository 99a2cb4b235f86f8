/// The asynchronous sequences by which other isolation domains follow a client: each begins with how
/// things stand, and then has one update for each stanza that changed something.
package final class UpdateStreams<Update: Sendable> {
    private var continuations: [AsyncStream<Update>.Continuation] = []

    package init() {}

    deinit {
        for continuation in continuations { continuation.finish() }
    }

    /// Whether anybody follows.
    package var isEmpty: Bool { continuations.isEmpty }

    package func make(beginningWith update: Update) -> AsyncStream<Update> {
        let (stream, continuation) = AsyncStream.makeStream(of: Update.self)
        continuation.yield(update)
        continuations.append(continuation)
        return stream
    }

    package func yield(_ update: Update) {
        continuations.removeAll { continuation in
            if case .terminated = continuation.yield(update) { true } else { false }
        }
    }
}

@available(*, unavailable)
extension UpdateStreams: Sendable {}
