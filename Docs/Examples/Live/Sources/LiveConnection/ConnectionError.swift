public import StanzaKit

/// Why there is no connection.
public struct ConnectionError: Error, Sendable {
    /// What went wrong.
    public var code: Code
    /// What went wrong, for people.
    public var text: String?
    /// What ended the stream, for ``Code/streamError``.
    public var streamError: StreamError?
    /// Why the server refused, for ``Code/authenticationFailed``: a condition of RFC 6120, section
    /// 6.5, such as `not-authorized`.
    public var saslCondition: String?
    /// Why the server refused, for ``Code/bindingFailed``, where it said so.
    public var stanzaError: StanzaError?

    /// What went wrong.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// What is asked for cannot be: an unreadable certificate, an address without an account, a
        /// password that OpaqueString does not allow.
        case invalidSettings
        /// A connection that is not secured leads to another machine; nothing was sent.
        case notLoopback
        /// The TCP connection could not be made.
        case connectFailed
        /// The server took too long to let us in.
        case negotiationTimedOut
        /// The server does not offer STARTTLS, or refused it; nothing was sent in the clear.
        case tlsNotOffered
        /// Something came between the end of plaintext and the beginning of TLS. Only an attacker
        /// does that.
        case plaintextInjected
        /// The certificate is not for this domain, or nobody who is trusted vouches for it.
        case certificateRefused
        /// TLS failed otherwise.
        case tlsFailed
        /// The server offers no mechanism that may be used.
        case noCommonMechanism
        /// The server refused the credentials.
        case authenticationFailed
        /// The server could not prove that it knows the password, or broke the rules of SCRAM.
        case serverNotVerified
        /// The server gave no resource.
        case bindingFailed
        /// The server said what it must not at that point, or what XML does not allow.
        case protocolViolated
        /// A stream error, from either side.
        case streamError
        /// The server ended the stream or the connection.
        case closedByPeer
        /// Nothing came from the peer for too long.
        case peerSilent
        /// The peer takes less than is to be sent.
        case outgoingQueueFull
        /// The task was cancelled.
        case cancelled
    }

    /// A connection that is none.
    public init(
        _ code: Code, text: String? = nil, streamError: StreamError? = nil,
        saslCondition: String? = nil, stanzaError: StanzaError? = nil
    ) {
        self.code = code
        self.text = text
        self.streamError = streamError
        self.saslCondition = saslCondition
        self.stanzaError = stanzaError
    }
}

extension ConnectionError {
    /// Whether another attempt may succeed without anybody changing anything.
    ///
    /// A `conflict` is none of those: whoever took our place would be thrown out, and come back to
    /// throw us out.
    public var isTemporary: Bool {
        switch code {
        case .connectFailed, .negotiationTimedOut, .tlsFailed, .closedByPeer, .peerSilent,
            .outgoingQueueFull:
            true
        case .authenticationFailed: saslCondition == "temporary-auth-failure"
        case .streamError: streamError.map { !Self.final.contains($0.condition) } ?? true
        case .bindingFailed: stanzaError?.type == .wait
        case .invalidSettings, .notLoopback, .tlsNotOffered, .plaintextInjected,
            .certificateRefused, .noCommonMechanism, .serverNotVerified, .protocolViolated,
            .cancelled:
            false
        }
    }

    /// What the server would say again.
    private static let final: Set<StreamError.Condition> = [
        .conflict, .hostGone, .hostUnknown, .invalidFrom, .invalidNamespace, .notAuthorized,
        .seeOtherHost, .unsupportedFeature, .unsupportedVersion,
    ]
}

extension ConnectionError: Hashable, CustomStringConvertible {
    /// Whether both have the same code and the same conditions; texts are for people.
    public static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.streamError == right.streamError
            && left.saslCondition == right.saslCondition && left.stanzaError == right.stanzaError
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(streamError)
        hasher.combine(saslCondition)
        hasher.combine(stanzaError)
    }

    /// The code and what is known besides.
    public var description: String {
        let details = [
            saslCondition, streamError.map { "\($0)" }, stanzaError.map { "\($0)" }, text,
        ].compactMap { $0 }
        return ([String(describing: code)] + details).joined(separator: ": ")
    }
}
