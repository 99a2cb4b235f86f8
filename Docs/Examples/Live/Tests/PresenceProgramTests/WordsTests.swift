import XCTest

@testable import PresenceProgram

final class WordsTests: XCTestCase {
    func testBlanksSeparateWordsUnlessTheyAreQuoted() throws {
        for (line, words) in [
            ("", []), ("  ", []), ("a", ["a"]), (" a\tb ", ["a", "b"]),
            ("a \"b c\" d", ["a", "b c", "d"]), ("a \"\" b", ["a", "", "b"]),
            ("a\"b c\"d", ["ab cd"]), (#"a\ b \" \\"#, ["a b", "\"", "\\"]),
            (#""a\"b""#, ["a\"b"]),
        ] {
            XCTAssertEqual(try Words.split(line), words, line)
        }
    }

    func testALineThatIsNotFinishedIsRefused() {
        for line in ["\"", "a \"b", #"a \"#, #""\""#] {
            XCTAssertThrowsError(try Words.split(line), line)
        }
    }

    func testNoControlCharacterReachesATerminal() {
        for value in Array(0...0x1F) + Array(0x7F...0x9F) + [0x2028, 0x2029] {
            let scalar = Unicode.Scalar(UInt32(value)) ?? "x"
            XCTAssertEqual(Words.shown("a\(scalar)b"), "a b", "U+\(String(value, radix: 16))")
        }
    }

    func testNothingTurnsTheLineRound() {
        for value in [0x061C, 0x200B, 0x200E, 0x200F, 0xFEFF, 0xE0041]
            + Array(0x202A...0x202E) + Array(0x2060...0x2069)
        {
            guard let scalar = Unicode.Scalar(UInt32(value)),
                scalar.properties.generalCategory == .format
            else { continue }
            XCTAssertEqual(Words.shown("a\(scalar)b"), "ab", "U+\(String(value, radix: 16))")
        }
        let family = "👩\u{200D}👧"
        XCTAssertEqual(Words.shown("\(family) é 名"), "\(family) é 名")
    }
}
