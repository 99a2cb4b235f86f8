import XCTest

@testable import LiveConnection

final class BackOffTests: XCTestCase {
    /// Gives the same number for ever.
    private struct Constant: RandomNumberGenerator {
        let value: UInt64

        mutating func next() -> UInt64 { value }
    }

    func testEachWaitIsLongerUpToTheLongest() {
        var policy = ReconnectionPolicy()
        policy.jitter = 0
        policy.longestDelay = .seconds(20)
        XCTAssertEqual(waits(7, policy), [1, 2, 4, 8, 16, 20, 20])
    }

    func testChanceTakesAwayNoMoreThanItsPart() {
        let policy = ReconnectionPolicy()
        for value: UInt64 in [0, 1 << 62, 1 << 63, .max] {
            var backOff = BackOff(policy)
            var generator = Constant(value: value)
            for full in [1.0, 2, 4, 8] {
                guard let wait = backOff.next(using: &generator) else { return XCTFail("no wait") }
                XCTAssertLessThanOrEqual(wait, .seconds(full))
                XCTAssertGreaterThanOrEqual(wait, .seconds(full / 2))
            }
        }
        var early = Constant(value: 1)
        var late = Constant(value: .max)
        var first = BackOff(policy)
        var second = BackOff(policy)
        XCTAssertNotEqual(first.next(using: &early), second.next(using: &late))
    }

    func testAStableSessionBeginsAnewAndAnotherDoesNot() {
        var policy = ReconnectionPolicy()
        policy.jitter = 0
        var backOff = BackOff(policy)
        var generator = Constant(value: 0)
        for _ in 0..<3 { _ = backOff.next(using: &generator) }
        backOff.sessionEnded(after: .seconds(59))
        XCTAssertEqual(backOff.next(using: &generator), .seconds(8))
        backOff.sessionEnded(after: .seconds(60))
        XCTAssertEqual(backOff.next(using: &generator), .seconds(1))
    }

    func testAttemptsCanBeLimitedOrForbidden() {
        var policy = ReconnectionPolicy()
        policy.jitter = 0
        policy.maximumAttempts = 2
        XCTAssertEqual(waits(5, policy), [1, 2, nil, nil, nil])
        XCTAssertEqual(waits(2, nil), [nil, nil])
    }

    func testNoPolicyMakesAWaitThatIsNone() {
        var policy = ReconnectionPolicy()
        policy.factor = 0
        policy.jitter = 7
        var backOff = BackOff(policy)
        var generator = Constant(value: .max)
        for _ in 0..<2000 {
            let wait = backOff.next(using: &generator)
            XCTAssertNotNil(wait)
            XCTAssertGreaterThanOrEqual(wait ?? .seconds(-1), .zero)
        }
    }

    private func waits(_ count: Int, _ policy: ReconnectionPolicy?) -> [Double?] {
        var backOff = BackOff(policy)
        var generator = Constant(value: 0)
        return (0..<count).map { _ in backOff.next(using: &generator).map { $0 / .seconds(1) } }
    }
}
