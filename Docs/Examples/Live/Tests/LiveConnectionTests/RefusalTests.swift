import StanzaKit
import XCTest

@testable import LiveConnection

final class RefusalTests: XCTestCase {
    func testNothingIsSentInTheClearWhereTLSIsNotOffered() async throws {
        for features in [
            Peer.mechanisms(["PLAIN", "SCRAM-SHA-1"]), "<stream:features/>",
            "<success xmlns='\(Peer.sasl)'/>", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
            "<iq type='set' id='1'><query xmlns='jabber:iq:roster'/></iq><presence/>",
            "<message/>",
        ] {
            try await ScriptedServer.run([
                { peer in
                    try await peer.open(features: features)
                    let rest = await peer.expectEnd()
                    XCTAssertFalse(rest.contains("auth"), rest)
                    XCTAssertFalse(rest.contains("pencil"), rest)
                }
            ]) { port in
                let connection = Connection(.test(port, .startTLS))
                var count = 0
                connection.stream.onPresence { _ in count += 1 }
                connection.stream.onRequest(.set, "query", in: "jabber:iq:roster") { _ in
                    count += 1
                    return .silence
                }
                let outcome = await connection.outcome()
                let isFeatures = features.hasPrefix("<stream:features")
                XCTAssertEqual(outcome?.code, isFeatures ? .tlsNotOffered : .protocolViolated)
                XCTAssertEqual(count, 0, "what came in the clear is shown to nobody")
            }
        }
    }

    func testARefusalOfTLSEndsTheConnection() async throws {
        let refusal = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
        let outcome = try await outcome(.startTLS) { peer in
            try await peer.offerTLS()
            try await peer.send("\(refusal)</stream:stream>")
            await peer.expectEnd()
        }
        XCTAssertEqual(outcome?.code, .tlsNotOffered)
    }

    func testPlaintextBehindProceedIsAnAttack() async throws {
        for injected in [" ", Peer.header, "<stream:features/>", "\u{16}\u{03}\u{01}"] {
            let outcome = try await outcome(.startTLS) { peer in
                try await peer.offerTLS()
                try await peer.send(Peer.proceed + injected)
                let rest = await peer.expectEnd()
                XCTAssertEqual(rest, "", "no TLS is begun either")
            }
            XCTAssertEqual(outcome?.code, .plaintextInjected)
        }
    }

    func testWhatIsNoTLSBehindProceedIsRefused() async throws {
        let certificate = try TestCertificate(for: "example.net")
        let outcome = try await outcome(.startTLS, trusting: certificate) { peer in
            try await peer.offerTLS()
            try await peer.send(Peer.proceed)
            // The beginning of the client's first message of TLS.
            try await peer.expect("\u{16}\u{03}")
            try await peer.send(Peer.header + Peer.mechanisms(["PLAIN"]))
            await peer.expectEnd()
        }
        XCTAssertEqual(outcome?.code, .tlsFailed)
    }

    func testACertificateForAnotherNameIsRefused() async throws {
        let certificate = try TestCertificate(for: "example.com")
        let outcome = try await refusal(of: certificate, trusting: certificate)
        XCTAssertEqual(outcome?.code, .certificateRefused)
    }

    func testACertificateForWhichNobodyVouchesIsRefused() async throws {
        let certificate = try TestCertificate(for: "example.net")
        for trusted in [nil, try TestCertificate(for: "example.net")] {
            let outcome = try await refusal(of: certificate, trusting: trusted)
            XCTAssertEqual(outcome?.code, .certificateRefused)
        }
    }

    private func refusal(
        of certificate: TestCertificate, trusting trusted: TestCertificate?
    ) async throws -> ConnectionError? {
        let context = try certificate.context()
        return try await outcome(.directTLS, trusting: trusted) { peer in
            try await peer.startTLS(context)
            let rest = await peer.expectEnd()
            XCTAssertEqual(rest, "")
        }
    }

    func testCertificatesThatCannotBeReadAreRefused() async throws {
        for unreadable in [
            ConnectionSettings.TrustedCertificates.file("/nowhere/at/all"), .pem("nothing"),
        ] {
            var settings = ConnectionSettings.test(1, .directTLS)
            settings.trustedCertificates = [unreadable]
            let outcome = await Connection(settings).outcome()
            XCTAssertEqual(outcome?.code, .invalidSettings)
        }
    }

    func testAServerThatCannotProveThatItKnowsThePasswordIsRefused() async throws {
        for mechanism in [Mechanism.scramSHA1, .scramSHA256] {
            for inChallenge in [false, true] {
                let outcome = try await outcome { peer in
                    try await peer.open(features: Peer.mechanisms([mechanism.rawValue]))
                    // The client leaves in front of what follows.
                    try? await peer.authenticate(
                        mechanism, isWrong: true, inChallenge: inChallenge)
                    await peer.expectEnd()
                }
                XCTAssertEqual(outcome?.code, .serverNotVerified)
            }
        }
    }

