public import StanzaKit

/// Which picture somebody has in its vCard; in presence of a room's bare address, which one the
/// room has. XEP-0153.
///
/// A presence without this element says nothing of pictures, which is another thing than
/// ``noImage``.
public enum VCardAvatar: StanzaPayload, Hashable {
    /// There may be a picture, but the client does not know it yet.
    case notReady
    /// There is no picture.
    case noImage
    /// There is a picture with this SHA-1 digest: 40 hexadecimal digits, in lower case.
    case image(sha1: String)

    /// The name of the element, `x`.
    public static let elementName = "x"
    /// The namespace of updates of vCards.
    public static let namespace: XMLNamespace = "vcard-temp:x:update"

    /// Reads an `x` element; `nil` if it is another one, or its digest is none.
    public init?(_ element: Element) {
        guard Self.isName(of: element) else { return nil }
        guard let photo = element.first("photo", in: Self.namespace) else {
            self = .notReady
            return
        }
        let digest = photo.text.trimmingXMLSpace()
        let isHexadecimal = digest.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x46 ~= $0 || 0x61...0x66 ~= $0
        }
        switch (digest.utf8.count, isHexadecimal) {
        case (0, _): self = .noImage
        case (40, true): self = .image(sha1: digest.lowercased())
        default: return nil
        }
    }

    /// The state as a child of a stanza.
    public var element: Element {
        let digest: String? =
            switch self {
            case .notReady: nil
            case .noImage: ""
            case .image(let sha1): sha1
            }
        return Element(
            Self.elementName, in: Self.namespace,
            children: digest.map { [Element("photo", in: Self.namespace, text: $0)] } ?? [])
    }
}

extension Presence {
    /// Which picture the sender has in its vCard; `nil` where nothing is said. XEP-0153, and for
    /// rooms XEP-0486.
    public var vCardAvatar: VCardAvatar? {
        get { self[VCardAvatar.self] }
        set { self[VCardAvatar.self] = newValue }
    }
}
