import Foundation
import VectorSupport
import XCTest

@testable import StanzaKit

/// The tables, against what others derived from the same version of Unicode.
final class UnicodePropertiesTests: XCTestCase {
    private static let classNames: [UnicodeProperties.PRECISClass: String] = [
        .valid: "PVALID", .freeform: "FREE", .joiner: "CONTEXTJ", .contextual: "CONTEXTO",
        .disallowed: "DISALLOWED", .unassigned: "UNASSIGNED",
    ]

    /// The recorded table of RFC 8264, section 8 and RFC 5892, section 3, for every code point.
    func testTheClassOfEveryCodePoint() throws {
        for folder in VectorFolder.all {
            for file in try folder.files()
            where file.url.lastPathComponent.hasPrefix("precis-idna-classes") {
                var (next, ranges) = (0 as UInt32, 0)
                let text = String(decoding: try Data(contentsOf: file.url), as: UTF8.self)
                for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                    let fields = line.split(separator: ";").map(String.init)
                    let ends = fields[0].split(separator: ".").compactMap { UInt32($0, radix: 16) }
                    XCTAssertEqual(ends.count, 2)
                    XCTAssertEqual(ends[0], next, "a gap")
                    next = ends[1] + 1
                    ranges += 1
                    for value in ends[0]...ends[1] {
                        guard let scalar = Unicode.Scalar(value) else {
                            if fields[1] != "SURROGATE" { XCTFail("\(value)") }
                            continue
                        }
                        let name = Self.classNames[scalar.unicode.precisClass]
                        let label = scalar.unicode.isValidInLabel ? "PVALID" : "DISALLOWED"
                        let isEither = ["PVALID", "FREE"].contains(name)
                        if name != fields[1] || (isEither ? label : name) != fields[2] {
                            XCTFail("U+\(String(value, radix: 16)): \(line)")
                        }
                    }
                }
                XCTAssertEqual(next, 0x110000)
                file.report(vectors: ranges, steps: Int(next))
            }
        }
    }

    /// What the standard library knows too, as far as no later version of Unicode changed it.
    func testTheStandardLibraryAgrees() {
        var differing: [String] = []
        for value in 0..<0x110000 as Range<UInt32> {
            guard let scalar = Unicode.Scalar(value), scalar.unicode.precisClass != .unassigned
            else { continue }
            let (ours, theirs) = (scalar.unicode, scalar.properties)
            let isMark: Bool =
                switch theirs.generalCategory {
                case .nonspacingMark, .spacingMark, .enclosingMark: true
                default: false
                }
            var lower: [Unicode.Scalar] = []
            UnicodeMapping.appendLowercase(of: scalar, to: &lower)
            let agrees =
                ours.combiningClass == UInt32(theirs.canonicalCombiningClass.rawValue)
                && ours.isMark == isMark
                && ours.isSpace == (theirs.generalCategory == .spaceSeparator)
                && lower == Array(theirs.lowercaseMapping.unicodeScalars)
                && ours.hasLowercase == (lower != [scalar])
            if !agrees { differing.append(String(value, radix: 16)) }
        }
        // Assigned a new capital letter or corrected later: a handful at most.
        XCTAssertLessThan(differing.count, 10, "\(differing)")
    }

    /// Every row of Unicode's own test, which `PRESENCEKIT_NORMALIZATION_TEST` names.
    func testNormalizationFormCOfTheWholeTest() throws {
        let variable = "PRESENCEKIT_NORMALIZATION_TEST"
        guard let path = ProcessInfo.processInfo.environment[variable] else {
            throw XCTSkip(
                """
                name Unicode's NormalizationTest.txt, of version 15.0, in \(variable): \
                bzcat /usr/share/unicode/NormalizationTest.txt.bz2 > NormalizationTest.txt
                """)
        }
        let data = try Data(contentsOf: URL(filePath: path))
        let text = String(decoding: data, as: UTF8.self)
        XCTAssertTrue(text.hasPrefix("# NormalizationTest-15.0"), "another version")
        var (rows, single) = (0, Set<Unicode.Scalar>())
        var isSingle = false
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("@") {
                isSingle = line.hasPrefix("@Part1")
                continue
            }
            let columns = line.split(separator: ";").prefix(5).map { column in
                column.split(separator: " ").compactMap {
                    UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
                }
            }
            XCTAssertEqual(columns.count, 5)
            if isSingle { single.insert(columns[0][0]) }
            // c2 == NFC(c1) == NFC(c2) == NFC(c3); c4 == NFC(c4) == NFC(c5).
            for (source, target) in [(0, 1), (1, 1), (2, 1), (3, 3), (4, 3)] {
                if NormalizationFormC.normalized(columns[source]) != columns[target] {
                    XCTFail("column \(source + 1): \(line)")
                }
            }
            rows += 1
        }
        XCTAssertGreaterThan(rows, 19_000)
        for value in 0..<0x110000 as Range<UInt32> {
            if let scalar = Unicode.Scalar(value), !single.contains(scalar),
                NormalizationFormC.normalized([scalar]) != [scalar]
            {
                XCTFail("U+\(String(value, radix: 16)) is not its own form")
            }
        }
        print("normalized \(rows) rows of NormalizationTest, and every other code point alone")
    }

    /// Preparing is idempotent, as RFC 8264, section 7 wants it: for every code point alone, and for
    /// those that are mapped with others around them.
    func testPreparingTwiceIsPreparingOnce() {
        var accepted = 0
        for value in 0..<0x110000 as Range<UInt32> {
            guard let scalar = Unicode.Scalar(value), scalar.unicode.precisClass != .unassigned
            else { continue }
            let unicode = scalar.unicode
            let isMapped =
                unicode.hasLowercase || unicode.hasWidthMapping || unicode.mayChangeInFormC
            let texts: [[Unicode.Scalar]] =
                isMapped ? [["a", scalar], [scalar, "\u{301}"], [scalar, "\u{323}", "a"]] : []
            for text in texts + [[scalar]] {
                for part in [JIDError.Part.local, .domain, .resource] {
                    guard let once = try? prepared(text, part) else { continue }
                    accepted += 1
                    if (try? prepared(once, part)) != once {
                        XCTFail("\(text.map { String($0.value, radix: 16) })")
                    }
                }
            }
        }
        XCTAssertGreaterThan(accepted, 400_000)
    }

    private func prepared(
        _ text: [Unicode.Scalar], _ part: JIDError.Part
    ) throws -> [Unicode.Scalar] {
        switch part {
        case .local: try LocalPart.prepared(text, allowing: [])
        case .domain: try DomainName.prepared(text, allowing: [])
        case .resource: try ResourcePart.prepared(text, allowing: [])
        }
    }
}
