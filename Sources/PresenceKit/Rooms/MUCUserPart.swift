internal import StanzaKit

/// An element within ``MUCUser``: a view of it, like the whole.
protocol MUCUserPart: Sendable, Hashable {
    /// The name of the element, which is in ``StanzaKit/XMLNamespace/mucUser``.
    static var name: String { get }

    var element: Element { get }

    /// A view of an element of that name.
    init(viewing element: Element)
}

extension MUCUserPart {
    static var empty: Self { Self(viewing: Element(name, in: .mucUser)) }
}

extension Element {
    func parts<Part: MUCUserPart>() -> [Part] {
        all(Part.name, in: .mucUser).map(Part.init(viewing:))
    }

    mutating func setParts<Part: MUCUserPart>(_ parts: [Part]) {
        replaceChildren(where: { $0.is(Part.name, in: .mucUser) }, with: parts.map(\.element))
    }

    /// The first of several.
    func part<Part: MUCUserPart>() -> Part? {
        first(Part.name, in: .mucUser).map(Part.init(viewing:))
    }

    mutating func setPart<Part: MUCUserPart>(_ part: Part?) {
        setParts(part.map { [$0] } ?? [])
    }
}
