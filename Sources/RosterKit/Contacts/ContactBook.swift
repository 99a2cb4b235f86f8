internal import PresenceKit
public import StanzaKit

/// Everybody who is in the roster, online or waiting for an answer, each as one value.
///
/// ```swift
/// let book = ContactBook(roster)
/// book.onEvent { event in
///     if case .changed(let contact) = event { list.show(contact) }
/// }
/// ```
///
/// It follows a ``RosterClient`` and its presence. An event of theirs costs what it changes, however
/// many contacts there are; the book's own event comes while that one is delivered.
public final class ContactBook {
    /// The roster that is followed.
    public let roster: RosterClient
    /// The contacts as they are now.
    public private(set) var contacts = ContactList()

    private let delivery = EventDelivery<ContactEvent, ContactUpdate>()
    private var registrations: [Registration] = []

    /// Follows `roster` from now on, until the book goes away.
    public init(_ roster: RosterClient) {
        self.roster = roster
        registrations = [
            roster.onEvent { [weak self] event in self?.follow(event) },
            roster.onImport { [weak self] in self?.reload() },
            roster.presence.onEvent { [weak self] event in self?.follow(event) },
            // What contacts said in an earlier session is forgotten, and the account may be another.
            roster.stream.onSession { [weak self] event in
                if case .began = event { self?.reload() }
            },
        ]
        reload()
    }

    deinit {
        for registration in registrations { registration.cancel() }
    }

    /// What is known of somebody, in the list or not.
    public subscript(contact: BareJID) -> Contact {
        let presence = roster.presence
        return Contact(
            jid: contact, item: roster.roster[contact], presence: presence[contact],
            request: presence.requests.first { $0.jid == contact },
            isOwn: contact == roster.stream.address?.bare)
    }

    /// Calls `handler` for every event.
    @discardableResult
    public func onEvent(_ handler: @escaping (ContactEvent) -> Void) -> Registration {
        delivery.add(handler)
    }

    /// The contacts, and then every change, for other isolation domains.
    ///
    /// Updates wait until they are taken, however many there are; each costs what it changed.
    public func updates() -> AsyncStream<ContactUpdate> {
        delivery.makeUpdates(beginningWith: ContactUpdate(events: [], contacts: contacts))
    }
}

@available(*, unavailable)
extension ContactBook: Sendable {}

// MARK: Following

extension ContactBook {
    private func follow(_ event: RosterEvent) {
        switch event {
        case .entryAdded(let item), .entryNameChanged(let item),
            .entrySubscriptionChanged(let item), .entryAddedToGroup(let item, _),
            .entryRemovedFromGroup(let item, _), .entryRemoved(let item):
            look(at: [item.jid])
        default: break
        }
    }

    private func follow(_ event: PresenceEvent) {
        switch event {
        case .wentOnline(let contact), .changed(let contact, _), .wentOffline(let contact, _),
            .stayedOffline(let contact), .ownResourceChanged(let contact, _):
            look(at: [contact.jid])
        case .requestOpened(let request), .requestClosed(let request): look(at: [request.jid])
        default: break
        }
    }

    /// Looks at everybody, as what was imported is not told contact by contact.
    private func reload() {
        let presence = roster.presence
        let known =
            contacts.all.map(\.jid) + roster.roster.items.map(\.jid) + presence.contacts.map(\.jid)
            + presence.requests.map(\.jid) + [presence.state.ownResources?.jid].compactMap(\.self)
        look(at: Set(known).sorted())
    }

    private func look(at jids: [BareJID]) {
        delivery.step(telling: { ContactUpdate(events: $0, contacts: contacts) }) {
            for jid in jids {
                if let event = contacts.put(self[jid]) { delivery.emit(event) }
            }
        }
    }
}
