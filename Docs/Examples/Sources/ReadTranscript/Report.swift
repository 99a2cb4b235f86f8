import Foundation
import PresenceKit
import RosterKit
import StanzaKit

/// Says things as a person would like to read them.
struct Report {
    /// The handlers below are kept by the player, so they must not keep it.
    private unowned let player: Player

    init(of player: Player) {
        self.player = player
    }

    /// Says each event as it happens.
    func follow() {
        player.roster.onEvent { event in text(event).map(say) }
        player.presence.onEvent { event in text(event).map(say) }
        player.stream.onDiagnostic { diagnostic in
            // Answers to what the recorded client asked on its own account are none of ours.
            if diagnostic.kind != .unexpectedReply { say("(ignored: \(diagnostic.kind))") }
        }
        player.stream.onSession { event in
            if case .ended(let error) = event {
                say(error.map { "the session ended: \($0)" } ?? "the session ended")
            }
        }
    }

    private func say(_ text: String) {
        print(String(format: "%7.3fs  ", player.time) + text)
    }

    private func text(_ event: RosterEvent) -> String? {
        switch event {
        case .initialRosterReceived:
            "the roster is here, with \(contacts(player.roster.roster.count))"
        case .initialRosterFailed(let error): "there is no roster: \(error)"
        case .entryAdded(let item): "new contact: \(name(item)), \(subscription(item))"
        case .entryNameChanged(let item): "\(item.jid) is now called \(item.name ?? "nothing")"
        case .entrySubscriptionChanged(let item): "\(name(item)): \(subscription(item))"
        case .entryAddedToGroup(let item, let group): "\(name(item)) is now in \(quoted(group))"
        case .entryRemovedFromGroup(let item, let group): "\(name(item)) left \(quoted(group))"
        case .entryRemoved(let item): "\(name(item)) is no longer a contact"
        case .groupAdded(let group): "new group: \(quoted(group))"
        case .groupRemoved(let group): "the group \(quoted(group)) is empty and gone"
        case .editOverridden(let item): "the server has \(name(item)) otherwise than asked"
        // Presence tells these.
        case .subscribe, .subscribed, .unsubscribe, .unsubscribed: nil
        @unknown default: "\(event)"
        }
    }

    private func text(_ event: PresenceEvent) -> String? {
        switch event {
        case .wentOnline(let contact): "\(name(contact.jid)) came online: \(availability(contact))"
        case .changed(let contact, _): "\(name(contact.jid)) is now \(availability(contact))"
        case .wentOffline(let contact, _):
            "\(name(contact.jid)) went offline\(contact.lastUnavailable?.status.map { ": \($0)" } ?? "")"
        case .stayedOffline(let contact): "\(name(contact.jid)) is still offline"
        case .subscribe(let presence): "\(sender(presence)) asks to see your presence"
        case .subscribed(let presence): "\(sender(presence)) lets you see its presence"
        case .unsubscribe(let presence): "\(sender(presence)) no longer wants to see your presence"
        case .unsubscribed(let presence): "\(sender(presence)) does not let you see its presence"
        case .probe(let presence): "\(sender(presence)) asks for your current presence"
        case .error(let presence):
            "an error from \(sender(presence)): \(presence.error.map { "\($0)" } ?? "")"
        // Requests are told by their stanzas, and what concerns ourselves we know.
        case .requestOpened, .requestClosed, .ownPresenceChanged, .ownResourceChanged: nil
        @unknown default: "\(event)"
        }
    }

    /// Says how things stand.
    func summary() {
        let roster = player.roster.roster
        print(
            "\nThe roster, version \(roster.version ?? "unknown"), with \(contacts(roster.count)):")
        for group in roster.groupNames { list(roster.members(of: group), in: group) }
        if !roster.ungrouped.isEmpty { list(roster.ungrouped, in: "in no group") }

        let others = player.presence.contacts.filter { roster[$0.jid] == nil }
        if !others.isEmpty { print("\nOnline, but not in the roster:") }
        for contact in others { print("  ● \(name(contact.jid)) \(availability(contact))") }

        let requests = player.presence.requests
        if !requests.isEmpty { print("\nWaiting for your answer:") }
        for request in requests {
            let text = request.reason ?? request.nickname
            print("  ? \(request.jid)\(text.map { ": \($0)" } ?? "")")
        }
        print("")
    }

    private func list(_ items: [RosterItem], in group: String) {
        print("  \(group)")
        for item in items {
            let contact = player.presence[item.jid]
            let mark = contact.isOnline ? "●" : "○"
            let presence = contact.isOnline ? " \(availability(contact))" : ""
            print("    \(mark) \(name(item)) — \(subscription(item))\(presence)")
        }
    }

    // MARK: Words

    private func name(_ item: RosterItem) -> String {
        item.name.map { "\($0) <\(item.jid)>" } ?? "\(item.jid)"
    }

    private func name(_ contact: BareJID) -> String {
        contact == player.address.bare ? "your account" : "\(contact)"
    }

    private func contacts(_ count: Int) -> String {
        count == 1 ? "one contact" : "\(count) contacts"
    }

    private func subscription(_ item: RosterItem) -> String {
        let state =
            switch item.subscription {
            case .neither: "no subscription"
            case .to: "you see them"
            case .from: "they see you"
            case .both: "you see each other"
            }
        return state + (item.isPendingOut ? ", you asked" : "")
            + (item.isApproved ? ", approved in advance" : "")
    }

    private func availability(_ contact: ContactPresence) -> String {
        contact.resources.map { resource in
            let presence = resource.presence
            let show = presence.show.map(\.rawValue) ?? "available"
            let status = presence.statuses.first.map { " “\($0.text)”" } ?? ""
            let priority = presence.priority == 0 ? "" : ", priority \(presence.priority)"
            return "[\(resource.name ?? "no resource"): \(show)\(status)\(priority)]"
        }.joined(separator: " ")
    }

    private func sender(_ presence: Presence) -> String {
        presence.from.map { name($0.bare) } ?? "your account"
    }

    private func quoted(_ text: String) -> String { "“\(text)”" }
}
