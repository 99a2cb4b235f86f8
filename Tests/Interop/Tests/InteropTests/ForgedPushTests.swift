import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// Servers deliver a roster push that somebody else made up to a full address; it is the client
/// that must refuse it (RFC 6121, section 2.1.6).
final class ForgedPushTests: XCTestCase {
    @MainActor
    func testAPushOfAnotherAccountIsRefused() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            try await juliet.addContacts(2)
            let before = juliet.roster.roster
            juliet.forget()
            let tybalt = try await stage.logIn("tybalt", at: stage.server.other)
            await stage.refused(.serviceUnavailable) {
                _ = try await tybalt.stream.request(
                    Self.push(to: juliet.address), timeout: .seconds(10))
            }
            try await stage.wasNotBelieved(juliet, before)
        }
    }

    @MainActor
    func testAPushOfAnotherClientOfTheAccountIsRefused() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let juliet = try await stage.logIn(account)
            let before = juliet.roster.roster
            let other = try await stage.logIn(account, resource: "other")
            juliet.forget()
            await stage.refused(.serviceUnavailable) {
                _ = try await other.stream.request(
                    Self.push(to: juliet.address), timeout: .seconds(10))
            }
            try await stage.wasNotBelieved(juliet, before)
        }
    }

    @MainActor
    func testAPushOfAComponentIsRefused() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let before = juliet.roster.roster
            juliet.forget()
            let component = try await stage.component()
            var push = Self.push(to: juliet.address)
            push.from = JID(stage.server.component)
            await stage.refused(.serviceUnavailable) {
                _ = try await component.stream.request(push, timeout: .seconds(10))
            }
            try await stage.wasNotBelieved(juliet, before)
        }
    }

    private static func push(to victim: JID) -> IQ {
        var query = Element("query", in: .roster, attributes: ["ver": "forged"])
        query.append(
            Element(
                "item", in: .roster,
                attributes: ["jid": "tybalt@capulet.test", "subscription": "both"]))
        return IQ(.set, to: victim, payload: query)
    }
}

extension Stage {
    fileprivate func wasNotBelieved(_ victim: Session, _ before: Roster) async throws {
        try await victim.settle()
        check(victim.diagnostics.map(\.kind), is: [.foreignPush])
        check(victim.rosterEvents, is: [])
        check(victim.roster.roster.difference(from: before), is: [])
        check(victim.roster.roster.version, is: before.version)
        try await victim.roster.setEntry("romeo@montague.test", timeout: .seconds(10))
        try await eventually("pushes of the server are believed as before") {
            victim.roster.roster["romeo@montague.test"] != nil
        }
    }
}
