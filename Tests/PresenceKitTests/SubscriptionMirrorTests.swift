import PresenceKit
import StanzaKit
import XCTest

final class SubscriptionMirrorTests: XCTestCase {
    private typealias Item = SubscriptionRecord.Item

    func testWhatWasSentCountsAtOnce() {
        var mirror = SubscriptionMirror(announcesPreApproval: true)
        XCTAssertEqual(mirror.plan(for: .request), .send([.subscribe]))
        XCTAssertEqual(mirror.record, SubscriptionRecord(), "a plan is not sent yet")
        mirror.sent(.subscribe)
        XCTAssertEqual(mirror.plan(for: .request), .alreadySo)
        XCTAssertEqual(mirror.plan(for: .withdraw), .send([.unsubscribe]))
        mirror.sent(.subscribed)
        XCTAssertEqual(mirror.record, SubscriptionRecord(.neitherPendingOut, isApproved: true))
        XCTAssertEqual(mirror.plan(for: .cancel), .send([.unsubscribed]))
        mirror.sentRemoval()
        XCTAssertEqual(mirror.record, SubscriptionRecord())
        XCTAssertEqual(mirror.plan(for: .request), .send([.subscribe]))
    }

    func testAnItemThatTheServerSentBeforeItKnewUndoesNothing() {
        var mirror = SubscriptionMirror(
            SubscriptionRecord(.from), announcesPreApproval: false)
        mirror.sent(.unsubscribed)
        mirror.received(Item(subscription: .from))  // with another name, say
        XCTAssertEqual(mirror.record, SubscriptionRecord(.neither, isInRoster: true))
        mirror.received(Item(subscription: .from, isPendingOut: true))  // another resource asked
        XCTAssertEqual(mirror.record.state, .neitherPendingOut)
        mirror.received(Item(subscription: .neither, isPendingOut: true))
        XCTAssertEqual(mirror.record.state, .neitherPendingOut)
        mirror.received(Item(subscription: .from, isPendingOut: true))  // and approved
        XCTAssertEqual(mirror.record.state, .fromPendingOut, "nothing waits for a push any more")
    }

    func testWhatWasSentIsConfirmedOneByOne() {
        var mirror = SubscriptionMirror(announcesPreApproval: false)
        for _ in 1...2 {
            mirror.sent(.subscribe)
            mirror.sent(.unsubscribe)
        }
        mirror.sent(.subscribe)
        for state in [SubscriptionState.neitherPendingOut, .neither, .neitherPendingOut, .neither] {
            mirror.received(Item(subscription: .neither, isPendingOut: state.isPendingOut))
            XCTAssertEqual(mirror.record.state, .neitherPendingOut)
        }
        mirror.received(Item(subscription: .neither, isPendingOut: true))
        mirror.received(Item(subscription: .neither))
        XCTAssertEqual(mirror.record.state, .neither, "the contact declined")
    }

    func testARequestIsKnownUntilItIsAnsweredOrTakenBack() {
        let asked = SubscriptionMirror(
            SubscriptionRecord(.toPendingIn), announcesPreApproval: false)
        XCTAssertEqual(asked.record.state, .toPendingIn)
        let ends: [(String, SubscriptionState, (inout SubscriptionMirror) -> Void)] = [
            ("approved", .both, { $0.sent(.subscribed) }),
            ("declined", .to, { $0.sent(.unsubscribed) }),
            ("taken back", .to, { $0.received(.unsubscribe) }),
            ("approved elsewhere", .both, { $0.received(Item(subscription: .both)) }),
            ("asked again", .toPendingIn, { $0.received(.subscribe) }),
            ("told of something else", .toPendingIn, { $0.received(Item(subscription: .to)) }),
            ("unsubscribed", .neitherPendingIn, { $0.received(.unsubscribed) }),
            ("removed", .neither, { $0.receivedRemoval() }),
        ]
        for (name, state, end) in ends {
            var mirror = asked
            end(&mirror)
            XCTAssertEqual(mirror.record.state, state, name)
        }
    }

    /// ejabberd pushes first, Prosody delivers first.
    func testAnItemMayComeBeforeTheStanzaThatCausedItOrAfter() {
        let start = SubscriptionMirror(
            SubscriptionRecord(.fromPendingOut), announcesPreApproval: false)
        for (stanza, item) in [
            (SubscriptionStanza.subscribed, Item(subscription: .both)),
            (.unsubscribed, Item(subscription: .from)),
            (.unsubscribe, Item(subscription: .neither, isPendingOut: true)),
        ] {
            var (first, second) = (start, start)
            first.received(item)
            first.received(stanza)
            second.received(stanza)
            second.received(item)
            XCTAssertEqual(first, second)
            XCTAssertEqual(first.record, SubscriptionRecord(item))
        }
    }

