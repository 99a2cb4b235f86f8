import Foundation
import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

/// Streams that were damaged at random: whatever comes of them is the same however they are cut,
/// and what is delivered can be written and read back.
final class MutatedStreamTests: XCTestCase {
    func testDamagedStreamsGiveTheSameHoweverTheyAreCut() throws {
        let seed = ProcessInfo.processInfo.environment["PRESENCEKIT_SEED"].flatMap(UInt64.init) ?? 1
        let count =
            ProcessInfo.processInfo.environment["PRESENCEKIT_MUTATIONS"].flatMap(Int.init) ?? 5000
        var random = SeededGenerator(seed: seed)
        let inputs = try VectorFolder.all[0].files()
            .filter { $0.url.pathComponents.contains("inputs") }.map { try $0.bytes() }
            .filter { $0.count <= 2048 && StreamOutcome(of: $0, cuts: []).failure == nil }
        var accepted = 0
        var dropped = 0
        var elements = 0
        for number in 0..<count {
            let bytes = mutated(inputs, using: &random)
            let limits = randomLimits(using: &random)
            let whole = StreamOutcome(of: bytes, cuts: [], limits: limits)
            let cuts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Int.random(in: 0...bytes.count, using: &random)
            }
            for cuts in [cuts.sorted(), Array(StreamOutcome.chunks(of: 1, in: bytes))] {
                let outcome = StreamOutcome(of: bytes, cuts: cuts, limits: limits)
                XCTAssertEqual(
                    outcome, whole, "seed \(seed), number \(number), cut at \(cuts.prefix(6))")
                XCTAssertEqual(
                    outcome.failure?.text, whole.failure?.text, "seed \(seed), number \(number)")
            }
            for element in whole.elements {
                let text = String(decoding: try element.serialized(), as: UTF8.self)
                XCTAssertEqual(try Element(parsing: text, in: .client), element, text)
            }
            elements += whole.elements.count
            accepted += whole.failure == nil ? 1 : 0
            dropped += whole.dropped.count
        }
        // Nothing is tested by streams that all fail at once.
        XCTAssertGreaterThan(accepted, count / 10)
        XCTAssertGreaterThan(elements, count / 10)
        XCTAssertGreaterThan(dropped, count / 100)
        print(
            "damaged \(count) streams with seed \(seed): \(accepted) well-formed, \(elements) elements, \(dropped) dropped"
        )
    }

    /// Limits that such streams cross now and then.
    private func randomLimits(using random: inout SeededGenerator) -> ParserLimits {
        var limits = ParserLimits()
        limits.headerBytes = 400
        limits.stanzaBytes = Int.random(in: 20...400, using: &random)
        limits.textBytes = Int.random(in: 1...120, using: &random)
        limits.attributeValueBytes = Int.random(in: 60...120, using: &random)
        limits.namespaceBytes = Int.random(in: 40...80, using: &random)
        limits.depth = Int.random(in: 1...6, using: &random)
        limits.attributes = Int.random(in: 4...6, using: &random)
        limits.nodes = Int.random(in: 2...16, using: &random)
        limits.nameBytes = Int.random(in: 15...40, using: &random)
        return limits
    }

    private func mutated(_ inputs: [[UInt8]], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = inputs[Int.random(in: 0..<inputs.count, using: &random)]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0...40, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 1: bytes.removeSubrange(place..<min(end, place + 2))
            case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            case 3:
                let tokens = [
                    "<a>", "</a>", "<b/>", "<![CDATA[", "]]>", "&amp;", "&#x41;", " k='v'",
                    "xmlns='u'", "\u{e9}", "'",
                ]
                let token = tokens[Int.random(in: 0..<tokens.count, using: &random)]
                bytes.insert(contentsOf: token.utf8, at: place)
            default:
                let other = inputs[Int.random(in: 0..<inputs.count, using: &random)]
                let start = Int.random(in: 0..<other.count, using: &random)
                bytes.insert(contentsOf: other[start..<min(other.count, start + 60)], at: place)
            }
        }
        return bytes
    }
}
