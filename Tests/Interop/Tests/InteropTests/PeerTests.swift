import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// Clients of other libraries at the other end of the line, or beside us in the same account.
final class PeerTests: XCTestCase {
    @MainActor
    func testWeAskAndThePeerApprovesAndTheOtherWayRound() async throws {
        try await withEachPeer { stage, library in
            let juliet = try await stage.logIn("juliet")
            let romeo = try await stage.peer(library)
            try juliet.roster.subscribe(to: romeo.jid)
            try await stage.eventually("\(library) is asked") {
                !romeo.received("subscribe", from: juliet.jid).isEmpty
            }
            try await romeo.send("subscribed", to: juliet.jid)
            try await stage.eventually("we see \(library)") {
                juliet.presence[romeo.jid].isOnline
                    && juliet.roster.roster[romeo.jid]?.subscription == .to
                    && romeo.entries[juliet.jid]?.subscription == "from"
            }

            try await romeo.send("subscribe", to: juliet.jid)
            try await stage.eventually("we are asked") {
                juliet.presence.requests.map(\.jid) == [romeo.jid]
            }
            try juliet.roster.approve(romeo.jid)
            try await stage.eventually("both see each other") {
                juliet.roster.roster[romeo.jid]?.subscription == .both
                    && romeo.entries[juliet.jid]?.subscription == "both"
                    && !romeo.received("available", from: juliet.jid).isEmpty
            }
            stage.check(romeo.entries[juliet.jid]?.ask, is: false)
        }
    }

    @MainActor
    func testADenialIsUnderstoodEitherWay() async throws {
        try await withEachPeer { stage, library in
            let juliet = try await stage.logIn("juliet")
            let romeo = try await stage.peer(library)
            try juliet.roster.subscribe(to: romeo.jid)
            try await stage.eventually("\(library) is asked") {
                !romeo.received("subscribe", from: juliet.jid).isEmpty
            }
            try await romeo.send("unsubscribed", to: juliet.jid)
            try await stage.eventually("we wait no more") {
                juliet.told(.unsubscribed) == 1
                    && juliet.roster.roster[romeo.jid]?.isPendingOut == false
            }

            try await romeo.send("subscribe", to: juliet.jid)
            try await stage.eventually("we are asked") { juliet.presence.requests.count == 1 }
            try juliet.roster.denyRequest(of: romeo.jid)
            try await stage.eventually("\(library) waits no more") {
                !romeo.received("unsubscribed", from: juliet.jid).isEmpty
                    && romeo.entries[juliet.jid]?.ask != true
            }
        }
    }

    @MainActor
    func testASubscriptionIsEndedFromEitherSide() async throws {
        try await withEachPeer { stage, library in
            let (juliet, romeo) = try await stage.mutual(with: library)
            try await romeo.send("unsubscribed", to: juliet.jid)
            try await stage.eventually("we see \(library) no more") {
                !juliet.presence[romeo.jid].isOnline
                    && juliet.roster.roster[romeo.jid]?.subscription == .from
                    && romeo.entries[juliet.jid]?.subscription == "to"
            }
            try await romeo.send("unsubscribe", to: juliet.jid)
            try await stage.eventually("nor does it see us") {
                juliet.roster.roster[romeo.jid]?.subscription == .neither
                    && romeo.entries[juliet.jid]?.subscription == "none"
            }
            try await stage.rejoin(juliet, romeo)
            try juliet.roster.cancelSubscription(of: romeo.jid)
            try await stage.eventually("\(library) sees us no more") {
                romeo.entries[juliet.jid]?.subscription == "from"
                    && !romeo.received("unavailable", from: juliet.jid).isEmpty
            }
            try juliet.roster.unsubscribe(from: romeo.jid)
            try await stage.eventually("nor do we see it") {
                juliet.roster.roster[romeo.jid]?.subscription == .neither
                    && romeo.entries[juliet.jid]?.subscription == "none"
            }
            if stage.traits.endsPresenceForWhoUnsubscribes {
                try await stage.eventually("it is gone") { !juliet.presence[romeo.jid].isOnline }
            }
        }
    }

    @MainActor
    func testPresenceIsReadAlikeOnBothSides() async throws {
        try await withEachPeer { stage, library in
            let (juliet, romeo) = try await stage.mutual(with: library)
            for (number, show) in ["away", "chat", "dnd", "xa"].enumerated() {
                let status = "\(show) <\u{1F339}>"
                try await romeo.send(show: show, status: status, priority: number - 2)
                try await stage.eventually("we see \(show)") {
                    let seen = juliet.presence[romeo.jid].best?.presence
                    return seen?.show?.rawValue == show && seen?.status == status
                        && Int(seen?.priority ?? 0) == number - 2
                }
                try juliet.presence.send(
                    Presence(
                        show: Presence.Show(rawValue: show), status: status,
                        priority: Int8(number - 2)))
                try await stage.eventually("\(library) sees \(show)") {
                    let seen = romeo.received("available", from: juliet.jid).last
                    return seen?.show == show && seen?.status == status
                        && seen?.priority.flatMap(Int.init) == number - 2
                }
            }
            try juliet.presence.goOffline(status: "Asleep")
            try await stage.eventually("\(library) sees us go") {
                romeo.received("unavailable", from: juliet.jid).last?.status == "Asleep"
            }
            try await stage.comeOnline(juliet)
            try await stage.eventually("we see \(library) again") {
                juliet.presence[romeo.jid].isOnline
            }
            try await romeo.send(type: "unavailable")
            try await stage.eventually("it is gone") { !juliet.presence[romeo.jid].isOnline }
        }
    }

