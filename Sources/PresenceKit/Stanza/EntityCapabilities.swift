public import StanzaKit

/// What the sender's program is able to do, in short: a digest of its answer to service discovery.
/// XEP-0115.
///
/// Two that are equal stand for the same abilities, so these are asked for once. Believe an answer
/// only after its digest was compared.
public struct EntityCapabilities: StanzaPayload {
    /// The name of the element, `c`.
    public static let elementName = "c"
    /// The namespace of entity capabilities.
    public static let namespace: XMLNamespace = "http://jabber.org/protocol/caps"

    /// Which program it is, as a URI.
    public var node: String
    /// The digest in Base64, on the wire `ver`; in the legacy form the version of the program.
    public var verification: String
    /// The algorithm of the digest, such as `sha-1`; `nil` in the legacy form, where there is
    /// nothing to be verified.
    public var hash: String?
    /// Names of further features, on the wire `ext`; in the legacy form only.
    public var extensions: [String]

    /// Capabilities.
    ///
    /// - Parameters:
    ///   - node: The program, as a URI.
    ///   - verification: The digest in Base64.
    ///   - hash: The algorithm of the digest; `nil` for the legacy form.
    ///   - extensions: Further features; for the legacy form.
    public init(
        node: String, verification: String, hash: String? = "sha-1", extensions: [String] = []
    ) {
        self.node = node
        self.verification = verification
        self.hash = hash
        self.extensions = extensions
    }

    /// Reads a `c` element; `nil` if it is another one, or has no `node` or `ver`.
    public init?(_ element: Element) {
        guard Self.isName(of: element), let node = element["node"], !node.isEmpty,
            let verification = element["ver"], !verification.isEmpty
        else { return nil }
        self.init(
            node: node, verification: verification, hash: element["hash"],
            extensions: element["ext"]?.splitAtXMLSpace() ?? [])
    }

    /// Whether this is the form of before 2007, without a digest: nothing that is learnt about it
    /// may be believed of others.
    public var isLegacy: Bool { hash == nil }

    /// The node to ask by service discovery.
    public var queryNode: String { "\(node)#\(verification)" }

    /// The capabilities as a child of a stanza.
    public var element: Element {
        Element(
            Self.elementName, in: Self.namespace,
            attributes: [
                "hash": hash, "node": node, "ver": verification,
                "ext": extensions.isEmpty ? nil : extensions.joined(separator: " "),
            ])
    }
}

extension EntityCapabilities: Hashable {
    /// Whether both say the same, by their bytes.
    public static func == (left: Self, right: Self) -> Bool { left.parts == right.parts }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }

    private var parts: [ExactText?] {
        [ExactText(node), ExactText(verification), hash.map(ExactText.init)]
            + extensions.map(ExactText.init)
    }
}

extension Presence {
    /// What the sender's program is able to do, in short; `nil` where nothing is said. XEP-0115.
    public var capabilities: EntityCapabilities? {
        get { self[EntityCapabilities.self] }
        set { self[EntityCapabilities.self] = newValue }
    }
}
