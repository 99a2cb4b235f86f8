/// An XML namespace name, compared octet by octet as Namespaces in XML 1.0, section 2.3 says.
public struct XMLNamespace: Sendable, RawRepresentable {
    /// The namespace name; empty for elements in no namespace.
    public var rawValue: String

    /// The namespace called `rawValue`.
    ///
    /// - Parameter rawValue: Normally an absolute URI; nothing is normalised, nothing is checked.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

extension XMLNamespace: Hashable {
    /// Whether both names hold the same UTF-8 bytes.
    public static func == (left: XMLNamespace, right: XMLNamespace) -> Bool {
        left.rawValue.isExactly(right.rawValue)
    }

    /// Hashes the UTF-8 bytes.
    public func hash(into hasher: inout Hasher) {
        rawValue.hashExactly(into: &hasher)
    }
}

extension XMLNamespace: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The namespace called `value`.
    public init(stringLiteral value: String) {
        rawValue = value
    }

    /// The namespace name.
    public var description: String { rawValue }
}

extension XMLNamespace {
    /// No namespace.
    public static let empty: XMLNamespace = ""

    /// Stanzas as this library shows them, whatever the stream calls them: ``StanzaStream`` maps
    /// the content namespace of component and server streams to this one and back. RFC 6120,
    /// section 4.8.2.
    public static let client: XMLNamespace = "jabber:client"

    /// Stanzas on a stream between servers. RFC 6120, section 4.8.2.
    public static let server: XMLNamespace = "jabber:server"

    /// Stanzas on a component's stream. XEP-0114.
    public static let component: XMLNamespace = "jabber:component:accept"

    /// The stream element, its features and errors. RFC 6120, section 4.8.1.
    public static let streams: XMLNamespace = "http://etherx.jabber.org/streams"

    /// Conditions of stream errors. RFC 6120, section 4.9.2.
    public static let streamErrors: XMLNamespace = "urn:ietf:params:xml:ns:xmpp-streams"

    /// Conditions of stanza errors. RFC 6120, section 8.3.2.
    public static let stanzaErrors: XMLNamespace = "urn:ietf:params:xml:ns:xmpp-stanzas"

    /// The SASL negotiation. RFC 6120, section 6.
    public static let sasl: XMLNamespace = "urn:ietf:params:xml:ns:xmpp-sasl"

    /// The STARTTLS negotiation. RFC 6120, section 5.
    public static let tls: XMLNamespace = "urn:ietf:params:xml:ns:xmpp-tls"

    /// Resource binding. RFC 6120, section 7.
    public static let bind: XMLNamespace = "urn:ietf:params:xml:ns:xmpp-bind"

    /// What the prefix `xml` stands for.
    public static let xml: XMLNamespace = "http://www.w3.org/XML/1998/namespace"

    /// What the prefix `xmlns` stands for; no element or attribute may be in it.
    static let xmlns: XMLNamespace = "http://www.w3.org/2000/xmlns/"
}
