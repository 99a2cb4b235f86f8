import PresenceKit
import XCTest

/// How two users come to disagree although both servers do what the RFC says: the situations that
/// `SubscriptionServer` lists, one by one. `SubscriptionModelTests` shows that there are no others.
///
/// The rule in all of them: who asks again before the answers to what it sent are in takes one of
/// them for the answer to the new request.
final class SubscriptionCrossingTests: XCTestCase {
    /// A user and a contact at their servers, and what is on its way between these.
    private struct Servers {
        var server = SubscriptionServer()
        var user: SubscriptionRecord
        var contact: SubscriptionRecord
        private var toContact: [SubscriptionStanza] = []
        private var toUser: [SubscriptionStanza] = []

        init(_ user: SubscriptionRecord, _ contact: SubscriptionRecord) {
            self.user = user
            self.contact = contact
        }

        mutating func userSends(_ stanzas: SubscriptionStanza...) {
            for stanza in stanzas {
                let outcome = server.outcome(of: stanza, .outbound, in: user)
                user = outcome.after
                if outcome.isForwarded { toContact.append(stanza) }
            }
        }

        mutating func contactSends(_ stanzas: SubscriptionStanza...) {
            for stanza in stanzas {
                let outcome = server.outcome(of: stanza, .outbound, in: contact)
                contact = outcome.after
                if outcome.isForwarded { toUser.append(stanza) }
            }
        }

        mutating func removeUser() {
            guard let removal = server.removal(of: contact) else { return }
            contact = removal.after
            toUser += removal.stanzas
        }

        mutating func everythingArrives() {
            while !toContact.isEmpty || !toUser.isEmpty {
                let (forContact, forUser) = (toContact, toUser)
                (toContact, toUser) = ([], [])
                for stanza in forContact {
                    let outcome = server.outcome(of: stanza, .inbound, in: contact)
                    contact = outcome.after
                    if let reply = outcome.reply { toUser.append(reply.stanza) }
                }
                for stanza in forUser {
                    let outcome = server.outcome(of: stanza, .inbound, in: user)
                    user = outcome.after
                    if let reply = outcome.reply { toContact.append(reply.stanza) }
                }
            }
        }

        /// The user asks again, and both are as they should be.
        mutating func checkThatAskingAgainHeals(line: UInt = #line) {
            userSends(.subscribe)
            everythingArrives()
            XCTAssertEqual(user.state.isSubscribedTo, contact.state.isSubscribedFrom, line: line)
            XCTAssertEqual(user.state.isPendingOut, contact.state.isPendingIn, line: line)
            XCTAssertTrue(user.state.isSubscribedTo || user.state.isPendingOut, line: line)
        }
    }

    func testTheAnswerToUnsubscribeEndsTheRequestBehindIt() {
        var servers = Servers(SubscriptionRecord(.to), SubscriptionRecord(.from))
        servers.userSends(.unsubscribe, .subscribe)
        servers.everythingArrives()
        XCTAssertEqual(servers.user.state, .neither)
        XCTAssertEqual(servers.contact.state, .neitherPendingIn)
        servers.checkThatAskingAgainHeals()
    }

    /// And here the contact's server grants it all by itself, again with nobody waiting.
    func testTheAnswerToUnsubscribeEndsTheRequestBehindItThatIsApprovedBefore() {
        var servers = Servers(
            SubscriptionRecord(.to), SubscriptionRecord(.from, isApproved: true))
        servers.userSends(.unsubscribe, .subscribe)
        servers.everythingArrives()
        XCTAssertEqual(servers.user.state, .neither)
        XCTAssertEqual(servers.contact.state, .from)
        servers.checkThatAskingAgainHeals()
        XCTAssertEqual(servers.user.state, .to)
    }

    func testARequestIsTakenBackAndSentAnewWhileTheContactAnswers() {
        for (answer, user) in [
            (SubscriptionStanza.subscribed, SubscriptionState.neither), (.unsubscribed, .neither),
        ] {
            var servers = Servers(
                SubscriptionRecord(.neitherPendingOut), SubscriptionRecord(.neitherPendingIn))
            servers.userSends(.unsubscribe, .subscribe)
            servers.contactSends(answer)
            servers.everythingArrives()
            XCTAssertEqual(servers.user.state, user)
            XCTAssertEqual(servers.contact.state, .neitherPendingIn)
            servers.checkThatAskingAgainHeals()
        }
    }

    func testTheUserAsksAnewWhileTheContactTakesTheSubscriptionAway() {
        for isRemoval in [false, true] {
            var servers = Servers(SubscriptionRecord(.to), SubscriptionRecord(.from))
            servers.userSends(.unsubscribe, .subscribe)
            if isRemoval { servers.removeUser() } else { servers.contactSends(.unsubscribed) }
            servers.everythingArrives()
            XCTAssertEqual(servers.user.state, .neither)
            XCTAssertEqual(servers.contact.state, .neitherPendingIn)
            servers.checkThatAskingAgainHeals()
        }
    }

    /// The contact answers the request that nobody waits for any more, and then it is subscribed
    /// without knowing.
    func testAnAnswerToARequestThatNobodyWaitsForIsIgnored() {
        var servers = Servers(SubscriptionRecord(), SubscriptionRecord(.neitherPendingIn))
        servers.contactSends(.subscribed)
        servers.everythingArrives()
        XCTAssertEqual(servers.user.state, .neither)
        XCTAssertEqual(servers.contact.state, .from)
        servers.checkThatAskingAgainHeals()
        XCTAssertEqual(servers.user.state, .to)
    }

    /// What the RFC leaves open (section 2.5.2): the contact removes a user whose request is open.
    func testAServerThatForgetsARequestWithTheItemLeavesTheOtherWaiting() {
        for openRequests in SubscriptionServer.OpenRequests.allCases {
            var servers = Servers(
                SubscriptionRecord(.neitherPendingOut),
                SubscriptionRecord(.neitherPendingIn, isInRoster: true))
            servers.server.openRequests = openRequests
            servers.removeUser()
            servers.everythingArrives()
            XCTAssertEqual(servers.contact.state, .neither)
            XCTAssertEqual(
                servers.user.state, openRequests == .forgotten ? .neitherPendingOut : .neither)
            servers.checkThatAskingAgainHeals()
        }
    }

    /// Stanzas that cross do no harm in all other cases, such as these.
    func testBothAskAtOnceOrOneTakesBackWhatTheOtherGrants() {
        var servers = Servers(SubscriptionRecord(), SubscriptionRecord())
        servers.userSends(.subscribe)
        servers.contactSends(.subscribe)
        servers.everythingArrives()
        XCTAssertEqual(servers.user.state, .neitherPendingOutIn)
        XCTAssertEqual(servers.contact.state, .neitherPendingOutIn)

        servers.userSends(.unsubscribe)
        servers.contactSends(.subscribed)
        servers.everythingArrives()
        XCTAssertEqual(servers.user.state, .neitherPendingIn)
        XCTAssertEqual(servers.contact.state, .neitherPendingOut)
    }
}
