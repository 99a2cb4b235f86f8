import PresenceKit
import XCTest

/// What the tables leave to prose, and what is true of all of them together.
final class SubscriptionServerTests: XCTestCase {
    private func forEveryOutcome(
        _ check: (SubscriptionServer, SubscriptionStanza, SubscriptionOutcome, String) -> Void
    ) {
        for preApproval in SubscriptionServer.PreApproval.allCases {
            let server = SubscriptionServer(preApproval: preApproval)
            for record in SubscriptionRecord.all {
                for stanza in SubscriptionStanza.allCases {
                    for direction in SubscriptionServer.Direction.allCases {
                        let outcome = server.outcome(of: stanza, direction, in: record)
                        check(
                            server, stanza, outcome,
                            "\(preApproval): \(record) \(direction) \(stanza)")
                    }
                }
            }
        }
    }

    /// A subscription goes one way, and each stanza is about one of them.
    func testNoStanzaChangesBothWays() {
        forEveryOutcome { _, stanza, outcome, name in
            let (before, after) = (outcome.before.state, outcome.after.state)
            let asks = stanza == .subscribe || stanza == .unsubscribe
            if asks == (outcome.direction == .outbound) {
                XCTAssertEqual(before.isSubscribedFrom, after.isSubscribedFrom, name)
                XCTAssertEqual(before.isPendingIn, after.isPendingIn, name)
                XCTAssertEqual(outcome.before.isApproved, outcome.after.isApproved, name)
                XCTAssertNil(outcome.presence, name)
            } else {
                XCTAssertEqual(before.isSubscribedTo, after.isSubscribedTo, name)
                XCTAssertEqual(before.isPendingOut, after.isPendingOut, name)
            }
        }
    }

    /// So no exchange of automatic answers can go on for ever.
    func testAnAnswerIsNeverAnswered() {
        forEveryOutcome { _, stanza, outcome, name in
            switch (outcome.direction, stanza) {
            case (.inbound, .subscribe):
                XCTAssertTrue([nil, .subscribed].contains(outcome.reply?.stanza), name)
            case (.inbound, .unsubscribe):
                XCTAssertTrue([nil, .unsubscribed].contains(outcome.reply?.stanza), name)
            default: XCTAssertNil(outcome.reply, name)
            }
        }
    }

    func testAContactStaysInTheRosterUntilItIsRemoved() {
        forEveryOutcome { _, _, outcome, name in
            if outcome.before.isInRoster { XCTAssertTrue(outcome.after.isInRoster, name) }
        }
    }

    func testARequestIsNeverApprovedByItselfButWherePreApprovalSaysSo() {
        forEveryOutcome { server, stanza, outcome, name in
            if !outcome.before.state.isSubscribedFrom && outcome.after.state.isSubscribedFrom {
                let byUser = outcome.direction == .outbound && stanza == .subscribed
                XCTAssertTrue(
                    byUser || outcome.before.isApproved && server.preApproval != .unsupported, name)
            }
        }
    }

    func testAServerWithoutPreApprovalNeitherNotesNorObeysIt() {
        forEveryOutcome { server, stanza, outcome, name in
            guard server.preApproval == .unsupported else { return }
            if !outcome.before.isApproved { XCTAssertFalse(outcome.after.isApproved, name) }
            if stanza == .subscribe && !outcome.before.state.isSubscribedFrom {
                XCTAssertNil(outcome.reply, name)
            }
        }
    }

    func testAnApprovalThatIsDroppedApprovesOnce() {
        let server = SubscriptionServer(preApproval: .dropped)
        var record = server.outcome(of: .subscribed, .outbound, in: SubscriptionRecord()).after
        XCTAssertEqual(record, SubscriptionRecord(.neither, isApproved: true))
        record = server.outcome(of: .subscribe, .inbound, in: record).after
        XCTAssertEqual(record, SubscriptionRecord(.from))
        record = server.outcome(of: .unsubscribe, .inbound, in: record).after
        record = server.outcome(of: .subscribe, .inbound, in: record).after
        XCTAssertEqual(record.state, .neitherPendingIn)
    }

