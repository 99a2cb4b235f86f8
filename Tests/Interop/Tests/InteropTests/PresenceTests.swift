import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// What contacts see of each other (RFC 6121, section 4).
final class PresenceTests: XCTestCase {
    @MainActor
    func testShowStatusAndPriorityArriveAsTheyWereSent() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.mutualCouple()
            let shows: [Presence.Show?] = [nil, .chat, .away, .xa, .dnd]
            for (number, show) in shows.enumerated() {
                let priority = Int8(number * 31 - 1)
                try romeo.presence.send(
                    Presence(show: show, status: "I <\(number)> & \u{1F339}", priority: priority))
                try await stage.eventually("Juliet sees \(show as Any)") {
                    let seen = juliet.presence[romeo.jid].best?.presence
                    return seen?.priority == priority && seen?.show == show
                        && seen?.status == "I <\(number)> & \u{1F339}"
                }
            }
            stage.check(juliet.presence[romeo.jid].resources.count, is: 1)
        }
    }

    @MainActor
    func testStatusInSeveralLanguagesArrives() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.mutualCouple()
            var presence = Presence(language: "en", status: "Wooing")
            presence.statuses.append(Presence.Status("Bin am Balkon", language: "de"))
            try romeo.presence.send(presence)
            try await stage.eventually("Juliet reads both") {
                juliet.presence[romeo.jid].best?.presence.statuses.count == 2
            }
            let seen = juliet.presence[romeo.jid].best?.presence
            stage.check(seen?.status(in: ["de-AT"]), is: "Bin am Balkon")
            stage.check(seen?.status(in: ["en"]), is: "Wooing")
        }
    }

    @MainActor
    func testAContactIsOnlineAsLongAsOneOfItsClientsIs() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.mutualCouple()
            let mobile = try await stage.logIn(
                romeo.account, resource: "mobile", isAvailable: false)
            try await stage.comeOnline(mobile, as: Presence(show: .chat, priority: 7))
            try await stage.eventually("Juliet sees two, the better one first") {
                juliet.presence[romeo.jid].resources.map(\.name) == ["mobile", "home"]
            }
            try await stage.eventually("his clients see each other") {
                romeo.presence.state.ownResources?["mobile"] != nil
                    && mobile.presence.state.ownResources?["home"] != nil
            }
            try mobile.presence.goOffline(status: "Banished")
            try await stage.eventually("Juliet sees one") {
                juliet.presence[romeo.jid].resources.map(\.name) == ["home"]
            }
            await romeo.drop()
            try await stage.eventually("Juliet sees nobody", within: .seconds(15)) {
                !juliet.presence[romeo.jid].isOnline
            }
            let edges = juliet.presenceEvents.compactMap { event -> Bool? in
                switch event {
                case .wentOnline: true
                case .wentOffline: false
                default: nil
                }
            }
            stage.check(edges, is: [false])
        }
    }

    @MainActor
    func testWhoWasSentPresenceDirectlyHearsThatItEnds() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            let nurse = try await stage.logIn("nurse")
            // Nobody is subscribed to anybody.
            for stranger in [romeo, nurse] {
                try juliet.presence.send(Presence(show: .chat), to: stranger.address)
                try await stage.sees(stranger, juliet)
            }
            stage.check(
                juliet.presence.state.own.directedTo, is: [romeo.address, nurse.address].sorted())
            stage.check(romeo.presence[juliet.jid].best?.presence.show, is: .chat)

            try juliet.presence.goOffline(for: nurse.address)
            try await stage.eventually("the nurse hears it") {
                !nurse.presence[juliet.jid].isOnline
            }
            stage.check(romeo.presence[juliet.jid].isOnline, "so does Romeo")
            stage.check(juliet.presence.state.own.directedTo, is: [romeo.address])

            nurse.forget()
            try juliet.presence.goOffline()
            try await stage.eventually("Romeo hears it") { !romeo.presence[juliet.jid].isOnline }
            stage.check(juliet.presence.state.own.directedTo, is: [])
            try await juliet.settle(with: nurse)
            stage.check(nurse.received.count { $0.from?.bare == juliet.jid }, is: 0)
        }
    }

    @MainActor
    func testABroadcastDoesNotReachStrangers() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.couple()
            try juliet.presence.send(Presence(status: "for friends"))
            try await juliet.settle(with: romeo)
            stage.check(romeo.presence[juliet.jid].isOnline, is: false)
            stage.check(romeo.received.count { $0.from?.bare == juliet.jid }, is: 0)
        }
    }

    @MainActor
    func testANewSessionSaysAgainWhatWasSaidLast() async throws {
        try await onStage { stage in
            let (juliet, romeo) = try await stage.mutualCouple()
            let nurse = try await stage.logIn("nurse")
            try juliet.presence.send(Presence(show: .dnd, status: "Asleep", priority: 3))
            try juliet.presence.send(Presence(show: .xa), to: nurse.address)
            try await stage.sees(nurse, juliet)
            try await juliet.settle(with: romeo)

            await juliet.drop()
            for witness in [romeo, nurse] {
                try await stage.eventually("she is gone", within: .seconds(15)) {
                    !witness.presence[juliet.jid].isOnline
                }
            }
            stage.check(juliet.presence[romeo.jid].isOnline, is: false)
            stage.check(juliet.roster.roster.state, is: .fromCache)

            try await juliet.logIn()
            try await stage.sees(romeo, juliet)
            let seen = romeo.presence[juliet.jid].best?.presence
            stage.check(seen?.show, is: .dnd)
            stage.check(seen?.status, is: "Asleep")
            stage.check(seen?.priority, is: 3)
            try await stage.sees(nurse, juliet)
            try await stage.sees(juliet, romeo)
            stage.check(juliet.roster.roster.state, is: .current)
        }
    }

    @MainActor
    func testPresenceToAServerThatThereIsNotComesBackAsAnError() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let nowhere: JID = "romeo@nowhere.invalid/orchard"
            try juliet.presence.send(Presence(), to: nowhere)
            try await stage.eventually("the error is there", within: .seconds(15)) {
                juliet.presenceEvents.contains { if case .error = $0 { true } else { false } }
            }
            let error = juliet.received.first { $0.isError }?.error
            stage.check(error?.condition, is: .remoteServerNotFound)
            stage.check(juliet.presence.state.own.directedTo, is: [])
            stage.check(juliet.presence[nowhere.bare].isOnline, is: false)
        }
    }
}
