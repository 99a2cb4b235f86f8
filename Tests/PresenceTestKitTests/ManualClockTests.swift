import PresenceTestKit
import XCTest

final class ManualClockTests: XCTestCase {
    func testSleepersWakeWhenTheirTimeComesTheEarliestFirst() async {
        let clock = ManualClock()
        let sleepers = [3, 1, 2].map { seconds in
            Task {
                try? await clock.sleep(for: .seconds(seconds))
                return clock.now.offset
            }
        }
        await clock.waitForSleepers(3)
        clock.advance(by: .seconds(1))
        let second = await sleepers[1].value
        XCTAssertEqual(second, .seconds(1))
        clock.advance(by: .seconds(2))
        let (first, third) = (await sleepers[0].value, await sleepers[2].value)
        XCTAssertEqual([first, third], [.seconds(3), .seconds(3)])
    }

    func testATimeThatIsPastIsNotSleptFor() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: .init(offset: .seconds(5)))
        XCTAssertEqual(clock.now.duration(to: .init(offset: .seconds(7))), .seconds(2))
    }

    func testWhoWaitsForSleepersThatNeverComeCanBeCancelled() async {
        let clock = ManualClock()
        let waiter = Task { await clock.waitForSleepers(1) }
        waiter.cancel()
        await waiter.value
    }

    func testACancelledSleeperThrows() async {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.waitForSleepers(1)
        sleeper.cancel()
        let outcome = await sleeper.result
        XCTAssertThrowsError(try outcome.get()) { XCTAssertTrue($0 is CancellationError) }
    }
}
