import PresenceKit
import StanzaKit
import XCTest

final class SubscriptionStateTests: XCTestCase {
    func testWhatIsTrueOfAStateMakesTheState() {
        XCTAssertEqual(SubscriptionState.allCases.count, 9)
        for state in SubscriptionState.allCases {
            XCTAssertEqual(
                SubscriptionState(
                    state.primary, isPendingOut: state.isPendingOut, isPendingIn: state.isPendingIn),
                state)
            XCTAssertFalse(state.isSubscribedTo && state.isPendingOut, state.rawValue)
            XCTAssertFalse(state.isSubscribedFrom && state.isPendingIn, state.rawValue)
        }
    }

    func testARequestForWhatIsThereAlreadyIsNoRequest() {
        for primary in SubscriptionState.Primary.allCases {
            for (out, `in`) in [(false, false), (false, true), (true, false), (true, true)] {
                let state = SubscriptionState(primary, isPendingOut: out, isPendingIn: `in`)
                XCTAssertEqual(state.primary, primary)
                XCTAssertEqual(state.isPendingOut, out && !state.isSubscribedTo)
                XCTAssertEqual(state.isPendingIn, `in` && !state.isSubscribedFrom)
            }
        }
    }

    func testOnlyTwoStatesCanBeWithoutARosterItem() {
        let absent = SubscriptionState.allCases.filter { !SubscriptionRecord($0).isInRoster }
        XCTAssertEqual(absent, [.neither, .neitherPendingIn])
        for state in SubscriptionState.allCases {
            XCTAssertTrue(SubscriptionRecord(state, isApproved: true).isInRoster, state.rawValue)
            XCTAssertTrue(SubscriptionRecord(state, isInRoster: true).isInRoster, state.rawValue)
        }
    }

    func testAnItemAndAPendingRequestMakeTheRecord() {
        for state in SubscriptionState.allCases {
            for isApproved in [false, true] {
                for isInRoster in [false, true] {
                    let record = SubscriptionRecord(
                        state, isApproved: isApproved, isInRoster: isInRoster)
                    XCTAssertEqual(
                        SubscriptionRecord(record.item, isPendingIn: state.isPendingIn), record)
                }
            }
        }
    }

    func testTheAttributesOfAnItemAreWrittenAndRead() {
        for primary in SubscriptionState.Primary.allCases {
            for (asks, approved) in [(false, false), (false, true), (true, false), (true, true)] {
                let item = SubscriptionRecord.Item(
                    subscription: primary, isPendingOut: asks, isApproved: approved)
                let (subscription, ask, flag) = item.attributes
                XCTAssertEqual(subscription, primary.rawValue)
                XCTAssertEqual(ask, asks ? "subscribe" : nil)
                XCTAssertEqual(flag, approved ? "true" : nil)
                XCTAssertEqual(.init(subscription: subscription, ask: ask, approved: flag), item)
            }
        }
        XCTAssertTrue(
            SubscriptionRecord.Item(subscription: "to", ask: nil, approved: "1").isApproved)
    }

    func testWhatTheRFCDoesNotDefineIsIgnored() {
        let nothing = SubscriptionRecord.Item(subscription: .neither)
        for odd in [nil, "", "None", "remove", " to", "tо"] {
            XCTAssertEqual(
                SubscriptionRecord.Item(subscription: odd, ask: odd, approved: odd), nothing)
        }
        XCTAssertEqual(
            SubscriptionRecord.Item(subscription: "none", ask: "unsubscribe", approved: "false"),
            nothing)
    }

    func testTheFourStanzasAreThoseOfPresence() throws {
        let contact: BareJID = "juliet@capulet.example"
        let others: [Presence.Kind] = [.available, .unavailable, .error, .probe]
        for kind in Presence.Kind.allCases {
            guard let stanza = SubscriptionStanza(kind) else {
                XCTAssertTrue(others.contains(kind), kind.rawValue)
                continue
            }
            let presence = stanza.presence(to: contact)
            XCTAssertEqual(presence.type, kind)
            XCTAssertEqual(presence.to, JID(contact))
            XCTAssertEqual(
                String(decoding: try presence.element.serialized(), as: UTF8.self),
                "<presence to='juliet@capulet.example' type='\(kind.rawValue)'/>")
        }
    }
}
