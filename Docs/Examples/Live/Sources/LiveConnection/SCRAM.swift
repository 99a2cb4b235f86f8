/// What a client says and checks in SCRAM. RFC 5802, RFC 7677.
///
/// Channel binding is not used, and the header of each message says so (`n`): the server is known by
/// its certificate.
struct SCRAM: Sendable {
    /// What the server asks for in its first message.
    struct Challenge: Sendable {
        let message: String
        let nonce: String
        let salt: [UInt8]
        let iterations: Int
    }

    /// The last message of the client, and what the server has to answer.
    struct Proof: Sendable {
        let message: String
        let serverSignature: [UInt8]
    }

    /// How the server broke the rules.
    struct Violation: Error, Hashable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    let hashFunction: HashFunction
    let nonce: String
    private let bareFirst: String

    private static let header = "n,,"

    /// - Parameter nonce: 18 random bytes in base64 unless a test has another.
    init(_ hashFunction: HashFunction, username: String, nonce: String? = nil) {
        let nonce = nonce ?? Self.makeNonce()
        self.hashFunction = hashFunction
        self.nonce = nonce
        bareFirst = "n=\(Self.escaped(username)),r=\(nonce)"
    }

    /// The first message of the client.
    var first: String { Self.header + bareFirst }

    /// Reads the first message of the server.
    ///
    /// - Parameter maximumIterations: What the server may ask for. It must ask for 4096 at least,
    ///   or a password is found out too soon by who overheard the proof. RFC 7677, section 4.
    func challenge(
        _ message: String, maximumIterations: Int
    ) throws(Violation) -> Challenge {
        let attributes = Self.attributes(message)
        // `m` announces what must be understood, and nothing is defined yet.
        guard attributes.count >= 3 else { throw Violation("attributes are missing") }
        let nonce = try Self.value(of: "r", attributes[0])
        let salt = Base64.decoded(try Self.value(of: "s", attributes[1]))
        let iterations = try Self.value(of: "i", attributes[2])
        guard nonce.utf8.starts(with: self.nonce.utf8), nonce.utf8.count > self.nonce.utf8.count
        else { throw Violation("the nonce is not ours") }
        guard let salt, !salt.isEmpty else { throw Violation("the salt is not base64") }
        guard iterations.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int(iterations), count >= 4096
        else { throw Violation("too few iterations") }
        guard count <= maximumIterations else { throw Violation("too many iterations") }
        return Challenge(message: message, nonce: nonce, salt: salt, iterations: count)
    }

    /// Answers the first message of the server.
    ///
    /// - Parameter saltedPassword: The password with the salt, after the iterations.
    func proof(for challenge: Challenge, saltedPassword: [UInt8]) -> Proof {
        let binding = Base64.encoded(Array(Self.header.utf8))
        let withoutProof = "c=\(binding),r=\(challenge.nonce)"
        let authenticated = Array("\(bareFirst),\(challenge.message),\(withoutProof)".utf8)
        let clientKey = hashFunction.authenticationCode(
            of: Array("Client Key".utf8), key: saltedPassword)
        let clientSignature = hashFunction.authenticationCode(
            of: authenticated, key: hashFunction.hash(clientKey))
        let serverKey = hashFunction.authenticationCode(
            of: Array("Server Key".utf8), key: saltedPassword)
        let proof = zip(clientKey, clientSignature).map { $0 ^ $1 }
        return Proof(
            message: "\(withoutProof),p=\(Base64.encoded(proof))",
            serverSignature: hashFunction.authenticationCode(of: authenticated, key: serverKey))
    }

    /// Checks the last message of the server: it must prove that it knows the password.
    func verify(_ message: String, against proof: Proof) throws(Violation) {
        let first = Self.attributes(message)[0]
        if let error = try? Self.value(of: "e", first) {
            throw Violation("the server says: \(error)")
        }
        let signature = Base64.decoded(try Self.value(of: "v", first))
        guard let signature, Self.areEqual(signature, proof.serverSignature) else {
            throw Violation("the server does not know the password")
        }
    }

    /// The parts of a message, by bytes: a mark behind a comma would hide it from `Character`.
    private static func attributes(_ message: String) -> [Substring.UTF8View] {
        message.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    }

    private static func value(
        of name: String, _ attribute: Substring.UTF8View
    ) throws(Violation) -> String {
        guard attribute.starts(with: "\(name)=".utf8) else {
            throw Violation("there is no attribute \(name) where it must be")
        }
        return String(Substring(attribute.dropFirst(2)))
    }

    /// A user name without what separates attributes. RFC 5802, section 5.1.
    private static func escaped(_ username: String) -> String {
        var escaped = ""
        for scalar in username.unicodeScalars {
            switch scalar {
            case "=": escaped += "=3D"
            case ",": escaped += "=2C"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64.encoded(
            (0..<18).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// Takes the same time wherever the two differ.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
