import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays what servers really sent, and the examples of the standards.
final class StreamReplayTests: XCTestCase {
    func testEveryFileIsOfAKindThatIsReplayedOrAnnounced() throws {
        let replayed: Set<VectorFolder.Kind> = [
            .security, .transcripts, .specExamples, .corpora, .jid, .presence, .subscription,
            .roster,
        ]
        var announced: Set<VectorFolder.Kind> = []
        for folder in VectorFolder.all {
            let files = try folder.files()
            XCTAssertFalse(files.isEmpty, "\(folder.url.path()) holds nothing")
            for file in files {
                let kind = try XCTUnwrap(file.kind, "\(file.url.path()) is of no kind")
                if replayed.contains(kind) { continue }
                if announced.insert(kind).inserted { print("not replayed yet: \(kind.rawValue)") }
                XCTAssertFalse(
                    folder.isExtra, "\(file.url.path()): \(kind.rawValue) is not replayed yet")
            }
        }
    }

    /// Every byte file: the same however it is cut, equal to the stanzas that the transcript lists,
    /// and written back without loss.
    func testTranscriptsOfServersAreTheSameHoweverTheyAreCut() throws {
        for file in try VectorFolder.files(of: .transcripts) {
            let transcript = try file.json()
            let scenario = file.url.deletingPathExtension().lastPathComponent
            let recorded = try XCTUnwrap(transcript["streams"]?.array)
            var steps = 0
            var elements = try checkSent(transcript, scenario)
            for stream in recorded {
                let name = try XCTUnwrap(stream["name"]?.string)
                let listed = try listedElements(of: name, in: transcript)
                elements += listed.count
                try listed.forEach(checkRoundTrip)
                let suffix = name.map { $0 == "/" || $0 == "#" ? "_" : String($0) }.joined()
                let binaries = try file.companions("\(scenario).\(suffix).s2c", ".bin")
                for binary in binaries {
                    let bytes = try VectorFile.bytes(of: binary)
                    let outcome = try checkChunkings(of: bytes, binary.lastPathComponent, &steps)
                    XCTAssertEqual(outcome.elements, listed, binary.lastPathComponent)
                }
            }
            file.report(vectors: elements, steps: steps)
        }
    }

    /// What clients and components sent survives too, but for the one that sends no XML on purpose.
    private func checkSent(_ transcript: JSON, _ scenario: String) throws -> Int {
        var count = 0
        var malformed = 0
        for event in try XCTUnwrap(transcript["events"]?.array)
        where event["dir"]?.string == "C>S" && event["part"] == nil {
            let xml = try XCTUnwrap(event["xml"]?.string)
            do throws(StreamError) {
                try checkRoundTrip([try Element(parsing: xml, in: .client)])
                count += 1
            } catch {
                XCTAssertEqual(error.condition, .notWellFormed, xml)
                malformed += 1
            }
        }
        XCTAssertEqual(malformed, scenario == "stream-error-not-well-formed" ? 1 : 0, scenario)
        return count
    }

    private func listedElements(of stream: String, in transcript: JSON) throws -> [Element] {
        try XCTUnwrap(transcript["events"]?.array).compactMap { event in
            guard event["dir"]?.string == "S>C", event["stream"]?.string == stream,
                event["part"] == nil, let xml = event["xml"]?.string
            else { return nil }
            let kind = transcript["streams"]?.array?.first { $0["name"]?.string == stream }?[
                "kind"]?.string
            return try Element(parsing: xml, in: kind == "c2s" ? .client : .component)
        }
    }

    func testCorporaAreTheSameHoweverTheyAreCut() throws {
        for file in try VectorFolder.files(of: .corpora) {
            let bytes = try file.bytes()
            var steps = 0
            var elements: [Element]
            if file.url.lastPathComponent.hasSuffix(".iq.xml") {
                let xml = String(decoding: bytes, as: UTF8.self)
                elements = [try Element(parsing: xml, in: .client)]
                steps = 1
            } else {
                elements = try checkChunkings(of: bytes, file.name, &steps).elements
            }
            XCTAssertFalse(elements.isEmpty, file.name)
            try elements.forEach(checkRoundTrip)
            file.report(vectors: elements.count, steps: steps)
        }
    }

    func testExamplesOfTheStandardsSurviveParsingAndSerializing() throws {
        var withComments = 0
        for file in try VectorFolder.files(of: .specExamples) {
            let lines = try file.lines()
            XCTAssertFalse(lines.isEmpty, file.name)
            for line in lines {
                let xml = try XCTUnwrap(line["xml"]?.string)
                do throws(StreamError) {
                    try checkRoundTrip(try elements(of: xml))
                } catch {
                    XCTAssertEqual(error.condition, .restrictedXML, "\(error) in \(xml)")
                    XCTAssertTrue(xml.contains("<!--"), "\(error) in \(xml)")
                    withComments += 1
                }
            }
            file.report(vectors: lines.count, steps: lines.count)
        }
        print("refused with restricted-xml, for their comments: \(withComments)")
    }

    /// One element, or those of a whole stream.
    private func elements(of xml: String) throws(StreamError) -> [Element] {
        guard xml.contains("<stream:stream") else {
            return [try Element(parsing: xml, in: .client)]
        }
        let outcome = StreamOutcome(of: Array(xml.utf8), cuts: [])
        if let failure = outcome.failure { throw failure }
        XCTAssertTrue(outcome.isClosed || !xml.contains("</stream:stream>"), xml)
        return outcome.elements
    }

    // MARK: Checks

    /// Parses whole, in chunks of four sizes and, where the bytes are few, cut at random 200 times.
    private func checkChunkings(
        of bytes: [UInt8], _ name: String, _ steps: inout Int
    ) throws -> StreamOutcome {
        let whole = StreamOutcome(of: bytes, cuts: [], restartsAfterSuccess: true)
        XCTAssertNil(whole.failure, "\(name): \(whole.failure?.description ?? "")")
        XCTAssertEqual(whole.dropped, [], name)
        XCTAssertFalse(whole.headers.isEmpty, name)
        var cuttings = [1, 2, 7, 4096].map { Array(StreamOutcome.chunks(of: $0, in: bytes)) }
        if bytes.count <= 16 << 10 {
            var random = SeededGenerator(seed: UInt64(bytes.count))
            for _ in 0..<200 {
                let count = Int.random(in: 1...8, using: &random)
                cuttings.append(
                    (0..<count).map { _ in Int.random(in: 1..<bytes.count, using: &random) }
                        .sorted())
            }
        }
        for cuts in cuttings {
            let outcome = StreamOutcome(of: bytes, cuts: cuts, restartsAfterSuccess: true)
            XCTAssertEqual(outcome, whole, "\(name), cut at \(cuts.prefix(8))")
        }
        steps += cuttings.count + 1
        return whole
    }

    private func checkRoundTrip(_ elements: [Element]) throws(StreamError) {
        for element in elements {
            do {
                try checkRoundTrip(element)
            } catch {
                XCTFail("\(error) in \(element)")
            }
        }
    }

    private func checkRoundTrip(_ element: Element) throws {
        let bytes = try element.serialized()
        let again = try Element(parsing: String(decoding: bytes, as: UTF8.self), in: .client)
        XCTAssertEqual(again, element)
        XCTAssertEqual(again.attributes, element.attributes, "the order of attributes is kept")
        XCTAssertEqual(try again.serialized(), bytes)
    }
}
