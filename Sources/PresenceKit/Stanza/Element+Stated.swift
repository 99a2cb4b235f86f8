internal import StanzaKit

// What is empty says nothing, so it reads as absent, and setting it removes.
extension Element {
    /// The text; `nil` where it is empty.
    var statedText: String? {
        let text = text
        return text.isEmpty ? nil : text
    }

    /// The value of an attribute; `nil` where it is empty.
    func stated(_ name: AttributeName) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The text of the first child `name`, which is in the namespace of this element.
    subscript(textOf name: String) -> String? {
        get { first(name, in: namespace)?.statedText }
        set {
            let namespace = namespace
            let text = newValue.flatMap { $0.isEmpty ? nil : $0 }
            replaceChildren(
                where: { $0.is(name, in: namespace) },
                with: text.map { [Element(name, in: namespace, text: $0)] } ?? [])
        }
    }
}
