public import StanzaKit

/// Since when a person has not touched the device. XEP-0319.
public struct Idle: StanzaPayload, Hashable {
    /// The name of the element.
    public static let elementName = "idle"
    /// The namespace of the last interaction.
    public static let namespace: XMLNamespace = "urn:xmpp:idle:1"

    /// When the person last did something.
    public var since: DateTime

    /// Idle since a time.
    public init(since: DateTime) {
        self.since = since
    }

    /// Reads an `idle` element; `nil` if it is another one, or has no time.
    public init?(_ element: Element) {
        guard Self.isName(of: element), let since = element["since"].flatMap(DateTime.init)
        else { return nil }
        self.since = since
    }

    /// The time as a child of a stanza.
    public var element: Element {
        Element(Self.elementName, in: Self.namespace, attributes: ["since": since.description])
    }
}

extension Presence {
    /// When the person behind the resource last did something; `nil` where nothing is said, as it
    /// is while somebody is there. XEP-0319.
    public var idleSince: DateTime? {
        get { self[Idle.self]?.since }
        set { self[Idle.self] = newValue.map { Idle(since: $0) } }
    }
}
