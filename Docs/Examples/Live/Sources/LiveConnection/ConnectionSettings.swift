public import StanzaKit

/// Where a connection goes, how it is secured, and what it puts up with.
///
/// What is not set is safe: TLS with a verified certificate, no password in the clear, and every
/// wait and every queue bounded.
public struct ConnectionSettings: Sendable {
    /// Who logs in: an account, with the resource that is wished for, or a component's domain.
    public var address: JID
    /// What proves it.
    public var credentials: Credentials
    /// The machine to connect to, a name or an IP address; by default the domain of the address.
    ///
    /// SRV records (RFC 6120, section 3.2.1) are not looked up, as that takes a resolver that NIO
    /// does not have: where the domain has some that point elsewhere, name their target here. The
    /// certificate is checked against the domain of the address all the same.
    public var host: String?
    /// The TCP port; by default what is usual for the kind of connection.
    public var port: Int?
    /// How what is sent is kept from others.
    public var security: Security
    /// Who may vouch for the server's certificate; the system's certificate authorities if `nil`.
    public var trustedCertificates: [TrustedCertificates]?
    /// The SASL mechanisms that may be used. The strongest that the server offers too is taken; once
    /// a session came about by SCRAM, the same connection does not use PLAIN any more.
    public var mechanisms = Set(Mechanism.allCases)
    /// The most iterations of SCRAM that the server may ask for.
    public var maximumIterations = 1_000_000
    /// What the peer may make the stream hold.
    public var limits = ParserLimits()

    /// How long the TCP connection may take, and then everything up to a bound resource.
    public var negotiationTimeout = Duration.seconds(30)
    /// How long the peer may take to end the stream after ``Connection/close()``.
    public var closingTimeout = Duration.seconds(5)
    /// After how long without sending anything a blank is sent, so that middleboxes remember the
    /// connection; `nil` for never. RFC 6120, section 4.6.1.
    public var keepaliveInterval: Duration? = .seconds(180)
    /// After how long without receiving anything the server is pinged (XEP-0199); `nil` for never.
    public var pingInterval: Duration? = .seconds(300)
    /// How long after the ping something must arrive, or the connection counts as dead.
    public var pingTimeout = Duration.seconds(30)
    /// When to connect again; never if `nil`.
    public var reconnection: ReconnectionPolicy? = ReconnectionPolicy()

    /// How many bytes may wait to be sent before nothing more is read, which would cause more. It
    /// goes on when half of them are sent.
    public var pauseReadingAt = 256 << 10
    /// How many bytes may wait to be sent at all. One that goes beyond ends the connection with
    /// ``ConnectionError/Code/outgoingQueueFull``.
    public var maximumOutgoingBytes = 16 << 20

    /// How a client connects.
    ///
    /// - Parameters:
    ///   - account: The account, with the resource to ask for if there is one.
    ///   - password: The account's password; see ``Credentials/password(_:)``.
    ///   - host: The machine to connect to; by default the domain of the account.
    ///   - port: The TCP port; by default 5222, and 5223 for direct TLS.
    ///   - security: How the connection is secured.
    public init(
        account: JID, password: String, host: String? = nil, port: Int? = nil,
        security: Security = .startTLS
    ) {
        address = account
        credentials = .password(password)
        self.host = host
        self.port = port
        self.security = security
    }

    /// How an external component connects. XEP-0114.
    ///
    /// - Parameters:
    ///   - domain: The domain of the component.
    ///   - secret: What the server's configuration has for it.
    ///   - host: The machine of the server, which is also whom its certificate must be for.
    ///   - port: The TCP port, by default 5347.
    ///   - security: The protocol has no STARTTLS, and most servers take components in the clear on
    ///     their own machine only.
    public static func component(
        domain: BareJID, secret: String, host: String = "127.0.0.1", port: Int? = nil,
        security: Security = .plaintextOnLoopback
    ) -> ConnectionSettings {
        var settings = ConnectionSettings(
            account: JID(domain), password: "", host: host, port: port, security: security)
        settings.credentials = .componentSecret(secret)
        return settings
    }
}

extension ConnectionSettings {
    /// How what is sent is kept from others.
    public enum Security: Sendable, Hashable {
        /// TLS is demanded before anything else is said. RFC 6120, section 5.
        case startTLS
        /// TLS from the first byte. XEP-0368.
        case directTLS
        /// None, which only a connection to this very machine may have; for tests, and for
        /// components.
        case plaintextOnLoopback
    }

    /// Certificates of authorities, or one that the server made itself.
    public enum TrustedCertificates: Sendable, Hashable {
        /// A file in PEM form.
        case file(String)
        /// Certificates in PEM form.
        case pem(String)
    }

    /// Whose stream it is.
    var role: StanzaStream.Role {
        if case .componentSecret = credentials { .component } else { .client }
    }

    /// Where to connect to; IPv6 addresses without their brackets.
    var endpoint: (host: String, port: Int)? {
        guard let host = host ?? address.bare.domainASCII, !host.isEmpty else { return nil }
        let usual = role == .component ? 5347 : security == .directTLS ? 5223 : 5222
        return (Self.withoutBrackets(host), port ?? usual)
    }

    static func withoutBrackets(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    /// Whom the certificate must be for. RFC 6120, section 13.7.2.1.
    var certifiedName: String? {
        role == .component ? host : address.bare.domainASCII
    }
}
