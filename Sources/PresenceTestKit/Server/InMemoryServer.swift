internal import PresenceKit
internal import StanzaKit

/// A server without a network, for tests: any number of accounts and connections, RFC 6121 on the
/// server's side, and nothing that is left to chance.
///
/// ```swift
/// let server = InMemoryServer()
/// let romeo = server.connect(as: "romeo@montague.example/orchard")
/// let juliet = server.connect(as: "juliet@capulet.example/balcony")
/// let roster = RosterClient(romeo.stream)
/// try roster.subscribe(to: "juliet@capulet.example")
/// server.requests(to: "juliet@capulet.example")               // one, from Romeo
/// ```
///
/// What a client sends is answered before its call returns, unless the server is told to wait
/// (``isWaiting``): then a test moves stanza by stanza, in the order in which they were sent or, with
/// ``order``, in any other that a network allows. Time stands still until ``advance(by:)``.
///
/// Handlers may do everything with the server and its connections. What they send arrives behind the
/// stanza at hand; nothing that the server does is interrupted by them. Where handlers answer each
/// other for ever, a call returns after ``endlessCount`` stanzas, and ``isQuiet`` says so.
///
/// The subscriptions are those of PresenceKit's ``SubscriptionServer``; where real servers are not as
/// the RFC has them, ``ServerBehavior`` says how.
///
/// It is not safe on a network: whoever connects is who it says it is.
public final class InMemoryServer {
    /// What the streams of its connections measure timeouts with, and the server time.
    public let clock: ManualClock
    /// How the server behaves where servers differ.
    public let behavior: ServerBehavior

    /// Whether what is sent waits until ``step()``, ``run(limit:)`` or ``advance(by:)``.
    ///
    /// A handler may begin it, and nothing arrives behind the stanza at hand. When it ends, what has
    /// waited arrives.
    public var isWaiting = false {
        didSet { wake() }
    }
    /// Which of the stanzas that are under way arrives next.
    public var order = DeliveryOrder.asSent

    /// How many stanzas, or other things that were sent at once, have arrived at either end so far.
    public internal(set) var deliveryCount = 0

    var domains: Set<BareJID> = []
    var accounts: [BareJID: ServerAccount] = [:]
    var components: [BareJID: Connection] = [:]
    var roomServices: [BareJID: RoomService] = [:]
    var connections: [Connection] = []
    /// Where something was sent, in that order; what has arrived may be there still.
    private var agenda: ArraySlice<Connection.Line> = []
    /// What was sent inside the server and is not delivered yet.
    var routed: ArraySlice<Element> = []
    var random: SeededGenerator
    /// Whether something is arriving.
    private var isRunning = false
    /// Whether the server is doing something, and nothing may arrive.
    private var isActing = false
    /// Whom to tell, in order, when it is done.
    private var news: ArraySlice<() -> Void> = []
    private var count = 0

    /// A server without accounts.
    ///
    /// - Parameters:
    ///   - behavior: How it behaves where servers differ.
    ///   - clock: Its time.
    ///   - seed: What decides where something is decided by chance. The same seed and the same calls
    ///     end in the same bytes.
    public init(
        behavior: ServerBehavior = .standard, clock: ManualClock = ManualClock(), seed: UInt64 = 0
    ) {
        self.behavior = behavior
        self.clock = clock
        random = SeededGenerator(seed: seed)
    }

    /// A number that counts up.
    func nextNumber() -> Int {
        count += 1
        return count
    }

    /// The time of the server: the year 2026 began when its clock was made.
    var now: DateTime? {
        let (seconds, attoseconds) = clock.now.offset.components
        return DateTime(
            secondsSince1970: 1_767_225_600 + seconds,
            nanoseconds: Int32(attoseconds / 1_000_000_000))
    }
}

@available(*, unavailable)
extension InMemoryServer: Sendable {}

// MARK: Running

extension InMemoryServer {
    /// Whether nothing is under way: what is due later counts.
    public var isQuiet: Bool { connections.allSatisfy(\.isQuiet) }

    /// How many stanzas arrive in line before it is taken for endless: 100,000.
    public static let endlessCount = 100_000

