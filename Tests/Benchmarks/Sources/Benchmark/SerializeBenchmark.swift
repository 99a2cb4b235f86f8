import Floor
import StanzaKit

/// From presences that are already built to bytes in a buffer that is used again.
struct SerializeBenchmark {
    /// The lines of a file with eight fields in each: id, to, show, status, priority, node and
    /// version of the capabilities, hash of the photo.
    let lines: [UInt8]
    private var presenceCount: Int { lines.count { $0 == UInt8(ascii: "\n") } }

    init(lines: [UInt8]) { self.lines = lines }

    func runFloor(passes: Int) throws -> Digest {
        let count = presenceCount
        let fields = lines.map { byte in
            CChar(bitPattern: byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") ? 0 : byte)
        }
        // What a presence adds to its fields is shorter than 512 bytes; an escaped byte takes six.
        var output = [CChar](repeating: 0, count: 6 * lines.count + 512 * count)
        let length = unsafe floor_serialize(fields, count, &output)
        for _ in 0..<passes {
            guard unsafe floor_serialize(fields, count, &output) == length else {
                throw BenchmarkError(reason: "a pass differs")
            }
        }
        return digest(of: output[..<length].map { UInt8(bitPattern: $0) })
    }

    func run(passes: Int) throws -> Digest {
        let presences = lines.split(separator: UInt8(ascii: "\n")).map { line in
            presence(
                line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                    .map { String(decoding: $0, as: UTF8.self) })
        }
        var serializer = Serializer()
        var output: [UInt8] = []
        for presence in presences { try serializer.append(presence, to: &output) }
        let result = digest(of: output)
        for _ in 0..<passes {
            output.removeAll(keepingCapacity: true)
            for presence in presences { try serializer.append(presence, to: &output) }
            guard output.count == result.bytes else {
                throw BenchmarkError(reason: "a pass differs")
            }
        }
        return result
    }

    private func digest(of output: [UInt8]) -> Digest {
        var digest = Digest(bytes: UInt64(output.count))
        digest.addBytes(output)
        return digest
    }

    private func presence(_ fields: [String]) -> Element {
        var presence = Element(
            "presence", in: .client, attributes: ["id": fields[0], "to": fields[1]])
        if !fields[2].isEmpty { presence.append(Element("show", in: .client, text: fields[2])) }
        presence.append(Element("status", in: .client, text: fields[3]))
        presence.append(Element("priority", in: .client, text: fields[4]))
        presence.append(
            Element(
                "c", in: "http://jabber.org/protocol/caps",
                attributes: ["hash": "sha-1", "node": fields[5], "ver": fields[6]]))
        let photo = Element("photo", in: "vcard-temp:x:update", text: fields[7])
        presence.append(Element("x", in: "vcard-temp:x:update", children: [photo]))
        return presence
    }
}
