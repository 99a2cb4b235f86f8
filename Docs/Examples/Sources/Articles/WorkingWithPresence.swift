import PresenceKit
import StanzaKit

/// Decides who may see our presence.
struct Backend {
    func allows(_ contact: BareJID) -> Bool { contact.domain == "example.org" }
    func looksUp(_ contact: BareJID) async -> Bool { allows(contact) }
}

/// The code of the article "Working with presence".
func workWithPresence(_ presence: PresenceClient, backend: Backend) async throws {
    var stanza = Presence()
    stanza.from = "bot@example.org/echo"
    stanza.show = .xa
    stanza.setStatus("Curiouser and curiouser!")
    stanza.setStatus("Immer wunderlicher!", language: "de")

    let away = Presence(
        to: "alice@example.org", id: "p1", language: "en", show: .away,
        status: "Curiouser and curiouser!", priority: 5)

    try presence.send(Presence(show: .dnd, status: "Busy studying XMPP"))
    try presence.send(Presence(show: .chat), to: "alice@example.org/rabbit-hole")
    try presence.goOffline(status: "Gone down the hole")

    try presence.subscribe(to: "alice@example.org", nickname: "Bill", reason: "We met at the trial")

    for word in Presence.TypeOrShow.allCases {
        stanza.typeOrShow = word  // available, away, chat, dnd, error, probe, … unavailable, xa
    }
    if stanza.typeOrShow == .dnd { print("do not disturb") }

    presence.onEvent { event in
        switch event {
        case .subscribed(let stanza): print("\(stanza.from?.description ?? "") lets us see it")
        case .requestOpened(let request): print("\(request.jid) asks: \(request.reason ?? "")")
        case .unsubscribe(let stanza), .unsubscribed(let stanza):
            print("\(stanza.from?.description ?? "") has had enough")
        default: break
        }
    }
    try presence.subscribe(to: "alice@example.org")
    try presence.answer("alice@example.org", .accept)
    try presence.perform(.cancel, for: "alice@example.org")
    try presence.perform(.withdraw, for: "alice@example.org")

    presence.policy = .acceptAndAskBack  // both ways
    presence.policy = .accept  // one way
    presence.policy = .decline  // nobody
    presence.policy = .manual  // the user decides; the default
    presence.policy.whitelist = ["alice@example.org"]

    presence.onEvent { event in
        guard case .subscribe(let stanza) = event, let contact = stanza.from?.bare else { return }
        try? presence.answer(contact, backend.allows(contact) ? .acceptAndAskBack : .decline)
    }

    await presence.answerRequests { request in
        await backend.looksUp(request.jid) ? .acceptAndAskBack : .decline
    }

    try presence.probe("alice@example.org")
    presence.onEvent { event in
        guard case .probe(let stanza) = event, let sender = stanza.from else { return }
        try? presence.send(Presence(show: .dnd, status: "Busy studying XMPP"), to: sender)
    }

    if let affiliation = stanza.muc.affiliation, let role = stanza.muc.role {
        print("\(stanza.muc.nick ?? ""): \(affiliation), \(role)")
    }
    if let jid = stanza.muc.jid { print("is really \(jid)") }
    print(away)

    let rooms = RoomClient(presence)
    rooms.onEvent { room, event in
        switch event {
        case .selfJoined: print("in", room.address, "with", room.occupants.map(\.nick))
        case .occupantLeft(let who, let departure): print(who.nick, departure.cause)
        case .joinRefused(let refusal): print(refusal.nick, refusal.error.condition)
        default: break
        }
    }
    try rooms.join("coven@chat.shakespeare.lit", as: "thirdwitch")
}