    @MainActor
    func testOneAccountInTwoLibrariesHasOneRoster() async throws {
        try await withEachPeer { stage, library in
            let account = try await stage.account("juliet")
            let ours = try await stage.logIn(account)
            let theirs = try await stage.peer(library, account)
            let romeo: BareJID = "romeo@montague.test"
            let nurse: BareJID = "nurse@capulet.test"

            try await ours.roster.setEntry(
                romeo, name: .set("Romeo"), addingTo: ["Friends", "Verona"], timeout: .seconds(10))
            try await stage.eventually("\(library) has what we set") {
                theirs.entries[romeo]?.name == "Romeo"
                    && theirs.entries[romeo]?.groups == ["Friends", "Verona"]
            }
            try await theirs.setEntry(nurse, name: "Nurse", groups: ["Household"])
            try await theirs.setEntry(romeo, name: "Husband", groups: ["Verona"])
            try await stage.eventually("we have what \(library) set") {
                ours.roster.roster[nurse]?.groups == ["Household"]
                    && ours.roster.roster[romeo]?.name == "Husband"
                    && ours.roster.roster[romeo]?.groups == ["Verona"]
            }
            let plan = ours.roster.roster.merging(groups: ["Verona", "Household"], into: "All")
            let report = await ours.roster.perform(plan, timeoutPerStep: .seconds(10))
            stage.check(report.isComplete, "\(report)")
            try await stage.eventually("\(library) sees the groups as one") {
                theirs.entries[romeo]?.groups == ["All"] && theirs.entries[nurse]?.groups == ["All"]
            }
            try await theirs.removeEntry(nurse)
            try await ours.roster.removeEntry(romeo, timeout: .seconds(10))
            try await stage.eventually("the roster is empty on both sides") {
                ours.roster.roster.count == 0 && theirs.entries.isEmpty
            }
        }
    }

    @MainActor
    func testAnAutomaticPeerAndWeFallSilentWhoeverBegins() async throws {
        try await withEachPeer { stage, library in
            for isOurs in [true, false] {
                let juliet = try await stage.logIn("juliet")
                juliet.presence.policy = .acceptAndAskBack
                let romeo = try await stage.peer(library, isAutomatic: true)
                if isOurs {
                    try juliet.roster.subscribe(to: romeo.jid)
                } else {
                    try await romeo.send("subscribe", to: juliet.jid)
                }
                try await stage.eventually("both see each other") {
                    juliet.roster.roster[romeo.jid]?.subscription == .both
                        && romeo.entries[juliet.jid]?.subscription == "both"
                        && juliet.presence[romeo.jid].isOnline
                }
                try await stage.quiet("the exchange with \(library)", for: .milliseconds(1500)) {
                    juliet.receivedSubscriptions.count + romeo.subscriptionStanzas
                }
                stage.check(
                    juliet.receivedSubscriptions.count <= 4,
                    "\(juliet.receivedSubscriptions.count) stanzas for two subscriptions")
            }
        }
    }

    @MainActor
    func testAnAutomaticPeerAndWeFallSilentWhenBothBegin() async throws {
        try await withEachPeer { stage, library in
            let juliet = try await stage.logIn("juliet")
            juliet.presence.policy = .acceptAndAskBack
            let romeo = try await stage.peer(library, isAutomatic: true)
            try juliet.roster.subscribe(to: romeo.jid)
            try await romeo.send("subscribe", to: juliet.jid)
            try await stage.eventually("both see each other") {
                juliet.roster.roster[romeo.jid]?.subscription == .both
                    && romeo.entries[juliet.jid]?.subscription == "both"
            }
            try await stage.quiet("the exchange with \(library)", for: .milliseconds(1500)) {
                juliet.receivedSubscriptions.count + romeo.subscriptionStanzas
            }
        }
    }
}

extension Stage {
    /// A client of ours and one of another library that see each other.
    fileprivate func mutual(
        with library: Peer.Library
    ) async throws -> (juliet: Session, romeo: Peer) {
        let juliet = try await logIn("juliet")
        let romeo = try await peer(library)
        try await rejoin(juliet, romeo)
        return (juliet, romeo)
    }

    /// Lets the two see each other.
    fileprivate func rejoin(_ juliet: Session, _ romeo: Peer) async throws {
        juliet.presence.policy = .acceptAndAskBack
        try await romeo.send("subscribe", to: juliet.jid)
        try await eventually("\(romeo.library) is asked back") {
            romeo.received("subscribe", from: juliet.jid).last != nil
        }
        try await romeo.send("subscribed", to: juliet.jid)
        try await eventually("both see each other") {
            juliet.roster.roster[romeo.jid]?.subscription == .both
                && romeo.entries[juliet.jid]?.subscription == "both"
                && juliet.presence[romeo.jid].isOnline
        }
        juliet.presence.policy = .manual
        romeo.forget()
        juliet.forget()
    }
}
