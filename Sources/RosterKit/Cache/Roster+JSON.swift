internal import HashTreeCollections
internal import PresenceKit
internal import StanzaKit

/// The JSON form of a roster, which aioxmpp writes and reads too.
///
/// ```json
/// {"items":{"juliet@capulet.example":{"groups":["Friends"],"subscription":"both"}},"ver":"7"}
/// ```
///
/// An entry has `subscription` always, `name`, `ask`, `approved` and `groups` where there is
/// something to say. The version is there where the entries are all that it stands for, else `ver`
/// is `null`.
extension Roster {
    /// How many bytes of JSON are read at most: 64 MiB.
    public static var maximumJSONBytes: Int { 64 << 20 }

    /// The entries and the version as JSON in UTF-8; the same bytes for the same roster.
    ///
    /// Members, groups and entries are sorted by their bytes, and there is no white space. Escaped
    /// are only `"`, `\` and control characters. Addresses are in their normal form.
    ///
    /// Two addresses that break the rules may be canonically equivalent. They are two members here,
    /// of which readers that key objects by Swift's `String`, as Foundation's do, keep one.
    ///
    /// While events of a stanza are still delivered, some entries may be those of the version before;
    /// ``RosterClient/saveRoster()`` waits for the rest.
    public func json() -> [UInt8] {
        JSONWriter.bytes(of: .object(jsonMembers { $0.jsonMembers }))
    }

    /// The roster that `bytes` hold, as ``json()`` or aioxmpp wrote it.
    ///
    /// Absent members mean what they are left out for; unknown ones are ignored, as are empty names
    /// and groups and the resource of an address. Everything else has to be right: a subscription
    /// that the RFC does not have is ignored when a server sends it, but not here. A version makes
    /// the entries those that it stands for; the server will be asked what changed since.
    ///
    /// The entries begin new lives; the state is ``State/fromCache`` with a version, else
    /// ``State/notLoaded``.
    ///
    /// - Throws: What is wrong first, and where.
    public init(json bytes: some Collection<UInt8>) throws(RosterImportError) {
        if bytes.count > Self.maximumJSONBytes {
            throw RosterImportError(.tooLarge, at: "byte \(Self.maximumJSONBytes)")
        }
        self = try RosterDocument(JSONReader.value(of: Array(bytes))).roster
    }

    /// The members of the document, the items as `members` has them.
    func jsonMembers(
        _ members: (RosterItem) -> [JSONValue.Member]
    ) -> [JSONValue.Member] {
        let items = items.map { item in
            JSONValue.Member(name: item.jid.description, value: .object(members(item)))
        }
        let version = hasBase ? version : nil
        return [
            JSONValue.Member(name: "items", value: .object(items)),
            JSONValue.Member(name: "ver", value: version.map(JSONValue.string) ?? .null),
        ]
    }
}

extension RosterItem {
    /// What is worth saying, sorted by name.
    var jsonMembers: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if isApproved { members.append(.init(name: "approved", value: .bool(true))) }
        if isPendingOut { members.append(.init(name: "ask", value: "subscribe")) }
        if !groups.isEmpty {
            members.append(.init(name: "groups", value: .array(groups.map(JSONValue.string))))
        }
        if let name { members.append(.init(name: "name", value: .string(name))) }
        members.append(.init(name: "subscription", value: .string(subscription.rawValue)))
        return members
    }
}
