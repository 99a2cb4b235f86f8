import Foundation
import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// A gateway to another network: everybody there has an address at the gateway's domain.
@main
struct Component {
    static func main() throws {
        let tybalt: BareJID = "tybalt@gateway.example"
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path()
        defer { try? FileManager.default.removeItem(atPath: file) }

        // Juliet is a user of a server. She lets Tybalt ask back, and tells us what she sees.
        let server = InMemoryServer()
        let connection = server.makeConnection(as: "juliet@capulet.example/balcony")
        let juliet = RosterClient(connection.stream)
        juliet.presence.policy.whitelist = [tybalt]
        juliet.presence.onEvent { event in
            switch event {
            case .subscribed: say("Juliet: I may see Tybalt")
            case .wentOnline(let contact), .changed(let contact, _):
                say("Juliet: Tybalt is online", contact.best?.presence.status)
            case .wentOffline(_, .sessionEnded): say("Juliet: I see nobody")
            case .wentOffline(let contact, _):
                say("Juliet: Tybalt went offline", contact.lastUnavailable?.status)
            default: break
            }
        }
        connection.connect()
        try juliet.presence.send(Presence())

        print("The gateway starts, and Tybalt comes online in the other network:")
        var gateway: Gateway? = try Gateway(on: server, keepingIn: file)
        try gateway?.show(tybalt, "In the market place")

        print("\nJuliet asks to see him, and somebody whom the other network does not know:")
        try juliet.subscribe(to: tybalt)
        try juliet.subscribe(to: "rosaline@gateway.example")

        print("\nBoth say what they are doing:")
        try gateway?.show(tybalt, "Looking for Romeo")
        try juliet.presence.send(Presence(show: .away, status: "At Friar Lawrence's cell"))

        print("\nJuliet connects again, so her server asks for Tybalt's presence:")
        connection.disconnect()
        connection.connect()

        print("\nThe gateway stops and starts again, and its file says who may see whom:")
        gateway?.stop()
        gateway = nil
        gateway = try Gateway(on: server, keepingIn: file)
        try gateway?.show(tybalt, "Who is that, by the wall?")

        print("\nTybalt goes offline in the other network:")
        try gateway?.hide(tybalt, "A scratch")
    }
}

/// The component: it keeps in a file who may see whom, and follows what people here do.
final class Gateway {
    private let connection: InMemoryServer.Connection
    private let component: ComponentPresence
    /// Who is in the other network.
    private let people: Set<BareJID> = ["tybalt@gateway.example", "mercutio@gateway.example"]

    init(on server: InMemoryServer, keepingIn file: String) throws {
        connection = server.makeComponentConnection("gateway.example")
        component = try ComponentPresence(
            connection.stream, domain: "gateway.example", store: FileSubscriptionStore(path: file))
        component.hasAddress = { [people] in people.contains($0) }
        component.policy = .acceptAndAskBack
        component.onEvent { [weak self] event in self?.follow(event) }
        connection.connect()
        for person in people.sorted() {
            for user in try component.subscribers(of: person) { tell(person, user, "may see me") }
        }
    }

    func stop() { connection.disconnect() }

    /// Somebody is online in the other network: everybody here who may see it is told.
    func show(_ person: BareJID, _ status: String) throws {
        try component.send(Presence(status: status), from: JID(person))
    }

    /// Somebody went offline there.
    func hide(_ person: BareJID, _ status: String) throws {
        try component.goOffline(person, status: status)
    }

    private func follow(_ event: ComponentEvent) {
        switch event {
        case .subscribe(let request, let person): tell(person, request.from?.bare, "asks to see me")
        case .subscribed(let answer, let person): tell(person, answer.from?.bare, "lets me see her")
        case .probe(let probe, let person): tell(person, probe.from?.bare, "asks how I am")
        case .wentOnline(let contact, let person), .changed(let contact, _, let person):
            tell(person, contact.jid, "is online", contact.best?.presence.status)
        case .wentOffline(_, .sessionEnded, _): say("gateway: I see nobody")
        case .wentOffline(let contact, _, let person): tell(person, contact.jid, "went offline")
        case .storeFailed(let error, _): say("gateway: this cannot be kept", "\(error)")
        default: break
        }
    }

    private func tell(
        _ person: BareJID, _ user: BareJID?, _ what: String, _ status: String? = nil
    ) {
        say("gateway for \(person.local ?? ""): \(user?.local ?? "") \(what)", status)
    }
}

private func say(_ text: String, _ more: String? = nil) {
    print("    \(text)\(more.map { ": \($0)" } ?? "")")
}
