import StanzaKit

/// What was seen of a corpus, so that nobody is fast by doing less. The same walk is in the floor's
/// parse.c.
struct Digest: CustomStringConvertible {
    var elements: UInt64 = 0
    var attributes: UInt64 = 0
    /// The bytes of attribute values and text, or of the output.
    var bytes: UInt64 = 0
    /// FNV-1a without its offset.
    var hash: UInt64 = 0

    var description: String {
        "elements=\(elements) attributes=\(attributes) bytes=\(bytes) hash=\(hash)"
    }

    mutating func add(_ element: Element) {
        elements += 1
        addPart(0xF8, element.name)
        addPart(0xF9, element.namespace.rawValue)
        for attribute in element.attributes {
            attributes += 1
            bytes += UInt64(attribute.value.utf8.count)
            addPart(0xFA, attribute.name.name)
            addPart(0xFB, attribute.name.namespace.rawValue)
            addPart(0xFC, attribute.value)
        }
        addPart(0xFD, "")
        for node in element.content {
            switch node {
            case .element(let child): add(child)
            case .text(let text):
                bytes += UInt64(text.utf8.count)
                addBytes(text.utf8)
            }
        }
        addPart(0xFE, "")
    }

    mutating func addBytes(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// A byte that is in no UTF-8 tells the parts apart.
    private mutating func addPart(_ kind: UInt8, _ text: String) {
        addBytes(CollectionOfOne(kind))
        addBytes(text.utf8)
    }
}
