import VectorSupport
import XCTest

/// What the replays themselves stand on.
final class VectorSupportTests: XCTestCase {
    func testSHA256GivesThePublishedDigests() {
        XCTAssertEqual(
            SHA256.hexDigest(of: Array("abc".utf8)),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        XCTAssertEqual(
            SHA256.hexDigest(of: Array(repeating: UInt8(ascii: "a"), count: 1_000_000)),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        XCTAssertEqual(
            SHA256.hexDigest(of: []),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    func testJSONKeepsNamesApartThatAreCanonicallyEquivalent() throws {
        let json = try JSON(
            Array(#"{"\u00e9": 1, "e\u0301": 2, "\ud83d\ude00": "\ud83d\ude00"}"#.utf8))
        XCTAssertEqual(json.members?.count, 3)
        XCTAssertEqual(json["\u{e9}"]?.int, 1)
        XCTAssertEqual(json["e\u{301}"]?.int, 2)
        XCTAssertEqual(json["\u{1F600}"]?.string, "\u{1F600}")
    }

    func testJSONRefusesWhatIsNoJSON() {
        for text in ["", "{", "[1,]", "\"", "tru", "{\"a\" 1}", "1 2", "[\"\\u12\"]"] {
            XCTAssertThrowsError(try JSON(Array(text.utf8)), text)
        }
    }
}
