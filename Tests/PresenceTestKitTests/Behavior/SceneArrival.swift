import PresenceKit
import RosterKit
import StanzaKit

/// What a stream of a scene carried: a presence stanza, a push, or the answer to a request.
struct SceneArrival: Hashable {
    /// How closely two are compared.
    enum Precision {
        /// What the RFC demands.
        case meaning
        /// The same, with who sent it and to whom.
        case addressed
        /// The same, with what items say explicitly and what versions look like.
        case exact
    }

    /// `subscribe`, `available`, `result`, `error modify item-not-found`, `push`.
    var kind: String
    /// The items of a push.
    var items: [SceneItem] = []
    /// The version of a push.
    var version: String?
    /// `contact>user/r1`; `-` where an end is not said.
    var route: String?

    func words(_ precision: Precision) -> String {
        var words = [kind] + items.map { $0.words(precision) }
        if precision != .meaning, let route { words.append(route) }
        if precision == .exact && kind == "push" { words.append(versionForm) }
        return words.joined(separator: " ")
    }

    private var versionForm: String {
        guard let version else { return "unversioned" }
        if version.allSatisfy(\.isWholeNumber) { return "number" }
        return version.count == 40 && version.allSatisfy(\.isHexDigit) ? "digest" : "text"
    }
}

extension SceneArrival {
    init(_ presence: Presence) {
        self.init(
            kind: presence.type?.rawValue ?? "?", route: Self.route(presence.element))
    }

    init(push iq: IQ) {
        let query = iq.payload
        self.init(
            kind: "push", items: query?.all("item", in: .roster).map(SceneItem.init) ?? [],
            version: query?["ver"], route: Self.route(iq.element))
    }

    private static func route(_ element: Element) -> String {
        route(from: element[.from], to: element[.to])
    }

    static func route(from: String?, to: String?) -> String { "\(part(from))>\(part(to))" }

    /// `user` or `contact`, with the resource.
    private static func part(_ address: String?) -> String {
        guard let address else { return "-" }
        let name = address.hasPrefix("contact@") ? "contact" : "user"
        let resource = address.split(separator: "/", maxSplits: 1).dropFirst().first
        return resource.map { "\(name)/\($0)" } ?? name
    }
}

/// What a roster item says, attribute by attribute, but for the address.
struct SceneItem: Hashable {
    var attributes: [String: String]

    init(_ attributes: [String: String]) {
        self.attributes = attributes
        self.attributes["jid"] = nil
    }

    init(_ item: Element) {
        let attributes = item.attributes.map { ("\($0.name)", $0.value) }
        self.init(Dictionary(attributes) { $1 })
    }

    init(_ item: SubscriptionRecord.Item) {
        let (subscription, ask, approved) = item.attributes
        var attributes = ["subscription": subscription]
        attributes["ask"] = ask
        attributes["approved"] = approved
        self.init(attributes)
    }

    func words(_ precision: SceneArrival.Precision) -> String {
        var said = attributes
        if precision != .exact {
            said["name"] = nil
            said["subscription"] = said["subscription"] ?? "none"
            if said["approved"] == "false" { said["approved"] = nil }
        }
        let words = said.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "[\(words.joined(separator: " "))]"
    }
}
