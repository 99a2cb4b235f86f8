import PresenceKit
import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays what a component does for one stanza under a policy: the vectors of `policy` whose mode is
/// `component`. See `FORMAT.md`.
final class ComponentPolicyVectorTests: XCTestCase {
    private let local: BareJID = "bot@comp.localhost"
    private let contact: BareJID = "contact@example.com"

    func testEveryStanzaIsAnsweredAsThePolicySays() throws {
        try replay(.policy, .component) { vector, demands in
            try check(vector)
            demands.count(.recommended)
            return 1
        }
    }

    private func check(_ vector: JSON) throws {
        let id = try XCTUnwrap(vector["id"]?.string)
        let observed = try ObservedComponent()
        let script = observed.script
        try observed.component.send(Presence(show: .away, status: "here"), from: JID(local))
        observed.component.policy = SubscriptionPolicy(
            .init(authorizing: vector["auto_authorize"]?.bool),
            asksBack: try XCTUnwrap(vector["auto_subscribe"]?.bool, id),
            whitelist: vector["whitelisted"]?.bool == true ? [contact] : [])
        observed.store.put(try state(vector["start"], id), contact, at: local)
        let incoming = try XCTUnwrap(vector["incoming"]?.string, id)
        _ = observed.takeEvents()
        try script.receive(
            "<presence id='in1' type='\(incoming)' from='\(contact)' to='\(local)'/>")

        let recommended = try XCTUnwrap(vector["recommended"], id)
        let presences = script.takeSent(Presence.self)
        let types = presences.map { $0.type?.rawValue ?? "undefined" }
        let expected = try XCTUnwrap(recommended["sent"]?.array, id).compactMap(\.string)
        XCTAssertEqual(withoutExtra(types), withoutExtra(expected), id)
        let after = try observed.component.subscription(of: contact, at: local).state
        XCTAssertEqual(after, try state(recommended["state_after"], id), id)

        for presence in presences {
            XCTAssertEqual(presence.from, JID(local), id)
            XCTAssertEqual(presence.to, JID(contact), id)
            if presence.type == .available {
                XCTAssertEqual(presence.show, .away, id)
                XCTAssertEqual(presence.status, "here", id)
            }
        }
        XCTAssertTrue(observed.takeEventNames().contains("\(incoming) \(local)"), id)
    }

    /// An extra `unavailable` where `unsubscribed` is sent may be missing or present.
    private func withoutExtra(_ types: [String]) -> [String] {
        types.contains("unsubscribed") ? types.filter { $0 != "unavailable" } : types
    }

    private func state(_ json: JSON?, _ id: String) throws -> SubscriptionState {
        let name = try XCTUnwrap(json?.string, id)
        return try XCTUnwrap(
            SubscriptionState.allCases.first { $0.flags == Set(name.split(separator: "+")) }, id)
    }
}

extension SubscriptionPolicy.Answer {
    /// What SleekXMPP's `auto_authorize` says.
    init(authorizing value: Bool?) {
        self = value.map { $0 ? .accept : .decline } ?? .manual
    }
}

extension SubscriptionState {
    /// The words of which the vectors make the name of a state.
    var flags: Set<Substring> {
        var flags: Set<Substring> = [primary.rawValue[...]]
        if isPendingOut { flags.insert("out") }
        if isPendingIn { flags.insert("in") }
        return flags
    }
}
