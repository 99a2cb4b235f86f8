import PresenceTestKit
import VectorSupport
import XCTest

@testable import StanzaKit

final class PunycodeTests: XCTestCase {
    /// Labels in use, and the samples of RFC 3492, section 7.1 that are in lower case.
    func testKnownLabels() {
        for (text, encoded) in [
            ("bücher", "bcher-kva"), ("例子", "fsqu00a"), ("测试", "0zwm56d"), ("straße", "strae-oqa"),
            ("ü", "tda"), ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
        ] {
            let scalars = Array(text.unicodeScalars)
            XCTAssertEqual(
                Punycode.encoded(scalars[...]).map { String(decoding: $0, as: UTF8.self) }, encoded)
            XCTAssertEqual(Punycode.decoded(Array(encoded.utf8)[...]), scalars, encoded)
        }
    }

    func testWhatStandsForNothing() {
        for encoded in [
            "aa99999999999999999", "-", "-tda", "99999999", "é", "TDA",
            // A surrogate, and beyond Unicode.
            "ud0", String(repeating: "a", count: 60),
        ] {
            let decoded = Punycode.decoded(Array(encoded.utf8)[...])
            let again = decoded.flatMap { Punycode.encoded($0[...]) }
            XCTAssertNotEqual(again, Array(encoded.utf8), encoded)
        }
    }

    /// Whatever fits into a label comes back; whatever does not is refused.
    func testRandomLabelsComeBack() throws {
        var generator = SeededGenerator(seed: 3492)
        let blocks: [ClosedRange<UInt32>] = [
            0x61...0x7A, 0xDF...0xFF, 0x370...0x3FF, 0x590...0x5FF, 0x4E00...0x9FFF,
            0x10000...0x10FFFF,
        ]
        var (fitting, refused) = (0, 0)
        for _ in 0..<4_000 {
            let count = Int.random(in: 1...70, using: &generator)
            let some = blocks.shuffled(using: &generator).prefix(2)
            let text = (0..<count).compactMap { _ in
                some.randomElement(using: &generator).flatMap {
                    Unicode.Scalar(UInt32.random(in: $0, using: &generator))
                }
            }
            guard let encoded = Punycode.encoded(text[...]) else {
                refused += 1
                continue
            }
            fitting += 1
            XCTAssertLessThanOrEqual(encoded.count, Punycode.maximumLength)
            if !text.allSatisfy(\.isASCII), Punycode.decoded(encoded[...]) != text {
                XCTFail("\(text)")
            }
        }
        XCTAssertGreaterThan(min(fitting, refused), 500)
    }

    /// Every text of up to four digits either stands for nothing or for one label that is written in
    /// no other way.
    func testEveryShortEncodingIsTheOnlyOne() {
        let alphabet = Array("a1-z9k".utf8)
        var texts: [[UInt8]] = [[]]
        var labels: Set<[Unicode.Scalar]> = []
        for _ in 0..<6 {
            texts = texts.flatMap { text in alphabet.map { text + [$0] } }
            for text in texts {
                guard let label = Punycode.decoded(text[...]), Punycode.encoded(label[...]) == text,
                    !label.allSatisfy(\.isASCII)
                else { continue }
                if !labels.insert(label).inserted { XCTFail("\(text)") }
            }
        }
        XCTAssertGreaterThan(labels.count, 1_000)
    }
}
