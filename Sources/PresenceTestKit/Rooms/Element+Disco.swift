internal import StanzaKit

extension XMLNamespace {
    /// What an entity is and can do. XEP-0030.
    static let discoInfo: XMLNamespace = "http://jabber.org/protocol/disco#info"
    /// What there is at an entity. XEP-0030.
    static let discoItems: XMLNamespace = "http://jabber.org/protocol/disco#items"
}

extension Element {
    /// What a service or a room is and can do. XEP-0030, section 3.1.
    static func discoInfo(name: String?, features: [String]) -> Element {
        let features =
            [XMLNamespace.discoInfo.rawValue, XMLNamespace.discoItems.rawValue] + features
        return Element(
            "query", in: .discoInfo,
            children: [.identity(type: "text", name: name)]
                + features.map { Element("feature", in: .discoInfo, attributes: ["var": $0]) })
    }

    /// What a conference is called.
    static func identity(type: String, name: String?) -> Element {
        Element(
            "identity", in: .discoInfo,
            attributes: ["category": "conference", .type: type, "name": name])
    }
}
