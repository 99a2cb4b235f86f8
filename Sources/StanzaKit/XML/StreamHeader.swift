/// The start tag of a stream. RFC 6120, section 4.7.
public struct StreamHeader: Sendable, Hashable {
    /// The attributes in wire order, without namespace declarations.
    public var attributes: [Element.Attribute]
    /// The default namespace that it declares, normally that of the stanzas; ``XMLNamespace/empty``
    /// if none. RFC 6120, section 4.8.2.
    public var contentNamespace: XMLNamespace

    /// A stream header with `attributes` and stanzas in `contentNamespace`.
    public init(attributes: [Element.Attribute] = [], contentNamespace: XMLNamespace = .client) {
        self.attributes = attributes
        self.contentNamespace = contentNamespace
    }

    /// The value of the attribute `name`.
    public subscript(name: AttributeName) -> String? {
        attributes.first { $0.name == name }?.value
    }

    /// The id of the stream. RFC 6120, section 4.7.3.
    public var id: String? { self[.id] }
    /// Who opened the stream, as sent. RFC 6120, section 4.7.1.
    public var from: String? { self[.from] }
    /// To whom the stream was opened, as sent. RFC 6120, section 4.7.2.
    public var to: String? { self[.to] }
    /// The version of XMPP, as sent. RFC 6120, section 4.7.5.
    public var version: String? { self["version"] }
    /// The default language of text on the stream. RFC 6120, section 4.7.4.
    public var language: String? { self[.language] }
}
