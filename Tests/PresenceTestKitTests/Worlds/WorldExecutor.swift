import Dispatch
internal import Synchronization

/// Runs what a world's tasks do, in the order in which it became ready, and only when the world says
/// so: everything that is asynchronous is then as deterministic as all the rest.
final class WorldExecutor: SerialExecutor {
    /// What runs the parts of tasks that need no actor; on the same thread, in the same order.
    final class Elsewhere: TaskExecutor {
        fileprivate let queue = WorldQueue()

        func enqueue(_ job: consuming ExecutorJob) {
            queue.append(UnownedJob(job), isIsolated: false)
        }
    }

    let elsewhere = Elsewhere()

    func enqueue(_ job: consuming ExecutorJob) {
        elsewhere.queue.append(UnownedJob(job), isIsolated: true)
    }

    /// A world is touched by no thread but the one that made it.
    func checkIsolated() {}

    /// Runs what is ready, and what becomes ready by that.
    func run() {
        while let (job, isIsolated) = elsewhere.queue.next() {
            if isIsolated {
                unsafe job.runSynchronously(on: asUnownedSerialExecutor())
            } else {
                unsafe job.runSynchronously(on: elsewhere.asUnownedTaskExecutor())
            }
        }
    }

    /// Runs what is ready until something is so, waiting for what comes from other threads: time that
    /// ran out is told by a task of the stream's own.
    func run(until isSo: () -> Bool) {
        run()
        while !isSo() {
            elsewhere.queue.wait()
            run()
        }
    }
}

/// What is ready to run.
private final class WorldQueue: Sendable {
    private struct State {
        var jobs: [(UnownedJob, isIsolated: Bool)] = []
        var isAwaited = false
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)

    func append(_ job: UnownedJob, isIsolated: Bool) {
        let isAwaited = state.withLock { state in
            state.jobs.append((job, isIsolated))
            defer { state.isAwaited = false }
            return state.isAwaited
        }
        if isAwaited { arrival.signal() }
    }

    func next() -> (UnownedJob, isIsolated: Bool)? {
        state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
    }

    /// Waits until something is ready.
    func wait() {
        let isEmpty = state.withLock { state in
            state.isAwaited = state.jobs.isEmpty
            return state.jobs.isEmpty
        }
        if isEmpty { arrival.wait() }
    }
}
