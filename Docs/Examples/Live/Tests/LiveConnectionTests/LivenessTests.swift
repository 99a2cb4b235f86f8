import StanzaKit
import XCTest

@testable import LiveConnection

final class LivenessTests: XCTestCase {
    func testBlanksKeepAnIdleConnectionAlive() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                for _ in 0..<3 { try await peer.expect(" ") }
                try await peer.send("<message/>")
                try await peer.endStream()
            }
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.keepaliveInterval = .milliseconds(20)
            let connection = Connection(settings)
            connection.stream.onMessage { [unowned connection] _ in connection.close() }
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
        }
    }

    func testASilentServerIsPingedAndGivenUp() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                // Whatever comes is a sign of life.
                let ping = try await peer.expect("<ping xmlns='urn:xmpp:ping'/>")
                XCTAssert(ping.contains("to='example.net'"), ping)
                try await peer.send(" ")
                try await peer.expect("<ping xmlns='urn:xmpp:ping'/>")
                await peer.expectEnd()
            }
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.pingInterval = .milliseconds(30)
            settings.pingTimeout = .milliseconds(100)
            let outcome = await Connection(settings).outcome()
            XCTAssertEqual(outcome?.code, .peerSilent)
        }
    }

    func testAServerThatDoesNotEndItsStreamIsNotWaitedForLong() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                try await peer.expect("</stream:stream>")
                await peer.expectEnd()
            }
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.closingTimeout = .milliseconds(50)
            let connection = Connection(settings)
            connection.closeWhenOnline()
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
        }
    }

    func testWhatWasSentBeforeClosingArrives() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                try await peer.expect("<message id='999'/></stream:stream>")
                // What the server still had to say is delivered.
                try await peer.send("<presence/></stream:stream>")
            }
        ]) { port in
            let connection = Connection(.test(port))
            var count = 0
            connection.stream.onPresence { _ in count += 1 }
            connection.onStateChange { [unowned connection] state in
                guard case .online = state else { return }
                for id in 0..<1000 {
                    let message = Element(
                        "message", in: .client, attributes: [.id: "\(id)"])
                    try? connection.stream.send(message)
                }
                connection.close()
            }
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
            XCTAssertEqual(count, 1)
        }
    }

    func testAConnectionCanBeClosedInEachState() async throws {
        let early = Connection(.test(1))
        early.close()
        let outcome = await early.outcome()
        XCTAssertNil(outcome)
        try await ScriptedServer.run([{ peer in await peer.expectEnd() }]) { port in
            let connection = Connection(.test(port))
            connection.onStateChange { [unowned connection] in
                if $0 == .negotiating { connection.close() }
            }
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
        }
        var settings = ConnectionSettings.test(1)
        settings.reconnection = ReconnectionPolicy()
        settings.reconnection?.firstDelay = .seconds(1000)
        settings.reconnection?.longestDelay = .seconds(1000)
        let waiting = Connection(settings)
        waiting.onStateChange { [unowned waiting] in
            if case .waiting = $0 { waiting.close() }
        }
        let late = await waiting.outcome()
        XCTAssertNil(late)
    }

    func testACancelledTaskEndsTheConnection() async throws {
        let (online, told) = AsyncStream.makeStream(of: Void.self)
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                await peer.expectEnd()
            }
        ]) { port in
            let task = Task {
                let connection = Connection(.test(port))
                connection.onStateChange { if case .online = $0 { told.yield() } }
                return await connection.outcome()
            }
            for await _ in online { break }
            task.cancel()
            let outcome = await task.value
            XCTAssertEqual(outcome?.code, .cancelled)
        }
    }

    @MainActor
    func testAnAnswerThatWasLeftWithTheSystemIsWaitedFor() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.logIn()
                try await peer.send("<message/>")
                try await peer.expect("<ping xmlns='urn:xmpp:ping'/>")
                try await peer.send("<message/>")
                try await peer.endStream()
            }
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.pingInterval = .milliseconds(20)
            settings.pingTimeout = .seconds(20)
            let connection = Connection(settings)
            var count = 0
            var resume: Task<Void, Never>?
            connection.stream.onMessage { [unowned connection] _ in
                count += 1
                if count == 2 { return connection.close() }
                connection.isReadingPaused = true
                resume = Task {
                    while connection.link?.isPingUnanswered == false { await Task.yield() }
                    connection.isReadingPaused = false
                    XCTAssertEqual(connection.link?.isPingUnanswered, false)
                }
            }
            let outcome = await connection.outcome()
            await resume?.value
            XCTAssertNil(outcome)
        }
    }
}
