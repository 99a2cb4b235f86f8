internal import Foundation
public import StanzaKit

/// A server on this machine, as `Servers/control` has written it down.
public struct Server: Sendable {
    /// `prosody` or `ejabberd`.
    public let name: String
    /// The domain of most accounts.
    public let host: BareJID
    /// Another domain of the same server.
    public let other: BareJID
    /// The service that rooms are on.
    public let rooms: BareJID
    /// The domain of the external component.
    public let component: BareJID
    /// What the component proves itself with.
    public let secret: String
    /// Where clients connect, and begin TLS when they are told to.
    public let port: Int
    /// Where clients connect that begin with TLS.
    public let directTLSPort: Int
    /// Where the component connects.
    public let componentPort: Int
    /// The file with the certificate of the authority that vouches for the server.
    public let authority: String
    /// The file with that of one that does not.
    public let strangers: String
    /// An account with 5,000 contacts, `contact0@capulet.test` and so on, where it was put into the
    /// server's store before it started. Prosody writes all of a roster for each edit of one.
    public let largeAccount: Account?
    /// The file that all this was read from.
    public let configuration: String

    private let control: String
    private let folder: String

    /// The environment variable that names the file.
    public static let variable = "PRESENCEKIT_INTEROP"

    /// The server that the environment names; `nil` if it names none.
    ///
    /// - Throws: What is wrong with the file.
    public static func named() throws -> Server? {
        try ProcessInfo.processInfo.environment[variable].map(Server.init(configuration:))
    }

    /// Reads the file.
    ///
    /// - Throws: That it cannot be read, or lacks a value.
    public init(configuration: String) throws {
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        func value<Value>(_ key: String, _ read: (String) throws -> Value?) throws -> Value {
            guard let found = try values[key].flatMap(read) else { throw Missing(key: key) }
            return found
        }
        name = try value("server") { $0 }
        host = try value("host") { BareJID($0) }
        other = try value("other") { BareJID($0) }
        rooms = try value("rooms") { BareJID($0) }
        component = try value("component") { BareJID($0) }
        secret = try value("secret") { $0 }
        port = try value("port") { Int($0) }
        directTLSPort = try value("tlsPort") { Int($0) }
        componentPort = try value("componentPort") { Int($0) }
        authority = try value("authority") { $0 }
        strangers = try value("strangers") { $0 }
        control = try value("control") { $0 }
        folder = try value("folder") { $0 }
        largeAccount = values["large"].flatMap { BareJID($0) }
            .map { Account(jid: $0, password: values["largePassword"] ?? "") }
        self.configuration = configuration
    }

    /// A value that the file does not have, or not in a form that could be used.
    public struct Missing: Error {
        /// The name of the value.
        public let key: String
    }

    /// Stops the server and starts it again, on the same ports and with the same data.
    ///
    /// - Throws: That it did not start.
    public func restart() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: control)
        process.arguments = [name, "restart", folder]
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        if status != 0 { throw NotRestarted(status: status) }
    }

    /// The server did not come back.
    public struct NotRestarted: Error {
        /// What the script exited with.
        public let status: Int32
    }
}
