import InteropSessions
import LiveConnection
import RosterKit
import StanzaKit
import XCTest

/// Getting to a session: TLS, SCRAM, and what has to be refused.
final class ConnectionTests: XCTestCase {
    @MainActor
    func testSTARTTLSAndSCRAMLeadToASession() async throws {
        try await onStage { stage in
            // The hosts keep passwords by SHA-256 and by SHA-1.
            for domain in [stage.server.host, stage.server.other] {
                let account = try await stage.account("juliet", at: domain)
                let session = try stage.session(account)
                try await session.logIn()
                stage.check(session.address, is: try account.jid.appending(resource: "home"))
                stage.check(session.connection.securityLayer, is: .tls13)
                stage.check(session.roster.roster.count, is: 0)
                await session.stop()
                stage.check(session.failure == nil, "closing failed: \(session.failure as Any)")
                stage.check(!session.stream.isInSession, "the session goes on")
            }
        }
    }

    @MainActor
    func testDirectTLSLeadsToASession() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let settings = try stage.settings(account, security: .directTLS)
            let session = stage.session(account, settings)
            try await session.logIn()
            stage.check(session.isReady, "no roster")
        }
    }

    @MainActor
    func testEachMechanismThatTheServerOffersIsEnough() async throws {
        try await onStage { stage in
            let mechanisms: [(BareJID, Mechanism)] = [
                (stage.server.host, .scramSHA256), (stage.server.other, .scramSHA1),
                (stage.server.host, .plain),
            ]
            for (domain, mechanism) in mechanisms {
                let account = try await stage.account("juliet", at: domain)
                var settings = try stage.settings(account)
                settings.mechanisms = [mechanism]
                let session = stage.session(account, settings)
                try await session.logIn()
                stage.check(session.connection.mechanism, is: mechanism)
            }
        }
    }

    @MainActor
    func testACertificateOfAnotherAuthorityIsRefused() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            for security in [ConnectionSettings.Security.startTLS, .directTLS] {
                var settings = try stage.settings(account, security: security)
                settings.trustedCertificates = [.file(stage.server.strangers)]
                await stage.fails(with: .certificateRefused, account, settings)
            }
        }
    }

    @MainActor
    func testACertificateForAnotherDomainIsRefused() async throws {
        try await onStage { stage in
            let account = Account(jid: "juliet@elsewhere.test", password: "secret")
            let settings = try stage.settings(account, security: .directTLS)
            let code: ConnectionError.Code =
                stage.traits.showsCertificateToAll ? .certificateRefused : .tlsFailed
            await stage.fails(with: code, account, settings)
        }
    }

    @MainActor
    func testAWrongPasswordIsRefusedWithTheServersCondition() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let wrong = Account(jid: account.jid, password: account.password + "x")
            for mechanism in [Mechanism.scramSHA256, .plain] {
                var settings = try stage.settings(wrong)
                settings.mechanisms = [mechanism]
                let error = await stage.fails(with: .authenticationFailed, wrong, settings)
                stage.check(error?.saslCondition, is: "not-authorized")
            }
        }
    }

    @MainActor
    func testWhoTakesTheResourceEndsTheSessionBefore() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            var settings = try stage.settings(account)
            // It must not come back and throw out the other one in turn.
            settings.reconnection = ReconnectionPolicy()
            let first = stage.session(account, settings)
            try await first.logIn()
            let second = try await stage.logIn(account)
            try await stage.eventually("the first session ends") { first.hasEnded }
            let error = first.failure as? ConnectionError
            stage.check(error?.streamError?.condition, is: .conflict)
            try await second.settle()
            stage.check(second.isReady, "the second session ended too")
        }
    }
}

extension Stage {
    /// Demands that there is no session, for a reason.
    @discardableResult
    func fails(
        with code: ConnectionError.Code, _ account: Account, _ settings: ConnectionSettings,
        file: StaticString = #filePath, line: UInt = #line
    ) async -> ConnectionError? {
        do {
            try await session(account, settings).logIn()
            XCTFail("\(server.name): there is a session", file: file, line: line)
        } catch let error as ConnectionError {
            check(error.code, is: code, file: file, line: line)
            return error
        } catch {
            XCTFail("\(server.name): \(error)", file: file, line: line)
        }
        return nil
    }
}
