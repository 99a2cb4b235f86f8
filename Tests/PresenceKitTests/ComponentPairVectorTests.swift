import PresenceKit
import PresenceTestKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays two parties that answer by themselves, until nobody says anything more: components and
/// clients, wired to each other or through servers.
///
/// Demanded is that they fall silent, after no more stanzas than were recorded, and that they agree.
/// What each was recorded to think of the other is demanded of components that were recorded to keep
/// to the RFC, and of the servers of clients.
final class ComponentPairVectorTests: XCTestCase {
    func testTwoAutomaticPartiesFallSilent() throws {
        try replay(.pairs) { vector, demands in
            let id = try XCTUnwrap(vector["id"]?.string)
            let recorded = try XCTUnwrap(vector["sleekxmpp"], id)
            XCTAssertEqual(vector["start"]?.string, "party 1 calls subscribe on party 2", id)
            let pair: any Pair
            switch (vector["mode"]?.string, vector["wired"]?.string) {
            case ("component", "directly to each other, no server rules"):
                pair = try ComponentPair(policies(of: vector))
            case ("client", "directly to each other, no server rules"):
                pair = try ClientPair(policies(of: vector), hasServers: false)
            case ("client", "through RFC 6121 servers"):
                pair = try ClientPair(policies(of: vector), hasServers: true)
            default: throw NotUnderstood(what: id)
            }
            let limit = try XCTUnwrap(recorded["count"]?.int, id)
            let count = try pair.run(limit: limit)
            XCTAssertLessThanOrEqual(count, limit, "\(id): still talking")
            demands.count(.recommended)
            guard let states = try pair.states() else { return 1 }
            XCTAssertEqual(states[0].isSubscribedTo, states[1].isSubscribedFrom, id)
            XCTAssertEqual(states[1].isSubscribedTo, states[0].isSubscribedFrom, id)
            XCTAssertEqual(states[0].isPendingOut, states[1].isPendingIn, id)
            XCTAssertEqual(states[1].isPendingOut, states[0].isPendingIn, id)
            for (index, state) in states.enumerated() {
                let party = try XCTUnwrap(recorded["party\(index + 1)"], id)
                if let name = party["server_state"]?.string {
                    XCTAssertEqual(state.flags, Set(name.split(separator: "+")), id)
                } else if vector["agrees_rfc"]?.bool == true {
                    XCTAssertEqual(state.primary.rawValue, party["subscription"]?.string, id)
                    XCTAssertEqual(state.isPendingIn, party["pending_in"]?.bool, id)
                    XCTAssertEqual(state.isPendingOut, party["pending_out"]?.bool, id)
                    demands.count(.sleekXMPP)
                }
            }
            return 1
        }
    }

    private func policies(of vector: JSON) throws -> [SubscriptionPolicy] {
        try ["party1", "party2"].map { party in
            let switches = try XCTUnwrap(vector[party])
            return SubscriptionPolicy(
                .init(authorizing: switches["auto_authorize"]?.bool),
                asksBack: try XCTUnwrap(switches["auto_subscribe"]?.bool))
        }
    }
}

private protocol Pair {
    /// Lets the first ask the second, and delivers until nobody says anything more.
    ///
    /// - Returns: How many stanzas the two sent; more than `limit` if it was not the end.
    func run(limit: Int) throws -> Int

    /// How the two stand to each other; `nil` where nobody keeps that.
    func states() throws -> [SubscriptionState]?
}

private struct ComponentPair: Pair {
    let parties: [ObservedComponent]
    let addresses: [BareJID] = ["bot@one.localhost", "bot@two.localhost"]

    init(_ policies: [SubscriptionPolicy]) throws {
        parties = [
            try ObservedComponent(domain: "one.localhost"),
            try ObservedComponent(domain: "two.localhost"),
        ]
        for (party, policy) in zip(parties, policies) { party.component.policy = policy }
    }

    func run(limit: Int) throws -> Int {
        try parties[0].component.subscribe(to: addresses[1], from: addresses[0])
        var count = 0
        while count <= limit {
            let sent = parties.map { $0.script.takeSent(Presence.self) }
            if sent.allSatisfy(\.isEmpty) { break }
            for (index, presences) in sent.enumerated() {
                for presence in presences {
                    count += 1
                    XCTAssertEqual(presence.from?.bare, addresses[index])
                    try parties[1 - index].script.receive(presence)
                }
            }
        }
        return count
    }

    func states() throws -> [SubscriptionState]? {
        try parties.indices.map { index in
            try parties[index].component.subscription(
                of: addresses[1 - index], at: addresses[index]
            ).state
        }
    }
}

private final class ClientPair: Pair {
    private let scripts: [ScriptedStream]
    private let clients: [PresenceClient]
    private let addresses: [BareJID] = ["bot1@localhost", "bot2@localhost"]
    private let server = SubscriptionServer(preApproval: .unsupported)
    private let hasServers: Bool
    private var records = [SubscriptionRecord(), SubscriptionRecord()]

    init(_ policies: [SubscriptionPolicy], hasServers: Bool) throws {
        self.hasServers = hasServers
        scripts = [
            ScriptedStream(as: "bot1@localhost/a"), ScriptedStream(as: "bot2@localhost/b"),
        ]
        clients = scripts.map { PresenceClient($0.stream) }
        for index in clients.indices {
            clients[index].policy = policies[index]
            scripts[index].begin()
        }
    }

    func run(limit: Int) throws -> Int {
        try clients[0].subscribe(to: addresses[1])
        var count = 0
        while count <= limit {
            let sent = scripts.map { $0.takeSent().compactMap { Presence($0) } }
            if sent.allSatisfy(\.isEmpty) { break }
            for (index, presences) in sent.enumerated() {
                for presence in presences {
                    count += 1
                    try route(presence, from: index)
                }
            }
        }
        return count
    }

    /// What the server of a client does with what it sends.
    private func route(_ presence: Presence, from index: Int) throws {
        guard hasServers, let stanza = presence.type.flatMap(SubscriptionStanza.init) else {
            return try deliver(presence, to: 1 - index)
        }
        let outcome = server.outcome(of: stanza, .outbound, in: records[index])
        records[index] = outcome.after
        for step in outcome.steps {
            switch step {
            case .forward: try arrive(stanza, presence, at: 1 - index)
            case .push(let item): clients[index].roster(addresses[1 - index], is: item)
            case .reply, .sendPresence: break
            }
        }
    }

    private func arrive(_ stanza: SubscriptionStanza, _ presence: Presence, at index: Int) throws {
        let outcome = server.outcome(of: stanza, .inbound, in: records[index])
        records[index] = outcome.after
        for step in outcome.steps {
            switch step {
            case .forward: try deliver(presence, to: index)
            case .push(let item): clients[index].roster(addresses[1 - index], is: item)
            case .reply(let reply):
                try arrive(reply, reply.presence(to: addresses[1 - index]), at: 1 - index)
            case .sendPresence: break
            }
        }
    }

    private func deliver(_ presence: Presence, to index: Int) throws {
        var presence = presence
        presence.from = JID(addresses[1 - index])
        try scripts[index].receive(presence)
    }

    func states() throws -> [SubscriptionState]? { hasServers ? records.map(\.state) : nil }
}
