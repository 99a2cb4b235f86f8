import PresenceKit
import StanzaKit

/// A component without a network: say what arrives, read what was sent.
final class ComponentScript {
    let stream: StanzaStream
    let component: ComponentPresence
    /// The store under the component, which tests may change behind its back.
    let store: SharedStore
    private(set) var events: [ComponentEvent] = []
    private(set) var diagnostics: [Diagnostic.Kind] = []
    private let peer = StanzaStream(role: .component, write: { _ in })
    private var sent: [Presence] = []

    init(
        domain: BareJID = "comp.localhost", store: SharedStore = SharedStore(),
        isBegun: Bool = true
    ) throws {
        self.store = store
        let peer = peer
        stream = StanzaStream(role: .component) { try? peer.receive($0) }
        component = try ComponentPresence(stream, domain: domain, store: store)
        component.onEvent { [unowned self] in events.append($0) }
        stream.onDiagnostic { [unowned self] in diagnostics.append($0.kind) }
        peer.onPresence { [unowned self] in sent.append($0) }
        try stream.open(StreamHeader())
        try stream.receive(
            "<stream:stream xmlns='\(XMLNamespace.component)' xmlns:stream='\(XMLNamespace.streams)'>"
                .utf8)
        if isBegun { stream.begin(as: JID(domain)) }
    }

    func receive(_ xml: String) throws {
        try stream.receive(xml.utf8)
    }

    /// Lets a stanza arrive that says no more than its type.
    func receive(_ type: String, from: String, to: String) throws {
        try receive("<presence type='\(type)' from='\(from)' to='\(to)'/>")
    }

    func forgetDiagnostics() { diagnostics = [] }

    func takePresences() -> [Presence] {
        defer { sent = [] }
        return sent
    }

    /// What was sent since the last time: type, sender, addressee, and content where there is any.
    func takeSent() -> [String] {
        takePresences().map { presence in
            let content = presence.element.children.map(\.description).joined()
            let text =
                "\(presence.element[.type] ?? "available") \(presence.from?.description ?? "?")"
                + " > \(presence.to?.description ?? "?")"
            return content.isEmpty ? text : text + " " + content
        }
    }

    func takeEvents() -> [ComponentEvent] {
        defer { events = [] }
        return events
    }

    /// The names of the events since the last time, with who they are about.
    func takeEventNames() -> [String] { takeEvents().map(\.name) }
}

extension ComponentEvent {
    var name: String {
        switch self {
        case .wentOnline(let contact, let local): "online \(contact.jid) \(local)"
        case .changed(let contact, let change, let local):
            "changed \(contact.jid) \(change.kind) \(local)"
        case .wentOffline(let contact, let departure, let local):
            "offline \(contact.jid) \(departure.name) \(local)"
        case .subscribe(_, let local): "subscribe \(local)"
        case .subscribed(_, let local): "subscribed \(local)"
        case .unsubscribe(_, let local): "unsubscribe \(local)"
        case .unsubscribed(_, let local): "unsubscribed \(local)"
        case .probe(_, let local): "probe \(local)"
        case .error(_, let local): "error \(local)"
        case .requestOpened(let request, let local):
            "opened \(request.jid) \(request.repeats) \(local)"
        case .requestClosed(let request, let local): "closed \(request.jid) \(local)"
        case .subscriptionChanged(let record, let contact, let local):
            "\(contact) is \(record.state.rawValue)\(record.isApproved ? ", approved" : "") \(local)"
        case .ownPresenceChanged(let own): "own \(own.jid)"
        case .storeFailed(let error, let local): "failed \(error.code) \(local)"
        @unknown default: "?"
        }
    }
}

extension PresenceEvent.Departure {
    fileprivate var name: String {
        switch self {
        case .unavailable: "unavailable"
        case .error: "error"
        case .sessionEnded: "sessionEnded"
        case .forgotten: "forgotten"
        @unknown default: "?"
        }
    }
}

/// A store that counts what it is asked, and fails when told to.
final class SharedStore: SubscriptionStore {
    var contents = InMemorySubscriptionStore()
    private(set) var reads = 0
    private(set) var writes = 0
    var failsToRead = false
    var failsToWrite = false

    func forgetCounts() { (reads, writes) = (0, 0) }

    func put(
        _ state: SubscriptionState, approved: Bool = false, request: Presence? = nil,
        _ contact: BareJID, at local: BareJID
    ) {
        contents.set(
            SubscriptionEntry(state, isApproved: approved, request: request), for: contact,
            at: local)
    }

    private func read() throws(SubscriptionStoreError) {
        reads += 1
        if failsToRead { throw SubscriptionStoreError(.unreadable) }
    }

    func entry(
        for contact: BareJID, at local: BareJID
    ) throws(SubscriptionStoreError) -> SubscriptionEntry? {
        try read()
        return contents.entry(for: contact, at: local)
    }

    func contacts(of local: BareJID) throws(SubscriptionStoreError) -> [BareJID] {
        try read()
        return contents.contacts(of: local)
    }

    func addresses() throws(SubscriptionStoreError) -> [BareJID] {
        try read()
        return contents.addresses()
    }

    func addressesWithRequests() throws(SubscriptionStoreError) -> [BareJID] {
        try read()
        return contents.addressesWithRequests()
    }

    func set(
        _ entry: SubscriptionEntry?, for contact: BareJID, at local: BareJID
    ) throws(SubscriptionStoreError) {
        writes += 1
        if failsToWrite { throw SubscriptionStoreError(.unwritable) }
        contents.set(entry, for: contact, at: local)
    }
}
