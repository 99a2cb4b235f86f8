/// What a peer may make a parser hold: finite by default, in bytes as they are on the wire.
///
/// A stanza that goes beyond a limit is dropped and reported, and the stream goes on: otherwise
/// anybody who may send a message could end the user's stream. A stream header that does ends the
/// stream with `policy-violation`, as does a stand-alone document.
public struct ParserLimits: Sendable, Hashable {
    /// Bytes of one stanza from its first `<` to its last `>`; up to 1 GiB. By default 4 MiB, a
    /// roster of some 30,000 contacts.
    public var stanzaBytes = 4 << 20
    /// Bytes in front of and in the stream header. By default 16 KiB.
    public var headerBytes = 16 << 10
    /// Elements inside one another, the stanza itself included. By default 100.
    public var depth = 100
    /// Attributes of one element, namespace declarations not counted. By default 128.
    public var attributes = 128
    /// Namespace declarations of one element. By default 64.
    public var namespaceDeclarations = 64
    /// Bytes of one element or attribute name, its prefix included; up to 65,535. By default 1,024.
    public var nameBytes = 1024
    /// Bytes of one namespace name; up to 65,535. By default 1,024.
    public var namespaceBytes = 1024
    /// Bytes of one attribute value. By default 64 KiB.
    public var attributeValueBytes = 64 << 10
    /// Bytes of one run of text between tags. By default 1 MiB.
    public var textBytes = 1 << 20
    /// Elements and runs of text in one stanza. By default 262,144.
    public var nodes = 262_144

    /// The defaults.
    public init() {}

    /// The limits with none beyond what the parser can count; a negative one is zero.
    var clamped: ParserLimits {
        var limits = self
        let most = 256 << 20
        for limit: WritableKeyPath<ParserLimits, Int> in [
            \.stanzaBytes, \.headerBytes, \.depth, \.attributes, \.namespaceDeclarations,
            \.attributeValueBytes, \.textBytes, \.nodes,
        ] {
            limits[keyPath: limit] = min(max(limits[keyPath: limit], 0), most)
        }
        limits.nameBytes = min(max(limits.nameBytes, 0), Int(UInt16.max))
        limits.namespaceBytes = min(max(limits.namespaceBytes, 0), Int(UInt16.max))
        return limits
    }

    /// What a stanza may take in memory besides its records: names are spelled again where there
    /// are too many to remember, so this is more than it takes on the wire.
    var tapeBytes: Int { 4 * stanzaBytes + (64 << 10) }

    /// A limit, as reports name it.
    @nonexhaustive
    public enum Kind: Sendable, Hashable {
        /// ``ParserLimits/stanzaBytes``.
        case stanzaBytes
        /// ``ParserLimits/headerBytes``.
        case headerBytes
        /// ``ParserLimits/depth``.
        case depth
        /// ``ParserLimits/attributes``.
        case attributes
        /// ``ParserLimits/namespaceDeclarations``.
        case namespaceDeclarations
        /// ``ParserLimits/nameBytes``.
        case nameBytes
        /// ``ParserLimits/namespaceBytes``.
        case namespaceBytes
        /// ``ParserLimits/attributeValueBytes``.
        case attributeValueBytes
        /// ``ParserLimits/textBytes``.
        case textBytes
        /// ``ParserLimits/nodes``.
        case nodes
    }
}
