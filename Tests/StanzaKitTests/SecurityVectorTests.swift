import StanzaKit
import VectorSupport
import XCTest

/// Replays hostile and awkward bytes: every case whole, byte by byte, and at every two-way split.
final class SecurityVectorTests: XCTestCase {
    func testHostileAndAwkwardBytesGiveWhatIsDemandedHoweverTheyAreCut() throws {
        let files = try VectorFolder.files(of: .security)
        XCTAssertFalse(files.isEmpty)
        for file in files {
            let manifest = try file.json()
            let cases = try XCTUnwrap(manifest["xml"]?.array)
            var runs = 0
            for vector in cases {
                runs += try replay(
                    vector, of: file, defaults: try XCTUnwrap(manifest["defaultLimits"]))
            }
            XCTAssertGreaterThan(cases.count, 0)
            file.report(vectors: cases.count, steps: runs, note: "xml")
        }
    }

    private func replay(_ vector: JSON, of file: VectorFile, defaults: JSON) throws -> Int {
        let id = try XCTUnwrap(vector["id"]?.string)
        let bytes = try file.bytes(of: try XCTUnwrap(vector["file"]?.string))
        let limits = try limits(defaults, vector["limits"])
        let whole = StreamOutcome(of: bytes, cuts: [], limits: limits)
        try check(whole, against: try XCTUnwrap(vector["expect"]), id)

        var cuttings = [Array(StreamOutcome.chunks(of: 1, in: bytes))]
        if bytes.count <= 4096 { cuttings += (1..<max(bytes.count, 1)).map { [$0] } }
        for cuts in cuttings {
            let outcome = StreamOutcome(of: bytes, cuts: cuts, limits: limits)
            XCTAssertEqual(outcome, whole, "\(id), cut at \(cuts.prefix(3))")
            XCTAssertEqual(outcome.failure?.text, whole.failure?.text, id)
        }
        return cuttings.count + 1
    }

    private func limits(_ defaults: JSON, _ own: JSON?) throws -> ParserLimits {
        var limits = ParserLimits()
        for (key, value) in (defaults.members ?? []) + (own?.members ?? []) {
            let number = try XCTUnwrap(value.int)
            switch key {
            case "maxStanzaBytes": limits.stanzaBytes = number
            case "maxDepth": limits.depth = number
            case "maxAttributes": limits.attributes = number
            case "maxNameBytes": limits.nameBytes = number
            case "maxNamespaceDeclarations": limits.namespaceDeclarations = number
            case "maxNodes": limits.nodes = number
            case "maxAttributeValueBytes": limits.attributeValueBytes = number
            case "maxTextBytes": limits.textBytes = number
            default: XCTFail("a limit that is not understood: \(key)")
            }
        }
        return limits
    }

    private func check(_ outcome: StreamOutcome, against expected: JSON, _ id: String) throws {
        let kind = try XCTUnwrap(expected["class"]?.string)
        switch kind {
        case "accept", "drop":
            XCTAssertNil(outcome.failure, id)
            XCTAssertEqual(outcome.dropped.count, expected["dropped"]?.int ?? 0, id)
            XCTAssertEqual(outcome.isClosed, try XCTUnwrap(expected["streamClosed"]?.bool), id)
        case "reject":
            let conditions = try XCTUnwrap(expected["streamErrorAnyOf"]?.array).compactMap(\.string)
            let condition = outcome.failure?.condition.rawValue ?? "no error"
            XCTAssertTrue(conditions.contains(condition), "\(id): \(condition), not \(conditions)")
            XCTAssertEqual(outcome.dropped, [], id)
        default: XCTFail("\(id): a class that is not understood: \(kind)")
        }

        for element in outcome.elements {
            let text = String(decoding: try element.serialized(), as: UTF8.self)
            XCTAssertEqual(try Element(parsing: text, in: .client), element, id)
        }
        let trees = "[\(outcome.elements.map(ElementTree.text).joined(separator: ","))]"
        if let digest = expected["stanzasSHA256"]?.string {
            XCTAssertEqual(outcome.elements.count, expected["stanzasCount"]?.int, id)
            XCTAssertEqual(SHA256.hexDigest(of: Array(trees.utf8)), digest, id)
        } else {
            let stanzas = try XCTUnwrap(expected["stanzas"] ?? expected["stanzasBefore"])
            XCTAssertEqual(
                Array(trees.utf8), Array(ElementTree.text(stanzas).utf8), "\(id): \(trees)")
        }
    }

    func testSerializerWritesWhatIsDemandedOrThrows() throws {
        for file in try VectorFolder.files(of: .security) {
            let cases = try XCTUnwrap(try file.json()["serializer"]?.array)
            XCTAssertGreaterThan(cases.count, 0)
            for vector in cases { try write(vector) }
            file.report(vectors: cases.count, steps: cases.count, note: "serializer")
        }
    }

    private func write(_ vector: JSON) throws {
        let id = try XCTUnwrap(vector["id"]?.string)
        let expected = try XCTUnwrap(vector["expect"])
        let element = try ElementTree.build(try XCTUnwrap(vector["build"]))
        let outcome = try XCTUnwrap(expected["outcome"]?.string)
        var buffer: [UInt8] = [0x20]
        do throws(SerializationError) {
            var serializer = Serializer()
            try serializer.append(element, to: &buffer)
        } catch {
            XCTAssertEqual(outcome, "throws", id)
            XCTAssertEqual(buffer, [0x20], "\(id): the buffer is as it was")
            let reasons: [String: SerializationError.Code] = [
                "invalid-character": .invalidCharacter, "invalid-name": .invalidName,
                "invalid-namespace": .invalidNamespace,
            ]
            XCTAssertEqual(error.code, reasons[expected["reason"]?.string ?? ""], id)
            return
        }
        XCTAssertTrue(outcome == "bytes" || outcome == "any", "\(id) was written")
        let text = String(decoding: buffer, as: UTF8.self)
        if expected["reparseEquals"]?.bool == true {
            XCTAssertEqual(try Element(parsing: text, in: .client), element, id)
        }
        for unwanted in expected["mustNotContain"]?.array ?? [] {
            XCTAssertFalse(text.contains(try XCTUnwrap(unwanted.string)), "\(id): \(text)")
        }
        for wanted in expected["mustContain"]?.array ?? [] {
            XCTAssertTrue(text.contains(try XCTUnwrap(wanted.string)), "\(id): \(text)")
        }
    }
}
