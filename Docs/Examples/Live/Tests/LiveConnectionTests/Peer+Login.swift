import Foundation
import NIOSSL

@testable import LiveConnection

extension Peer {
    static let header =
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
        + "xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='example.net' version='1.0'>"
    static let sasl = "urn:ietf:params:xml:ns:xmpp-sasl"

    /// The features in front of authentication.
    static func mechanisms(_ names: [String]) -> String {
        let list = names.map { "<mechanism>\($0)</mechanism>" }.joined()
        return "<stream:features><mechanisms xmlns='\(sasl)'>\(list)</mechanisms></stream:features>"
    }

    /// Takes the client's header and answers it.
    func open(features: String) async throws {
        try await expect("version='1.0'>")
        try await send(Self.header + features)
    }

    func offerTLS() async throws {
        try await open(
            features: "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
                + "<required/></starttls></stream:features>")
        try await expect("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    }

    static let proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

    /// Lets the account `user` with the password `pencil` in by PLAIN.
    func authenticate() async throws {
        try await open(features: Self.mechanisms(["PLAIN"]))
        try await expect(
            "<auth xmlns='\(Self.sasl)' mechanism='PLAIN'>\(Base64.encoded(Array("\0user\0pencil".utf8)))</auth>"
        )
        try await send("<success xmlns='\(Self.sasl)'/>")
    }

    /// The same by SCRAM.
    ///
    /// - Parameters:
    ///   - isWrong: Whether the server's proof is.
    ///   - inChallenge: Whether the proof comes in front of `<success/>` instead of in it.
    func authenticate(
        _ mechanism: Mechanism, isWrong: Bool = false, inChallenge: Bool = false
    ) async throws {
        let hashFunction = try unwrapped(mechanism.hashFunction)
        try await expect(" mechanism='\(mechanism.rawValue)'>")
        let first = try await message(before: "</auth>")
        let bare = String(first.dropFirst(3))
        let nonce = bare.components(separatedBy: ",r=")[1] + "server"
        let salt: [UInt8] = [1, 2, 3, 4]
        let challenge = "r=\(nonce),s=\(Base64.encoded(salt)),i=4096"
        try await send(element("challenge", challenge))
        try await expect("<response xmlns='\(Self.sasl)'>")
        let final = try await message(before: "</response>")
        let withoutProof = final.components(separatedBy: ",p=")[0]
        let salted = try await hashFunction.salted(
            Array("pencil".utf8), salt: salt, iterations: 4096)
        let key = hashFunction.authenticationCode(of: Array("Server Key".utf8), key: salted)
        var signature = hashFunction.authenticationCode(
            of: Array("\(bare),\(challenge),\(withoutProof)".utf8), key: key)
        if isWrong { signature[0] ^= 1 }
        let verifier = "v=\(Base64.encoded(signature))"
        if inChallenge {
            try await send(element("challenge", verifier))
            try await expect("<response xmlns='\(Self.sasl)'/>")
            try await send("<success xmlns='\(Self.sasl)'/>")
        } else {
            try await send(element("success", verifier))
        }
    }

    private func element(_ name: String, _ message: String) -> String {
        "<\(name) xmlns='\(Self.sasl)'>\(Base64.encoded(Array(message.utf8)))</\(name)>"
    }

    private func message(before end: String) async throws -> String {
        let text = try await expect(end).dropLast(end.count)
        return String(decoding: try unwrapped(Base64.decoded(String(text))), as: UTF8.self)
    }

    /// The features behind authentication.
    static let binding =
        "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
        + "<ver xmlns='urn:xmpp:features:rosterver'/></stream:features>"

    /// Gives the client an address.
    func bind(as address: String = "user@example.net/given") async throws {
        try await open(features: Self.binding)
        let request = try await expect("</iq>")
        let id = request.components(separatedBy: " id='")[1].components(separatedBy: "'")[0]
        try await send(
            "<iq type='result' id='\(id)'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                + "<jid>\(address)</jid></bind></iq>")
    }

    /// Everything up to a session.
    func logIn() async throws {
        try await authenticate()
        try await bind()
    }

    /// Takes the end of the client's stream and answers it.
    func endStream() async throws {
        try await expect("</stream:stream>")
        try await send("</stream:stream>")
    }

    private struct Missing: Error {}

    private func unwrapped<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }
}
