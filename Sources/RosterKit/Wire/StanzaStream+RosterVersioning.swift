public import StanzaKit

extension XMLNamespace {
    /// The stream feature that announces roster versioning. RFC 6121, section 2.6.1.
    public static let rosterVersioning: XMLNamespace = "urn:xmpp:features:rosterver"
}

extension StanzaStream {
    /// Whether the server announced that it keeps versions of rosters, so that one may be asked
    /// with. RFC 6121, section 2.6.1.
    public var announcesRosterVersioning: Bool {
        features?.first("ver", in: .rosterVersioning) != nil
    }
}
