internal import NIOCore
internal import NIOSSL
internal import StanzaKit

/// What a connection needs, checked before anything is sent.
struct Preparation {
    let host: String
    let port: Int
    /// The password as it is hashed and sent, or the secret of a component.
    let secret: String
    /// TLS, and whom the certificate must be for; `nil` where none is to be had.
    let tls: (context: NIOSSLContext, name: CertifiedName)?

    /// Whom a certificate must be for. RFC 6120, section 13.7.2.1.
    enum CertifiedName {
        /// A domain, which the server is told too (SNI).
        case domain(String)
        /// The IP address that is connected to. No server is told: SNI has names only. RFC 6066,
        /// section 3.
        case address
    }

    /// - Throws: What is wrong with the settings.
    init(_ settings: ConnectionSettings) throws(ConnectionError) {
        guard let endpoint = settings.endpoint else {
            throw ConnectionError(.invalidSettings, text: "there is no host to connect to")
        }
        (host, port) = endpoint
        secret = try Self.secret(settings)
        if settings.role == .component, settings.security == .startTLS {
            throw ConnectionError(.invalidSettings, text: "components have no STARTTLS")
        }
        guard (1...65535).contains(port) else {
            throw ConnectionError(.invalidSettings, text: "there is no port \(port)")
        }
        if settings.security == .plaintextOnLoopback {
            tls = nil
        } else if let name = Self.certifiedName(settings, host: host) {
            tls = (try Self.context(settings), name)
        } else {
            throw ConnectionError(.invalidSettings, text: "no certificate can be for this domain")
        }
    }

    /// - Parameter host: The machine that is connected to.
    private static func certifiedName(
        _ settings: ConnectionSettings, host: String
    ) -> CertifiedName? {
        guard let name = settings.certifiedName else { return nil }
        let bare = ConnectionSettings.withoutBrackets(name)
        guard let address = try? SocketAddress(ipAddress: bare, port: 0) else {
            return .domain(name)
        }
        // The certificate is checked against the address at the other end.
        return address == (try? SocketAddress(ipAddress: host, port: 0)) ? .address : nil
    }

    private static func secret(_ settings: ConnectionSettings) throws(ConnectionError) -> String {
        switch settings.credentials {
        case .componentSecret(let secret): return secret
        case .password(let text):
            if settings.address.local == nil {
                throw ConnectionError(.invalidSettings, text: "there is no account in the address")
            }
            // A resource is prepared by OpaqueString too. RFC 7622, section 3.4.
            do throws(JIDError) {
                return try settings.address.bare.appending(resource: text).resource ?? ""
            } catch {
                throw ConnectionError(.invalidSettings, text: "the password: \(error.reason)")
            }
        }
    }

    /// How TLS is to be spoken: certificates verified in full, TLS 1.2 or newer.
    private static func context(
        _ settings: ConnectionSettings
    ) throws(ConnectionError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        // So that a peer that does not answer cannot hold up the end any longer.
        configuration.shutdownTimeout = TimeAmount(settings.closingTimeout)
        // So that one port may serve more than XMPP. XEP-0368, section 2.
        if settings.security == .directTLS, settings.role == .client {
            configuration.applicationProtocols = ["xmpp-client"]
        }
        do {
            if let trusted = settings.trustedCertificates {
                configuration.trustRoots = .certificates(try trusted.flatMap(certificates))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConnectionError(.invalidSettings, text: "certificates: \(error)")
        }
    }

    private static func certificates(
        _ source: ConnectionSettings.TrustedCertificates
    ) throws -> [NIOSSLCertificate] {
        switch source {
        case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
        case .pem(let text): try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
        }
    }
}
