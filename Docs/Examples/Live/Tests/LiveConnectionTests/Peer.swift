import Foundation
import NIOCore
import NIOSSL

/// The server's end of one connection, as a script sees it.
final class Peer {
    /// A connection that was accepted.
    struct Line: Sendable {
        let channel: any Channel
        let inbound: AsyncStream<[UInt8]>
    }

    /// The connection ended in front of what was expected.
    struct Ended: Error, CustomStringConvertible {
        let description: String
    }

    /// The server has said as much as it was to say.
    struct Exhausted: Error {}

    let channel: any Channel
    /// How many bytes may be said yet; the connection ends behind the last one.
    var allowance = Int.max
    /// Whether each byte travels by itself.
    var isBytewise = false
    private var inbound: AsyncStream<[UInt8]>.Iterator
    private var bytes = Data()

    init(_ line: Line) {
        channel = line.channel
        inbound = line.inbound.makeAsyncIterator()
    }

    /// Waits for `text`, and drops everything up to its end.
    ///
    /// - Returns: What was dropped.
    @discardableResult
    func expect(_ text: String) async throws -> String {
        try? await read(true)
        let wanted = Data(text.utf8)
        while true {
            if let found = bytes.range(of: wanted) {
                let dropped = bytes[..<found.upperBound]
                bytes = bytes[found.upperBound...]
                return String(decoding: dropped, as: UTF8.self)
            }
            guard let more = await inbound.next(isolation: #isolation) else {
                throw Ended(
                    description: "no '\(text)' in '\(String(decoding: bytes, as: UTF8.self))'")
            }
            bytes += more
        }
    }

    /// Waits until the client has ended the connection.
    ///
    /// - Returns: What came before.
    @discardableResult
    func expectEnd() async -> String {
        try? await read(true)
        while let more = await inbound.next(isolation: #isolation) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Takes what arrives, or leaves it with the system. A script begins by leaving it.
    func read(_ reads: Bool) async throws {
        try await channel.setOption(.autoRead, value: reads).get()
    }

    func send(_ text: String) async throws {
        let said = Array(text.utf8).prefix(allowance)
        if isBytewise {
            for byte in said { try await write([byte]) }
        } else if !said.isEmpty {
            try await write(Array(said))
        }
        allowance -= said.count
        if allowance == 0 { throw Exhausted() }
    }

    /// Lets the client begin TLS, unless it is to begin at once.
    func startTLS(_ context: NIOSSLContext, after text: String? = nil) async throws {
        if allowance < text?.utf8.count ?? 0 { return try await send(text ?? "") }
        let channel = channel
        // In one go, or the client's first message might be here before TLS is.
        try await channel.eventLoop.submit {
            if let text { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: context), position: .first)
        }.get()
        try await read(true)
        allowance -= text?.utf8.count ?? 0
    }

    func write(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }
}

/// Tells a script what arrives.
final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let told: AsyncStream<[UInt8]>.Continuation

    init(_ told: AsyncStream<[UInt8]>.Continuation) { self.told = told }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        told.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { told.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
