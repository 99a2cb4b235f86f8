import PresenceKit
import StanzaKit

func serve(_ stream: StanzaStream, keepingIn file: String) throws -> ComponentPresence {
    let store = try FileSubscriptionStore(path: file)
    let component = try ComponentPresence(stream, domain: "bots.example.net", store: store)

    // One address lets everybody in, the others their owner.
    let weather: BareJID = "weather@bots.example.net"
    let owner: BareJID = "juliet@example.net"
    component.setPolicy(.acceptAndAskBack, for: weather)
    component.onEvent { [unowned component] event in
        switch event {
        case .requestOpened(let request, let local) where request.jid == owner:
            try? component.answer(request.jid, .accept, at: local)
        case .requestOpened(let request, let local):
            print("\(request.jid) wants to see \(local)")
        case .wentOnline(let contact, let local):
            print("\(contact.jid) is online, says its server to \(local)")
        default: break
        }
    }

    // Every subscriber of the address hears it, now or as soon as there is a session.
    try component.send(Presence(show: .chat, status: "Sunny"), from: JID(weather))
    return component
}
