public import StanzaKit

/// How far a connection is.
@nonexhaustive
public enum ConnectionState: Sendable, Hashable {
    /// It was not run yet.
    case idle
    /// The TCP connection is being made.
    case connecting
    /// TLS, authentication and resource binding are under way.
    case negotiating
    /// The session has begun, as the address.
    case online(JID)
    /// The connection was lost, or could not be made; another attempt follows after a while.
    case waiting(Duration, after: ConnectionError)
    /// It was closed, or failed for good.
    case closed
}

/// The versions of TLS that are used.
public enum SecurityLayer: String, Sendable, Hashable {
    /// TLS 1.2.
    case tls12 = "TLS 1.2"
    /// TLS 1.3.
    case tls13 = "TLS 1.3"
}
