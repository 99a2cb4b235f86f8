import StanzaKit
import XCTest

@testable import LiveConnection

/// Where a connection goes, and whom the certificate there must be for.
final class EndpointTests: XCTestCase {
    func testTheCertificateIsForTheDomainWhereverTheConnectionGoes() throws {
        for (account, host, name): (JID, String?, String?) in [
            ("user@example.net", nil, "example.net"),
            ("user@example.net", "127.0.0.1", "example.net"),
            ("user@example.net", "other.example", "example.net"),
            ("user@bücher.example", nil, "xn--bcher-kva.example"),
            // SNI has no addresses.
            ("user@127.0.0.1", nil, nil), ("user@[::1]", nil, nil),
            ("user@[::1]", "[0:0:0:0:0:0:0:1]", nil),
        ] {
            let preparation = try Preparation(
                ConnectionSettings(account: account, password: "pencil", host: host))
            switch preparation.tls?.name {
            case .domain(let domain): XCTAssertEqual(domain, name, "\(account)")
            case .address: XCTAssertNil(name, "\(account)")
            case nil: XCTFail("no TLS for \(account)")
            }
        }
    }

    func testAnAddressIsNotVouchedForByAnother() {
        for (account, host): (JID, String) in [
            ("user@127.0.0.1", "127.0.0.2"), ("user@127.0.0.1", "example.net"),
            ("user@[::1]", "127.0.0.1"),
        ] {
            let settings = ConnectionSettings(account: account, password: "pencil", host: host)
            XCTAssertThrowsError(try Preparation(settings)) {
                XCTAssertEqual(($0 as? ConnectionError)?.code, .invalidSettings)
            }
        }
    }

    func testAPortThatCannotBeIsRefused() {
        for port in [-1, 0, 65_536, .max] {
            let settings = ConnectionSettings(
                account: "user@example.net", password: "pencil", port: port)
            XCTAssertThrowsError(try Preparation(settings), "\(port)")
        }
    }

    func testACertificateForAnAddressIsCheckedAgainstTheAddress() async throws {
        for (octets, code): ([UInt8], ConnectionError.Code?) in [
            ([127, 0, 0, 1], nil), ([127, 0, 0, 2], .certificateRefused),
        ] {
            let certificate = try TestCertificate(forAddress: octets)
            let context = try certificate.context()
            try await ScriptedServer.run([
                { peer in
                    try await peer.startTLS(context)
                    if code != nil {
                        await peer.expectEnd()
                        return
                    }
                    try await peer.logIn()
                    try await peer.endStream()
                }
            ]) { port in
                var settings = ConnectionSettings.test(port, .directTLS, trusting: certificate)
                settings.address = "user@127.0.0.1"
                settings.host = nil
                let connection = Connection(settings)
                connection.closeWhenOnline()
                let outcome = await connection.outcome()
                XCTAssertEqual(outcome?.code, code)
            }
        }
    }
}