    func testAnApprovedContactIsAnsweredAlsoWhereItHadAskedBefore() {
        // No server comes to such a record by the rules; it may find one in its store.
        let record = SubscriptionRecord(.toPendingIn, isApproved: true)
        let outcome = SubscriptionServer().outcome(of: .subscribe, .inbound, in: record)
        XCTAssertEqual(outcome.after, SubscriptionRecord(.both, isApproved: true))
        XCTAssertEqual(outcome.reply?.stanza, .subscribed)
    }

    func testStepsAreInTheOrderOfTheRFC() {
        let server = SubscriptionServer()
        let asked = SubscriptionRecord(.neitherPendingIn)
        let (none, from, to) = (item(.neither), item(.from), item(.to))
        let asks = SubscriptionRecord.Item(subscription: .neither, isPendingOut: true)
        let cases:
            [(SubscriptionStanza, SubscriptionServer.Direction, SubscriptionRecord, [Step])] = [
                // 3.1.2
                (.subscribe, .outbound, SubscriptionRecord(), [.forward, .push(asks)]),
                // 3.1.5
                (
                    .subscribed, .outbound, asked,
                    [.forward, .push(from), .sendPresence(.available)]
                ),
                // 3.1.6
                (
                    .subscribed, .inbound, SubscriptionRecord(.neitherPendingOut),
                    [.forward, .push(to)]
                ),
                // 3.2.2
                (
                    .unsubscribed, .outbound, SubscriptionRecord(.from),
                    [.sendPresence(.unavailable), .forward, .push(none)]
                ),
                (.unsubscribed, .outbound, asked, [.forward]),
                // 3.2.3
                (.unsubscribed, .inbound, SubscriptionRecord(.to), [.forward, .push(none)]),
                // 3.3.2
                (.unsubscribe, .outbound, SubscriptionRecord(.to), [.forward, .push(none)]),
                // 3.3.3
                (
                    .unsubscribe, .inbound, SubscriptionRecord(.both),
                    [
                        .forward, .push(to), .sendPresence(.unavailable), .reply(.unsubscribed),
                    ]
                ),
                (.unsubscribe, .inbound, asked, [.forward, .reply(.unsubscribed)]),
                // 3.4.2
                (
                    .subscribe, .inbound, SubscriptionRecord(.neither, isApproved: true),
                    [
                        .reply(.subscribed),
                        .push(.init(subscription: .from, isApproved: true)),
                        .sendPresence(.available),
                    ]
                ),
                // 3.1.3
                (.subscribe, .inbound, SubscriptionRecord(.from), [.reply(.subscribed)]),
                (.subscribe, .inbound, asked, []),
            ]
        for (stanza, direction, record, steps) in cases {
            XCTAssertEqual(
                server.outcome(of: stanza, direction, in: record).steps, steps,
                "\(direction) \(stanza) in \(record.state.rawValue)")
        }
    }

    private typealias Step = SubscriptionOutcome.Step

    private func item(_ subscription: SubscriptionState.Primary) -> SubscriptionRecord.Item {
        SubscriptionRecord.Item(subscription: subscription)
    }

    func testARemovedContactHearsThatEverythingEnds() {
        for record in SubscriptionRecord.all {
            let removal = SubscriptionServer().removal(of: record)
            XCTAssertEqual(removal != nil, record.isInRoster)
            guard let removal else { continue }
            XCTAssertEqual(removal.before, record)
            XCTAssertEqual(removal.after, SubscriptionRecord())
            let state = record.state
            XCTAssertEqual(
                removal.stanzas.contains(.unsubscribe), state.isSubscribedTo || state.isPendingOut)
            XCTAssertEqual(
                removal.stanzas.contains(.unsubscribed),
                state.isSubscribedFrom || state.isPendingIn)
            XCTAssertEqual(removal.presence == .unavailable, state.isSubscribedFrom)
        }
    }
}

extension SubscriptionRecord {
    /// Every record there is.
    static let all = SubscriptionState.allCases.flatMap { state in
        [false, true].flatMap { isApproved in
            [false, true].map { isInRoster in
                SubscriptionRecord(state, isApproved: isApproved, isInRoster: isInRoster)
            }
        }
    }
}
