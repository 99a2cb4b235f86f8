import Foundation
import PresenceKit
import XCTest

final class DateTimeTests: XCTestCase {
    private func seconds(_ text: String) -> Int64? { DateTime(text)?.secondsSince1970 }

    func testTheMoonIsReachedAtOneMomentInTwoZones() throws {
        let moon = try XCTUnwrap(DateTime("1969-07-21T02:56:15Z"))
        XCTAssertEqual(moon, DateTime("1969-07-20T21:56:15-05:00"))
        XCTAssertEqual(moon.description, "1969-07-21T02:56:15Z")
        XCTAssertEqual(moon.secondsSince1970, -14_159_025)
        XCTAssertEqual(seconds("1970-01-01T00:00:00Z"), 0)
        XCTAssertEqual(seconds("2002-09-10T23:08:25Z"), 1_031_699_305)
    }

    /// Against a calendar that only counts on.
    func testEveryYearBeginsWhereTheOneBeforeEnds() {
        var day: Int64 = -719_528
        for year in 0...9999 {
            let text = String(String(10_000 + year).dropFirst())
            let isLeap = year % 400 == 0 || year % 4 == 0 && year % 100 != 0
            XCTAssertEqual(seconds("\(text)-01-01T00:00:00Z"), day * 86_400, text)
            XCTAssertEqual(DateTime("\(text)-02-29T00:00:00Z") != nil, isLeap, text)
            let march = day + (isLeap ? 60 : 59)
            XCTAssertEqual(seconds("\(text)-03-01T00:00:00Z"), march * 86_400, text)
            day += isLeap ? 366 : 365
            XCTAssertEqual(seconds("\(text)-12-31T23:59:59Z"), day * 86_400 - 1, text)
            XCTAssertEqual(
                DateTime(secondsSince1970: day * 86_400 - 1)?.description,
                "\(text)-12-31T23:59:59Z")
        }
        XCTAssertEqual(day, 2_932_897)
    }

    func testEveryDayOfFourCenturiesIsReadAsItIsWritten() {
        var before = ""
        for day in stride(from: Int64(0), to: 146_097, by: 1) {
            guard let moment = DateTime(secondsSince1970: day * 86_400 + day % 86_400) else {
                return XCTFail("no day \(day)")
            }
            let text = moment.description
            if DateTime(text) != moment || !(before < text) {
                return XCTFail("\(before), \(text)")
            }
            before = text
        }
    }

    func testFractionsAreExactToTheNanosecond() throws {
        for (fraction, nanoseconds, written) in [
            (".5", 500_000_000, ".5"), (".123", 123_000_000, ".123"),
            (".000000001", 1, ".000000001"),
            (".9999999999", 999_999_999, ".999999999"), (".0", 0, ""), (".050", 50_000_000, ".05"),
            (".00000000099999999999999999999999", 0, ""),
        ] {
            let moment = try XCTUnwrap(DateTime("2002-09-10T23:08:25\(fraction)Z"))
            XCTAssertEqual(moment.nanoseconds, Int32(nanoseconds), fraction)
            XCTAssertEqual(moment.description, "2002-09-10T23:08:25\(written)Z")
        }
        let before = try XCTUnwrap(DateTime("1969-12-31T23:59:59.75Z"))
        XCTAssertEqual(before.secondsSince1970, -1)
        XCTAssertEqual(before.timeIntervalSince1970, -0.25)
        XCTAssertEqual(before.description, "1969-12-31T23:59:59.75Z")
    }

    func testLeapSecondsAndTheEndOfADayAreTheBeginningOfTheNext() {
        let year = seconds("2017-01-01T00:00:00Z")
        XCTAssertEqual(seconds("2016-12-31T23:59:60Z"), year)
        XCTAssertEqual(seconds("2016-12-31T18:59:60-05:00"), year)
        XCTAssertEqual(seconds("2017-01-01T08:59:60+09:00"), year)
        XCTAssertEqual(seconds("2016-12-31T24:00:00Z"), year)
        XCTAssertEqual(DateTime("2016-12-31T23:59:60.5Z")?.nanoseconds, 500_000_000)
        for odd in [
            "2016-12-31T23:58:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T23:59:61Z",
            "2016-12-31T24:00:01Z", "2016-12-31T24:00:00.1Z", "2016-12-31T24:01:00Z",
        ] {
            XCTAssertNil(DateTime(odd), odd)
        }
    }

