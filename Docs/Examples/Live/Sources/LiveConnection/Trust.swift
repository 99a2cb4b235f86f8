internal import NIOSSL

extension ConnectionSettings {
    /// How TLS is to be spoken: certificates verified in full, TLS 1.2 or newer.
    func makeTLSContext() throws(ConnectionError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        // So that one port may serve more than XMPP. XEP-0368, section 2.
        if security == .directTLS { configuration.applicationProtocols = ["xmpp-client"] }
        do {
            if let trustedCertificates {
                configuration.trustRoots = .certificates(
                    try trustedCertificates.flatMap(Self.certificates))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConnectionError(.invalidSettings, text: "certificates: \(error)")
        }
    }

    private static func certificates(_ source: TrustedCertificates) throws -> [NIOSSLCertificate] {
        switch source {
        case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
        case .pem(let text): try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
        }
    }
}
