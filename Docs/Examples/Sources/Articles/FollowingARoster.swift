import Observation
import PresenceKit
import RosterKit
import StanzaKit

@Observable @MainActor
final class ContactModel {
    private(set) var contacts: [Contact] = []
    @ObservationIgnored private let book: ContactBook

    init(_ roster: RosterClient) {
        book = ContactBook(roster)
        book.onEvent { [weak self] _ in self?.refresh() }
        refresh()
    }

    private func refresh() { contacts = book.contacts.all }
}

/// The code of the article "Following a roster".
func followRoster(_ stream: StanzaStream, path: String) async throws {
    let roster = RosterClient(stream, cache: FileRosterCache(at: path))
    roster.onEvent { event in
        switch event {
        case .initialRosterReceived: print(roster.roster.count, "contacts")
        case .entryAdded(let item): print(item.jid, "is new")
        case .groupAdded(let group): print("there is", group, "now")
        default: break
        }
    }

    let romeo: BareJID = "romeo@montague.example"
    try await roster.setEntry(romeo, name: .set("Romeo"), addingTo: ["Friends"])
    try await roster.setEntry(romeo, removingFrom: ["Strangers"], timeout: .seconds(10))
    let report = await roster.perform(roster.roster.renaming(group: "Friends", to: "Verona"))
    print(report.done.count, "moved,", report.failures.count, "not")

    for await update in roster.updates() {
        print(update.events.count, "events,", update.roster.count, "contacts")
    }
}
