import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// Subscriptions between two accounts of the server (RFC 6121, section 3).
final class SubscriptionTests: XCTestCase {
    @MainActor
    func testAHandshakeBothWaysLeavesBothSeeingEachOther() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple(romeoAt: stage.server.other)
            try juliet.roster.subscribe(to: romeo.jid, nickname: "Juliet", reason: "It is I")
            try await stage.eventually("Romeo is asked") {
                romeo.presence.requests.map(\.jid) == [juliet.jid]
            }
            let request = try stage.unwrap(romeo.presence.requests.first, "request")
            stage.check(request.nickname, is: "Juliet")
            stage.check(request.presence.statuses.map(\.text), is: ["It is I"])
            try await stage.eventually("Juliet waits") {
                juliet.roster.roster[romeo.jid]?.isPendingOut == true
            }

            try romeo.roster.approve(juliet.jid)
            try await stage.sees(juliet, romeo)
            try await stage.eventually("the rosters say so") {
                juliet.roster.roster[romeo.jid]?.subscription == .to
                    && romeo.roster.roster[juliet.jid]?.subscription == .from
            }
            stage.check(juliet.roster.roster[romeo.jid]?.isPendingOut, is: false)
            stage.check(romeo.presence.requests, is: [])

            try romeo.roster.subscribe(to: juliet.jid)
            try await stage.eventually("Juliet is asked") { juliet.presence.requests.count == 1 }
            try juliet.presence.answer(juliet.presence.requests[0].jid, .accept)
            try await stage.sees(romeo, juliet)
            try await stage.areMutual(juliet, romeo)
        }
    }

    @MainActor
    func testARequestThatIsDeniedLeavesNothingPending() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            try juliet.roster.subscribe(to: romeo.jid)
            try await stage.eventually("Romeo is asked") { romeo.presence.requests.count == 1 }
            try romeo.roster.denyRequest(of: juliet.jid)
            try await stage.eventually("Juliet hears it, and waits no more") {
                juliet.told(.unsubscribed) == 1
                    && juliet.roster.roster[romeo.jid]?.isPendingOut == false
            }
            stage.check(juliet.roster.roster[romeo.jid]?.subscription, is: .neither)
            stage.check(juliet.presence[romeo.jid].isOnline, is: false)
            stage.check(romeo.presence.requests, is: [])
            stage.check(juliet.presence.subscription(of: romeo.jid).state, is: .neither)
        }
    }

    @MainActor
    func testARequestThatIsTakenBackIsClosed() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            try juliet.roster.subscribe(to: romeo.jid)
            try await stage.eventually("Romeo is asked") { romeo.presence.requests.count == 1 }
            try juliet.roster.unsubscribe(from: romeo.jid)
            try await stage.eventually("Juliet waits no more") {
                juliet.roster.roster[romeo.jid]?.isPendingOut == false
            }
            if stage.traits.tellsOfRequestsTakenBack {
                try await stage.eventually("Romeo is asked no more") {
                    romeo.presence.requests.isEmpty
                }
            }
            // What Romeo answers then changes nothing.
            try await juliet.settle(with: romeo)
            try romeo.presence.send(Presence(type: .unsubscribed), to: JID(juliet.jid))
            try await romeo.settle(with: juliet)
            stage.check(juliet.roster.roster[romeo.jid]?.subscription, is: .neither)
        }
    }

    @MainActor
    func testWhoIsSeenMayEndIt() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.mutualCouple()
            try romeo.roster.cancelSubscription(of: juliet.jid)
            try await stage.eventually("Juliet sees him no more") {
                !juliet.presence[romeo.jid].isOnline
                    && juliet.roster.roster[romeo.jid]?.subscription == .from
            }
            try await stage.eventually("his roster says so") {
                romeo.roster.roster[juliet.jid]?.subscription == .to
            }
            stage.check(romeo.presence[juliet.jid].isOnline, "he still sees her")
            try romeo.presence.send(Presence(show: .away))
            try await romeo.settle(with: juliet)
            stage.check(juliet.presence[romeo.jid].isOnline, is: false)
        }
    }

    @MainActor
    func testWhoSeesMayEndIt() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.mutualCouple()
            try juliet.roster.unsubscribe(from: romeo.jid)
            try await stage.eventually("her roster says so") {
                juliet.roster.roster[romeo.jid]?.subscription == .from
            }
            if stage.traits.endsPresenceForWhoUnsubscribes {
                try await stage.eventually("Juliet sees him no more") {
                    !juliet.presence[romeo.jid].isOnline
                }
            }
            try await stage.eventually("his roster says so") {
                romeo.roster.roster[juliet.jid]?.subscription == .to
            }
            try await stage.eventually("he was told") { romeo.told(.unsubscribe) == 1 }
            stage.check(romeo.presence[juliet.jid].isOnline, "he still sees her")
        }
    }

    @MainActor
    func testRemovingAnEntryEndsAllSubscriptions() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.mutualCouple()
            try await juliet.roster.removeEntry(romeo.jid, timeout: .seconds(10))
            try await stage.eventually("neither sees the other") {
                juliet.roster.roster[romeo.jid] == nil && !romeo.presence[juliet.jid].isOnline
                    && romeo.roster.roster[juliet.jid]?.subscription == .neither
            }
            if stage.traits.endsPresenceForWhoUnsubscribes {
                try await stage.eventually("nor does she see him") {
                    !juliet.presence[romeo.jid].isOnline
                }
            }
            stage.check(romeo.roster.roster[juliet.jid]?.isPendingOut, is: false)
        }
    }

    @MainActor
    func testARequestWaitsForWhoIsOffline() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let account = try await stage.account("romeo")
            try juliet.roster.subscribe(to: account.jid, nickname: "Juliet", reason: "It is I")
            try await juliet.settle()

            for resource in ["first", "second"] {
                let romeo = try await stage.logIn(account, resource: resource)
                try await stage.eventually("Romeo is asked whenever he comes") {
                    romeo.presence.requests.map(\.jid) == [juliet.jid]
                }
                let request = try stage.unwrap(romeo.presence.requests.first, "request")
                stage.check(request.presence.statuses.map(\.text), is: ["It is I"])
                if stage.traits.keepsPayloadOfRequests {
                    stage.check(request.nickname, is: "Juliet")
                }
                if resource == "second" { try romeo.roster.approve(juliet.jid) }
            }
            try await stage.eventually("Juliet has what she asked for") {
                juliet.roster.roster[account.jid]?.subscription == .to
                    && juliet.presence[account.jid].isOnline
            }
            // The other client sees that the request was answered here.
            try await stage.eventually("nobody is asked any more") {
                stage.all(account).allSatisfy { $0.presence.requests.isEmpty }
            }
        }
    }

    @MainActor
    func testAnAnswerToWhoIsOfflineShowsInTheRoster() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let juliet = try await stage.logIn(account)
            let romeo = try await stage.logIn("romeo")
            try juliet.roster.subscribe(to: romeo.jid)
            try await stage.eventually("Romeo is asked") { romeo.presence.requests.count == 1 }
            await juliet.stop()
            try romeo.roster.approve(juliet.jid)
            try await romeo.settle()

            let again = try await stage.logIn(account)
            stage.check(again.roster.roster[romeo.jid]?.subscription, is: .to)
            stage.check(again.roster.roster[romeo.jid]?.isPendingOut, is: false)
            try await stage.sees(again, romeo)
            stage.check(again.told(.subscribed), is: 0)
        }
    }

    @MainActor
    func testAnApprovalInAdvanceNeedsNoRequest() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            let plan = try romeo.roster.approve(juliet.jid)
            guard stage.traits.keepsApprovals else {
                stage.check(plan, is: .impossible(.preApprovalNotAnnounced))
                return stage.tell(
                    "announces no pre-approval: the library sends none, and no more was tried")
            }
            stage.check(plan, is: .send([.subscribed]))
            try await romeo.settle()
            if stage.traits.showsApprovals {
                try await stage.eventually("the roster shows it") {
                    romeo.roster.roster[juliet.jid]?.isApproved == true
                }
            }
            try juliet.roster.subscribe(to: romeo.jid)
            try await stage.sees(juliet, romeo)
            try await stage.eventually("the rosters say so") {
                juliet.roster.roster[romeo.jid]?.subscription == .to
                    && romeo.roster.roster[juliet.jid]?.subscription == .from
            }
            stage.check(romeo.presence.requests, is: [])
        }
    }

    @MainActor
    func testAnApprovalInAdvanceIsTakenBack() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            guard stage.traits.keepsApprovals else {
                return stage.tell("has no approval to take back")
            }
            try romeo.roster.approve(juliet.jid)
            stage.check(
                try romeo.roster.cancelSubscription(of: juliet.jid), is: .send([.unsubscribed]))
            try await romeo.settle()
            try juliet.roster.subscribe(to: romeo.jid)
            if stage.traits.cancelsApprovals {
                try await stage.eventually("Romeo is asked") { romeo.presence.requests.count == 1 }
            } else {
                try await stage.sees(juliet, romeo)
            }
        }
    }

    @MainActor
    func testAnAnswerReachesAClientThatIsNotAvailable() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet", isAvailable: false)
            let romeo = try await stage.logIn("romeo")
            try juliet.roster.subscribe(to: romeo.jid)
            try await stage.eventually("Romeo is asked") { romeo.presence.requests.count == 1 }
            try romeo.roster.denyRequest(of: juliet.jid)
            try await stage.eventually("her roster says so") {
                juliet.roster.roster[romeo.jid]?.isPendingOut == false
            }
            try await romeo.settle(with: juliet)
            stage.check(
                juliet.told(.unsubscribed), is: stage.traits.tellsUnavailableResources ? 1 : 0)
        }
    }

    @MainActor
    func testARequestToNobodyStaysPending() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let nobody = try BareJID(local: "nobody-at-all", domain: stage.server.host.domain)
            try juliet.roster.subscribe(to: nobody)
            try await stage.eventually("Juliet waits") {
                juliet.roster.roster[nobody]?.isPendingOut == true
            }
            try await juliet.settle()
            stage.check(juliet.presence[nobody].isOnline, is: false)
            try await juliet.roster.removeEntry(nobody, timeout: .seconds(10))
            try await stage.eventually("she has forgotten him") {
                juliet.roster.roster[nobody] == nil
            }
            stage.check(juliet.presence.subscription(of: nobody).state, is: .neither)
        }
    }

    @MainActor
    func testANameGivenBeforeTheRequestStays() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            try await juliet.roster.setEntry(
                romeo.jid, name: .set("My Romeo"), addingTo: ["Verona"], timeout: .seconds(10))
            try romeo.roster.subscribe(to: juliet.jid)
            try await stage.eventually("Juliet is asked") { juliet.presence.requests.count == 1 }
            let fresh = try await stage.logIn(juliet.account, resource: "fresh")
            stage.check(
                fresh.roster.roster[romeo.jid]?.name,
                is: stage.traits.showsEntriesWithRequest ? "My Romeo" : nil)
            try juliet.presence.answer(romeo.jid, .acceptAndAskBack)
            try await stage.eventually("Romeo is asked") { romeo.presence.requests.count == 1 }
            try romeo.roster.approve(juliet.jid)
            try await stage.areMutual(juliet, romeo)
            stage.check(juliet.roster.roster[romeo.jid]?.name, is: "My Romeo")
            stage.check(juliet.roster.roster[romeo.jid]?.groups, is: ["Verona"])
        }
    }

    @MainActor
    func testARequestThatIsDeclinedLeavesTheEntryAsItWas() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            try await juliet.roster.setEntry(
                romeo.jid, name: .set("My Romeo"), addingTo: ["Verona"], timeout: .seconds(10))
            juliet.presence.policy = .decline
            try romeo.roster.subscribe(to: juliet.jid)
            try await stage.eventually("Romeo hears that he may not") {
                romeo.told(.unsubscribed) == 1
            }
            try await juliet.settle()
            let fresh = try await stage.logIn(juliet.account, resource: "fresh")
            stage.check(juliet.roster.roster[romeo.jid]?.name, is: "My Romeo")
            if stage.traits.keepsEntriesOfDeclined {
                stage.check(fresh.roster.roster.contents, is: juliet.roster.roster.contents)
            } else {
                stage.check(fresh.roster.roster.contents, is: [:])
            }
        }
    }

    @MainActor
    func testTwoWhoAnswerByThemselvesFallSilent() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            juliet.presence.policy = .acceptAndAskBack
            romeo.presence.policy = .acceptAndAskBack
            // Both at once, so that the requests cross.
            try juliet.roster.subscribe(to: romeo.jid)
            try romeo.roster.subscribe(to: juliet.jid)
            try await stage.areMutual(juliet, romeo)
            try await stage.quiet("the exchange of subscriptions") {
                juliet.receivedSubscriptions.count + romeo.receivedSubscriptions.count
            }
            stage.check(
                juliet.receivedSubscriptions.count + romeo.receivedSubscriptions.count <= 8,
                "there were more stanzas than anybody needs")
            try await stage.areMutual(juliet, romeo)
        }
    }
}
