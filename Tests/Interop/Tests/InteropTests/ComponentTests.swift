import InteropSessions
import LiveConnection
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// An external component (XEP-0114) that does for its addresses what servers do for accounts.
final class ComponentTests: XCTestCase {
    @MainActor
    func testAUserSubscribesToAnAddressOfAComponent() async throws {
        try await onStage { stage in
            let component = try await stage.component()
            let echo = try BareJID(local: "echo", domain: stage.server.component.domain)
            component.presence.policy = .acceptAndAskBack
            try component.presence.send(Presence(status: "Echo"), from: JID(echo))
            let juliet = try await stage.logIn("juliet")
            juliet.presence.policy = .accept
            try juliet.roster.subscribe(to: echo)
            try await stage.eventually("both see each other") {
                juliet.presence[echo].best?.presence.status == "Echo"
                    && juliet.roster.roster[echo]?.subscription == .both
                    && component.presence.presence(of: juliet.jid, at: echo).isOnline
            }
            stage.check(
                try component.presence.subscription(of: juliet.jid, at: echo).state, is: .both)

            try component.presence.send(Presence(show: .away), from: JID(echo))
            try juliet.presence.send(Presence(show: .dnd))
            try await stage.eventually("both see the change") {
                juliet.presence[echo].best?.presence.show == .away
                    && component.presence.presence(of: juliet.jid, at: echo)
                        .best?.presence.show == .dnd
            }
            try await stage.quiet("the exchange of subscriptions") {
                juliet.receivedSubscriptions.count
                    + component.received.count { $0.type.flatMap(SubscriptionStanza.init) != nil }
            }
        }
    }

    @MainActor
    func testAComponentAnswersTheProbesOfTheServer() async throws {
        try await onStage { stage in
            let component = try await stage.component()
            let echo = try BareJID(local: "echo", domain: stage.server.component.domain)
            component.presence.policy = .accept
            try component.presence.send(Presence(status: "Echo"), from: JID(echo))
            let account = try await stage.account("juliet")
            let juliet = try await stage.logIn(account)
            try juliet.roster.subscribe(to: echo)
            try await stage.eventually("she sees it") { juliet.presence[echo].isOnline }
            await juliet.stop()
            try await component.settle(as: echo, with: stage.server)
            component.events = []

            let again = try await stage.logIn(account)
            try await stage.eventually("the server asks, and she sees it again") {
                again.presence[echo].best?.presence.status == "Echo"
                    && component.events.contains {
                        if case .probe(let probe, at: let local) = $0 {
                            probe.from?.bare == account.jid && local == echo
                        } else {
                            false
                        }
                    }
            }
            // What is offline is asked too, and answers that it is.
            try component.presence.goOffline(echo)
            try await stage.eventually("she sees it go") { !again.presence[echo].isOnline }
        }
    }

    @MainActor
    func testAComponentProbesAUser() async throws {
        try await onStage { stage in
            let component = try await stage.component()
            let echo = try BareJID(local: "echo", domain: stage.server.component.domain)
            let juliet = try await stage.logIn("juliet")
            try juliet.presence.send(Presence(show: .chat, status: "Here"))
            try component.presence.subscribe(to: juliet.jid, from: echo, reason: "May I?")
            try await stage.eventually("Juliet is asked") {
                juliet.presence.requests.map(\.jid) == [echo]
            }
            stage.check(juliet.presence.requests.first?.reason, is: "May I?")
            try juliet.roster.approve(echo)
            try await stage.eventually("the component sees her") {
                component.presence.presence(of: juliet.jid, at: echo).best?.presence.show == .chat
            }
            component.events = []
            component.received = []
            try component.presence.probe(JID(juliet.jid), from: echo)
            try await stage.eventually("the server answers for her") {
                component.received.contains {
                    $0.type == .available && $0.from == juliet.address && $0.status == "Here"
                }
            }
            try juliet.roster.cancelSubscription(of: echo)
            try await stage.eventually("the component sees her no more") {
                !component.presence.presence(of: juliet.jid, at: echo).isOnline
            }
            stage.check(
                try component.presence.subscription(of: juliet.jid, at: echo).state, is: .neither)
        }
    }

    @MainActor
    func testSubscriptionsOutliveTheComponent() async throws {
        try await onStage { stage in
            let echo = try BareJID(local: "echo", domain: stage.server.component.domain)
            let juliet = try await stage.logIn("juliet")
            let first = try await stage.component()
            first.presence.policy = .accept
            try first.presence.send(Presence(status: "Echo"), from: JID(echo))
            try juliet.roster.subscribe(to: echo)
            try await stage.eventually("she sees it") { juliet.presence[echo].isOnline }
            try first.presence.goOffline(echo, status: "Back soon")
            try await stage.eventually("she sees it go") { !juliet.presence[echo].isOnline }
            let store = first.presence.store
            await first.stop()

            let second = try await stage.component(store: store)
            stage.check(try second.presence.subscribers(of: echo), is: [juliet.jid])
            try second.presence.send(Presence(status: "Again"), from: JID(echo))
            try await stage.eventually("she sees it again") {
                juliet.presence[echo].best?.presence.status == "Again"
            }
        }
    }

    @MainActor
    func testAWrongSecretIsRefused() async throws {
        try await onStage { stage in
            let component = try ComponentSession(of: stage.server, secret: "another")
            do {
                try await component.logIn()
                stage.check(false, "there is a session")
            } catch let error as ConnectionError {
                stage.check(error.code, is: .authenticationFailed)
            }
        }
    }
}
