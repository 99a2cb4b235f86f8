internal import Synchronization

/// The one place where an answer, a clock and a cancelled task meet: whoever settles it first
/// decides.
///
/// The answer comes on the stream's isolation, the others from anywhere, so the state is behind a
/// lock. The lock is never held while anything else runs.
final class PendingReply: Sendable {
    typealias Outcome = Result<IQ, RequestError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case settled(Outcome)
    }

    private let state = Mutex(State.open)

    /// Settles the reply, unless it is settled already.
    func settle(_ outcome: Outcome) {
        let waiting: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .settled(outcome)
                return nil
            case .awaited(let continuation):
                state = .settled(outcome)
                return continuation
            case .settled: return nil
            }
        }
        waiting?.resume(returning: outcome)
    }

    /// Waits until the reply is settled, or the task is cancelled.
    func outcome() async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Outcome? = state.withLock { state in
                    if case .settled(let outcome) = state { return outcome }
                    state = .awaited(continuation)
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            settle(.failure(RequestError(.cancelled)))
        }
    }
}
