import InteropSessions
import PresenceKit
import StanzaKit

/// What an owner and a moderator ask of a room (XEP-0045, sections 9 and 10). The library follows
/// rooms by their presence; these requests are the application's.
extension Session {
    private static let admin: XMLNamespace = "http://jabber.org/protocol/muc#admin"
    private static let owner: XMLNamespace = "http://jabber.org/protocol/muc#owner"
    private static let forms: XMLNamespace = "jabber:x:data"

    /// Gives an occupant another role; none sends it out.
    func setRole(_ role: Role, of nick: String, in room: BareJID, reason: String? = nil)
        async throws
    {
        try await administer(["nick": nick, "role": role.rawValue], reason, room)
    }

    /// Gives an account another affiliation.
    func setAffiliation(
        _ affiliation: Affiliation, of account: BareJID, in room: BareJID, reason: String? = nil
    ) async throws {
        try await administer(
            ["jid": "\(account)", "affiliation": affiliation.rawValue], reason, room)
    }

    private func administer(
        _ attributes: KeyValuePairs<AttributeName, String>, _ reason: String?, _ room: BareJID
    ) async throws {
        var item = Element("item", in: Self.admin)
        for (name, value) in attributes { item[name] = value }
        if let reason { item.append(Element("reason", in: Self.admin, text: reason)) }
        var query = Element("query", in: Self.admin)
        query.append(item)
        _ = try await stream.request(
            IQ(.set, to: JID(room), payload: query), timeout: .seconds(10))
    }

    /// Configures a room that one owns; without fields it is as the service has it by itself.
    func configure(_ room: BareJID, _ fields: KeyValuePairs<String, String> = [:]) async throws {
        var form = Element("x", in: Self.forms, attributes: ["type": "submit"])
        let kind: KeyValuePairs = ["FORM_TYPE": "http://jabber.org/protocol/muc#roomconfig"]
        for (name, value) in Array(kind) + Array(fields) {
            var field = Element("field", in: Self.forms, attributes: ["var": name])
            field.append(Element("value", in: Self.forms, text: value))
            form.append(field)
        }
        var query = Element("query", in: Self.owner)
        query.append(form)
        _ = try await stream.request(
            IQ(.set, to: JID(room), payload: query), timeout: .seconds(10))
    }

    /// Does away with a room that one owns.
    func destroy(_ room: BareJID, reason: String, instead: BareJID) async throws {
        var destroy = Element("destroy", in: Self.owner, attributes: ["jid": "\(instead)"])
        destroy.append(Element("reason", in: Self.owner, text: reason))
        var query = Element("query", in: Self.owner)
        query.append(destroy)
        _ = try await stream.request(
            IQ(.set, to: JID(room), payload: query), timeout: .seconds(10))
    }

    /// Whether one is in a room.
    func isIn(_ room: BareJID) -> Bool { rooms[room]?.ownNick != nil }

    /// Whether one is not in a room, nor coming in.
    func isOutside(_ room: BareJID) -> Bool {
        if case .outside? = rooms[room]?.membership { true } else { false }
    }

    /// Whether occupants of a room are among the contacts. The room itself may be: one can
    /// subscribe to its address, and ejabberd sends its picture from there.
    func hasOccupantsAsContacts(of room: BareJID) -> Bool {
        presence[room].resources.contains { $0.name != nil }
    }

    /// How one left a room last.
    func departure(from room: BareJID) -> Room.Departure? { rooms[room]?.departure }
}
