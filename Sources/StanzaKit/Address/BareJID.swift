/// An address without a resource: `local@domain`, or a domain alone. RFC 7622, section 3.1.
///
/// The key of every roster. It compares, hashes and sorts by the octets of its normal form.
///
/// ```swift
/// let romeo: BareJID = "romeo@montague.example"             // traps if it is none: for programs
/// let typed = try BareJID(validating: textField.text)       // throws: for people
/// let received = try BareJID(wire: "romeo@xn--bcher-kva.example")  // lenient: for what servers say
/// ```
///
/// What came off the wire is written back as it was (``spelling``), whatever its normal form: to
/// some servers `xn--bcher-kva.example` is another domain than `bücher.example`.
public struct BareJID: Sendable {
    /// The normal form, and right behind it the spelling where that is another.
    private let text: String
    private let layout: Layout

    /// - Parameter spelling: How the address is written where that is not its normal form.
    init(text: String, localLength: Int, isConforming: Bool, spelling: String? = nil) {
        layout = Layout(
            localLength: localLength, length: text.utf8.count, isConforming: isConforming)
        self.text = spelling.map { text + $0 } ?? text
    }

    /// The same address, written as it was on the wire.
    func spelled(_ spelling: String) -> BareJID {
        spelling.isExactly(text)
            ? self
            : BareJID(
                text: text, localLength: layout.localLength, isConforming: isConforming,
                spelling: spelling)
    }

    /// What stands in front of `@`; `nil` for a domain alone.
    public var local: String? {
        layout.localLength == 0 ? nil : String(text.utf8.prefix(layout.localLength))
    }

    /// The domain, without the dot of the root, its labels as people read them.
    public var domain: String {
        let start = layout.localLength == 0 ? 0 : layout.localLength + 1
        return start == 0 && !isSpelled
            ? text : String(text.utf8.prefix(layout.length).dropFirst(start)) ?? text
    }

    /// The domain as DNS and TLS know it: each label in its ASCII form. RFC 5890, section 2.3.2.1.
    ///
    /// An IPv6 address stays in its brackets. `nil` where DNS cannot have such a name, which takes an
    /// address that is not ``isConforming``.
    public var domainASCII: String? { DomainName.ascii(domain) }

    /// How the address is written in stanzas: the way it was on the wire, if it came from there,
    /// else its normal form.
    public var spelling: String {
        isSpelled ? String(text.utf8.dropFirst(layout.length)) ?? text : text
    }

    /// Whether the strict rules hold. Where they do not, only octets tell whether two addresses are
    /// the same.
    public var isConforming: Bool { layout.isConforming }

    private var isSpelled: Bool { text.utf8.count != layout.length }
}

extension BareJID {
    /// Where the parts of the text are; parts have at most 1,023 octets.
    private struct Layout {
        private let bits: UInt32

        init(localLength: Int, length: Int, isConforming: Bool) {
            bits = UInt32(localLength) | UInt32(length) << 10 | (isConforming ? 1 << 31 : 0)
        }

        var localLength: Int { Int(bits & 0x3FF) }
        /// The length of the normal form.
        var length: Int { Int(bits >> 10 & 0xFFF) }
        var isConforming: Bool { bits >> 31 == 1 }
    }
}

// MARK: Conformances

extension BareJID: Hashable, Comparable {
    /// Whether both have the same octets.
    public static func == (left: BareJID, right: BareJID) -> Bool {
        let length = left.layout.length
        return length == right.layout.length
            && left.text.hasSameStart(as: right.text, count: length)
    }

    /// Hashes the octets.
    public func hash(into hasher: inout Hasher) {
        text.hashStart(count: layout.length, into: &hasher)
    }

    /// Whether the octets of `left` come first.
    public static func < (left: BareJID, right: BareJID) -> Bool {
        left.octets.lexicographicallyPrecedes(right.octets)
    }

    private var octets: Substring.UTF8View { text.utf8.prefix(layout.length) }
}

extension BareJID: LosslessStringConvertible, ExpressibleByStringLiteral {
    /// The normal form.
    public var description: String { isSpelled ? String(octets) ?? text : text }

    /// The address that `text` is by the strict rules; `nil` where it is none.
    ///
    /// The way back from ``description``. For one that is not ``isConforming`` that is
    /// ``init(wire:)``.
    public init?(_ text: String) {
        do throws(JIDError) {
            self = try BareJID(validating: text)
        } catch {
            return nil
        }
    }

    /// The address that a program spells out. `BareJID("…")` of a literal is that literal as well
    /// (SE-0213).
    ///
    /// - Precondition: It is an address by the strict rules.
    public init(stringLiteral value: String) {
        do {
            self = try BareJID(validating: value)
        } catch {
            preconditionFailure("\(value) is no bare address: \(error)")
        }
    }
}

extension BareJID: Codable {
    /// Reads one string, as leniently as ``init(wire:)``: what was saved may have come from a server.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = try BareJID(wire: try container.decode(String.self))
        } catch let error as JIDError {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: error.description)
        }
    }

    /// Writes the ``spelling``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(spelling)
    }
}

extension BareJID: CodingKeyRepresentable {
    /// A key that is an address.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The ``spelling``, so that a dictionary by address is coded by its addresses.
    public var codingKey: any CodingKey { Key(stringValue: spelling) }

    /// Reads a key as leniently as ``init(wire:)``.
    public init?(codingKey: some CodingKey) {
        do throws(JIDError) {
            try self.init(wire: codingKey.stringValue)
        } catch {
            return nil
        }
    }
}
