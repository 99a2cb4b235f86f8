internal import StanzaKit

/// A JSON text as it stands: members in order and by their exact names, numbers unread.
///
/// Foundation's reader keys objects by `String` and so merges two names that are canonically
/// equivalent. To XMPP they are two contacts.
indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A member of an object.
    struct Member: Sendable {
        var name: String
        var value: JSONValue
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .string(value) }
}
