import Foundation
import XCTest

@testable import PresenceProgram

final class PrinterTests: XCTestCase {
    /// What a line holds that a terminal may act on, beside its end.
    private static let forbidden: [Unicode.GeneralCategory] = [
        .control, .format, .lineSeparator, .paragraphSeparator,
    ]

    func testALineOfJSONIsReadAsItWasMeantAndHarmlessAsItStands() throws {
        let odd =
            (0...0x9F).compactMap(Unicode.Scalar.init) + [
                "\u{61C}", "\u{200D}", "\u{202E}", "\u{2028}", "\u{2029}", "\u{2066}", "\u{FEFF}",
                "\u{E0041}", "é", "名", "👩",
            ]
        for scalar: Unicode.Scalar in odd {
            var happening = Happening("changed")
            happening.status = "a\(scalar)\\\"/"
            let line = try JSONLine.encoded(happening)
            let value = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            XCTAssertEqual(
                value["status"]?.unicodeScalars.map(\.value),
                happening.status?.unicodeScalars.map(\.value))
            for scalar in line.unicodeScalars {
                XCTAssertFalse(
                    Self.forbidden.contains(scalar.properties.generalCategory), line)
            }
        }
    }

    func testALineOfJSONHasNoFieldsWithoutValueAndNoneForPeople() throws {
        var happening = Happening("renamed")
        happening.isPending = true
        happening.problem = "no"
        happening.groups = ["b", "a"]
        happening.text = "for people"
        XCTAssertEqual(
            try JSONLine.encoded(happening),
            #"{"error":"no","event":"renamed","groups":["b","a"],"pending":true}"#)
    }

    @MainActor
    func testPeopleAndProgramsSeeTheirOwnLines() async throws {
        for printsJSON in [false, true] {
            let pipe = Pipe()
            let printer = Printer(printsJSON: printsJSON, to: pipe.fileHandleForWriting)
            var happening = Happening("changed")
            happening.text = "Romeo is\u{1B}[2J away\nYou are rich."
            printer.tell(happening)
            printer.tell(Happening("silent"))
            printer.show("tree")
            try pipe.fileHandleForWriting.close()
            let printed = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            XCTAssertEqual(
                printed,
                printsJSON
                    ? "{\"event\":\"changed\"}\n{\"event\":\"silent\"}\n"
                    : "Romeo is [2J away You are rich.\ntree\n")
        }
    }

    @MainActor
    func testAReaderThatIsGoneIsNoticedOnce() async throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let printer = Printer(printsJSON: false, to: pipe.fileHandleForWriting)
        var losses = 0
        printer.onLoss = { [unowned printer] in
            losses += 1
            printer.show("again")
        }
        XCTAssertFalse(printer.isLost)
        printer.show("a")
        printer.show("b")
        XCTAssert(printer.isLost)
        XCTAssertEqual(losses, 1)
    }
}