    func testWhatNobodyAskedForChangesNothing() {
        for state in SubscriptionState.allCases where !state.isPendingOut {
            var mirror = SubscriptionMirror(
                SubscriptionRecord(state), announcesPreApproval: true)
            mirror.received(.subscribed)
            XCTAssertEqual(mirror.record.state, state)
        }
    }

    func testWhatTheServerRefusedIsForgotten() {
        var mirror = SubscriptionMirror(
            SubscriptionRecord(.toPendingIn), announcesPreApproval: false)
        mirror.sentRemoval()
        XCTAssertEqual(mirror.record, SubscriptionRecord())
        mirror.wasRefused()
        XCTAssertEqual(mirror.record, SubscriptionRecord(.toPendingIn))
    }

    /// The contact takes its request back while the user approves it.
    func testAnApprovalThatCameTooLateIsOneForTheNextTime() {
        for announces in [false, true] {
            var mirror = SubscriptionMirror(
                SubscriptionRecord(.neitherPendingIn), announcesPreApproval: announces)
            mirror.sent(.subscribed)
            XCTAssertEqual(mirror.record.state, .from)
            mirror.received(.unsubscribe)
            XCTAssertEqual(mirror.record, SubscriptionRecord(.neither, isApproved: announces))
            XCTAssertEqual(
                mirror.plan(for: .cancel), announces ? .send([.unsubscribed]) : .alreadySo)
            if announces { mirror.received(Item(subscription: .neither, isApproved: true)) }
            mirror.received(.subscribe)
            XCTAssertTrue(mirror.record.state.isPendingIn, "this request is another one")
        }
    }

    /// The contact takes the subscription away while the user ends it.
    func testWhatSomethingElseBroughtAboutWaitsForNoPush() {
        var mirror = SubscriptionMirror(SubscriptionRecord(.to), announcesPreApproval: false)
        mirror.sent(.unsubscribe)
        mirror.received(.unsubscribed)
        mirror.received(Item(subscription: .neither))
        XCTAssertEqual(mirror.record, SubscriptionRecord(.neither, isInRoster: true))
        mirror.received(Item(subscription: .neither, isPendingOut: true))
        XCTAssertEqual(mirror.record.state, .neitherPendingOut, "another resource asked")
    }

    func testAnItemThatIsAsItWasConfirmsNothing() {
        var mirror = SubscriptionMirror(
            SubscriptionRecord(.neither, isInRoster: true), announcesPreApproval: false)
        mirror.sent(.subscribe)
        mirror.sent(.unsubscribe)
        mirror.received(Item(subscription: .neither))  // with another name, say
        mirror.received(Item(subscription: .neither, isPendingOut: true))
        XCTAssertEqual(mirror.record.state, .neither)
        mirror.received(Item(subscription: .neither))
        XCTAssertEqual(mirror.record.state, .neither)
    }

    /// A server notes approvals only where there is no request.
    func testAnItemThatShowsAnApprovalSaysThatThereIsNoRequest() {
        var mirror = SubscriptionMirror(
            SubscriptionRecord(.neitherPendingIn), announcesPreApproval: true)
        mirror.sent(.subscribed)
        mirror.received(Item(subscription: .neither, isApproved: true))
        XCTAssertEqual(mirror.record, SubscriptionRecord(.neither, isApproved: true))
    }

    func testTheExamplesInTheDocumentationAreTrue() throws {
        var written = ""
        let stream = StanzaStream { written += String(decoding: $0, as: UTF8.self) }
        let contact: BareJID = "romeo@montague.example"

        var mirror = SubscriptionMirror(announcesPreApproval: false)
        mirror.received(.subscribe)

        switch mirror.plan(for: .becomeMutual) {
        case .send(let stanzas, let removesItem):
            for stanza in stanzas {
                try stream.send(stanza.presence(to: contact))
                mirror.sent(stanza)
            }
            if removesItem { mirror.sentRemoval() }
        case .alreadySo: XCTFail("nothing was so")
        case .impossible(let reason): XCTFail("\(reason)")
        }
        XCTAssertEqual(mirror.record.state.rawValue, "From + Pending Out")
        XCTAssertTrue(written.contains("'subscribed'") && written.contains("'subscribe'"), written)

        let server = SubscriptionServer()
        let approved = SubscriptionRecord(.neither, isApproved: true)
        let outcome = server.outcome(of: .subscribe, .inbound, in: approved)
        XCTAssertEqual(outcome.after.state.rawValue, "From")
        XCTAssertEqual(
            outcome.steps,
            [
                .reply(.subscribed), .push(.init(subscription: .from, isApproved: true)),
                .sendPresence(.available),
            ])
    }
}
