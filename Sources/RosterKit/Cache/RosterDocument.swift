internal import HashTreeCollections
internal import PresenceKit
internal import StanzaKit

/// A roster as it is read from JSON: everything is checked before anything is there.
struct RosterDocument {
    private(set) var roster = Roster()
    /// The account that a cache is of.
    private(set) var account: BareJID?

    /// Tells the entries of this document from all others.
    private let number = UInt64.random(in: .min ... .max)

    init(_ value: JSONValue) throws(RosterImportError) {
        for member in try Place(value, "the document").members() {
            switch ExactText(member.name) {
            case Self.items:
                for item in try Place(member.value, "items").members() { try add(item) }
            case Self.version: roster.version = try Place(member.value, "ver").text()
            case Self.account: account = try Place(member.value, "account").address()
            default: break
            }
        }
        // Entries without a version may be of any time, so no later version is theirs either.
        roster.hasBase = roster.version != nil
    }

    private mutating func add(_ member: JSONValue.Member) throws(RosterImportError) {
        let place = Place(member.value, "items[\"\(member.name)\"]")
        var item = RosterItem(
            id: RosterItem.ID(client: number, number: UInt64(roster.count)),
            jid: try Place(.string(member.name), place.path).address(), name: nil, groups: [],
            subscription: .neither, isPendingOut: false, isApproved: false)
        for member in try place.members() {
            let place = Place(member.value, "\(place.path).\(member.name)")
            try item.set(member.name, to: place)
        }
        if roster.entries.updateValue(item, forKey: item.jid) != nil {
            throw RosterImportError(.duplicate, at: place.path)
        }
        for group in item.groups {
            roster.groups[ExactText(group), default: []].insert(item.jid)
        }
    }

    private static let items = ExactText("items")
    private static let version = ExactText("ver")
    private static let account = ExactText("account")
}

extension RosterItem {
    fileprivate mutating func set(
        _ name: String, to place: Place
    ) throws(RosterImportError) {
        switch ExactText(name) {
        case ExactText("subscription"): subscription = try place.subscription()
        case ExactText("ask"): isPendingOut = try place.ask()
        case ExactText("approved"): isApproved = try place.bool()
        case ExactText("name"): self.name = try place.text().flatMap { $0.isEmpty ? nil : $0 }
        case ExactText("groups"): groups = try place.groups()
        case ExactText("jid"):
            // How a cache keeps the spelling of the same address.
            let spelled = try place.address()
            if spelled != jid { throw place.error(.duplicate) }
            jid = spelled
        default: break
        }
    }
}

/// A value and the way to it.
private struct Place {
    var value: JSONValue
    var path: String

    init(_ value: JSONValue, _ path: String) {
        self.value = value
        self.path = path
    }

    func error(_ code: RosterImportError.Code) -> RosterImportError {
        RosterImportError(code, at: path)
    }

    func members() throws(RosterImportError) -> [JSONValue.Member] {
        guard case .object(let members) = value else { throw error(.unexpectedType) }
        return members
    }

    func bool() throws(RosterImportError) -> Bool {
        guard case .bool(let bool) = value else { throw error(.unexpectedType) }
        return bool
    }

    /// A text that XML can carry, or none.
    func text() throws(RosterImportError) -> String? {
        switch value {
        case .null: return nil
        case .string(let text):
            guard text.unicodeScalars.allSatisfy(Self.isOfXML) else {
                throw error(.invalidCharacter)
            }
            return text
        default: throw error(.unexpectedType)
        }
    }

    func address() throws(RosterImportError) -> BareJID {
        guard let text = try text() else { throw error(.unexpectedType) }
        do throws(JIDError) {
            return try JID(wire: text).bare
        } catch {
            throw self.error(.invalidAddress)
        }
    }

    func subscription() throws(RosterImportError) -> RosterItem.Subscription {
        guard let text = try text() else { throw error(.unexpectedType) }
        guard let subscription = RosterItem.Subscription(rawValue: text) else {
            throw error(.undefinedValue)
        }
        return subscription
    }

    func ask() throws(RosterImportError) -> Bool {
        guard let text = try text() else { return false }
        if !text.isExactly("subscribe") { throw error(.undefinedValue) }
        return true
    }

    /// Each group once, sorted by bytes. No name, or an empty one, is what aioxmpp makes of an
    /// empty `group` element.
    func groups() throws(RosterImportError) -> [String] {
        guard case .array(let values) = value else { throw error(.unexpectedType) }
        var groups: Set<ExactText> = []
        for (index, value) in values.enumerated() {
            guard let group = try Place(value, "\(path)[\(index)]").text(), !group.isEmpty else {
                continue
            }
            groups.insert(ExactText(group))
        }
        return groups.sorted().map(\.string)
    }

    /// XML 1.0, section 2.2.
    private static func isOfXML(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
