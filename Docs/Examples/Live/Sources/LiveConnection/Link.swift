internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// One TCP connection, and what happens on it as one sequence of signals.
///
/// It lives on the caller's actor, as the connection does; only the channel behind it works on an
/// event loop, and the two meet in ``signals`` alone.
final class Link {
    let signals: AsyncStream<Signal>
    private let continuation: AsyncStream<Signal>.Continuation
    private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private var connecting: EventLoopFuture<any Channel>?
    private var channel: (any Channel)?
    private var deadlines: [Deadline: (time: NIODeadline, timer: Scheduled<Void>)] = [:]
    private var isReading = false
    /// How many bytes wait to be sent.
    private(set) var outgoingBytes = 0
    private var lastWrite = NIODeadline.now()
    private var lastSign = NIODeadline.now()
    /// Whether the peer gave no sign of life since it was pinged.
    private(set) var isPingUnanswered = false
    /// What is computed for the connection, and is of no use after it.
    var task: Task<Void, any Error>?

    init() {
        (signals, continuation) = AsyncStream.makeStream()
    }

    deinit { continuation.finish() }

    /// A way to tell signals from elsewhere.
    var teller: AsyncStream<Signal>.Continuation { continuation }

    // MARK: Connecting

    func connect(to host: String, port: Int, timeout: Duration) {
        let continuation = continuation
        connecting = ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connectTimeout(TimeAmount(timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SignalHandler(continuation))
                }
            }
            .connect(host: host, port: port)
        connecting?.whenComplete { result in
            switch result {
            case .success(let channel): continuation.yield(.connected(channel))
            case .failure(let error):
                continuation.yield(
                    .ended(ConnectionError(.connectFailed, text: String(describing: error))))
            }
        }
    }

    /// Takes the channel that is connected.
    func attach(_ channel: any Channel) { self.channel = channel }

    /// Whether the other end is on this machine.
    var isLoopback: Bool { Self.isLoopback(channel?.remoteAddress?.ipAddress) }

    static func isLoopback(_ address: String?) -> Bool {
        address == "::1" || address?.hasPrefix("127.") == true
    }

    /// Puts TLS between the socket and everything else. It is there at ``Signal/secured(_:)``.
    ///
    /// - Parameter name: Whom the certificate must be for.
    func secure(with context: NIOSSLContext, name: Preparation.CertifiedName) {
        guard let channel else { return }
        let domain: String? = if case .domain(let domain) = name { domain } else { nil }
        let continuation = continuation
        channel.eventLoop.submit {
            let handler = try NIOSSLClientHandler(context: context, serverHostname: domain)
            try channel.pipeline.syncOperations.addHandler(handler, position: .first)
        }.whenFailure { error in
            continuation.yield(
                .ended(ConnectionError(.invalidSettings, text: String(describing: error))))
        }
        read()
    }

    // MARK: Bytes

    /// Asks for the next bytes, unless that was done.
    func read() {
        if isReading { return }
        isReading = true
        channel?.read()
    }

    /// Notes that what was asked for is there.
    func didReceive() {
        isReading = false
        noteSignOfLife()
    }

    func write(_ bytes: [UInt8]) {
        guard let channel else { return }
        let continuation = continuation
        let count = bytes.count
        outgoingBytes += count
        lastWrite = .now()
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenComplete { _ in
            continuation.yield(.written(count))
        }
    }

    /// Notes that what was written is sent.
    func didWrite(_ count: Int) { outgoingBytes -= count }

    /// Notes that the peer is alive.
    func noteSignOfLife() {
        lastSign = .now()
        isPingUnanswered = false
    }

    /// Notes that the peer was asked for a sign of life.
    func notePing() { isPingUnanswered = true }

    /// How long ago something was written.
    var timeSinceWrite: Duration { Duration(.now() - lastWrite) }

    /// How long ago the peer gave a sign of life.
    var timeSinceSign: Duration { Duration(.now() - lastSign) }

    // MARK: Deadlines

    /// Tells ``Signal/due(_:)`` after a while, instead of what was set before.
    func set(_ deadline: Deadline, after duration: Duration) {
        clear(deadline)
        let continuation = continuation
        let time = NIODeadline.now() + TimeAmount(duration)
        let timer = loop.scheduleTask(deadline: time) { _ = continuation.yield(.due(deadline)) }
        deadlines[deadline] = (time, timer)
    }

    func clear(_ deadline: Deadline) {
        deadlines.removeValue(forKey: deadline)?.timer.cancel()
    }

    /// Whether a deadline of which a signal tells still holds: it may have been set anew since.
    func isDue(_ deadline: Deadline) -> Bool {
        guard let set = deadlines[deadline], set.time <= .now() else { return false }
        deadlines[deadline] = nil
        return true
    }

    // MARK: Ending

    /// Sends what waits, for no longer than `timeout`, and closes the connection.
    func close(within timeout: Duration) async {
        for deadline in deadlines.keys { clear(deadline) }
        task?.cancel()
        continuation.finish()
        guard let channel else {
            connecting?.whenSuccess { $0.close(promise: nil) }
            return
        }
        let limit = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            channel.close(promise: nil)
        }
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        limit.cancel()
    }
}

@available(*, unavailable)
extension Link: Sendable {}
