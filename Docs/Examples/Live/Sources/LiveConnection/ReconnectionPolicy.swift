/// When to connect again after a connection was lost.
public struct ReconnectionPolicy: Sendable, Hashable {
    /// The wait in front of the first new attempt.
    public var firstDelay = Duration.seconds(1)
    /// What each further wait is longer by.
    public var factor = 2.0
    /// The longest wait.
    public var longestDelay = Duration.seconds(300)
    /// Which part of each wait is left to chance, 0 to 1, so that the clients of a server that was
    /// restarted do not come back all at once.
    public var jitter = 0.5
    /// After how long a session counts as stable; the next wait is then the first one again.
    public var stableAfter = Duration.seconds(60)
    /// How many attempts in a row may fail, or lead to a session that is not stable; any number if
    /// `nil`.
    public var maximumAttempts: Int?

    /// The policy with the values that are documented.
    public init() {}
}

/// How long to wait before the next attempt.
struct BackOff {
    let policy: ReconnectionPolicy?
    private(set) var attempts = 0

    init(_ policy: ReconnectionPolicy?) { self.policy = policy }

    /// The next wait; `nil` if there is to be no further attempt.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration? {
        guard let policy, attempts < policy.maximumAttempts ?? .max else { return nil }
        let longest = policy.longestDelay / .seconds(1)
        var seconds = policy.firstDelay / .seconds(1)
        for _ in 0..<attempts where seconds < longest { seconds *= max(policy.factor, 1) }
        seconds = min(seconds, longest)
        attempts += 1
        let chance = min(max(policy.jitter, 0), 1) * Double.random(in: 0..<1, using: &generator)
        return .seconds(seconds * (1 - chance))
    }

    /// Begins anew after a session that was stable.
    mutating func sessionEnded(after duration: Duration) {
        if let policy, duration >= policy.stableAfter { attempts = 0 }
    }
}
