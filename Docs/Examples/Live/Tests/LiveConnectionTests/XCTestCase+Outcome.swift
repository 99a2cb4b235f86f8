import XCTest

@testable import LiveConnection

extension XCTestCase {
    /// What becomes of one connection with a server that plays `script`.
    func outcome(
        _ security: ConnectionSettings.Security = .plaintextOnLoopback,
        trusting certificate: TestCertificate? = nil, _ script: @escaping ScriptedServer.Script
    ) async throws -> ConnectionError? {
        var outcome: ConnectionError?
        try await ScriptedServer.run([script]) { port in
            outcome = await Connection(.test(port, security, trusting: certificate)).outcome()
        }
        return outcome
    }
}
