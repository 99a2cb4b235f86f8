import Foundation
import StanzaKit
import XCTest

@testable import LiveConnection

/// What becomes of a connection that the server, or nobody, ends.
final class LossTests: XCTestCase {
    /// The server ends the connection behind each byte that it sends, up to the last one of the
    /// answer that begins the session.
    func testTheServerMayLeaveAtAnyPointOfTheNegotiation() async throws {
        let certificate = try TestCertificate(for: "example.net")
        let context = try certificate.context()
        let script: @Sendable (Peer) async throws -> Void = { peer in
            try await peer.offerTLS()
            try await peer.startTLS(context, after: Peer.proceed)
            try await peer.logIn()
        }
        var count = 0
        var isOnline = false
        repeat {
            let allowance = count
            try await ScriptedServer.run([
                { peer in
                    peer.allowance = allowance
                    if allowance == 0 { return }
                    try await script(peer)
                }
            ]) { port in
                let connection = Connection(.test(port, .startTLS, trusting: certificate))
                connection.onStateChange { if case .online = $0 { isOnline = true } }
                let outcome = await connection.outcome()
                let codes: [ConnectionError.Code] = [.closedByPeer, .tlsFailed]
                XCTAssert(
                    outcome.map { codes.contains($0.code) } == true,
                    "after \(allowance) bytes: \(outcome.map { "\($0)" } ?? "none")")
            }
            count += 1
        } while !isOnline && count < 10_000
        XCTAssertGreaterThan(count, 700, "the negotiation was not that short")
    }

    func testTheEndOfAStreamIsNoticedWhereTheConnectionStays() async throws {
        for stage in 0..<5 {
            let outcome = try await outcome { peer in
                let end = "</stream:stream>"
                if stage == 0 {
                    try await peer.open(features: end)
                } else if stage == 1 {
                    try await peer.open(features: Peer.mechanisms(["PLAIN"]))
                    try await peer.expect("</auth>")
                    try await peer.send(end)
                } else {
                    try await peer.authenticate()
                    if stage == 2 {
                        try await peer.open(features: end)
                    } else if stage == 3 {
                        try await peer.open(features: Peer.binding)
                        try await peer.expect("</iq>")
                        try await peer.send(end)
                    } else {
                        try await peer.bind()
                        try await peer.send(end)
                    }
                }
                try await peer.expect(end)
                await peer.expectEnd()
            }
            XCTAssertEqual(outcome?.code, .closedByPeer, "stage \(stage)")
        }
    }

    func testTheNegotiationIsOverInTimeWhereverTheServerFallsSilent() async throws {
        for stage in 0..<6 {
            try await ScriptedServer.run([
                { peer in
                    switch stage {
                    case 0: break
                    case 1: try await peer.open(features: "")
                    case 2: try await peer.open(features: Peer.mechanisms(["PLAIN"]))
                    case 3: try await peer.authenticate()
                    case 4:
                        try await peer.authenticate()
                        try await peer.open(features: "")
                    default:
                        try await peer.authenticate()
                        try await peer.open(features: Peer.binding)
                    }
                    await peer.expectEnd()
                }
            ]) { port in
                var settings = ConnectionSettings.test(port)
                settings.negotiationTimeout = .milliseconds(150)
                let outcome = await Connection(settings).outcome()
                XCTAssertEqual(outcome?.code, .negotiationTimedOut, "stage \(stage)")
            }
        }
    }

    func testTLSThatNeverComesIsOverInTime() async throws {
        for security in [ConnectionSettings.Security.startTLS, .directTLS] {
            try await ScriptedServer.run([
                { peer in
                    if security == .startTLS {
                        try await peer.offerTLS()
                        try await peer.send(Peer.proceed)
                    }
                    await peer.expectEnd()
                }
            ]) { port in
                var settings = ConnectionSettings.test(port, security)
                settings.negotiationTimeout = .milliseconds(150)
                settings.closingTimeout = .milliseconds(50)
                let outcome = await Connection(settings).outcome()
                XCTAssertEqual(outcome?.code, .negotiationTimedOut)
            }
        }
    }

