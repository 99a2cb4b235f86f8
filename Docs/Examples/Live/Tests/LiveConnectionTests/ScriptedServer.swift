import NIOCore
import NIOPosix

/// A server on this machine that plays one script for each connection, in turn.
enum ScriptedServer {
    typealias Script = @Sendable (Peer) async throws -> Void

    struct Unplayed: Error {}

    /// Runs `body` with the port of a server.
    ///
    /// - Throws: What `body` throws, else what a script throws, or that not every script was played.
    static func run(
        _ scripts: [Script], _ body: nonisolated(nonsending) (_ port: Int) async throws -> Void
    ) async throws {
        let (connections, continuation) = AsyncStream.makeStream(of: Peer.Line.self)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // What the system holds is little, so that a test need not fill much.
            .serverChannelOption(.socketOption(.so_rcvbuf), value: 64 << 10)
            .childChannelOption(.socketOption(.so_sndbuf), value: 64 << 10)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (inbound, told) = AsyncStream.makeStream(of: [UInt8].self)
                    try channel.pipeline.syncOperations.addHandler(PeerHandler(told))
                    continuation.yield(Peer.Line(channel: channel, inbound: inbound))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let play = Task {
            var waiting = connections.makeAsyncIterator()
            for script in scripts {
                guard let line = await waiting.next() else { throw Unplayed() }
                let peer = Peer(line)
                do {
                    try await script(peer)
                } catch is Peer.Exhausted {}
                line.channel.close(promise: nil)
            }
        }
        do {
            try await body(server.localAddress?.port ?? 0)
        } catch {
            continuation.finish()
            play.cancel()
            try? await server.close()
            throw error
        }
        // A connection that the client left at once may not have been accepted yet.
        let limit = server.eventLoop.scheduleTask(in: .seconds(5)) { continuation.finish() }
        try await play.value
        limit.cancel()
        try await server.close()
    }
}
