import PresenceKit

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
