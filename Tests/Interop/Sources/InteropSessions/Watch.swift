/// Lets a test wait until something is so, looking again whenever anything happened to any session.
///
/// Nothing is polled and nobody sleeps: whoever waits is woken by what the clients tell.
@MainActor
public final class Watch {
    /// The one that all sessions and peers of a process tell.
    public static let shared = Watch()

    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    private var count = 0
    /// How often something happened.
    public private(set) var happened = 0

    /// Tells that something happened.
    public func note() {
        happened += 1
        let woken = waiting
        waiting = [:]
        for continuation in woken.values { continuation.resume() }
    }

    /// Waits until `condition` is so.
    ///
    /// - Parameter limit: How long to wait at most.
    /// - Returns: Whether it came to be so.
    public func until(
        within limit: Duration, _ condition: @MainActor () -> Bool
    ) async -> Bool {
        let deadline = ContinuousClock.now.advanced(by: limit)
        while !condition() {
            if ContinuousClock.now >= deadline || Task.isCancelled { return false }
            await next(until: deadline)
        }
        return true
    }

    /// Waits until `isQuiet` was so for a while: the only way to see that nothing follows.
    ///
    /// - Parameters:
    ///   - period: How long nothing is to change.
    ///   - limit: How long to wait for such a period at most.
    ///   - value: What is not to change.
    /// - Returns: Whether there was such a period.
    public func untilUnchanged<Value: Equatable>(
        for period: Duration, within limit: Duration, _ value: @MainActor () -> Value
    ) async -> Bool {
        let deadline = ContinuousClock.now.advanced(by: limit)
        var last = value()
        while ContinuousClock.now < deadline {
            let before = last
            let changed = await until(within: period) { value() != before }
            if !changed { return true }
            last = value()
        }
        return false
    }

    /// Returns when something happened, or at the deadline.
    private func next(until deadline: ContinuousClock.Instant) async {
        count += 1
        let number = count
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            waiting.removeValue(forKey: number)?.resume()
        }
        await withCheckedContinuation { waiting[number] = $0 }
        timer.cancel()
    }
}
