import InteropSessions
import RosterKit
import StanzaKit
import XCTest

/// What servers answer to requests that lead nowhere (RFC 6120, section 8.3).
final class ErrorTests: XCTestCase {
    @MainActor
    func testRequestsThatLeadNowhereFailWithTheServersCondition() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let romeo = try await stage.logIn("romeo")
            let host = JID(stage.server.host)
            let ping = Element("ping", in: "urn:xmpp:ping")
            let unknown = Element("query", in: "urn:example:unknown")
            let cases: [(StanzaError.Condition, JID, Element)] = [
                (.remoteServerNotFound, "nowhere.invalid", ping),
                (.serviceUnavailable, host, unknown),
                (.serviceUnavailable, try romeo.jid.appending(resource: "gone"), ping),
                // The library of the other client says so.
                (.serviceUnavailable, romeo.address, unknown),
            ]
            for (condition, addressee, payload) in cases {
                await stage.refused(condition) {
                    _ = try await juliet.stream.request(
                        IQ(.get, to: addressee, payload: payload), timeout: .seconds(15))
                }
            }
        }
    }

    @MainActor
    func testAMessageToNobodyComesBackAsAnError() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            var message = Message(
                to: try JID(validating: "nobody@\(stage.server.host)"), type: .chat,
                children: [Element("body", in: .client, text: "Wherefore")])
            message.id = "message"
            try juliet.stream.send(message)
            try await stage.eventually("the error is there") {
                juliet.messages.contains { $0.id == "message" && $0.isError }
            }
            stage.check(juliet.messages.first?.error?.condition, is: .serviceUnavailable)
        }
    }

    @MainActor
    func testARosterItemThatIsNoneIsRefused() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let condition: StanzaError.Condition =
                stage.traits.explainsEmptyRosterSets ? .badRequest : .serviceUnavailable
            await stage.refused(condition) {
                _ = try await juliet.stream.request(
                    IQ(.set, payload: Element("query", in: .roster)), timeout: .seconds(10))
            }
            try await juliet.settle()
            stage.check(juliet.roster.roster.count, is: 0)
        }
    }
}
