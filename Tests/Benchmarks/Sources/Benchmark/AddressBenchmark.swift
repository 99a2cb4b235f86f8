import PresenceTestKit
import RosterKit
import StanzaKit

/// Addresses: read from bytes as a stream brings them, and looked up.
struct AddressBenchmark {
    /// As many as there are stanzas in the other corpora. Look-ups go to half of them, twice.
    private let addresses = (0..<2000).map { number in
        Array("user\(number)@example.org/Conversations.a1b\(number % 10)".utf8)
    }

    /// Full ASCII addresses from bytes.
    ///
    /// - Returns: What was seen: the octets of all addresses, which the text above has too.
    func run(passes: Int) throws -> String {
        var octets = 0
        for address in addresses { octets += try JID(wire: address).description.utf8.count }
        guard octets == addresses.reduce(0, { $0 + $1.count }) else {
            throw BenchmarkError(reason: "\(octets) octets")
        }
        var conforming = 0
        for _ in 0..<passes {
            for address in addresses where try JID(wire: address).bare.isConforming {
                conforming += 1
            }
        }
        try expect(conforming, is: addresses.count * passes)
        return "\(octets) octets"
    }

    /// From a full address that is held to its bare one, and by that to an entry.
    func runLookup(passes: Int) throws -> String {
        let entries = try dictionary(of: addresses.prefix(1000).map { try JID(wire: $0).bare })
        let held = try (addresses.prefix(1000) + addresses.prefix(1000)).map { try JID(wire: $0) }
        var found = 0
        for address in held {
            for _ in 0..<passes where entries[address.bare] != nil { found += 1 }
        }
        try expect(found, is: held.count * passes)
        return "\(entries.count) entries"
    }

    /// The same in a roster, whose items are in a persistent dictionary.
    func runRosterLookup(passes: Int) throws -> String {
        let roster = try roster(of: addresses.prefix(1000).map { try JID(wire: $0).bare })
        let held = try (addresses.prefix(1000) + addresses.prefix(1000)).map { try JID(wire: $0) }
        var found = 0
        for address in held {
            for _ in 0..<passes where roster[address.bare] != nil { found += 1 }
        }
        try expect(found, is: held.count * passes)
        return "\(roster.count) entries"
    }

    private func roster(of addresses: [BareJID]) throws -> Roster {
        let script = ScriptedStream(as: "me@example.org/benchmark")
        let client = RosterClient(script.stream)
        script.begin()
        let items = addresses.map { "<item jid='\($0)'/>" }.joined()
        try script.receive(
            "<iq type='result' id='id1'><query xmlns='jabber:iq:roster'>\(items)</query></iq>")
        try expect(client.roster.count, is: addresses.count)
        return client.roster
    }

    /// By a bare address beyond ASCII that is held.
    func runLookupBeyondASCII(passes: Int) throws -> String {
        let texts = (0..<1000).map { "fu\u{DF}ball\($0)@b\u{FC}cher.example" }
        let entries = try dictionary(of: texts.map { try BareJID(validating: $0) })
        let held = try (texts + texts).map { try BareJID(wire: $0) }
        var found = 0
        for address in held {
            for _ in 0..<passes where entries[address] != nil { found += 1 }
        }
        try expect(found, is: held.count * passes)
        return "\(entries.count) entries"
    }

    /// Bare addresses beyond ASCII from bytes.
    func runBeyondASCII(passes: Int) throws -> String {
        let texts = (0..<2000).map { Array("fu\u{DF}ball\($0)@b\u{FC}cher.example".utf8) }
        var conforming = 0
        for _ in 0..<passes {
            for text in texts where try JID(wire: text).bare.isConforming { conforming += 1 }
        }
        try expect(conforming, is: texts.count * passes)
        return "\(texts.count) addresses"
    }

    private func dictionary(of addresses: [BareJID]) throws -> [BareJID: Int] {
        let entries = Dictionary(
            zip(addresses, 0...), uniquingKeysWith: { first, _ in first })
        try expect(entries.count, is: addresses.count)
        return entries
    }

    private func expect(_ count: Int, is expected: Int) throws {
        if count != expected { throw BenchmarkError(reason: "\(count), not \(expected)") }
    }
}
