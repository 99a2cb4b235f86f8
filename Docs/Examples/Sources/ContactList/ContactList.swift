import Foundation
import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// Two people find each other on a server in memory; one of them watches her contact list.
@main
struct ContactList {
    static func main() async throws {
        // What Juliet's client knows of her contacts outlives the program in a file.
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json").path()
        defer { try? FileManager.default.removeItem(atPath: file) }

        let server = InMemoryServer()
        let juliet = Client("juliet@capulet.example/balcony", on: server, cache: file)
        let romeo = Client("romeo@montague.example/orchard", on: server)
        let nurse = Client("nurse@capulet.example/kitchen", on: server)
        let tybalt: BareJID = "tybalt@capulet.example"
        server.setEntry(nurse.address, name: "Nurse", groups: ["Family"], of: juliet.address)
        server.setEntry(tybalt, name: "Tybalt", groups: ["Family"], of: juliet.address)
        server.setSubscription(.both, of: juliet.address, with: nurse.address)

        for client in [nurse, romeo, juliet] {
            client.connection.connect()
            try client.presence.send(Presence())
        }
        juliet.show("Juliet is online.")

        // Romeo asks to see her presence. She may see his, should she ask.
        romeo.presence.policy.whitelist = [juliet.address]
        try romeo.roster.subscribe(
            to: juliet.address, nickname: "Romeo", reason: "We met at the ball")
        juliet.show("Somebody asks to see when Juliet is online.")

        try juliet.presence.answer(romeo.address, .acceptAndAskBack)
        juliet.show("Juliet lets him, and asks him back. Now they see each other.")

        try await juliet.roster.setEntry(
            romeo.address, name: .set("Romeo"), addingTo: ["Friends"])
        juliet.show("Juliet gives him a name and a group.")

        try romeo.presence.send(Presence(show: .away, status: "Climbing the orchard wall"))
        try nurse.presence.send(Presence(show: .dnd, status: "Looking for Peter"))
        juliet.show("Romeo and the nurse say what they are doing.")

        await juliet.roster.perform(
            juliet.roster.roster.renaming(group: "Friends", to: "Secret"))
        juliet.show("Juliet calls the group something else.")

        juliet.connection.disconnect()
        juliet.show("Juliet's connection is lost.")

        // Meanwhile another client of hers changes an entry, say.
        server.setEntry(nurse.address, name: "Angelica", groups: ["Family"], of: juliet.address)
        try romeo.presence.send(Presence(show: .chat, status: "Under the balcony"))

        let again = Client("juliet@capulet.example/balcony", on: server, cache: file)
        again.show("Juliet's program starts again. This is what the file has.")

        print("It connects, and is sent what has changed since, and nothing else:")
        let log = again.connection.onStanza { direction, stanza in
            guard again.connection.stream.isInSession, let iq = IQ(stanza) else { return }
            let payload = iq.payload.map { " \($0)" } ?? ""
            print("  \(direction == .toServer ? "C" : "S"): \(iq.type?.rawValue ?? "")\(payload)")
        }
        again.connection.connect()
        log.cancel()
        print()

        try again.presence.send(Presence())
        again.show("Juliet is online again.")
    }
}

/// A client of somebody: a connection, and all that is known of the contacts.
final class Client {
    let address: BareJID
    let connection: InMemoryServer.Connection
    let roster: RosterClient
    let contacts: ContactBook
    var presence: PresenceClient { roster.presence }

    init(_ address: JID, on server: InMemoryServer, cache path: String? = nil) {
        self.address = address.bare
        connection = server.makeConnection(as: address)
        roster = RosterClient(connection.stream, cache: path.map { FileRosterCache(at: $0) })
        contacts = ContactBook(roster)
    }

    /// Prints what just happened and the contact list as it is now: groups, who is online and how, and
    /// who waits for an answer.
    func show(_ news: String) {
        print(news)
        let roster = roster.roster
        for group in roster.groupNames {
            print("  \(group)")
            for item in roster.members(of: group) { print("    " + line(contacts[item.jid])) }
        }
        for item in roster.ungrouped { print("  " + line(contacts[item.jid])) }
        for request in presence.requests {
            print("  ? \(request.nickname ?? "") <\(request.jid)>: “\(request.reason ?? "")”")
        }
        print()
    }

    private func line(_ contact: Contact) -> String {
        guard let presence = contact.best?.presence else { return "○ \(contact.displayName)" }
        let show = presence.show.map { " (\($0))" } ?? ""
        let status = presence.status.map { ": \($0)" } ?? ""
        return "● \(contact.displayName)\(show)\(status)"
    }
}
