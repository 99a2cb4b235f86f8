import PresenceKit
import RosterKit
import StanzaKit

/// A list of contacts that is made of events alone, and the join that it has to be.
final class BookWatch {
    private let findings: WorldFindings
    private let name: String
    private var contacts: [BareJID: Contact]

    /// Goes on from how things stand.
    init(_ book: ContactBook, of name: String, _ findings: WorldFindings) {
        self.name = name
        self.findings = findings
        contacts = Dictionary(uniqueKeysWithValues: book.contacts.all.map { ($0.jid, $0) })
    }

    private func expect(_ isTrue: Bool, _ finding: @autoclosure () -> String) {
        findings.expect(isTrue, "\(name): \(finding())")
    }

    /// Takes an event.
    func take(_ event: ContactEvent) {
        switch event {
        case .added(let contact):
            expect(contacts[contact.jid] == nil, "\(contact.jid) is added to the book twice")
            contacts[contact.jid] = contact
        case .changed(let contact):
            expect(contacts[contact.jid] != nil, "\(contact.jid) changes and is in no book")
            expect(contacts[contact.jid] != contact, "\(contact.jid) changes and is the same")
            contacts[contact.jid] = contact
        case .removed(let contact):
            let known = contacts.removeValue(forKey: contact.jid)
            expect(known == contact, "\(contact.jid) goes from the book and was not so")
        }
    }

    /// Looks whether the book is what lies in the roster and in presence, and its events told so.
    func compare(with book: ContactBook) {
        let presence = book.roster.presence
        let own = presence.state.ownResources.flatMap { $0.isOnline ? $0.jid : nil }
        let known = Set(
            book.roster.roster.items.map(\.jid) + presence.contacts.map(\.jid)
                + presence.requests.map(\.jid) + [own].compactMap(\.self))
        let all = book.contacts.all
        expect(all == known.sorted().map { book[$0] }, "the book has \(all), and not \(known)")
        expect(
            all == contacts.values.sorted { $0.jid < $1.jid },
            "the book has \(all), and told of \(contacts)")
    }
}
