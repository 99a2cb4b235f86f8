internal import NIOSSL
internal import StanzaKit

/// What a connection needs, checked before anything is sent.
struct Preparation {
    let host: String
    let port: Int
    /// The password as it is hashed and sent, or the secret of a component.
    let secret: String
    /// TLS, and whom the certificate must be for; `nil` where none is to be had.
    let tls: (context: NIOSSLContext, name: String)?

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
        if settings.security == .plaintextOnLoopback {
            tls = nil
        } else if let name = settings.certifiedName {
            tls = (try Self.context(settings), name)
        } else {
            throw ConnectionError(.invalidSettings, text: "no certificate can be for this domain")
        }
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
        // So that one port may serve more than XMPP. XEP-0368, section 2.
        if settings.security == .directTLS { configuration.applicationProtocols = ["xmpp-client"] }
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
