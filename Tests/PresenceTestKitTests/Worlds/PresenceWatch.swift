import PresenceKit
import StanzaKit

/// Presence that is made of events alone, and what the events promise.
final class PresenceWatch {
    private let findings: WorldFindings
    private let name: String
    private var online: [BareJID: ContactPresence]
    private var ownResources: ContactPresence?
    private var own: OwnPresence
    private var requests: [SubscriptionRequest]
    /// Whether something was told since the last comparison.
    private(set) var isStale = false

    /// Goes on from how things stand.
    init(_ state: PresenceState, of name: String, _ findings: WorldFindings) {
        self.name = name
        self.findings = findings
        online = Dictionary(uniqueKeysWithValues: state.contacts.map { ($0.jid, $0) })
        ownResources = state.ownResources
        own = state.own
        requests = state.requests
    }

    private func expect(_ isTrue: Bool, _ finding: @autoclosure () -> String) {
        findings.expect(isTrue, "\(name): \(finding())")
    }
}

// MARK: Events

extension PresenceWatch {

    /// Takes an event, and looks whether it is true at this moment.
    ///
    /// - Parameter state: What the client knows; `nil` where the event is told later.
    func take(_ event: PresenceEvent, _ state: PresenceState?) {
        isStale = true
        switch event {
        case .wentOnline(let contact):
            expect(online[contact.jid] == nil, "\(contact.jid) goes online twice")
            expect(contact.isOnline, "\(contact.jid) goes online without a resource")
            online[contact.jid] = contact
        case .changed(let contact, let change):
            follow(change, from: online[contact.jid], to: contact)
            expect(online[contact.jid] != nil, "\(contact.jid) changes and is not online")
            expect(contact.isOnline, "\(contact.jid) changes and has no resource")
            online[contact.jid] = contact
        case .wentOffline(let contact, _):
            expect(online.removeValue(forKey: contact.jid) != nil, "\(contact.jid) goes twice")
            expect(!contact.isOnline, "\(contact.jid) goes offline and has resources")
        case .stayedOffline(let contact):
            expect(online[contact.jid] == nil, "\(contact.jid) stays offline and is online")
        case .ownResourceChanged(let contact, let change):
            follow(change, from: ownResources, to: contact)
            ownResources = contact
        case .requestOpened(let request): open(request)
        case .requestClosed(let request):
            expect(requests.contains { $0.jid == request.jid }, "\(request.jid) asked nothing")
            requests.removeAll { $0.jid == request.jid }
        case .ownPresenceChanged(let presence): own = presence
        default: break
        }
        if let state { expect(isTrue(event, of: state), "\(event) is told and is not so") }
    }

    private func open(_ request: SubscriptionRequest) {
        if let index = requests.firstIndex(where: { $0.jid == request.jid }) {
            expect(request.repeats > 0, "\(request.jid) asks twice, and is told as new")
            requests[index] = request
        } else {
            expect(request.repeats == 0, "\(request.jid) asks again, and never did before")
            requests.append(request)
        }
    }

    /// Looks whether a change says what lies between two presences.
    private func follow(
        _ change: PresenceChange, from old: ContactPresence?, to new: ContactPresence
    ) {
        let before = old?[change.resource]
        let after = new[change.resource]
        switch change.kind {
        case .came: expect(before == nil && after != nil, "\(change) of \(new.jid)")
        case .went: expect(after == nil && old?.isOnline == true, "\(change) of \(new.jid)")
        case .changed: expect(before != after && after != nil, "\(change) of \(new.jid)")
        }
    }

    private func isTrue(_ event: PresenceEvent, of state: PresenceState) -> Bool {
        switch event {
        case .wentOnline(let contact), .changed(let contact, _), .stayedOffline(let contact):
            state[contact.jid] == contact
        // What strangers said when they went is told, and not kept.
        case .wentOffline(let contact, _): !state[contact.jid].isOnline
        case .ownResourceChanged(let contact, _): state.ownResources == contact
        case .requestOpened(let request): state.requests.contains(request)
        case .requestClosed(let request): !state.requests.contains { $0.jid == request.jid }
        case .ownPresenceChanged(let presence): state.own == presence
        default: true
        }
    }
}

// MARK: Comparing

extension PresenceWatch {
    /// Looks whether the events told everything.
    func compare(with state: PresenceState) {
        isStale = false
        expect(
            state.contacts == online.values.sorted { $0.jid < $1.jid },
            "online are \(state.contacts), and was told of \(online)")
        expect(
            state.ownResources?.resources ?? [] == ownResources?.resources ?? [],
            "own resources are \(state.ownResources as Any), told of \(ownResources as Any)")
        expect(state.own == own, "own presence is \(state.own), and was told to be \(own)")
        expect(
            state.requests == requests, "\(state.requests) are open, and was told of \(requests)")
    }
}
