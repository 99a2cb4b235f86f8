import PresenceKit
import XCTest

final class SubscriptionPlanTests: XCTestCase {
    /// Of each intent the plan in each of the nine states, in their order: `s` subscribe, `u`
    /// unsubscribe, `S` subscribed, `U` unsubscribed, `R` the removal of the item, `=` already so;
    /// impossible are `?` no request, `!` already approved, `-` not announced.
    private func check(
        approved: Bool, announced: Bool, inRoster: Bool = false,
        _ expected: [SubscriptionIntent: String], line: UInt = #line
    ) {
        XCTAssertEqual(Set(expected.keys), Set(SubscriptionIntent.allCases), line: line)
        for (intent, row) in expected {
            let plans = SubscriptionState.allCases.map { state in
                let record = SubscriptionRecord(
                    state, isApproved: approved, isInRoster: inRoster)
                return text(record.plan(for: intent, announcesPreApproval: announced))
            }
            XCTAssertEqual(plans.joined(separator: " "), row, "\(intent)", line: line)
        }
    }

    private func text(_ plan: SubscriptionPlan) -> String {
        switch plan {
        case .send(let stanzas, let removesItem):
            let letters: [SubscriptionStanza: String] = [
                .subscribe: "s", .unsubscribe: "u", .subscribed: "S", .unsubscribed: "U",
            ]
            return stanzas.map { letters[$0] ?? "" }.joined() + (removesItem ? "R" : "")
        case .alreadySo: return "="
        case .impossible(.noRequest): return "?"
        case .impossible(.alreadyApproved): return "!"
        case .impossible(.preApprovalNotAnnounced): return "-"
        }
    }

    func testThereIsAnAnswerForEveryIntentInEveryState() {
        check(
            approved: false, announced: false,
            [
                .request: "s = s = = = s = =",
                .approve: "? ? S S ? S = = =",
                .preApprove: "- - S S - S = = =",
                .deny: "? ? U U ? U ! ! !",
                .cancel: "= = = = = = U U U",
                .withdraw: "= u = u u u = u u",
                .becomeMutual: "s ? Ss S ? S s = =",
                .remove: "= uR U uUR R UR R uR R",
            ])
        check(
            approved: false, announced: true, inRoster: true,
            [
                .request: "s = s = = = s = =",
                .approve: "? ? S S ? S = = =",
                .preApprove: "S S S S S S = = =",
                .deny: "? ? U U ? U ! ! !",
                .cancel: "= = = = = = U U U",
                .withdraw: "= u = u u u = u u",
                .becomeMutual: "Ss S Ss S S S s = =",
                .remove: "R uR UR uUR R UR R uR R",
            ])
        for announced in [false, true] {
            check(
                approved: true, announced: announced,
                [
                    .request: "s = s = = = s = =",
                    .approve: "= = S S = S = = =",
                    .preApprove: "= = S S = S = = =",
                    .deny: "? ? U U ? U ! ! !",
                    .cancel: "U U U U U U U U U",
                    .withdraw: "= u = u u u = u u",
                    .becomeMutual: "s = Ss S = S s = =",
                    .remove: "R uR UR uUR R UR R uR R",
                ])
        }
    }

    private func forEveryPlan(
        _ check: (SubscriptionRecord, SubscriptionIntent, Bool, SubscriptionPlan, String) -> Void
    ) {
        for record in SubscriptionRecord.all {
            for announced in [false, true] {
                for intent in SubscriptionIntent.allCases {
                    let plan = record.plan(for: intent, announcesPreApproval: announced)
                    check(
                        record, intent, announced, plan, "\(intent), \(record), \(announced)")
                }
            }
        }
    }

    /// What the user's server has after it got what was planned.
    private func record(
        _ record: SubscriptionRecord, after plan: SubscriptionPlan, _ announced: Bool
    ) -> SubscriptionRecord {
        guard case .send(let stanzas, let removesItem) = plan else { return record }
        let server = SubscriptionServer(preApproval: announced ? .retained : .unsupported)
        let last = stanzas.reduce(record) { server.outcome(of: $1, .outbound, in: $0).after }
        return removesItem ? server.removal(of: last)?.after ?? last : last
    }

    func testWhatIsSentMakesTheIntentComeTrueOrAsksForIt() {
        forEveryPlan { before, intent, announced, plan, name in
            let after = record(before, after: plan, announced)
            if case .impossible = plan { return XCTAssertEqual(after, before, name) }
            let sees = after.state.isSubscribedTo || after.state.isPendingOut
            let isSeen =
                after.state.isSubscribedFrom || after.isApproved && !after.state.isPendingIn
            switch intent {
            case .request: XCTAssertTrue(sees, name)
            case .approve, .preApprove: XCTAssertTrue(isSeen, name)
            case .deny: XCTAssertFalse(after.state.isPendingIn || isSeen, name)
            case .cancel: XCTAssertFalse(after.state.isSubscribedFrom || after.isApproved, name)
            case .withdraw: XCTAssertFalse(sees, name)
            case .becomeMutual: XCTAssertTrue(sees && (isSeen || !announced), name)
            case .remove: XCTAssertEqual(after, SubscriptionRecord(), name)
            }
        }
    }

    func testNothingIsSentThatChangesNothing() {
        forEveryPlan { before, _, announced, plan, name in
            guard case .send(let stanzas, let removesItem) = plan else { return }
            XCTAssertTrue(removesItem || !stanzas.isEmpty, name)
            let server = SubscriptionServer(preApproval: announced ? .retained : .unsupported)
            var record = before
            for stanza in stanzas {
                let outcome = server.outcome(of: stanza, .outbound, in: record)
                XCTAssertTrue(outcome.changesRecord, name)
                record = outcome.after
            }
            if removesItem { XCTAssertTrue(record.isInRoster, name) }
        }
    }

    func testWhatIsWantedTwiceIsSentOnce() {
        forEveryPlan { before, intent, announced, plan, name in
            let again = record(before, after: plan, announced)
                .plan(for: intent, announcesPreApproval: announced)
            if case .send = again { XCTFail("\(name): \(again)") }
        }
    }

    func testToDenyNeverEndsASubscription() {
        forEveryPlan { before, intent, announced, plan, name in
            guard intent == .deny else { return }
            XCTAssertEqual(
                record(before, after: plan, announced).state.isSubscribedFrom,
                before.state.isSubscribedFrom, name)
        }
    }

    func testPreApprovalIsSentOnlyWhereItIsAnnounced() {
        forEveryPlan { before, _, announced, plan, name in
            guard case .send(let stanzas, _) = plan, stanzas.contains(.subscribed) else { return }
            XCTAssertTrue(announced || before.state.isPendingIn, name)
        }
    }
}
