/// An address: `local@domain/resource`, of which only the domain is always there. RFC 7622.
///
/// It compares, hashes and sorts by the octets of its normal form, the resource of a received one as
/// it is. See ``BareJID`` for how to make one.
public struct JID: Sendable {
    /// The address without the resource; taking it allocates nothing.
    public let bare: BareJID
    private let exactResource: ExactText?

    init(bare: BareJID, resource: String?) {
        self.bare = bare
        exactResource = resource.map(ExactText.init)
    }

    /// The address `bare` with a resource, or without one.
    ///
    /// - Throws: That the resource is empty, too long, or holds what it may not by OpaqueString of
    ///   RFC 8265.
    public init(
        _ bare: BareJID, resource: String?, allowing allowance: Allowance = []
    ) throws(JIDError) {
        self.init(
            bare: bare,
            resource: try resource.map { (resource) throws(JIDError) in
                try JIDParser.resource(resource, allowing: allowance)
            })
    }

    /// The address of an account or a service, without a resource.
    public init(_ bare: BareJID) {
        self.init(bare: bare, resource: nil)
    }

    /// An address as people type it, by the strict rules; see
    /// ``BareJID/init(validating:allowing:)``. The resource is prepared by OpaqueString of RFC 8265.
    ///
    /// - Parameter allowance: What is let through all the same.
    /// - Throws: Which part is wrong, and why.
    public init(validating text: String, allowing allowance: Allowance = []) throws(JIDError) {
        self = try Self.parse(text.utf8, .strict(allowance))
    }

    /// An address as it came off the wire, leniently; see ``BareJID/init(wire:)``. The resource is
    /// kept as it is: two occupants of a room may differ in nothing but what the rules would map.
    ///
    /// - Throws: What no address can have; besides, an empty resource behind `/`.
    public init(wire text: String) throws(JIDError) {
        self = try Self.parse(text.utf8, .lenient)
    }

    /// The same from UTF-8 bytes.
    @inlinable
    public init(wire bytes: some Collection<UInt8>) throws(JIDError) {
        self = try Self.parse(bytes, .lenient)
    }

    @inlinable
    static func parse(
        _ bytes: some Collection<UInt8>, _ strictness: JIDParser.Strictness
    ) throws(JIDError) -> JID {
        let result = bytes.withContiguousStorageIfAvailable { bytes in
            unsafe JIDParser.result(bytes, strictness)
        }
        if let result { return try result.get() }
        return try unsafe Array(bytes).withUnsafeBufferPointer { (bytes) throws(JIDError) in
            try unsafe JIDParser.parse(bytes, strictness)
        }
    }

    /// What stands behind `/`; `nil` where nothing does.
    public var resource: String? { exactResource?.string }

    /// What stands in front of `@`; `nil` where nothing does.
    public var local: String? { bare.local }

    /// The domain; see ``BareJID/domain``.
    public var domain: String { bare.domain }

    /// How the address is written in stanzas; see ``BareJID/spelling``.
    public var spelling: String { written(bare.spelling) }

    /// The address of another resource of the same account, service or room.
    ///
    /// - Throws: That the resource is empty, too long, or holds what it may not.
    public func appending(
        resource: String, allowing allowance: Allowance = []
    ) throws(JIDError) -> JID {
        try bare.appending(resource: resource, allowing: allowance)
    }

    private func written(_ bare: String) -> String {
        resource.map { "\(bare)/\($0)" } ?? bare
    }
}

// MARK: Conformances

extension JID: Hashable, Comparable {
    /// Whether the octets of `left` come first; an address without a resource comes before all that
    /// have one.
    public static func < (left: JID, right: JID) -> Bool {
        if left.bare != right.bare { return left.bare < right.bare }
        guard let other = right.exactResource else { return false }
        return left.exactResource.map { $0 < other } ?? true
    }
}

extension JID: LosslessStringConvertible, ExpressibleByStringLiteral {
    /// The normal form.
    public var description: String { written(bare.description) }

    /// The address that `text` is by the strict rules; `nil` where it is none.
    ///
    /// The way back from ``description``. For one that came off the wire and breaks the rules that
    /// is ``init(wire:)-(String)``.
    public init?(_ text: String) {
        do throws(JIDError) {
            self = try JID(validating: text)
        } catch {
            return nil
        }
    }

    /// The address that a program spells out.
    ///
    /// - Precondition: It is an address by the strict rules.
    public init(stringLiteral value: String) {
        do {
            self = try JID(validating: value)
        } catch {
            preconditionFailure("\(value) is no address: \(error)")
        }
    }
}

extension JID: Codable {
    /// Reads one string, as leniently as ``init(wire:)-(String)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = try JID(wire: try container.decode(String.self))
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
