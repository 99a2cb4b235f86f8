import XCTest

/// Whatever people do with rooms, everybody knows what is so when all has come to rest.
final class RoomSimulationTests: XCTestCase {
    func testRoomClientsAgreeWithTheService() throws {
        var events: [String: Int] = [:]
        var comparisons = 0
        for seed in 1...20 {
            let simulation = RoomSimulation(seed: UInt64(seed))
            for step in 1...100 {
                let failures = testRun?.failureCount
                try simulation.step()
                if testRun?.failureCount != failures {
                    return XCTFail("with seed \(seed) in step \(step)")
                }
            }
            events.merge(simulation.events, uniquingKeysWith: +)
            comparisons += simulation.comparisons
        }
        // Everything that can happen has.
        for name in [
            "listed", "joined", "updated", "left", "nick changed", "self joined", "self left",
            "join refused", "nick refused", "notice",
        ] {
            XCTAssertGreaterThan(events[name] ?? 0, 0, name)
        }
        let counts = events.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("compared \(comparisons) rooms after \(counts.joined(separator: ", "))")
    }
}
