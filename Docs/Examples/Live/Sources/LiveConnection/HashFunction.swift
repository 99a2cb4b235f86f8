internal import Crypto

/// The hash functions of SCRAM and of components. RFC 5802, section 2.2.
enum HashFunction: Sendable {
    case sha1
    case sha256

    func hash(_ data: [UInt8]) -> [UInt8] {
        switch self {
        case .sha1: Array(Insecure.SHA1.hash(data: data))
        case .sha256: Array(SHA256.hash(data: data))
        }
    }

    func authenticationCode(of data: [UInt8], key: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: key)
        switch self {
        case .sha1:
            return Array(HMAC<Insecure.SHA1>.authenticationCode(for: data, using: key))
        case .sha256:
            return Array(HMAC<SHA256>.authenticationCode(for: data, using: key))
        }
    }

    /// `Hi` of RFC 5802: one block of PBKDF2 (RFC 8018, section 5.2).
    ///
    /// It takes as long as the server says, so it is done away from the caller's actor, and
    /// gives up when the task is cancelled.
    @concurrent
    func salted(
        _ password: [UInt8], salt: [UInt8], iterations: Int
    ) async throws(CancellationError) -> [UInt8] {
        switch self {
        case .sha1:
            try Self.salted(
                HMAC<Insecure.SHA1>(key: SymmetricKey(data: password)), salt, iterations)
        case .sha256:
            try Self.salted(HMAC<SHA256>(key: SymmetricKey(data: password)), salt, iterations)
        }
    }

    /// - Parameter keyed: The function that has taken the key, which half of the work is.
    private static func salted<H: Crypto.HashFunction>(
        _ keyed: HMAC<H>, _ salt: [UInt8], _ iterations: Int
    ) throws(CancellationError) -> [UInt8] {
        func step(_ data: [UInt8]) -> [UInt8] {
            var code = keyed
            code.update(data: data)
            return Array(code.finalize())
        }
        var block = step(salt + [0, 0, 0, 1])
        var result = block
        for round in 1..<max(iterations, 1) {
            if round % 1024 == 0 && Task.isCancelled { throw CancellationError() }
            block = step(block)
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}
