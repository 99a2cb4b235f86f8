import Foundation
import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

final class RosterJSONTests: XCTestCase {
    private func text(_ roster: Roster) -> String { String(decoding: roster.json(), as: UTF8.self) }

    /// The code of the error and the place that it names.
    private func refusal(of text: String) -> String {
        refusal(of: Array(text.utf8))
    }

    private func refusal(of bytes: [UInt8]) -> String {
        do throws(RosterImportError) {
            _ = try Roster(json: bytes)
            return "accepted"
        } catch {
            return error.description
        }
    }

    func testTheSameRosterIsAlwaysTheSameBytes() throws {
        let json = """
            { "ver" : "7", "items" : {
                "juliet@capulet.example" : { "name" : "Juliet \\u00e9", "groups" : [ "b", "B", "a" ],
                    "approved" : false, "subscription" : "both" },
                "Benvolio@Montague.example" : { "approved" : true, "ask" : "subscribe" } } }
            """
        let expected =
            #"{"items":{"benvolio@montague.example":{"approved":true,"ask":"subscribe","subscription":"none"},"#
            + #""juliet@capulet.example":{"groups":["B","a","b"],"name":"Juliet é","subscription":"both"}},"ver":"7"}"#
        let roster = try Roster(json: json.utf8)
        XCTAssertEqual(text(roster), expected)
        XCTAssertEqual(roster.version, "7")
        XCTAssertEqual(roster.state, .fromCache)
        XCTAssertEqual(roster.groupNames, ["B", "a", "b"])
        XCTAssertEqual(text(Roster()), #"{"items":{},"ver":null}"#)
    }

    func testOnlyQuotesBackslashesAndControlCharactersAreEscaped() throws {
        let json =
            #"{"items":{"a@x":{"name":"\"\\\/\t\n\r\u007f\u2028\ud83d\ude00 <é>"}},"ver":""}"#
        XCTAssertEqual(
            text(try Roster(json: json.utf8)),
            #"{"items":{"a@x":{"name":"\"\\/\t\n\r"# + "\u{7F}\u{2028}😀 <é>"
                + #"","subscription":"none"}},"ver":""}"#)
    }

    func testAbsentMembersMeanWhatTheyAreLeftOutForAndUnknownOnesAreIgnored() throws {
        let roster = try Roster(json: #"{"items":{"a@x/r":{"x":[1.5e-7,{"y":null}]}},"z":""}"#.utf8)
        XCTAssertEqual(text(roster), #"{"items":{"a@x":{"subscription":"none"}},"ver":null}"#)
        XCTAssertEqual(try Roster(json: "{}".utf8).count, 0)
    }

    func testEmptyNamesAndGroupsAreNone() throws {
        let json = #"{"items":{"a@x":{"name":"","groups":["",null,"G"]},"b@x":{"name":null}}}"#
        let roster = try Roster(json: json.utf8)
        XCTAssertNil(roster["a@x"]?.name)
        XCTAssertNil(roster["b@x"]?.name)
        XCTAssertEqual(roster["a@x"]?.groups, ["G"])
    }

    func testAnErrorNamesWhatIsWrongAndWhere() {
        let documents = [
            (#"[1,2,3]"#, "unexpectedType at the document"),
            (#"{"items":"x"}"#, "unexpectedType at items"),
            (#"{"items":null}"#, "unexpectedType at items"),
            (#"{"ver":9}"#, "unexpectedType at ver"),
            (#"{"ver":"\u0001"}"#, "invalidCharacter at ver"),
            (#"{"items":{"a@x":[]}}"#, #"unexpectedType at items["a@x"]"#),
            (#"{"items":{"@x":{}}}"#, #"invalidAddress at items["@x"]"#),
            (#"{"items":{"":{}}}"#, #"invalidAddress at items[""]"#),
            (#"{"items":{"a@x":{},"A@X":{}}}"#, #"duplicate at items["A@X"]"#),
            (#"{"items":{"a@x":{},"a@x/r":{}}}"#, #"duplicate at items["a@x/r"]"#),
            (#"{"items":{"a@x":{},"a@x":{}}}"#, "duplicate at byte 19"),
            (#"{"items":{"a@x":{"name":"\u0000"}}}"#, #"invalidCharacter at items["a@x"].name"#),
            (#"{"items":{"a@x":{"name":"\uffff"}}}"#, #"invalidCharacter at items["a@x"].name"#),
            (#"{"items":{"a@x":{"name":1}}}"#, #"unexpectedType at items["a@x"].name"#),
            (#"{"items":{"a@x":{"groups":"G"}}}"#, #"unexpectedType at items["a@x"].groups"#),
            (
                #"{"items":{"a@x":{"groups":["G",2]}}}"#,
                #"unexpectedType at items["a@x"].groups[1]"#
            ),
            (#"{"items":{"a@x":{"approved":1}}}"#, #"unexpectedType at items["a@x"].approved"#),
            (#"{"items":{"a@x":{"ask":""}}}"#, #"undefinedValue at items["a@x"].ask"#),
        ]
        for (document, expected) in documents {
            XCTAssertEqual(refusal(of: document), expected, document)
        }
        for subscription in [#""""#, #""remove""#, #""Both""#, #""owner""#] {
            XCTAssertEqual(
                refusal(of: #"{"items":{"a@x":{"subscription":\#(subscription)}}}"#),
                #"undefinedValue at items["a@x"].subscription"#)
        }
        XCTAssertEqual(
            refusal(of: #"{"items":{"a@x":{"subscription":null}}}"#),
            #"unexpectedType at items["a@x"].subscription"#)
        XCTAssertEqual(
            RosterImportError(.duplicate, at: "here"), RosterImportError(.duplicate, at: "there"))
    }

    func testWhatIsNoJSONIsRefusedAtTheByteThatBreaksIt() {
        let texts: [(String, Int)] = [
            ("", 0), (" ", 1), ("\u{FEFF}{}", 0), ("{}\0", 2), ("{} {}", 3), ("{", 1), ("[", 1),
            ("nul", 3), ("nil", 1), ("True", 0), ("'a'", 0), ("[1,]", 3), ("[1 2]", 3), ("[,]", 1),
            (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{a:1}"#, 1), (#"{1:1}"#, 1),
            ("[01]", 2), ("[-]", 2), ("[+1]", 1), ("[1.]", 3), ("[.5]", 1), ("[1e]", 3),
            ("[1e+]", 4), ("[0x1]", 2), ("[NaN]", 1), ("[--1]", 2), (#"["a"#, 3), ("[\"\n\"]", 2),
            ("[\"\0\"]", 2), (#"["\"#, 3), (#"["\x"]"#, 3), (#"["\u12"]"#, 6), (#"["\u12g4"]"#, 6),
            (#"["\ud800"]"#, 3), (#"["\ud800\n"]"#, 9), (#"["\ud800\u0041"]"#, 3),
            (#"["\udc00"]"#, 3), (#"["\ud800\ud800"]"#, 3), ("/**/{}", 0), ("{}//", 2),
        ]
        for (text, byte) in texts {
            XCTAssertEqual(refusal(of: text), "malformed at byte \(byte)", text)
        }
        for octets: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
        ] {
            let bytes = Array(#"{"ver":""#.utf8) + octets + Array(#""}"#.utf8)
            XCTAssertEqual(refusal(of: bytes), "malformed at byte 8")
        }
    }

    func testEveryScalarIsReadRawAndEscapedAndWrittenBack() throws {
        for range in [0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x107FF, 0x10FF00...0x10FFFF] {
            let scalars = range.compactMap { Unicode.Scalar(UInt32($0)) }
            let name = String(String.UnicodeScalarView(scalars))
            let written = JSON.object([
                ("items", .object([("a@x", .object([("name", .string(name))]))]))
            ])
            let roster = try Roster(json: written.bytes)
            XCTAssertEqual(roster["a@x"]?.name.map { Array($0.utf8) }, Array(name.utf8))
            let again = try Roster(json: roster.json())
            XCTAssertEqual(again["a@x"]?.name.map { Array($0.utf8) }, Array(name.utf8))
        }
    }

    func testDepthAndSizeAreLimited() {
        func nested(_ depth: Int) -> String {
            #"{"x":"# + String(repeating: "[", count: depth - 1)
                + String(repeating: "]", count: depth - 1) + "}"
        }
        XCTAssertEqual(refusal(of: nested(64)), "accepted")
        XCTAssertEqual(refusal(of: nested(65)), "tooLarge at byte 68")
        XCTAssertEqual(
            refusal(of: String(repeating: "[", count: 1_000_000)), "tooLarge at byte 64")
        XCTAssertEqual(
            refusal(of: Array(repeating: 0x20, count: Roster.maximumJSONBytes + 1)),
            "tooLarge at byte \(Roster.maximumJSONBytes)")
    }

    func testAddressesNamesAndGroupsThatAreCanonicallyEquivalentStayApart() throws {
        // No rule lets a space into an address, so that only octets tell these two apart.
        let addresses = ["\u{E9} a@x", "e\u{301} a@x"]
        let groups = JSON.array([.string("\u{E9}"), .string("e\u{301}")])
        let items = addresses.map {
            ($0, JSON.object([("groups", groups), ("name", .string($0))]))
        }
        let roster = try Roster(json: JSON.object([("items", .object(items))]).bytes)
        XCTAssertEqual(roster.count, 2)
        XCTAssertEqual(roster.groupNames.count, 2)
        let again = try Roster(json: roster.json())
        XCTAssertEqual(again.json(), roster.json())

        let members = try XCTUnwrap(try JSON(roster.json())["items"]?.members)
        XCTAssertEqual(
            Set(members.map { Array($0.key.utf8) }), Set(addresses.map { Array($0.utf8) }))

        // Foundation keeps both groups and the exact name, but one address of the two.
        let read = try JSONSerialization.jsonObject(with: Data(roster.json()))
        let found = try XCTUnwrap((read as? [String: Any])?["items"] as? [String: [String: Any]])
        XCTAssertEqual(found.count, 1)
        let kept = try XCTUnwrap(found.first)
        XCTAssertEqual((kept.value["groups"] as? [String])?.map { Array($0.utf8) }.count, 2)
    }

    func testNothingIsLostOnTheWayThroughFoundationWhereAddressesKeepTheRules() throws {
        for seed in 0..<10 {
            let roster = try Roster(json: RosterMaker(seed: seed).document(count: 40))
            let read = try JSONSerialization.jsonObject(with: Data(roster.json()))
            let written = try JSONSerialization.data(withJSONObject: read)
            XCTAssertEqual(try Roster(json: written).json(), roster.json(), "seed \(seed)")
        }
    }

    func testGeneratedRostersAreTheSameAfterExportAndImport() throws {
        for seed in 0..<60 {
            let document = RosterMaker(seed: seed).document(count: seed % 50)
            let roster = try Roster(json: document)
            let again = try Roster(json: roster.json())
            XCTAssertEqual(again.json(), roster.json(), "seed \(seed)")
            XCTAssertEqual(again.count, roster.count)
            XCTAssertEqual(again.version, roster.version)
            for (left, right) in zip(again.items, roster.items) {
                XCTAssertEqual(left.jid, right.jid)
                XCTAssertNotEqual(left.id, right.id, "an import begins new lives")
                XCTAssertTrue(
                    left.name.map { Array($0.utf8) } == right.name.map { Array($0.utf8) })
                XCTAssertTrue(
                    left.groups.map { Array($0.utf8) } == right.groups.map { Array($0.utf8) })
                XCTAssertEqual(left.subscription, right.subscription)
                XCTAssertEqual(left.isPendingOut, right.isPendingOut)
                XCTAssertEqual(left.isApproved, right.isApproved)
            }
        }
    }

    func testDamageAtAnyByteOfADocumentNeverTraps() throws {
        let bytes = RosterMaker(seed: 1).document(count: 2)
        var generator = SeededGenerator(seed: 1)
        for index in bytes.indices {
            _ = refusal(of: Array(bytes[..<index]))
            for byte: UInt8 in [
                0, 0x22, 0x5C, 0x7B, 0x80, 0xFF, .random(in: 0...255, using: &generator),
            ] {
                var damaged = bytes
                damaged[index] = byte
                if let roster = try? Roster(json: damaged) {
                    XCTAssertEqual(try Roster(json: roster.json()).json(), roster.json())
                }
            }
        }
    }
}
