import NIOCore
import StanzaKit
import XCTest

@testable import LiveConnection

final class BackpressureTests: XCTestCase {
    private static let mebibyte = 1 << 20

    /// Sends `count` times `text`, and tells when no more is taken.
    private static func flood(
        _ peer: Peer, _ text: String, count: Int, stalled: AsyncStream<Void>.Continuation
    ) async throws {
        let bytes = Array(text.utf8)
        for _ in 0..<count {
            let written = peer.channel.eventLoop.makePromise(of: Void.self)
            peer.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: written)
            // On a busy machine this may be too early, which does no harm: the stall is what
            // matters, and without one there is no signal at all.
            let timer = peer.channel.eventLoop.scheduleTask(in: .seconds(1)) {
                _ = stalled.yield()
            }
            try await written.futureResult.get()
            timer.cancel()
        }
        stalled.finish()
    }

    @MainActor
    func testAConsumerThatTakesNothingHoldsTheServerUp() async throws {
        let (stalls, stalled) = AsyncStream.makeStream(of: Void.self)
        let message =
            "<message><body>\(String(repeating: "x", count: Self.mebibyte / 4))</body></message>"
        let count = 32
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                try await Self.flood(peer, message, count: count, stalled: stalled)
                try await peer.endStream()
            }
        ]) { port in
            let connection = Connection(.test(port))
            var received = 0
            var countAtStall: Int?
            connection.stream.onMessage { [unowned connection] _ in
                received += 1
                if received == 1 { connection.isReadingPaused = true }
                if received == count { connection.close() }
            }
            let watch = Task {
                for await _ in stalls { break }
                countAtStall = received
                connection.isReadingPaused = false
            }
            let outcome = await connection.outcome()
            await watch.value
            XCTAssertNil(outcome)
            XCTAssertEqual(countAtStall, 1, "what one read brings, and no more")
            XCTAssertEqual(received, count)
        }
    }

    /// Each request of the server costs us an answer, which the server does not take.
    func testAServerThatDoesNotReadIsNotReadFromEither() async throws {
        let (stalls, stalled) = AsyncStream.makeStream(of: Void.self)
        let count = 512
        let id = String(repeating: "x", count: 16 << 10)
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                try await peer.read(false)
                let channel = peer.channel
                let resume = Task {
                    for await _ in stalls { break }
                    try await channel.setOption(.autoRead, value: true).get()
                }
                try await Self.flood(
                    peer, "<iq type='get' id='\(id)'><q xmlns='q'/></iq>", count: count,
                    stalled: stalled)
                try await resume.value
                for _ in 0..<count { try await peer.expect(" type='result'/>") }
                try await peer.send("<message/>")
                try await peer.endStream()
            }
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.pauseReadingAt = 64 << 10
            // Far less than all answers.
            settings.maximumOutgoingBytes = Self.mebibyte
            let connection = Connection(settings)
            var most = 0
            connection.stream.onRequest(.get, "q", in: "q") { [unowned connection] _ in
                most = max(most, connection.link?.outgoingBytes ?? 0)
                return .result(nil)
            }
            connection.stream.onMessage { [unowned connection] _ in connection.close() }
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
            XCTAssertLessThan(most, 512 << 10)
        }
    }

    func testWhatTheServerDoesNotTakeIsBounded() async throws {
        let text = String(repeating: "x", count: 64 << 10)
        let message = Element(
            "message", in: .client, children: [Element("body", in: .client, text: text)])
        let (ends, ended) = AsyncStream.makeStream(of: Never.self)
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                try await peer.read(false)
                try await peer.send("<message/>")
                for await _ in ends {}
            }
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.closingTimeout = .milliseconds(50)
            settings.maximumOutgoingBytes = Self.mebibyte
            let connection = Connection(settings)
            var most = 0
            connection.stream.onMessage { [unowned connection] _ in
                for _ in 0..<64 {
                    try? connection.stream.send(message)
                    most = max(most, connection.link?.outgoingBytes ?? 0)
                }
            }
            let outcome = await connection.outcome()
            ended.finish()
            XCTAssertEqual(outcome?.code, .outgoingQueueFull)
            XCTAssertLessThanOrEqual(most, Self.mebibyte)
            XCTAssertGreaterThan(most, Self.mebibyte - 2 * text.utf8.count)
        }
    }
}
