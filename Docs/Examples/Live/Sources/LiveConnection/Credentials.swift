extension ConnectionSettings {
    /// What proves who logs in. It is not shown when it is printed.
    public enum Credentials: Sendable {
        /// The password of an account.
        ///
        /// It is prepared by OpaqueString (RFC 8265, section 4.2), as a resource is; what that does not
        /// allow, such as a control character, or more than 1,023 bytes, is refused before anything is
        /// sent. Servers that follow the older SASLprep, as SCRAM was specified with, make the same of
        /// all passwords but those with compatibility characters such as "ﬁ" in one piece, or "①".
        case password(String)
        /// The secret that a component shares with its server. XEP-0114.
        case componentSecret(String)
    }
}

extension ConnectionSettings.Credentials: CustomStringConvertible, CustomReflectable {
    /// What it is, without the secret.
    public var description: String {
        switch self {
        case .password: "password"
        case .componentSecret: "component secret"
        }
    }

    /// Nothing, so that no dump shows the secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
