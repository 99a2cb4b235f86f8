public import StanzaKit

/// The name that somebody suggests for itself. XEP-0172.
///
/// It belongs into a subscription request, and must not be in broadcasts. Anybody may suggest any
/// name: show it as a suggestion only.
public struct Nickname: StanzaPayload {
    /// The name of the element, `nick`.
    public static let elementName = "nick"
    /// The namespace of nicknames.
    public static let namespace: XMLNamespace = "http://jabber.org/protocol/nick"

    /// The name, as sent; not empty.
    public let name: String

    /// A name; `nil` if it is empty.
    public init?(_ name: String) {
        if name.isEmpty { return nil }
        self.name = name
    }

    /// Reads a `nick` element; `nil` if it is another one, or says nothing.
    public init?(_ element: Element) {
        guard Self.isName(of: element) else { return nil }
        self.init(element.text)
    }

    /// The name as a child of a stanza.
    public var element: Element {
        Element(Self.elementName, in: Self.namespace, text: name)
    }
}

extension Nickname: Hashable {
    /// Whether both are spelled with the same bytes.
    public static func == (left: Self, right: Self) -> Bool { left.name.isExactly(right.name) }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { name.hashExactly(into: &hasher) }
}

extension Presence {
    /// The name that the sender suggests for itself. XEP-0172.
    ///
    /// Of several the first counts. Setting `nil`, or an empty name, takes it out. It must not be
    /// in presence of the types ``Kind/available`` and ``Kind/unavailable``; nothing stops it here
    /// (``Irregularity/nicknameInBroadcast``).
    public var nickname: String? {
        get { self[Nickname.self]?.name }
        set { self[Nickname.self] = newValue.flatMap { Nickname($0) } }
    }
}
