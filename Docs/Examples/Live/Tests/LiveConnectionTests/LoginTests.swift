import Crypto
import StanzaKit
import XCTest

@testable import LiveConnection

final class LoginTests: XCTestCase {
    func testEveryMechanismOpensASession() async throws {
        for mechanism in Mechanism.allCases {
            try await ScriptedServer.run([
                { peer in
                    if mechanism == .plain {
                        try await peer.authenticate()
                    } else {
                        try await peer.open(features: Peer.mechanisms([mechanism.rawValue]))
                        try await peer.authenticate(mechanism)
                    }
                    try await peer.bind()
                    try await peer.endStream()
                }
            ]) { port in
                let connection = Connection(.test(port))
                var states: [ConnectionState] = []
                connection.onStateChange { states.append($0) }
                connection.onStateChange { [unowned connection] state in
                    guard case .online = state else { return }
                    XCTAssertEqual(connection.mechanism, mechanism)
                    XCTAssertFalse(connection.isSecure)
                    connection.close()
                }
                let outcome = await connection.outcome()
                XCTAssertNil(outcome)
                XCTAssertEqual(
                    states,
                    [.connecting, .negotiating, .online("user@example.net/given"), .closed])
            }
        }
    }

    func testTheStrongestMechanismThatBothSidesKnowIsTaken() async throws {
        let all: [Mechanism] = [.plain, .scramSHA1, .scramSHA256]
        for mask in 1..<8 {
            for own in 1..<8 {
                let offered = all.indices.filter { mask & 1 << $0 != 0 }.map { all[$0] }
                let allowed = all.indices.filter { own & 1 << $0 != 0 }.map { all[$0] }
                let expected = all.last { offered.contains($0) && allowed.contains($0) }
                try await ScriptedServer.run([
                    { peer in
                        try await peer.open(
                            features: Peer.mechanisms(
                                ["SCRAM-SHA-256-PLUS", "EXTERNAL"] + offered.map(\.rawValue)))
                        guard let expected else { return }
                        try await peer.expect(" mechanism='\(expected.rawValue)'>")
                        try await peer.send(
                            "<failure xmlns='\(Peer.sasl)'><not-authorized/></failure>")
                    }
                ]) { port in
                    var settings = ConnectionSettings.test(port)
                    settings.mechanisms = Set(allowed)
                    let outcome = await Connection(settings).outcome()
                    let refusal = ConnectionError(
                        .authenticationFailed, saslCondition: "not-authorized")
                    XCTAssertEqual(
                        outcome, expected == nil ? ConnectionError(.noCommonMechanism) : refusal)
                }
            }
        }
    }

    func testAProofMayComeInFrontOfSuccess() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.open(features: Peer.mechanisms(["SCRAM-SHA-256"]))
                try await peer.authenticate(.scramSHA256, inChallenge: true)
                try await peer.bind()
                try await peer.endStream()
            }
        ]) { port in
            let connection = Connection(.test(port))
            connection.closeWhenOnline()
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
        }
    }

    func testTheServerMayGiveAnotherResource() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.authenticate()
                try await peer.expect("version='1.0'>")
                try await peer.send(
                    Peer.header
                        + "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
                        + "<ver xmlns='urn:xmpp:features:rosterver'/></stream:features>")
                let request = try await peer.expect("</iq>")
                XCTAssert(request.contains("<resource>wished</resource>"), request)
                let id = request.components(separatedBy: " id='")[1]
                    .components(separatedBy: "'")[0]
                try await peer.send(
                    "<iq type='result' id='\(id)'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                        + "<jid>user@example.net/other</jid></bind></iq>")
                try await peer.endStream()
            }
        ]) { port in
            let connection = Connection(.test(port))
            var address: JID?
            var announcesVersions = false
            connection.stream.onSession { [unowned connection] event in
                guard event == .began else { return }
                address = connection.stream.address
                let features = connection.stream.features
                announcesVersions = features?.first("ver", in: "urn:xmpp:features:rosterver") != nil
                connection.close()
            }
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
            XCTAssertEqual(address, "user@example.net/other")
            XCTAssert(announcesVersions, "the last features are kept")
        }
    }

    func testTLSBeforeAnythingElse() async throws {
        let certificate = try TestCertificate(for: "example.net")
        for security in [ConnectionSettings.Security.startTLS, .directTLS] {
            let context = try certificate.context(protocols: ["xmpp-client"])
            try await ScriptedServer.run([
                { peer in
                    if security == .startTLS {
                        try await peer.offerTLS()
                        try await peer.startTLS(context, after: Peer.proceed)
                    } else {
                        try await peer.startTLS(context)
                    }
                    try await peer.logIn()
                    try await peer.endStream()
                }
            ]) { port in
                let connection = Connection(.test(port, security, trusting: certificate))
                connection.onStateChange { [unowned connection] state in
                    guard case .online = state else { return }
                    XCTAssertEqual(connection.securityLayer, .tls13)
                    connection.close()
                }
                let outcome = await connection.outcome()
                XCTAssertNil(outcome)
                XCTAssertNil(connection.securityLayer)
            }
        }
    }

    func testEachByteMayTravelByItself() async throws {
        let certificate = try TestCertificate(for: "example.net")
        let context = try certificate.context()
        try await ScriptedServer.run([
            { peer in
                peer.isBytewise = true
                try await peer.offerTLS()
                try await peer.send(String(Peer.proceed.dropLast()))
                try await peer.startTLS(context, after: ">")
                try await peer.open(features: Peer.mechanisms(["SCRAM-SHA-1"]))
                try await peer.authenticate(.scramSHA1)
                try await peer.bind()
                try await peer.endStream()
            }
        ]) { port in
            let connection = Connection(.test(port, .startTLS, trusting: certificate))
            connection.closeWhenOnline()
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
        }
    }

    func testAComponentProvesThatItKnowsTheSecret() async throws {
        try await ScriptedServer.run([
            { peer in
                let header = try await peer.expect("to='gate.example.net'>")
                XCTAssert(header.contains("xmlns='jabber:component:accept'"), header)
                try await peer.send(
                    "<stream:stream xmlns='jabber:component:accept' "
                        + "xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b'>")
                let digest = Insecure.SHA1.hash(data: Array("a&bs3cret".utf8))
                let hexadecimal = digest.map { String(format: "%02x", $0) }.joined()
                try await peer.expect("<handshake>\(hexadecimal)</handshake>")
                try await peer.send("<handshake/>")
                try await peer.endStream()
            }
        ]) { port in
            let connection = Connection(
                .component(domain: "gate.example.net", secret: "s3cret", port: port))
            connection.closeWhenOnline()
            let outcome = await connection.outcome()
            XCTAssertNil(outcome)
            XCTAssertEqual(connection.stream.address, "gate.example.net")
        }
    }
}