    /// Delivers one of the stanzas that are under way; none from inside a handler.
    ///
    /// - Returns: Whether there was one that is due.
    @discardableResult
    public func step() -> Bool {
        let wasWaiting = isWaiting
        defer { wakeIfFree(wasWaiting) }
        return deliver { stepOnce() } ?? false
    }

    /// Delivers what is under way, and what that causes, until nothing is due; nothing from inside a
    /// handler.
    ///
    /// - Parameter limit: How many stanzas are delivered at most: parties that answer each other for
    ///   ever would not let the test end.
    /// - Returns: Whether nothing is left that is due.
    @discardableResult
    public func run(limit: Int = InMemoryServer.endlessCount) -> Bool {
        let wasWaiting = isWaiting
        defer { wakeIfFree(wasWaiting) }
        return deliver {
            for _ in 0..<limit where !stepOnce() { return true }
            return !connections.contains { $0.isDue(at: clock.now) }
        } ?? false
    }

    /// Lets time pass: what falls due is delivered when it does, and timeouts run out.
    ///
    /// Who waits with a timeout is a task, which goes on when this has returned. For a timeout to come
    /// before an answer that is later, advance to the timeout, await the task, and advance further.
    ///
    /// In a handler all of the time passes at once, and what falls due arrives behind the stanza at
    /// hand. Where the stanzas of one moment have no end, time does not pass beyond it.
    ///
    /// - Precondition: `duration` is not negative.
    public func advance(by duration: Duration) {
        let end = clock.now.advanced(by: duration)
        while !isRunning, let next = connections.compactMap(\.nextDue).min(), next <= end {
            clock.advance(by: max(.zero, clock.now.duration(to: next)))
            if !run() { return }
        }
        // A handler may have moved it further.
        clock.advance(by: max(.zero, clock.now.duration(to: end)))
    }

    /// Delivers what was sent, unless it is to wait or is being delivered further up.
    func wake() {
        deliver {
            for _ in 0..<Self.endlessCount where isWaiting || !stepOnce() { return }
        }
    }

    /// Delivers what waited, where a handler said that it is to wait no longer.
    private func wakeIfFree(_ wasWaiting: Bool) {
        if wasWaiting && !isWaiting { wake() }
    }

    /// Delivers something, unless that is being done further up, or the server is not done.
    @discardableResult
    func deliver<Result>(_ body: () -> Result) -> Result? {
        if isRunning || isActing { return nil }
        isRunning = true
        defer { isRunning = false }
        return body()
    }

    /// Does something at the server, and all that it causes there. Handlers run and stanzas arrive
    /// when it is done: none of them finds, or makes, half of it.
    func act(_ body: () -> Void) {
        if isActing { return body() }
        isActing = true
        body()
        deliverRouted()
        isActing = false
        // What handlers send waits until all know the news, and is counted as everything that arrives.
        deliver { tellNews() } ?? tellNews()
        wake()
    }

    private func tellNews() {
        while let tell = news.popFirst() { tell() }
        // A slice holds what was taken from it.
        news = []
    }

    /// Calls handlers when the server is done with what it does.
    func whenDone(_ tell: @escaping () -> Void) { news.append(tell) }

    private func stepOnce() -> Bool {
        guard let next = nextLine() else { return false }
        next.connection.deliver(next.direction)
        return true
    }

    private func nextLine() -> Connection.Line? {
        while let first = agenda.first, first.hasArrived { agenda.removeFirst() }
        // A slice holds what was taken from it.
        if agenda.isEmpty { agenda = [] }
        if order == .asSent, let first = agenda.first, first.isNext(at: clock.now) { return first }
        // The first is late, held back or halted.
        let lines = connections.flatMap { $0.isQuiet ? [] : $0.lines(dueAt: clock.now) }
        return switch order {
        case .asSent: lines.min { $0.number < $1.number }
        case .anyOrder: lines.randomElement(using: &random)
        }
    }

    /// Something is under way.
    func noteSent(_ line: Connection.Line) { agenda.append(line) }

    /// Nothing is under way on a connection any more.
    func forgetSent(on connection: Connection) {
        agenda = ArraySlice(agenda.filter { $0.connection !== connection })
    }
}
