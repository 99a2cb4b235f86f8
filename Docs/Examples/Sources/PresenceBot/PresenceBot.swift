import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// Programs that answer subscription requests by themselves.
@main
struct PresenceBot {
    static func main() throws {
        let server = InMemoryServer()

        print("A bot lets everybody see its presence, and wants to see theirs:")
        let weather = try Bot("weather@bots.example/1", on: server, policy: .acceptAndAskBack)
        try weather.presence.send(Presence(show: .chat, status: "Sunny"))
        let alice = try Bot("alice@wonderland.example/1", on: server)
        try alice.presence.subscribe(to: weather.address, nickname: "Alice")
        try alice.presence.answer(weather.address, .accept)

        print("\nAnother one lets those in that are on a list, and nobody else:")
        let list = SubscriptionPolicy(.decline, whitelist: [alice.address])
        let diary = try Bot("diary@bots.example/1", on: server, policy: list)
        let rabbit = try Bot("rabbit@wonderland.example/1", on: server)
        try rabbit.presence.subscribe(to: diary.address)
        try alice.presence.subscribe(to: diary.address)

        print("\nA third one looks at each request:")
        let tea = try Bot("tea@bots.example/1", on: server)
        tea.decision = { $0.reason == "It is six o'clock" ? .accept : .decline }
        try rabbit.presence.subscribe(to: tea.address, reason: "I'm late!")
        try alice.presence.subscribe(to: tea.address, reason: "It is six o'clock")

        print("\nWho is subscribed may ask what the presence is now; others are told nothing:")
        try weather.presence.goOffline(status: "No more weather today")
        server.advance(by: .seconds(3600))
        try alice.presence.probe(JID(weather.address))
        try rabbit.presence.probe(JID(weather.address))

        print("\nNot all is well always:")
        try alice.presence.subscribe(to: "cat@cheshire.example")
        do {
            try alice.presence.send(Presence(status: "Curiouser and \u{0}"))
        } catch {
            print("    alice sends nothing: \(error)")
        }

        print("\nTwo bots that accept and ask back fall silent:")
        let tweedledum = try Bot("dum@bots.example/1", on: server, policy: .acceptAndAskBack)
        let tweedledee = try Bot("dee@bots.example/1", on: server, policy: .acceptAndAskBack)
        var count: Int { tweedledum.requestsAndAnswers + tweedledee.requestsAndAnswers }
        try tweedledum.presence.subscribe(to: tweedledee.address)
        print("    They sent \(count) requests and answers.")
        try tweedledum.presence.subscribe(to: tweedledee.address)
        try tweedledee.presence.subscribe(to: tweedledum.address)
        print("    Told to ask again they sent none, so it is still \(count).")
    }
}

/// Somebody who is online, and says what happens.
final class Bot {
    let address: BareJID
    let roster: RosterClient
    var presence: PresenceClient { roster.presence }
    /// How a request is answered that the policy leaves open.
    var decision: (SubscriptionRequest) -> SubscriptionDecision? = { _ in nil }
    /// How many stanzas about subscriptions it sent.
    private(set) var requestsAndAnswers = 0

    private let connection: InMemoryServer.Connection

    init(
        _ address: JID, on server: InMemoryServer, policy: SubscriptionPolicy = .manual
    ) throws {
        self.address = address.bare
        connection = server.makeConnection(as: address)
        roster = RosterClient(connection.stream)
        presence.policy = policy
        presence.onEvent { [weak self] event in self?.follow(event) }
        connection.onStanza { [weak self] direction, element in
            guard direction == .toServer, let type = Presence(element)?.type else { return }
            if SubscriptionStanza(type) != nil { self?.requestsAndAnswers += 1 }
        }
        connection.connect()
        try presence.send(Presence())
    }

    private func follow(_ event: PresenceEvent) {
        switch event {
        case .subscribe(let request):
            say("\(name(request)) asks to see my presence", request.status)
        case .subscribed(let answer): say("\(name(answer)) lets me see its presence")
        case .unsubscribed(let answer): say("\(name(answer)) does not let me see its presence")
        case .requestOpened(let request):
            if let decision = decision(request) { try? presence.answer(request.jid, decision) }
        case .wentOnline(let contact):
            say("\(name(contact)) is online", contact.best?.presence.status)
        case .wentOffline(let contact, _):
            say("\(name(contact)) went offline", contact.lastUnavailable?.status)
        case .stayedOffline(let contact):
            let since = contact.lastUnavailable?[Delay.self]?.stamp
            say("\(name(contact)) is still offline, since", since?.description)
        case .error(let answer):
            say("\(name(answer)) cannot be reached", answer.error?.condition.rawValue)
        default: break
        }
    }

    private func say(_ text: String, _ more: String? = nil) {
        print("    \(address.local ?? ""): \(text)\(more.map { ": \($0)" } ?? "")")
    }

    private func name(_ stanza: Presence) -> String { stanza.from?.local ?? "somebody" }
    private func name(_ contact: ContactPresence) -> String { contact.jid.local ?? "somebody" }
}
