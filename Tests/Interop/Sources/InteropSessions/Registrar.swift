internal import Foundation
public import StanzaKit

/// Makes accounts on a server, each with a name that there was never before.
///
/// The library logs in and does not register, so that is a script's (`Peers/register.py`).
@MainActor
public final class Registrar {
    private let process: LineProcess
    private let prefix = String(UInt32.random(in: .min ... .max), radix: 36)
    private var count = 0

    /// Gets ready to make accounts on `server`.
    public init(_ server: Server) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Peers/register.py").standardizedFileURL.path
        process = try LineProcess("/usr/bin/env", ["python3", script, server.configuration])
    }

    /// Makes an account whose name begins with `name`.
    ///
    /// - Throws: What the server answered.
    public func makeAccount(_ name: String, at domain: BareJID) async throws -> Account {
        count += 1
        let local = "\(name)-\(prefix)-\(count)"
        let password = String(UInt64.random(in: .min ... .max), radix: 36)
        process.write("\(local) \(domain) \(password)")
        let answer = await process.nextLine() ?? "no answer"
        if answer != "ok" { throw Refused(answer: answer) }
        return Account(jid: try BareJID(local: local, domain: domain.domain), password: password)
    }

    /// The server did not make an account.
    public struct Refused: Error {
        /// What it said.
        public let answer: String
    }

    /// Ends the script.
    public func close() { process.close() }
}
