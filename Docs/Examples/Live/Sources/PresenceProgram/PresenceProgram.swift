internal import ArgumentParser
internal import LiveConnection
internal import StanzaKit

/// The command line.
@main
struct PresenceProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presence",
        abstract:
            "Logs in to an XMPP account and shows the roster, who is online, and what happens.",
        discussion: """
            Commands are read from standard input; 'help' lists them. Each waits until the one before \
            is done, and the first until the roster is there. The end of input, 'quit' and Ctrl-C go \
            offline and end the stream.

            The password comes from the environment variable PRESENCE_PASSWORD, or is asked for. It \
            cannot be an argument, as those can be seen by everybody on the machine.
            """)

    @Argument(help: "The account, such as juliet@capulet.example.", transform: account)
    var account: BareJID

    @Option(help: "The resource to ask for; the server chooses one otherwise.")
    var resource: String?

    @Option(
        help: "The machine to connect to; by default the domain. SRV records are not looked up.")
    var host: String?

    @Option(help: "The TCP port; by default 5222, or 5223 with --direct-tls.")
    var port: Int?

    @Flag(help: "TLS from the first byte, instead of STARTTLS.")
    var directTLS = false

    @Flag(help: "No TLS, which only works on this very machine.")
    var plaintextOnLoopback = false

    @Option(
        name: .customLong("ca"), help: "Trust the certificates in this PEM file, and no others.")
    var trusted: String?

    @Option(help: "Keep the roster in this file between runs.")
    var cache: String?

    @Flag(help: "Print each event as one line of JSON.")
    var json = false

    func validate() throws {
        if directTLS && plaintextOnLoopback {
            throw ValidationError("--direct-tls and --plaintext-on-loopback exclude each other.")
        }
        if let port, !(1...65535).contains(port) { throw ValidationError("There is no such port.") }
        _ = try address
    }

    private var address: JID {
        get throws { try JID(account, resource: resource) }
    }

    @Sendable
    private static func account(_ text: String) throws -> BareJID {
        let account = try BareJID(validating: text)
        guard account.local != nil else {
            throw ValidationError("An account has a name before '@'.")
        }
        return account
    }

    @MainActor
    func run() async throws {
        guard let password = Password.read(for: account) else {
            throw ValidationError("There is no password.")
        }
        var settings = ConnectionSettings(
            account: try address, password: password, host: host, port: port,
            security: plaintextOnLoopback
                ? .plaintextOnLoopback : directTLS ? .directTLS : .startTLS)
        if let trusted { settings.trustedCertificates = [.file(trusted)] }
        let printer = Printer(printsJSON: json)
        try await Session(settings, cache: cache, printer: printer).run()
        if printer.isLost { throw ExitCode.failure }
    }
}
