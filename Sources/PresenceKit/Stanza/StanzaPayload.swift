public import StanzaKit

/// A child element of stanzas with a type of its own: one of this library's, or yours.
///
/// ```swift
/// struct Mood: StanzaPayload {
///     static let elementName = "mood"
///     static let namespace: XMLNamespace = "urn:example:mood"
///
///     var word: String
///
///     init?(_ element: Element) {
///         guard Self.isName(of: element), !element.text.isEmpty else { return nil }
///         word = element.text
///     }
///
///     var element: Element { Element(Self.elementName, in: Self.namespace, text: word) }
/// }
///
/// presence[Mood.self]?.word    // what it says, if it does
/// presence[Mood.self] = nil    // takes it out
/// ```
///
/// What cannot be read stays in the stanza: ``StanzaKit/Stanza/malformed(_:)`` lists it.
public protocol StanzaPayload: Sendable {
    /// The local name of the element.
    static var elementName: String { get }

    /// The namespace of the element.
    static var namespace: XMLNamespace { get }

    /// Reads the element; `nil` if it is another one, or malformed.
    init?(_ element: Element)

    /// The payload as XML.
    var element: Element { get }
}

extension StanzaPayload {
    /// Whether `element` is called as such a payload is.
    public static func isName(of element: Element) -> Bool {
        element.is(elementName, in: namespace)
    }
}

extension Stanza {
    /// The first payload of a type that can be read; `nil` where there is none.
    ///
    /// Setting leaves exactly one: it takes the place of the first of that name, readable or not,
    /// or comes last. Setting `nil` takes all of that name out.
    public subscript<Payload: StanzaPayload>(type: Payload.Type) -> Payload? {
        get {
            for child in element.children where Payload.isName(of: child) {
                if let payload = Payload(child) { return payload }
            }
            return nil
        }
        set { self[all: type] = newValue.map { [$0] } ?? [] }
    }

    /// Every payload of a type that can be read, in order.
    ///
    /// Setting replaces all of that name, each in the place of one that was there.
    public subscript<Payload: StanzaPayload>(all type: Payload.Type) -> [Payload] {
        get { element.children.filter(Payload.isName).compactMap { Payload($0) } }
        set {
            element.replaceChildren(where: Payload.isName, with: newValue.map(\.element))
        }
    }

    /// The children that are called as payloads of a type are, and cannot be read as one.
    public func malformed<Payload: StanzaPayload>(_ type: Payload.Type) -> [Element] {
        element.children.filter { Payload.isName(of: $0) && Payload($0) == nil }
    }
}