    func testAServerThatProvesNothingIsRefused() async throws {
        for early in [
            "<success xmlns='\(Peer.sasl)'/>", "<success xmlns='\(Peer.sasl)'>dj0=</success>",
        ] {
            let outcome = try await outcome { peer in
                try await peer.open(features: Peer.mechanisms(["SCRAM-SHA-256"]))
                try await peer.expect("</auth>")
                try await peer.send(early)
                await peer.expectEnd()
            }
            XCTAssertEqual(outcome?.code, .serverNotVerified)
        }
    }

    func testWhatTheServerRefusesIsTold() async throws {
        let refused = try await outcome { peer in
            try await peer.open(features: Peer.mechanisms(["PLAIN"]))
            try await peer.expect("</auth>")
            try await peer.send(
                "<failure xmlns='\(Peer.sasl)'><account-disabled/><text>Call us.</text></failure>")
        }
        XCTAssertEqual(refused?.code, .authenticationFailed)
        XCTAssertEqual(refused?.saslCondition, "account-disabled")
        XCTAssertEqual(refused?.text, "Call us.")
        XCTAssertEqual(refused?.isTemporary, false)

        let unbound = try await outcome { peer in
            try await peer.authenticate()
            try await peer.open(
                features: "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
                    + "</stream:features>")
            let request = try await peer.expect("</iq>")
            let id = request.components(separatedBy: " id='")[1].components(separatedBy: "'")[0]
            try await peer.send(
                "<iq type='error' id='\(id)'><error type='modify'><bad-request "
                    + "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")
        }
        XCTAssertEqual(unbound?.code, .bindingFailed)
        XCTAssertEqual(unbound?.stanzaError?.condition, .badRequest)
    }

    func testElementsOutOfTurnEndTheNegotiation() async throws {
        for text in [
            "<success xmlns='\(Peer.sasl)'/>", "<challenge xmlns='\(Peer.sasl)'/>",
            "<failure xmlns='\(Peer.sasl)'/>", Peer.proceed, "<handshake/>", "<odd xmlns='odd'/>",
        ] {
            let outcome = try await outcome { peer in
                try await peer.open(features: text)
                await peer.expectEnd()
            }
            XCTAssertEqual(outcome?.code, .protocolViolated, text)
        }
    }

    func testACredentialThatCannotBeUsedIsRefusedBeforeAnythingIsSent() async throws {
        let account: JID = "user@example.net"
        for (address, password) in [
            (account, ""), (account, "a\u{7}b"), (account, String(repeating: "x", count: 1024)),
            ("example.net", "pencil"),
        ] {
            let connection = Connection(
                ConnectionSettings(
                    account: address, password: password, host: "127.0.0.1", port: 1,
                    security: .plaintextOnLoopback))
            let outcome = await connection.outcome()
            XCTAssertEqual(outcome?.code, .invalidSettings)
        }
        var settings = ConnectionSettings.component(domain: "gate.example.net", secret: "s3cret")
        settings.security = .startTLS
        let outcome = await Connection(settings).outcome()
        XCTAssertEqual(outcome?.code, .invalidSettings)
    }

    func testOnlyThisMachineIsLoopback() {
        for address in ["127.0.0.1", "127.1.2.3", "::1"] {
            XCTAssert(Link.isLoopback(address), address)
        }
        for address in [nil, "", "10.0.0.1", "128.0.0.1", "::", "::2", "1270.0.0.1", "fe80::1"] {
            XCTAssertFalse(Link.isLoopback(address), address ?? "none")
        }
    }

    func testAComponentThatIsRefusedIsTold() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.expect("to='gate.example.net'>")
                try await peer.send(
                    "<stream:stream xmlns='jabber:component:accept' "
                        + "xmlns:stream='http://etherx.jabber.org/streams' id='1'>")
                try await peer.expect("</handshake>")
                try await peer.send(
                    "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                        + "</stream:error></stream:stream>")
                await peer.expectEnd()
            }
        ]) { port in
            let connection = Connection(
                .component(domain: "gate.example.net", secret: "wrong", port: port))
            let outcome = await connection.outcome()
            XCTAssertEqual(outcome?.code, .authenticationFailed)
        }
    }

    func testSecretsAreNotShown() {
        for settings in [
            ConnectionSettings.test(1),
            .component(domain: "gate.example.net", secret: "pencil"),
        ] {
            var dumped = ""
            dump(settings, to: &dumped)
            XCTAssertFalse(dumped.contains("pencil"), dumped)
            XCTAssertFalse("\(settings)".contains("pencil"), "\(settings)")
            XCTAssertFalse(String(reflecting: settings).contains("pencil"))
        }
    }

    func testAServerThatCouldDoWithoutThePasswordIsNeverTold() async throws {
        try await ScriptedServer.run([
            { peer in
                try await peer.open(features: Peer.mechanisms(["SCRAM-SHA-1", "PLAIN"]))
                try await peer.authenticate(.scramSHA1)
                try await peer.bind()
            },
            { peer in
                try await peer.open(features: Peer.mechanisms(["PLAIN"]))
                let rest = await peer.expectEnd()
                XCTAssertFalse(rest.contains("<auth"), rest)
            },
        ]) { port in
            var settings = ConnectionSettings.test(port)
            settings.reconnection = .quick
            let outcome = await Connection(settings).outcome()
            XCTAssertEqual(outcome?.code, .noCommonMechanism)
        }
    }
}
