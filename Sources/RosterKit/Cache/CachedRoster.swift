internal import StanzaKit

/// A roster in the form that a cache keeps: whose it is, the spelling of addresses, and a digest
/// that tells of damage.
///
/// ```json
/// {"digest":"af63bd4c8601b7df","account":"romeo@montague.example","items":{},"ver":"7"}
/// ```
struct CachedRoster {
    var account: BareJID
    var roster: Roster

    var bytes: [UInt8] {
        let account = JSONValue.Member(name: "account", value: .string(account.description))
        let members = roster.jsonMembers { item in
            let isSpelled = !item.jid.spelling.isExactly(item.jid.description)
            let spelling = JSONValue.Member(name: "jid", value: .string(item.jid.spelling))
            return item.jsonMembers + (isSpelled ? [spelling] : [])
        }
        let rest = JSONWriter.bytes(of: .object([account] + members)).dropFirst()
        return Self.start(digest: Self.digest(of: rest)) + rest
    }

    init(account: BareJID, roster: Roster) {
        self.account = account
        self.roster = roster
    }

    /// Reads what ``bytes`` are, exactly; anything else is damaged or was never a cache.
    init(_ bytes: [UInt8]) throws(RosterImportError) {
        let rest = bytes.dropFirst(Self.start(digest: 0).count)
        guard bytes.starts(with: Self.start(digest: Self.digest(of: rest))) else {
            throw RosterImportError(.damaged, at: "byte 0")
        }
        if bytes.count > Roster.maximumJSONBytes {
            throw RosterImportError(.tooLarge, at: "byte \(Roster.maximumJSONBytes)")
        }
        let document = try RosterDocument(JSONReader.value(of: bytes))
        guard let account = document.account else {
            throw RosterImportError(.damaged, at: "account")
        }
        self.init(account: account, roster: document.roster)
    }

    /// The beginning of `bytes`, in which the digest stands.
    static func statedDigest(in bytes: [UInt8]) -> [UInt8] {
        Array(bytes.prefix(start(digest: 0).count))
    }

    private static func start(digest: UInt64) -> [UInt8] {
        let digits = String(digest, radix: 16)
        let zeros = String(repeating: "0", count: 16 - digits.count)
        return Array(#"{"digest":"\#(zeros)\#(digits)","#.utf8)
    }

    /// FNV-1a, 64 bits: another one whenever one byte is another, and but for one case in 2^64
    /// otherwise. It finds accidents; who may write the file may write any roster.
    private static func digest(of bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
