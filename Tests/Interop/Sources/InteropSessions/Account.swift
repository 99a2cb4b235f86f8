public import StanzaKit

/// An account that was made for one test.
public struct Account: Sendable, Hashable {
    /// Its address.
    public let jid: BareJID
    /// Its password.
    public let password: String

    /// An account that there is, or is not.
    public init(jid: BareJID, password: String) {
        self.jid = jid
        self.password = password
    }
}
