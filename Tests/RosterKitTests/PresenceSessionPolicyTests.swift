import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays what `policy.json` recorded of clients: one stanza of a contact, under a policy and in one of
/// the nine states.
///
/// Where the contact asked before and the policy is to answer, the request waits no longer than until
/// the policy is set: what is sent for it is sent then, and who was accepted needs no answer to a
/// repeated request. The recommended answer is demanded of the one that is first.
final class PresenceSessionPolicyTests: XCTestCase {
    private let contact: BareJID = "contact@example.com"

    func testEveryStanzaIsAnsweredByThePolicy() throws {
        var answeredBefore = 0
        try PresenceVectorKind.policy.replay(.client) { json, demands in
            let vector = try Vector(json)
            let session = try PresenceSession(
                .init(initial: Presence(show: .away, status: "here")))
            try begin(session, in: vector.start)

            session.presence.policy = SubscriptionPolicy(
                .init(authorizing: json["auto_authorize"]?.bool),
                asksBack: json["auto_subscribe"]?.bool == true,
                whitelist: json["whitelisted"]?.bool == true ? [contact] : [])
            let decision = session.presence.policy.decision(for: contact)
            let isAnswered = vector.start.isPendingIn && decision != nil
            let answer = session.takeSent()
            XCTAssertEqual(
                types(answer), isAnswered ? decision?.answer(in: vector.start) ?? [] : [],
                vector.place)
            if isAnswered {
                answeredBefore += 1
                try confirm(session)
            }
            let between = session.presence.subscription(of: contact)
            _ = session.takeEvents()

            try session.receive(
                "<presence from='\(contact)' to='tester@localhost' type='\(vector.incoming)' id='in1'/>"
            )
            let sent = session.takeSent()
            if vector.incoming == "subscribe", isAnswered, between.state.isSubscribedFrom {
                XCTAssertEqual(types(sent), [], "it sees our presence already: \(vector.place)")
                try check(answer, vector)
            } else {
                try check(sent, vector)
            }
            demands.count(.recommended)

            let state = session.presence.subscription(of: contact).state
            if vector.incoming != "subscribe", isAnswered {
                XCTAssertEqual(state, try after(vector.incoming, between), vector.place)
                demands.count(.rfc)
            } else {
                XCTAssertEqual(state, vector.stateAfter, vector.place)
                demands.count(.recommended)
            }

            let events = vector.events.map { "\($0) \(contact) \(vector.incoming)" }
            XCTAssertEqual(session.takeEvents().sorted(), events.sorted(), vector.place)
            demands.count(.sleekXMPP)
            return 1
        }
        XCTAssertGreaterThan(answeredBefore, 0)
        print(
            "in \(answeredBefore) of them a request waited, and was answered by the policy before")
    }

    /// Makes the server's roster say so, and lets the contact ask, before anybody answers.
    private func begin(_ session: PresenceSession, in state: SubscriptionState) throws {
        session.presence.policy = .manual
        try session.push(
            PresenceSessionItem(
                contact, .init(subscription: state.primary, isPendingOut: state.isPendingOut)))
        if state.isPendingIn { try session.receiveRequest(of: contact) }
        XCTAssertEqual(session.presence.subscription(of: contact).state, state)
        XCTAssertEqual(session.takeSent(), [])
    }

    /// Lets the server tell what comes of what was sent, as it does before the contact can answer.
    private func confirm(_ session: PresenceSession) throws {
        let item = try XCTUnwrap(session.presence.subscription(of: contact).item)
        try session.push(PresenceSessionItem(contact, item))
    }

    private func types(_ sent: [Element]) -> [String] { sent.map { $0[.type] ?? "available" } }

    /// The recommended stanzas; what is in them as SleekXMPP recorded it.
    private func check(_ all: [Element], _ vector: Vector) throws {
        let sent = PresenceSessionRecording.withoutUnavailable(all)
        XCTAssertEqual(types(sent).sorted(), vector.sent.sorted(), vector.place)
        for element in sent {
            let isOfType = { (recorded: Element) in recorded[.type] == element[.type] }
            let recorded = try XCTUnwrap(vector.recorded.first(where: isOfType), vector.place)
            XCTAssertEqual(
                try PresenceSessionRecording.canonical(element),
                try PresenceSessionRecording.canonical(recorded), vector.place)
        }
    }

    /// The state after a stanza of the contact, by the RFC. Appendix A.3.
    private func after(_ incoming: String, _ record: SubscriptionRecord) throws -> SubscriptionState
    {
        guard let stanza = SubscriptionStanza(rawValue: incoming) else { return record.state }
        return SubscriptionServer(preApproval: .unsupported)
            .outcome(of: stanza, .inbound, in: record).after.state
    }
}

/// One vector of `policy.json`.
private struct Vector {
    let start: SubscriptionState
    let incoming: String
    /// What is recommended: the types that are sent, and the state after that.
    let sent: [String]
    let stateAfter: SubscriptionState
    /// What SleekXMPP sent, and its events.
    let recorded: [Element]
    let events: [String]
    let place: String

    init(_ json: JSON) throws {
        let id = try XCTUnwrap(json["id"]?.string)
        start = try Self.state(json["start"])
        incoming = try XCTUnwrap(json["incoming"]?.string, id)
        let recommended = try XCTUnwrap(json["recommended"], id)
        sent = try XCTUnwrap(recommended["sent"]?.array, id).compactMap(\.string)
            .filter { $0 != "unavailable" }
        stateAfter = try Self.state(recommended["state_after"])
        recorded = try XCTUnwrap(json["sleekxmpp"]?["sent_xml"]?.array, id).compactMap(\.string)
            .map { try Element(parsing: $0, in: .client) }
        events = try XCTUnwrap(json["sleekxmpp"]?["events"]?.array, id).compactMap(\.string)
        place = "\(id): \(incoming) in \(start)"
    }

    /// `from+out`, `none+out+in` and the like.
    private static func state(_ json: JSON?) throws -> SubscriptionState {
        let words = (json?.string ?? "").split(separator: "+").map(String.init)
        guard let primary = words.first.flatMap(SubscriptionState.Primary.init(rawValue:)),
            words.dropFirst().allSatisfy(["out", "in"].contains)
        else { throw NotUnderstood(what: "state \(words)") }
        return SubscriptionState(
            primary, isPendingOut: words.contains("out"), isPendingIn: words.contains("in"))
    }
}

extension SubscriptionDecision {
    /// What a request is answered with, to who is told then that we are away.
    fileprivate func answer(in state: SubscriptionState) -> [String] {
        let asks = !state.isSubscribedTo && !state.isPendingOut
        return switch self {
        case .accept: ["subscribed", "available"]
        case .acceptAndAskBack: ["subscribed", "available"] + (asks ? ["subscribe"] : [])
        case .decline: ["unsubscribed"]
        }
    }
}
