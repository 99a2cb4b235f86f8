import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// A service with rooms, and what people of Shakespeare's send to it.
///
/// Somebody is named by the local part of its address: `hag` is `hag@shakespeare.lit/1`, `hag/2`
/// its second client. Stanzas are told in short, such as
///
///     hag < second participant none jid=hag/1 110
class RoomServiceTestCase: XCTestCase {
    var service = RoomService(domain: "chat.shakespeare.lit")
    let coven: BareJID = "coven@chat.shakespeare.lit"

    func user(_ name: String) throws -> BareJID {
        try BareJID(validating: "\(name)@shakespeare.lit")
    }

    /// What a client sends, and what that causes, in short.
    ///
    /// - Parameter xml: A stanza without `from`.
    @discardableResult
    func send(_ client: String, _ xml: String) throws -> [String] {
        try service.receive(stanza(client, xml)).map { Self.inShort($0) }
    }

    func stanza(_ client: String, _ xml: String) throws -> Element {
        let parts = client.split(separator: "/")
        var element = try Self.parse(xml)
        element[.from] = "\(parts[0])@shakespeare.lit/\(parts.count > 1 ? parts[1] : "1")"
        return element
    }

    static func parse(_ xml: String) throws -> Element {
        try Element(parsing: xml, in: .client)
    }

    // MARK: What clients send

    @discardableResult
    func join(_ client: String, as nick: String, _ x: String = "") throws -> [String] {
        try send(
            client,
            "<presence id='j' to='\(coven)/\(nick)'>"
                + "<x xmlns='\(XMLNamespace.muc)'>\(x)</x></presence>"
        )
    }

    @discardableResult
    func presence(
        _ client: String, _ nick: String?, _ type: String? = nil, _ children: String = ""
    ) throws -> [String] {
        let type = type.map { " type='\($0)'" } ?? ""
        let nick = nick.map { "/\($0)" } ?? ""
        return try send(client, "<presence to='\(coven)\(nick)'\(type)>\(children)</presence>")
    }

    /// Asks for a change, or for a list, of roles and affiliations.
    @discardableResult
    func admin(_ client: String, _ items: String, _ type: String = "set") throws -> [String] {
        try query(client, "http://jabber.org/protocol/muc#admin", items, type)
    }

    @discardableResult
    func owner(_ client: String, _ content: String, _ type: String = "set") throws -> [String] {
        try query(client, "http://jabber.org/protocol/muc#owner", content, type)
    }

    func query(
        _ client: String, _ namespace: String, _ content: String, _ type: String
    ) throws -> [String] {
        try send(
            client,
            "<iq id='q' type='\(type)' to='\(coven)'>"
                + "<query xmlns='\(namespace)'>\(content)</query></iq>"
        )
    }

    /// Submits the form with some of its fields.
    @discardableResult
    func configure(_ client: String, _ fields: KeyValuePairs<String, String>) throws -> [String] {
        let fields = fields.map { name, value in
            "<field var='muc#roomconfig_\(name)'><value>\(value)</value></field>"
        }
        return try owner(
            client, "<x xmlns='jabber:x:data' type='submit'>\(fields.joined())</x>")
    }

    /// Makes the room, with an owner `crone` in it as `first`, and others.
    func open(
        _ others: [(client: String, nick: String)] = [],
        affiliations: [String: Affiliation] = [:],
        _ change: (inout RoomConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = RoomConfiguration()
        change(&configuration)
        var listed: [BareJID: Affiliation] = [try user("crone"): .owner]
        for (name, affiliation) in affiliations { listed[try user(name)] = affiliation }
        service.makeRoom(coven, configuration: configuration, affiliations: listed)
        let password = configuration.password.map { "<password>\($0)</password>" } ?? ""
        for (client, nick) in [(client: "crone", nick: "first")] + others {
            try join(client, as: nick, password)
        }
    }

    /// Who is in the room.
    var nicks: [String] { service.occupants(of: coven).map(\.nick) }

    func role(of nick: String) -> Role? {
        service.occupants(of: coven).first { $0.nick.isExactly(nick) }?.role
    }
}

// MARK: In short

extension RoomServiceTestCase {
    /// Who gets it, from which nickname, and what counts of it.
    static func inShort(_ element: Element) -> String {
        var parts = [short(element[.to] ?? ""), "<", element[.from].map(nick) ?? "nobody"]
        if element.name != "presence" { parts.append(element.name) }
        if let type = element[.type] { parts.append(type) }
        for child in element.children {
            if let user = MUCUser(child) {
                parts += inShort(user)
            } else if let error = StanzaError(child) {
                parts += [error.type.rawValue, error.condition.rawValue]
            } else if child.is("query", in: child.namespace) {
                // A refusal shows again what was asked for.
                if element[.type] != "error" { parts += child.children.map { inShort(item: $0) } }
            } else if !child.isIn(.muc) {
                parts.append(child.text.isEmpty ? child.name : "\(child.name)=\(child.text)")
            }
        }
        return parts.joined(separator: " ")
    }

    private static func inShort(_ user: MUCUser) -> [String] {
        var parts: [String] = []
        for item in user.items {
            if let affiliation = item.affiliation { parts.append(affiliation.rawValue) }
            if let role = item.role { parts.append(role.rawValue) }
            if let jid = item.jid { parts.append("jid=\(short(jid.spelling))") }
            if let nick = item.nick { parts.append("nick=\(nick)") }
            if let actor = item.actor { parts.append("by=\(actor.nick ?? "")\(jid(actor))") }
            if let reason = item.reason { parts.append("reason=\(reason)") }
        }
        for invite in user.invites {
            parts.append("invite=\(invite.from.map { nick($0.spelling) } ?? "")")
            if let reason = invite.reason { parts.append("reason=\(reason)") }
        }
        if let decline = user.decline {
            parts.append("decline=\(decline.from.map { short($0.spelling) } ?? "")")
            if let reason = decline.reason { parts.append("reason=\(reason)") }
        }
        if let password = user.password { parts.append("password=\(password)") }
        if let destroy = user.destroy {
            parts.append("destroy=\(destroy.alternative?.spelling ?? "")")
            if let reason = destroy.reason { parts.append("reason=\(reason)") }
            if let password = destroy.password { parts.append("password=\(password)") }
        }
        return parts + user.codes.map { String($0.rawValue) }
    }

    private static func jid(_ actor: MUCUser.Actor) -> String {
        actor.jid.map { "(\(short($0.spelling)))" } ?? ""
    }

    private static func inShort(item: Element) -> String {
        let names: [AttributeName] = ["affiliation", "role", .jid, "nick", "var"]
        return names.compactMap { item[$0] }.map(short).joined(separator: ",")
    }

    private static func nick(_ address: String) -> String {
        guard let slash = address.firstIndex(of: "/") else {
            return address.hasPrefix("coven@") ? "room" : short(address)
        }
        return String(address[address.index(after: slash)...])
    }

    private static func short(_ address: String) -> String {
        var text = address.replacingOccurrences(of: "@shakespeare.lit", with: "")
        if text.hasSuffix("/1") { text.removeLast(2) }
        return text
    }
}
