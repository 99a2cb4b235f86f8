internal import HashTreeCollections
public import StanzaKit

/// Follows who is online on a stream.
///
/// ```swift
/// let presence = PresenceClient(stream)
/// presence.onEvent { event in
///     if case .wentOnline(let contact) = event { print("\(contact.jid) is here") }
/// }
/// ```
///
/// Events are delivered in line, after ``contacts`` changed. When the session ends everybody goes
/// offline; a resumed session keeps what is known. So far whoever sends presence is a contact, the
/// occupants of rooms among them.
public final class PresenceClient {
    /// The stream that is followed.
    public let stream: StanzaStream

    private var known: TreeDictionary<BareJID, ContactPresence> = [:]
    private var handlers = HandlerList<(PresenceEvent) -> Void>()
    private var order = 0
    private var registrations: [Registration] = []

    /// How many resources of one contact are followed at most; more are not seen.
    public static let maximumResourcesPerContact = 64
    /// How many contacts are followed at most; more are not seen.
    public static let maximumContacts = 100_000

    /// Follows `stream` from now on, until the client goes away.
    public init(_ stream: StanzaStream) {
        self.stream = stream
        registrations = [
            stream.onPresence { [weak self] in self?.receive($0) },
            stream.onSession { [weak self] event in
                if case .ended = event { self?.forgetEverybody() }
            },
        ]
    }

    deinit {
        for registration in registrations { registration.cancel() }
    }

    /// Calls `handler` for every event.
    @discardableResult
    public func onEvent(_ handler: @escaping (PresenceEvent) -> Void) -> Registration {
        handlers.add(handler)
    }

    /// The contacts that are online, sorted by address.
    public var contacts: [ContactPresence] {
        known.values.sorted { $0.jid < $1.jid }
    }

    /// Where `contact` can be reached now; without any resource if it is not online.
    public subscript(contact: BareJID) -> ContactPresence {
        known[contact] ?? ContactPresence(jid: contact)
    }
}

@available(*, unavailable)
extension PresenceClient: Sendable {}

// MARK: Receiving

extension PresenceClient {
    private func emit(_ event: PresenceEvent) {
        handlers.forEach { $0(event) }
    }

    private func receive(_ presence: Presence) {
        // What arrives behind the end of a session is nobody's presence any more.
        if !stream.isInSession { return }
        switch presence.type {
        case nil:
            stream.report(.undefinedValue(presence.element[.type] ?? ""), in: presence.element)
        case .available:
            if let sender = sender(of: presence) { book(presence, from: sender) }
        case .unavailable:
            if let sender = sender(of: presence) { clear(sender, by: presence) }
        case .error:
            emit(.error(presence))
            // Without a sender nothing is known of whom it speaks.
            if let sender = presence.from { clear(sender, by: presence) }
        case .subscribe: emit(.subscribe(presence))
        case .subscribed: emit(.subscribed(presence))
        case .unsubscribe: emit(.unsubscribe(presence))
        case .unsubscribed: emit(.unsubscribed(presence))
        case .probe: emit(.probe(presence))
        }
    }

    /// Who sent the stanza: without a sender, the own account. RFC 6120, section 8.1.2.1.
    private func sender(of presence: Presence) -> JID? {
        switch presence.element.address(.from) {
        case .address(let jid): return jid
        case .absent: return stream.address.map { JID($0.bare) }
        case .malformed:
            stream.report(.undefinedValue(presence.element[.from] ?? ""), in: presence.element)
            return nil
        }
    }

    private func book(_ presence: Presence, from sender: JID) {
        var contact = self[sender.bare]
        let before = contact[sender.resource]?.presence
        let hasRoom =
            contact.isOnline
            ? before != nil || contact.resources.count < Self.maximumResourcesPerContact
            : known.count < Self.maximumContacts
        if !hasRoom {
            return stream.report(.tooMany, in: presence.element)
        }
        let wasOnline = contact.isOnline
        order += 1
        contact.book(presence, from: sender.resource, order: order)
        known[sender.bare] = contact
        if !wasOnline {
            emit(.wentOnline(contact))
        } else if before?.isSameAvailability(as: presence) != true {
            emit(.changed(contact))
        }
    }

    /// Removes one resource, or all where the bare address speaks. RFC 6121, section 4.5.4.
    private func clear(_ sender: JID, by presence: Presence) {
        guard var contact = known[sender.bare] else { return }
        let before = contact.resources.count
        if let resource = sender.resource {
            contact.remove(resource)
        } else {
            contact = ContactPresence(jid: sender.bare)
        }
        if contact.resources.count == before { return }
        known[sender.bare] = contact.isOnline ? contact : nil
        emit(contact.isOnline ? .changed(contact) : .wentOffline(sender.bare, presence))
    }

    private func forgetEverybody() {
        for contact in contacts {
            known[contact.jid] = nil
            emit(.wentOffline(contact.jid, nil))
        }
    }
}

extension Presence {
    fileprivate func isSameAvailability(as other: Presence) -> Bool {
        show == other.show && priority == other.priority
            && Self.sorted(statuses) == Self.sorted(other.statuses)
    }

    private static func sorted(_ statuses: [Status]) -> [[ExactText]] {
        statuses.map { [ExactText($0.language ?? ""), ExactText($0.text)] }
            .sorted { $0[0] < $1[0] }
    }
}
