import InteropSessions
import RosterKit
import StanzaKit
import XCTest

/// Groups are changed entry by entry; both clients of the account end with the same ones.
final class GroupTests: XCTestCase {
    @MainActor
    func testAGroupIsRenamed() async throws {
        try await change(leaving: ["Friends": 3, "Group 1": 2, "Group 2": 2]) { roster in
            roster.renaming(group: "Group 0", to: "Friends")
        }
    }

    @MainActor
    func testAGroupIsRenamedToOneThatThereIs() async throws {
        try await change(leaving: ["Group 1": 5, "Group 2": 2]) { roster in
            roster.renaming(group: "Group 0", to: "Group 1")
        }
    }

    @MainActor
    func testGroupsAreMerged() async throws {
        try await change(leaving: ["All": 7]) { roster in
            roster.merging(groups: ["Group 0", "Group 1", "Group 2"], into: "All")
        }
    }

    @MainActor
    func testAGroupIsDeletedAndItsEntriesStay() async throws {
        try await change(leaving: ["Group 0": 3, "Group 1": 2]) { roster in
            roster.deleting(group: "Group 2")
        }
    }

    /// Carries out a plan on a roster of seven entries in three groups.
    @MainActor
    private func change(
        leaving expected: [String: Int], by plan: @MainActor (Roster) -> GroupPlan
    ) async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let home = try await stage.logIn(account)
            let work = try await stage.logIn(account, resource: "work")
            try await home.addContacts(7)
            let report = await home.roster.perform(
                plan(home.roster.roster), timeoutPerStep: .seconds(10))
            stage.check(report.isComplete, "\(report)")
            for session in [home, work] {
                try await stage.eventually("the groups are as planned") {
                    session.roster.roster.groupSizes == expected
                }
                stage.check(session.roster.roster.count, is: 7)
            }
            stage.check(plan(home.roster.roster).steps, is: [])
        }
    }
}

extension Roster {
    fileprivate var groupSizes: [String: Int] {
        Dictionary(uniqueKeysWithValues: groupNames.map { ($0, members(of: $0).count) })
    }
}