    func testWhatIsNoMomentOfTheProfileIsNone() {
        for odd in [
            "", " ", "now", "2002-09-10", "23:08:25Z", "2002-09-10T23:08:25",
            "2002-09-10 23:08:25Z",
            "2002-09-10t23:08:25Z", "2002-09-10T23:08:25z", "20020910T23:08:25",
            "2002-9-10T23:08:25Z",
            "2002-09-10T23:08Z", "2002-09-10T23:08:25.Z", "2002-09-10T23:08:25,5Z",
            "2002-09-10T23:08:25+5", "2002-09-10T23:08:25+0500", "2002-09-10T23:08:25+14:01",
            "2002-09-10T23:08:25+15:00", "2002-09-10T23:08:25+01:60", "2002-09-10T23:08:25ZZ",
            "2002-00-10T23:08:25Z", "2002-13-10T23:08:25Z", "2002-09-00T23:08:25Z",
            "2002-09-31T23:08:25Z", "2001-02-29T23:08:25Z", "1900-02-29T23:08:25Z",
            "2002-09-10T25:08:25Z", "2002-09-10T23:60:25Z", "-2002-09-10T23:08:25Z",
            "12002-09-10T23:08:25Z", "+002-09-10T23:08:25Z", "2002-09-10T-1:08:25Z",
            "\u{0662}002-09-10T23:08:25Z", "2002-09-10T23:08:25\u{2212}01:00",
            "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T24:00:00Z",
            "9999-12-31T23:59:60Z",
        ] {
            XCTAssertNil(DateTime(odd), odd)
        }
        for fine in [
            "\n 2002-09-10T23:08:25Z ", "2002-09-10T23:08:25+00:00", "2002-09-10T23:08:25-00:00",
            "2002-09-11T13:08:25+14:00", "2002-09-10T09:08:25-14:00", "2002-09-11T00:38:25+01:30",
        ] {
            XCTAssertEqual(seconds(fine), 1_031_699_305, fine)
        }
    }

    /// No prefix and no change of one byte traps.
    func testDamagedMomentsAreReadOrRefused() {
        let text = Array("2016-12-31T23:59:60.123456789+14:00".utf8)
        var read = 0
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = text
                damaged[index] = byte
                if DateTime(String(decoding: damaged, as: UTF8.self)) != nil { read += 1 }
            }
            XCTAssertNil(DateTime(String(decoding: text[..<index], as: UTF8.self)))
        }
        XCTAssertGreaterThan(read, 0)
    }

    func testTheBoundsAreTheYears0And9999() {
        let (first, last): (Int64, Int64) = (-62_167_219_200, 253_402_300_799)
        XCTAssertEqual(DateTime(secondsSince1970: first)?.description, "0000-01-01T00:00:00Z")
        XCTAssertEqual(
            DateTime(secondsSince1970: last, nanoseconds: 999_999_999)?.description,
            "9999-12-31T23:59:59.999999999Z")
        for seconds in [first - 1, last + 1, .min, .max] {
            XCTAssertNil(DateTime(secondsSince1970: seconds))
        }
        for nanoseconds: Int32 in [-1, 1_000_000_000, .min, .max] {
            XCTAssertNil(DateTime(secondsSince1970: 0, nanoseconds: nanoseconds))
        }
    }

    func testMomentsAreComparedAndSubtracted() throws {
        let moments = try [
            "0000-01-01T00:00:00Z", "1969-12-31T23:59:59.9Z", "1970-01-01T01:00:00+01:00",
            "1970-01-01T00:00:00.000000001Z", "9999-12-31T23:59:59Z",
        ].map { try XCTUnwrap(DateTime($0)) }
        for (left, right) in moments.indices.flatMap({ left in moments.indices.map { (left, $0) } })
        {
            XCTAssertEqual(moments[left] < moments[right], left < right)
            XCTAssertEqual(moments[left] == moments[right], left == right)
            XCTAssertEqual(moments[left] - moments[right] < .zero, left < right)
        }
        XCTAssertEqual(moments[2] - moments[1], .milliseconds(100))
        XCTAssertEqual(moments[3] - moments[2], .nanoseconds(1))
        XCTAssertEqual(moments[1] - moments[2], .milliseconds(-100))
        XCTAssertEqual(moments[4] - moments[0], .seconds(315_569_519_999))
        let date = Date(timeIntervalSince1970: moments[1].timeIntervalSince1970)
        XCTAssertEqual(date.timeIntervalSince1970, -0.1, accuracy: 1e-6)
    }
}
