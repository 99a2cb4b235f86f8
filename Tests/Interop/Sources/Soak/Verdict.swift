import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit

/// What is wrong with what a client knows of a contact, or rather with what it was told.
enum Verdict: String, CaseIterable {
    /// The client knows another entry than the server has, and was told of it.
    case wrongEntry = "entries are wrong"
    /// The client sees resources that are not there, or not all that are.
    case wrongPresence = "contacts are seen who are not there, or not seen"
    /// ``ServerTraits/keepsEntriesOfDeclined``.
    case droppedEntry = "entries were dropped without a push when a request was declined"
    /// ``ServerTraits/pushesVersionsOfWhatTheyTell``.
    case untoldChange = "entries were said to be unchanged in a restart, and are not"
    /// ``ServerTraits/tellsLostConnectionsFirst``.
    case saidGone = "contacts were said to be gone who are there"
    /// ``ServerTraits/keepsBothSidesInRestarts``.
    case oneSide = "subscriptions are there on one side only"

    /// Whether it is what the server is known for.
    func isExpected(of traits: ServerTraits) -> Bool {
        switch self {
        case .wrongEntry, .wrongPresence: false
        case .droppedEntry: !traits.keepsEntriesOfDeclined
        case .untoldChange: !traits.pushesVersionsOfWhatTheyTell
        case .saidGone: !traits.tellsLostConnectionsFirst
        case .oneSide: !traits.keepsBothSidesInRestarts
        }
    }

    /// Why a client does not know an entry as it is.
    ///
    /// - Parameters:
    ///   - contact: Whose entry.
    ///   - known: As the client knows it.
    ///   - actual: As the server gives it to a client that knows nothing.
    ///   - testimony: What the server told the client.
    @MainActor
    init(
        _ contact: BareJID, known: Roster.Content?, actual: Roster.Content?,
        _ testimony: Testimony
    ) {
        if actual == nil, known?.sharesPresence == false, testimony.asked.contains(contact) {
            self = .droppedEntry
        } else if testimony.saysUnchanged, !testimony.pushed.contains(contact) {
            self = .untoldChange
        } else {
            self = .wrongEntry
        }
    }

    /// Why a client sees other resources of a contact than there are; `nil` if it does not.
    ///
    /// - Parameters:
    ///   - seen: What the client sees.
    ///   - actual: What there is.
    ///   - testimony: What the server told the client.
    @MainActor
    init?(seen: Set<JID>, actual: Set<JID>, _ testimony: Testimony) {
        if seen == actual { return nil }
        let saysGone = actual.subtracting(seen).allSatisfy {
            testimony.lastPresence[$0] == .unavailable
        }
        self = seen.isSubset(of: actual) && saysGone ? .saidGone : .wrongPresence
    }
}
