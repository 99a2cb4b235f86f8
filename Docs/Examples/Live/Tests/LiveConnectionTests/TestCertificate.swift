import Crypto
import Foundation
import NIOSSL

/// A certificate that a server made for itself, and nobody else vouches for. RFC 5280.
struct TestCertificate {
    /// The certificate in PEM form.
    let pem: String
    private let key: P256.Signing.PrivateKey

    /// - Parameter domain: Whom it is for.
    init(for domain: String) throws {
        // A dNSName.
        try self.init(domain, DER.value(0x82, Array(domain.utf8)))
    }

    /// - Parameter address: The octets of the IP address that it is for.
    init(forAddress address: [UInt8]) throws {
        // An iPAddress.
        try self.init("a machine", DER.value(0x87, address))
    }

    private init(_ subject: String, _ alternativeName: [UInt8]) throws {
        key = P256.Signing.PrivateKey()
        let algorithm = DER.sequence(DER.objectIdentifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]))
        let name = DER.sequence(
            DER.set(
                DER.sequence(
                    DER.objectIdentifier([0x55, 4, 3]), DER.value(0x0C, Array(subject.utf8)))))
        let validity = DER.sequence(
            DER.time(Date(timeIntervalSinceNow: -86400)),
            DER.time(Date(timeIntervalSinceNow: 86400)))
        // subjectAltName with one name.
        let names = DER.sequence(alternativeName)
        let alternative = DER.sequence(
            DER.objectIdentifier([0x55, 0x1D, 0x11]), DER.value(0x04, names))
        let body = DER.sequence(
            DER.value(0xA0, DER.value(0x02, [2])), DER.value(0x02, [1]), algorithm, name, validity,
            name, Array(key.publicKey.derRepresentation),
            DER.value(0xA3, DER.sequence(alternative)))
        let signature = try key.signature(for: body).derRepresentation
        let certificate = DER.sequence(body, algorithm, DER.value(0x03, [0] + signature))
        let base64 = Data(certificate).base64EncodedString(options: .lineLength64Characters)
        pem = "-----BEGIN CERTIFICATE-----\n\(base64)\n-----END CERTIFICATE-----\n"
    }

    /// What a server needs to show it.
    func context(protocols: [String] = []) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))
        let privateKey = try NIOSSLPrivateKey(
            bytes: Array(key.pemRepresentation.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
    }
}

/// The encoding of certificates. ITU-T X.690.
private enum DER {
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)]
            : count < 0x100
                ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag] + length + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap(\.self)) }

    static func set(_ part: [UInt8]) -> [UInt8] { value(0x31, part) }

    static func objectIdentifier(_ content: [UInt8]) -> [UInt8] { value(0x06, content) }

    static func time(_ date: Date) -> [UInt8] {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyMMddHHmmss'Z'"
        return value(0x17, Array(formatter.string(from: date).utf8))
    }
}
