import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

@MainActor
final class RosterGroupPlanTests: XCTestCase {
    private var script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var client = RosterClient(script.stream)

    private func begin() throws {
        _ = client
        script.begin()
        try script.receive(
            "<iq type='result' id='id1'><query xmlns='jabber:iq:roster'>"
                + "<item jid='c@x'><group>F</group><group>G</group></item>"
                + "<item jid='a@x'><group>F</group></item><item jid='b@x'><group>H</group></item>"
                + "<item jid='d@x'><group>F</group></item></query></iq>")
        _ = script.takeSent()
    }

    private func text(_ plan: GroupPlan) -> [String] {
        plan.steps.map { "\($0.contact) +\($0.joining) -\($0.leaving)" }
    }

    func testAPlanCanBeLookedAtBefore() throws {
        try begin()
        let roster = client.roster
        XCTAssertEqual(
            text(roster.renaming(group: "F", to: "E")),
            [#"a@x +["E"] -["F"]"#, #"c@x +["E"] -["F"]"#, #"d@x +["E"] -["F"]"#])
        XCTAssertEqual(
            text(roster.renaming(group: "F", to: "G")),
            [#"a@x +["G"] -["F"]"#, #"c@x +[] -["F"]"#, #"d@x +["G"] -["F"]"#])
        XCTAssertEqual(
            text(roster.merging(groups: ["G", "F", "H"], into: "F")),
            [#"b@x +["F"] -["H"]"#, #"c@x +[] -["G"]"#])
        XCTAssertEqual(text(roster.deleting(group: "G")), [#"c@x +[] -["G"]"#])
        XCTAssertEqual(text(roster.renaming(group: "F", to: "F")), [])
        XCTAssertEqual(text(roster.deleting(group: "nobody's")), [])
        XCTAssertNotEqual(
            roster.renaming(group: "F", to: "\u{E9}"), roster.renaming(group: "F", to: "e\u{301}"))
    }

    func testAPlanIsCarriedOutOneByOneAndReportsWhatFailed() async throws {
        try begin()
        let plan = client.roster.deleting(group: "F")
        var progress: [Int] = []
        let task = Task {
            await client.perform(plan) { progress.append($0.remaining.count) }
        }
        try await answer("a@x", with: .success(()))
        try await answer("c@x", with: .failure(RequestError(.refused)))
        // Meanwhile another client removes the last one.
        let report = await task.value
        XCTAssertEqual(report.done, ["a@x"])
        XCTAssertEqual(report.failures.map(\.step.contact), ["c@x"])
        XCTAssertEqual(report.failures.map(\.error.code), [.refused])
        XCTAssertEqual(report.skipped, ["d@x"])
        XCTAssertEqual(progress, [2, 1, 0])
        XCTAssertFalse(report.isComplete)
        XCTAssertEqual(text(report.rest), [#"c@x +[] -["F"]"#])
        XCTAssertNil(client.roster["d@x"], "who was removed is not added again")

        let again = Task { await client.perform(report.rest) }
        try await answer("c@x", with: .success(()))
        let second = await again.value
        XCTAssertTrue(second.isComplete)
        XCTAssertFalse(client.roster.contains(group: "F"))
    }

    /// Waits for the one edit that is under way, checks of whom it is, and answers it.
    private func answer(_ contact: BareJID, with answer: Result<Void, RequestError>) async throws {
        var edit: Element?
        while edit == nil {
            await Task.yield()
            edit = script.takeSent().first { $0[.type] == "set" }
        }
        let item = try XCTUnwrap(edit?.first("query", in: .roster)?.first("item", in: .roster))
        XCTAssertEqual(item[.jid], contact.description)
        let id = try XCTUnwrap(edit?[.id])
        switch answer {
        case .success:
            try script.receive(
                "<iq type='set' id='p'><query xmlns='jabber:iq:roster'>\(item)</query></iq>"
                    + "<iq type='result' id='\(id)'/>")
        case .failure:
            try script.receive(
                "<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='d@x' subscription='remove'/></query></iq>"
                    + "<iq type='error' id='\(id)'><error type='cancel'><not-allowed xmlns='\(XMLNamespace.stanzaErrors)'/></error></iq>"
            )
        }
    }

    func testTheEndOfTheSessionLeavesTheRest() async throws {
        try begin()
        let plan = client.roster.renaming(group: "F", to: "E")
        let task = Task { await client.perform(plan) }
        try await answer("a@x", with: .success(()))
        while script.takeSent().allSatisfy({ $0[.type] != "set" }) { await Task.yield() }
        script.stream.end()
        let report = await task.value
        XCTAssertEqual(report.done, ["a@x"])
        XCTAssertEqual(report.remaining.map(\.contact), ["c@x", "d@x"])
        XCTAssertEqual(report.rest.steps, Array(plan.steps.dropFirst()))
        XCTAssertFalse(report.isComplete)
    }
}
