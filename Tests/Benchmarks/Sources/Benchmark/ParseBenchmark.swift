import Floor
import StanzaKit

/// From the bytes of a stream to elements that their receiver owns, with all checks and the default
/// limits.
struct ParseBenchmark {
    let stream: [UInt8]

    func runFloor(passes: Int) throws -> Digest {
        var seen = FloorDigest()
        guard unsafe floor_parse(stream, stream.count, &seen) else {
            throw BenchmarkError(reason: "libxml2 refuses the stream")
        }
        for _ in 0..<passes {
            guard unsafe floor_parse(stream, stream.count, nil) else {
                throw BenchmarkError(reason: "libxml2 refuses the stream")
            }
        }
        return Digest(
            elements: seen.elements, attributes: seen.attributes, bytes: seen.bytes, hash: seen.hash
        )
    }

    func run(passes: Int) throws -> Digest {
        var digest = Digest()
        var stanzas = 0
        try forEachStanza { element in
            digest.add(element)
            stanzas += 1
        }
        var counted = 0
        for _ in 0..<passes {
            try forEachStanza { _ in counted += 1 }
        }
        guard counted == stanzas * passes else {
            throw BenchmarkError(reason: "\(counted) stanzas in \(passes) passes of \(stanzas)")
        }
        return digest
    }

    /// Feeds 4 KiB at a time and takes every event before the next.
    private func forEachStanza(_ body: (Element) -> Void) throws {
        var parser = StanzaParser()
        var isClosed = false
        for start in stride(from: 0, to: stream.count, by: 4096) {
            parser.receive(stream[start..<min(start + 4096, stream.count)])
            while let event = try parser.next() {
                switch event {
                case .element(let element): body(element)
                case .dropped(let kind): throw BenchmarkError(reason: "beyond \(kind)")
                case .closed: isClosed = true
                case .opened: break
                }
            }
        }
        guard isClosed else { throw BenchmarkError(reason: "the stream was not closed") }
    }
}
