/// An address without a resource: `local@domain`, or a domain alone. RFC 7622, section 3.1.
///
/// The key of every roster. It compares, hashes and sorts by the octets of its normal form.
///
/// ```swift
/// let romeo: BareJID = "romeo@montague.example"           // traps if it is none: for programs
/// let typed = try BareJID(textField.text)                 // throws: for people
/// let received = try BareJID(wire: "jürgen@example.org")  // as lenient as a server demands
/// ```
public struct BareJID: Sendable {
    /// The normal form.
    private let text: String
    /// The length of the local part in octets, and whether the strict rules hold.
    private let layout: UInt16

    private static let conformingFlag: UInt16 = 1 << 15

    init(text: String, localLength: Int, isConforming: Bool) {
        self.text = text
        layout = UInt16(localLength) | (isConforming ? Self.conformingFlag : 0)
    }

    /// An address as people type it and programs say it, by the strict rules.
    ///
    /// So far the rules are those for ASCII: letters become lower case, the domain is a host name,
    /// one dot at its end is dropped. Anything beyond is refused as
    /// ``JIDError/Reason/unsupported``.
    ///
    /// - Throws: Which part is wrong, and why. A resource is wrong here.
    public init(_ text: String) throws(JIDError) {
        let jid = try JID(text)
        if jid.resource != nil {
            throw JIDError(part: .resource, reason: .invalidCharacter, scalar: "/")
        }
        self = jid.bare
    }

    /// An address as it came off the wire, leniently: what the strict rules do not know is kept,
    /// with ASCII letters in lower case, so that no contact is lost over its address.
    ///
    /// - Throws: What no address can have: no domain, an empty local part, a second `@`, white
    ///   space around it, or a part over 1,023 octets. A resource is wrong here.
    public init(wire text: String) throws(JIDError) {
        let jid = try JID(wire: text)
        if jid.resource != nil {
            throw JIDError(part: .resource, reason: .invalidCharacter, scalar: "/")
        }
        self = jid.bare
    }

    /// What stands in front of `@`; `nil` for a domain alone.
    public var local: String? {
        localLength == 0 ? nil : String(text.utf8.prefix(localLength))
    }

    /// The domain.
    public var domain: String {
        localLength == 0 ? text : String(text.utf8.dropFirst(localLength + 1)) ?? text
    }

    /// Whether the strict rules hold. Where they do not, only octets tell whether two addresses are
    /// the same.
    public var isConforming: Bool { layout & Self.conformingFlag != 0 }

    private var localLength: Int { Int(layout & ~Self.conformingFlag) }
}

extension BareJID: Hashable {
    /// Whether both have the same octets.
    public static func == (left: BareJID, right: BareJID) -> Bool {
        left.text.isExactly(right.text)
    }

    /// Hashes the octets.
    public func hash(into hasher: inout Hasher) {
        text.hashExactly(into: &hasher)
    }
}

extension BareJID: Comparable {
    /// Whether the octets of `left` come first.
    public static func < (left: BareJID, right: BareJID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension BareJID: CustomStringConvertible, ExpressibleByStringLiteral {
    /// The address as it is written.
    public var description: String { text }

    /// The address that a program spells out.
    ///
    /// - Precondition: It is an address by the strict rules.
    public init(stringLiteral value: String) {
        do {
            self = try BareJID(value)
        } catch {
            preconditionFailure("\(value) is no bare address: \(error)")
        }
    }
}
