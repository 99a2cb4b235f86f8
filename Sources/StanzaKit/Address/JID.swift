/// An address: `local@domain/resource`, of which only the domain is always there. RFC 7622.
///
/// It compares, hashes and sorts by the octets of its normal form, the resource as it is.
public struct JID: Sendable {
    /// The address without the resource; taking it allocates nothing.
    public let bare: BareJID
    private let exactResource: ExactText?

    /// The address `bare` with a resource, or without one.
    ///
    /// - Throws: That the resource is empty, too long or beyond what this version prepares.
    public init(_ bare: BareJID, resource: String?) throws(JIDError) {
        if let resource { try JIDParser.checkResource(resource) }
        self.init(bare: bare, resource: resource)
    }

    init(bare: BareJID, resource: String?) {
        self.bare = bare
        exactResource = resource.map(ExactText.init)
    }

    /// The address of an account or a service, without a resource.
    public init(_ bare: BareJID) {
        self.init(bare: bare, resource: nil)
    }

    /// An address as people type it and programs say it, by the strict rules; see
    /// ``BareJID/init(_:)``.
    ///
    /// - Throws: Which part is wrong, and why.
    public init(_ text: String) throws(JIDError) {
        self = try Self.parse(text.utf8, isLenient: false)
    }

    /// An address as it came off the wire, leniently; see ``BareJID/init(wire:)``. The resource is
    /// kept as it is.
    ///
    /// - Throws: What no address can have; besides, an empty resource behind `/`.
    public init(wire text: String) throws(JIDError) {
        self = try Self.parse(text.utf8, isLenient: true)
    }

    /// The same from UTF-8 bytes.
    @inlinable
    public init(wire bytes: some Collection<UInt8>) throws(JIDError) {
        self = try Self.parse(bytes, isLenient: true)
    }

    @inlinable
    static func parse(
        _ bytes: some Collection<UInt8>, isLenient: Bool
    ) throws(JIDError) -> JID {
        let result = bytes.withContiguousStorageIfAvailable { bytes in
            unsafe JIDParser.result(bytes, isLenient: isLenient)
        }
        if let result { return try result.get() }
        return try unsafe Array(bytes).withUnsafeBufferPointer { (bytes) throws(JIDError) in
            try unsafe JIDParser.parse(bytes, isLenient: isLenient)
        }
    }

    /// What stands behind `/`; `nil` where nothing does.
    public var resource: String? { exactResource?.string }

    /// What stands in front of `@`; `nil` where nothing does.
    public var local: String? { bare.local }

    /// The domain.
    public var domain: String { bare.domain }
}

extension JID: Hashable, Comparable {
    /// Whether the octets of `left` come first; an address without a resource comes before all that
    /// have one.
    public static func < (left: JID, right: JID) -> Bool {
        if left.bare != right.bare { return left.bare < right.bare }
        guard let other = right.exactResource else { return false }
        return left.exactResource.map { $0 < other } ?? true
    }
}

extension JID: CustomStringConvertible, ExpressibleByStringLiteral {
    /// The address as it is written.
    public var description: String {
        resource.map { "\(bare)/\($0)" } ?? bare.description
    }

    /// The address that a program spells out.
    ///
    /// - Precondition: It is an address by the strict rules.
    public init(stringLiteral value: String) {
        do {
            self = try JID(value)
        } catch {
            preconditionFailure("\(value) is no address: \(error)")
        }
    }
}