    func testALostConnectionIsMadeAgainUntilItIsRefused() async throws {
        try await ScriptedServer.run([
            { peer in try await peer.logIn() },
            { peer in
                try await peer.logIn()
                try await peer.send(
                    "<stream:error><system-shutdown "
                        + "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>")
                try await peer.expect("</stream:stream>")
            },
            { _ in },
            { peer in
                try await peer.logIn()
                try await peer.send("</stream:stream>")
                try await peer.expect("</stream:stream>")
            },
            { peer in
                try await peer.open(features: Peer.mechanisms(["PLAIN"]))
                try await peer.expect("</auth>")
                try await peer.send("<failure xmlns='\(Peer.sasl)'><not-authorized/></failure>")
            },
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.reconnection = .quick
            let connection = Connection(settings)
            var waits: [ConnectionError] = []
            connection.onStateChange {
                if case .waiting(_, let error) = $0 { waits.append(error) }
            }
            var sessions: [SessionEvent] = []
            connection.stream.onSession { sessions.append($0) }
            let outcome = await connection.outcome()
            let shutdown = StreamError(.systemShutdown, origin: .remote)
            XCTAssertEqual(
                outcome, ConnectionError(.authenticationFailed, saslCondition: "not-authorized"))
            XCTAssertEqual(
                waits,
                [
                    ConnectionError(.closedByPeer),
                    ConnectionError(.streamError, streamError: shutdown),
                    ConnectionError(.closedByPeer),
                    ConnectionError(.closedByPeer),
                ])
            XCTAssertEqual(
                sessions,
                [.began, .ended(nil), .began, .ended(shutdown), .began, .ended(nil)])
        }
    }

    func testWhoTookOurPlaceIsNotThrownOut() async throws {
        for condition in ["conflict", "host-unknown", "see-other-host"] {
            try await ScriptedServer.run([
                { peer in
                    try await peer.logIn()
                    try await peer.send(
                        "<stream:error><\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                            + "</stream:error></stream:stream>")
                    try await peer.expect("</stream:stream>")
                }
            ]) { port in
                var settings = ConnectionSettings.test(port)
                settings.reconnection = .quick
                let outcome = await Connection(settings).outcome()
                XCTAssertEqual(outcome?.code, .streamError)
                XCTAssertEqual(outcome?.streamError?.condition.rawValue, condition)
            }
        }
    }

    func testAttemptsEndWithTheLastOneThatIsAllowed() async throws {
        var free = 0
        try await ScriptedServer.run([]) { free = $0 }
        var settings = ConnectionSettings.test(free)
        settings.reconnection = .quick
        settings.reconnection?.maximumAttempts = 3
        let connection = Connection(settings)
        var count = 0
        connection.onStateChange { if $0 == .connecting { count += 1 } }
        let outcome = await connection.outcome()
        XCTAssertEqual(outcome?.code, .connectFailed)
        XCTAssertEqual(count, 4)
        XCTAssertEqual(connection.state, .closed)
    }

    func testWhatTheServerMustNotSendEndsTheStreamInOrder() async throws {
        let outcome = try await outcome { peer in
            try await peer.logIn()
            try await peer.send("<!-- no -->")
            try await peer.expect("<restricted-xml")
            try await peer.expect("</stream:stream>")
            await peer.expectEnd()
        }
        XCTAssertEqual(outcome?.streamError, StreamError(.restrictedXML, origin: .local))
    }

    /// Logged in and closed, thrown out, and refused, over and over.
    func testManyConnectionsLeaveNothingOpen() async throws {
        let count = 500
        let scripts = (0..<count).map { index -> ScriptedServer.Script in
            switch index % 3 {
            case 0:
                { peer in
                    try await peer.logIn()
                    try await peer.endStream()
                }
            case 1: { peer in try await peer.logIn() }
            default: { peer in try await peer.open(features: "<odd xmlns='odd'/>") }
            }
        }
        try await ScriptedServer.run(scripts) { port in
            var before: Int?
            for index in 0..<count {
                weak var last: Connection?
                do {
                    let connection = Connection(.test(port))
                    last = connection
                    if index % 3 == 0 { connection.closeWhenOnline() }
                    let outcome = await connection.outcome()
                    XCTAssertEqual(outcome == nil, index % 3 == 0)
                    XCTAssertNil(connection.link)
                }
                XCTAssertNil(last, "nothing holds a connection that is over")
                if index == 10 { before = try Self.openFiles() }
            }
            // The server's ends of the last ones may be open yet.
            XCTAssertLessThan(try Self.openFiles(), try XCTUnwrap(before) + 20)
        }
    }

    private static func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count
    }
}
