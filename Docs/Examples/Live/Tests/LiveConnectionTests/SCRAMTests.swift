import XCTest

@testable import LiveConnection

final class SCRAMTests: XCTestCase {
    private let sha1 = SCRAM(.sha1, username: "user", nonce: "fyko+d2lbbFgONRv9qkxdawL")
    private let sha1Challenge =
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"

    /// RFC 5802, section 5.
    func testTheExampleOfSHA1() async throws {
        XCTAssertEqual(sha1.first, "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL")
        let proof = try await proof(sha1, sha1Challenge)
        XCTAssertEqual(
            proof.message,
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=")
        try sha1.verify("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", against: proof)
    }

    /// RFC 7677, section 3.
    func testTheExampleOfSHA256() async throws {
        let scram = SCRAM(.sha256, username: "user", nonce: "rOprNGfwEbeRWgbNEkqO")
        XCTAssertEqual(scram.first, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        let proof = try await proof(scram, "r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        XCTAssertEqual(
            proof.message, "c=biws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        try scram.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", against: proof)
    }

    func testSeparatorsInAUserNameAreEscaped() {
        let scram = SCRAM(.sha1, username: "a=b,c", nonce: "n")
        XCTAssertEqual(scram.first, "n,,n=a=3Db=2Cc,r=n")
    }

    func testANonceIsNeverUsedTwice() {
        XCTAssertNotEqual(
            SCRAM(.sha256, username: "user").nonce, SCRAM(.sha256, username: "user").nonce)
    }

    func testAnExtensionBehindTheIterationsIsIgnored() throws {
        let challenge = try sha1.challenge("\(sha1Challenge),x=later", maximumIterations: 4096)
        XCTAssertEqual(challenge.iterations, 4096)
    }

    func testAChallengeThatBreaksTheRulesIsRefused() {
        let nonce = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j"
        for message in [
            "",
            nonce,
            "\(nonce),s=QSXCR+Q6sek8bf92",
            "\(nonce),i=4096",
            "s=QSXCR+Q6sek8bf92,i=4096",
            "\(nonce),i=4096,s=QSXCR+Q6sek8bf92",
            // What must be understood, and is not defined.
            "m=1,\(sha1Challenge)",
            // Not our nonce, only our nonce, another end of it.
            "r=another,s=QSXCR+Q6sek8bf92,i=4096",
            "r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",
            "r=fyko+d2lbbFgONRv9qkxdaw\u{301}L3r,s=QSXCR+Q6sek8bf92,i=4096",
            "r=3rfcNHYJY1ZVvWVs7jfyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",
            // The salt.
            "\(nonce),s=,i=4096",
            "\(nonce),s=QSXCR+Q6sek8bf9,i=4096",
            "\(nonce),s=*SXCR+Q6sek8bf92,i=4096",
            // The iterations.
            "\(nonce),s=QSXCR+Q6sek8bf92,i=4095",
            "\(nonce),s=QSXCR+Q6sek8bf92,i=0",
            "\(nonce),s=QSXCR+Q6sek8bf92,i=-4096",
            "\(nonce),s=QSXCR+Q6sek8bf92,i=+4096",
            "\(nonce),s=QSXCR+Q6sek8bf92,i=10001",
            "\(nonce),s=QSXCR+Q6sek8bf92,i=99999999999999999999999",
            "\(nonce),s=QSXCR+Q6sek8bf92,i=４０９６",
            "\(nonce),s=QSXCR+Q6sek8bf92,i=",
        ] {
            XCTAssertThrowsError(try sha1.challenge(message, maximumIterations: 10_000), message)
        }
    }

    func testAServerThatDoesNotKnowThePasswordIsRefused() async throws {
        let proof = try await proof(sha1, sha1Challenge)
        for message in [
            "",
            "v=",
            "v=rmF9pqV8S7suAoZWja4dJRkFsKQ",
            "v=smF9pqV8S7suAoZWja4dJRkFsKQ=",
            "v=rmF9pqV8S7suAoZWja4dJRkFsA==",
            "x=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
            "e=other-error",
            "e=other-error,v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        ] {
            XCTAssertThrowsError(try sha1.verify(message, against: proof), message)
        }
    }

    func testTheWorkEndsWhenItsTaskIsCancelled() async throws {
        let work = Task {
            try await HashFunction.sha256.salted([1], salt: [2], iterations: .max)
        }
        work.cancel()
        switch await work.result {
        case .success: XCTFail("so many iterations cannot be done")
        case .failure(let error): XCTAssert(error is CancellationError)
        }
    }

    private func proof(_ scram: SCRAM, _ message: String) async throws -> SCRAM.Proof {
        let challenge = try scram.challenge(message, maximumIterations: 4096)
        let salted = try await scram.hashFunction.salted(
            Array("pencil".utf8), salt: challenge.salt, iterations: challenge.iterations)
        return scram.proof(for: challenge, saltedPassword: salted)
    }
}
