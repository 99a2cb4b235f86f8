import NIOCore
import StanzaKit
import XCTest

@testable import LiveConnection

/// Nothing comes in, and nothing goes out, before the server has proved who it is.
final class EntranceTests: XCTestCase {
    private static let forged =
        Peer.header + "<presence from='boss@example.net'/><message from='boss@example.net'/>"

    /// Counts what reaches the user.
    private final class Listener {
        var count = 0

        init(_ stream: StanzaStream) {
            stream.onPresence { [unowned self] _ in count += 1 }
            stream.onMessage { [unowned self] _ in count += 1 }
            stream.onElement { [unowned self] _ in count += 1 }
            stream.onRequest(.set, "query", in: "jabber:iq:roster") { [unowned self] _ in
                count += 1
                return .silence
            }
        }
    }

    /// What is left when the peer goes arrives without having been asked for, maybe before TLS is
    /// in its place.
    func testPlaintextInFrontOfTLSReachesNobody() async throws {
        for _ in 0..<20 {
            try await ScriptedServer.run([
                { peer in try await peer.send(Self.forged) }
            ]) { port in
                let connection = Connection(.test(port, .directTLS))
                let listener = Listener(connection.stream)
                let outcome = await connection.outcome()
                XCTAssert(
                    [.tlsFailed, .closedByPeer].contains(outcome?.code),
                    outcome.map { "\($0)" } ?? "none")
                XCTAssertEqual(listener.count, 0)
            }
        }
    }

    /// The same, whatever the machine does first.
    func testPlaintextWhileTLSIsBegunReachesNobody() async throws {
        for isClosed in [false, true] {
            try await ScriptedServer.run([{ peer in await peer.expectEnd() }]) { port in
                var settings = ConnectionSettings.test(port, .directTLS)
                settings.closingTimeout = .milliseconds(50)
                let connection = Connection(settings)
                let listener = Listener(connection.stream)
                connection.onStateChange { [unowned connection] state in
                    guard state == .negotiating else { return }
                    connection.link?.teller.yield(.received(ByteBuffer(string: Self.forged)))
                    if isClosed { connection.close() }
                }
                let outcome = await connection.outcome()
                XCTAssertEqual(outcome?.code, isClosed ? nil : .tlsFailed)
                XCTAssertEqual(listener.count, 0)
            }
        }
    }

    func testStanzasInFrontOfAuthenticationReachNobody() async throws {
        for stanza in ["<presence from='a@b'/>", "<message from='a@b'/>"] {
            for stage in 0..<3 {
                try await ScriptedServer.run([
                    { peer in
                        if stage == 0 { return try await peer.open(features: stanza) }
                        try await peer.open(features: Peer.mechanisms(["SCRAM-SHA-256"]))
                        try await peer.expect("</auth>")
                        try await peer.send(
                            stage == 1
                                ? stanza
                                : "<success xmlns='\(Peer.sasl)'>dj0=</success>" + stanza)
                        await peer.expectEnd()
                    }
                ]) { port in
                    let connection = Connection(.test(port))
                    let listener = Listener(connection.stream)
                    let outcome = await connection.outcome()
                    XCTAssertEqual(
                        outcome?.code, stage == 2 ? .serverNotVerified : .protocolViolated)
                    XCTAssertEqual(listener.count, 0)
                }
            }
        }
    }

    func testARequestInFrontOfAuthenticationReachesNoHandler() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.open(
                    features: "<iq type='set' id='1'><query xmlns='jabber:iq:roster'/></iq>"
                        + "<stream:features/>")
                await peer.expectEnd()
            }
        ]) { port in
            let connection = Connection(.test(port))
            let listener = Listener(connection.stream)
            let outcome = await connection.outcome()
            XCTAssertEqual(outcome?.code, .noCommonMechanism)
            XCTAssertEqual(listener.count, 0)
        }
    }

    @MainActor
    func testWhatIsSentBeforeASessionIsLost() async throws {
        try await ScriptedServer.run([
            { peer in
                let features = Peer.mechanisms(["PLAIN"])
                let header = try await peer.expect("version='1.0'>")
                try await peer.send(Peer.header + features)
                let auth = try await peer.expect("</auth>")
                try await peer.send("<success xmlns='\(Peer.sasl)'/>")
                let again = try await peer.expect("version='1.0'>")
                try await peer.send(
                    Peer.header + "<stream:features>"
                        + "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>")
                let request = try await peer.expect("</iq>")
                let id = request.components(separatedBy: " id='")[1]
                    .components(separatedBy: "'")[0]
                try await peer.send(
                    "<iq type='result' id='\(id)'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                        + "<jid>user@example.net/other</jid></bind></iq>")
                let rest = try await peer.expect("</stream:stream>")
                for text in [header, auth, again, request] {
                    XCTAssertFalse(text.contains("early"), text)
                }
                XCTAssertEqual(rest, "<message id='late'/></stream:stream>")
                try await peer.send("</stream:stream>")
            }
        ]) { port in
            let connection = Connection(.test(port))
            let chatter = Task {
                let early = Element("message", in: .client, attributes: [.id: "early"])
                while !Task.isCancelled, !connection.stream.isInSession {
                    try? connection.stream.send(early)
                    await Task.yield()
                }
            }
            connection.onStateChange { [unowned connection] state in
                guard case .online = state else { return }
                try? connection.stream.send(
                    Element("message", in: .client, attributes: [.id: "late"]))
                connection.close()
            }
            let outcome = await connection.outcome()
            chatter.cancel()
            await chatter.value
            XCTAssertNil(outcome)
        }
    }
}
