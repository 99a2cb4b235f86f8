public import StanzaKit

extension XMLNamespace {
    /// What rooms tell about occupants, and invitations into rooms. XEP-0045.
    public static let mucUser: XMLNamespace = "http://jabber.org/protocol/muc#user"
}

/// What a room tells about an occupant or a stanza; also an invitation into a room, which is a
/// message. XEP-0045, section 19.2.
///
/// ```swift
/// if let muc = presence[MUCUser.self], muc.codes.contains(.selfPresence) {
///     print("I am a", muc.items.first?.role?.rawValue ?? "ghost")
/// }
/// ```
///
/// It is a view of its element, as a stanza is: whatever this library does not know stays in it.
/// Only a room may be believed, and only the one that the stanza comes from.
public struct MUCUser: StanzaPayload, Hashable {
    /// The name of the element, `x`.
    public static let elementName = "x"
    /// The namespace, ``StanzaKit/XMLNamespace/mucUser``.
    public static let namespace = XMLNamespace.mucUser

    /// The element that it is a view of.
    public private(set) var element: Element

    /// The contents of an `x` element; `nil` if it is another one.
    public init?(_ element: Element) {
        guard Self.isName(of: element) else { return nil }
        self.element = element
    }

    /// What a room tells about occupants.
    ///
    /// - Parameters:
    ///   - items: What it tells about each; about one in presence.
    ///   - codes: What it tells about the stanza.
    public init(items: [Item] = [], codes: [MUCStatusCode] = []) {
        element = Element(Self.elementName, in: Self.namespace)
        self.items = items
        self.codes = codes
    }

    /// An invitation, by way of the room, which is told whom to invite.
    public init(inviting invites: [Invite]) {
        self.init()
        self.invites = invites
    }

    /// The answer to an invitation that one does not accept, by way of the room.
    public init(declining decline: Decline) {
        self.init()
        self.decline = decline
    }
}

extension MUCUser {
    /// What is told about occupants, in order.
    public var items: [Item] {
        get { element.parts() }
        set { element.setParts(newValue) }
    }

    /// The numbers that the room gives, in order, whether they are known or not.
    public var codes: [MUCStatusCode] {
        get { element.all("status", in: .mucUser).compactMap(\.statusCode) }
        set {
            let elements = newValue.map {
                Element("status", in: .mucUser, attributes: ["code": String($0.rawValue)])
            }
            element.replaceChildren(where: { $0.is("status", in: .mucUser) }, with: elements)
        }
    }

    /// That the room is no more, if it was destroyed.
    public var destroy: Destroy? {
        get { element.part() }
        set { element.setPart(newValue) }
    }

    /// Invitations into the room.
    public var invites: [Invite] {
        get { element.parts() }
        set { element.setParts(newValue) }
    }

    /// That somebody does not accept an invitation.
    public var decline: Decline? {
        get { element.part() }
        set { element.setPart(newValue) }
    }

    /// The password of the room that one is invited into; `nil` where none is told.
    public var password: String? {
        get { element[textOf: "password"] }
        set { element[textOf: "password"] = newValue }
    }

    /// The elements in `x` that cannot be read, or not wholly: an address that is none, a role or
    /// affiliation that does not exist, a code that is no number from 100 to 999.
    static func malformedParts(of x: Element) -> [Element] {
        guard isName(of: x) else { return [] }
        return x.children.filter { part in
            guard part.isIn(.mucUser) else { return false }
            let addressed = [part] + part.all("actor", in: .mucUser)
            for name: AttributeName in [.jid, .from, .to] {
                for case .malformed in addressed.map({ $0.address(name) }) { return true }
            }
            return switch part.name {
            case "status": part.statusCode == nil
            case "item":
                part["affiliation"].map { Affiliation(rawValue: $0) == nil } ?? false
                    || part["role"].map { Role(rawValue: $0) == nil } ?? false
            default: false
            }
        }
    }
}

extension Element {
    fileprivate var statusCode: MUCStatusCode? {
        self["code"].flatMap { Int($0.trimmingXMLSpace()) }.flatMap(MUCStatusCode.init)
    }
}
