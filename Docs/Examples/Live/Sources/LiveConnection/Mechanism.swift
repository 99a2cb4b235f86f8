/// A way to prove that one knows the password, the strongest first. RFC 6120, section 6.
public enum Mechanism: String, Sendable, Hashable, CaseIterable {
    /// The server proves that it knows the password too, and none learns it. RFC 7677.
    case scramSHA256 = "SCRAM-SHA-256"
    /// The same with an older hash function. RFC 5802.
    case scramSHA1 = "SCRAM-SHA-1"
    /// The password itself. RFC 4616. Never used on a connection that others could read.
    case plain = "PLAIN"

    /// The hash function of SCRAM.
    var hashFunction: HashFunction? {
        switch self {
        case .scramSHA256: .sha256
        case .scramSHA1: .sha1
        case .plain: nil
        }
    }
}
