import StanzaKit

@testable import LiveConnection

extension ConnectionSettings {
    /// How the account of the tests logs in on this machine: once, and not for long.
    static func test(
        _ port: Int, _ security: Security = .plaintextOnLoopback,
        trusting certificate: TestCertificate? = nil
    ) -> ConnectionSettings {
        var settings = ConnectionSettings(
            account: "user@example.net/wished", password: "pencil", host: "127.0.0.1", port: port,
            security: security)
        settings.reconnection = nil
        settings.negotiationTimeout = .seconds(20)
        settings.trustedCertificates = certificate.map { [.pem($0.pem)] }
        return settings
    }
}

extension Connection {
    /// Runs until there is no connection.
    ///
    /// - Returns: Why; `nil` if it was closed.
    func outcome() async -> ConnectionError? {
        do throws(ConnectionError) {
            try await run()
            return nil
        } catch {
            return error
        }
    }

    /// Closes the connection as soon as it is online.
    func closeWhenOnline() {
        onStateChange { [weak self] state in
            if case .online = state { self?.close() }
        }
    }
}

extension ReconnectionPolicy {
    /// Hardly any wait.
    static var quick: ReconnectionPolicy {
        var policy = ReconnectionPolicy()
        policy.firstDelay = .milliseconds(1)
        policy.longestDelay = .milliseconds(5)
        return policy
    }
}
