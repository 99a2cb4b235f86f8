/// The name of an attribute: a local name, and a namespace for the few attributes that have one.
public struct AttributeName: Sendable, Hashable {
    /// The local name.
    public var name: String { exactName.string }

    /// The namespace; ``XMLNamespace/empty`` for the usual attribute without a prefix.
    public let namespace: XMLNamespace

    private let exactName: ExactText

    /// The attribute `name` in `namespace`.
    ///
    /// - Parameters:
    ///   - name: The local name: at most 65,535 UTF-8 bytes. Whether XML allows it is checked when
    ///     it is written.
    ///   - namespace: The namespace, normally none.
    public init(_ name: String, in namespace: XMLNamespace = .empty) {
        exactName = ExactText(name)
        self.namespace = namespace
    }
}

extension AttributeName: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The attribute `value` without a namespace.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The local name, after the namespace in braces where there is one.
    public var description: String {
        namespace == .empty ? name : "{\(namespace)}\(name)"
    }
}

extension AttributeName {
    /// The addressee of a stanza.
    public static let to: AttributeName = "to"
    /// The sender of a stanza.
    public static let from: AttributeName = "from"
    /// The id of a stanza.
    public static let id: AttributeName = "id"
    /// The type of a stanza.
    public static let type: AttributeName = "type"
    /// The address of an item.
    public static let jid: AttributeName = "jid"
    /// `xml:lang`, the language of an element's text and of everything in it.
    public static let language = AttributeName("lang", in: .xml)
}
