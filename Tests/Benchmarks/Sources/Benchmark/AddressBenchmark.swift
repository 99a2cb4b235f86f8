import StanzaKit

/// Full ASCII addresses, from bytes as a stream brings them.
struct AddressBenchmark {
    /// As many as there are stanzas in the other corpora.
    private let addresses = (0..<2000).map { number in
        Array("user\(number)@example.org/Conversations.a1b\(number % 10)".utf8)
    }

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
        guard conforming == addresses.count * passes else {
            throw BenchmarkError(reason: "\(conforming) addresses conform")
        }
        return "\(octets) octets"
    }
}
