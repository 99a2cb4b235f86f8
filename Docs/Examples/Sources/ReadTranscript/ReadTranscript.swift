import Foundation
import PresenceKit
import RosterKit
import StanzaKit

/// Reads the recorded session of a client with a real server, and tells what happened.
@main
struct ReadTranscript {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--help") || arguments.count > 2 {
            print("usage: ReadTranscript [FILE [STREAM]]; by default the first, `list` lists them")
        } else if let file = arguments.first {
            try read(URL(filePath: file), stream: arguments.dropFirst().first)
        } else {
            let folder = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            for (file, stream) in [
                ("prosody/roster-thirty-items", "alice/r2"),
                ("prosody/roster-rename-regroup", "alice/r1"),
                ("ejabberd/sub-handshake-multi-resource", "alice/r1"),
                ("prosody/sub-offline-request-with-payload", "bob/r1"),
            ] {
                try read(folder.appending(path: "Transcripts/\(file).json"), stream: stream)
            }
        }
    }

    private static func read(_ file: URL, stream wanted: String?) throws {
        let transcript = try JSONDecoder().decode(Transcript.self, from: Data(contentsOf: file))
        let clients = transcript.streams.filter { $0.kind == "c2s" }
        if wanted == "list" { return clients.forEach { print($0.name, $0.jid) } }
        guard let client = clients.first(where: { wanted == nil || $0.name == wanted }) else {
            print("There is no client’s stream called \(wanted ?? "anything"). Try `list`.")
            exit(1)
        }
        print("\(transcript.server), \(transcript.scenario): the session of \(client.jid)\n")
        let session = try Session(
            of: JID(wire: client.jid), transcript.events.filter { $0.stream == client.name })
        try session.play()
        print("")
    }
}

/// Every stanza of one or more sessions, both ways, as it was recorded.
struct Transcript: Decodable {
    struct Stream: Decodable {
        var name: String
        var kind: String
        var jid: String
    }

    struct Event: Decodable {
        /// Seconds since the recording began.
        var t: Double?
        var stream: String?
        var dir: String?
        /// `header` or `close` for the tags of the stream itself.
        var part: String?
        var xml: String?

        /// What it is about; `nil` for tags.
        var element: Element? {
            part == nil ? xml.flatMap { try? Element(parsing: $0, in: .client) } : nil
        }
    }

    var server: String
    var scenario: String
    var streams: [Stream]
    var events: [Event]
}

/// A session into which is fed, byte for byte, what the recorded client received.
final class Session {
    private let address: JID
    private let events: [Transcript.Event]
    private let stream: StanzaStream
    private let roster: RosterClient
    private var presence: PresenceClient { roster.presence }
    private var time = 0.0

    init(of address: JID, _ events: [Transcript.Event]) {
        self.address = address
        self.events = events
        // The recorded answers bear the ids of the recorded requests, so ours have to as well.
        var ids = events.filter { $0.dir == "C>S" }.compactMap(\.element).filter {
            $0[.type] == "get" && $0.first("query", in: .roster) != nil
        }.compactMap { $0["id"] }[...]
        stream = StanzaStream(makeID: { ids.popFirst() ?? "unanswered" }, write: { _ in })
        roster = RosterClient(stream)
    }

    func play() throws {
        roster.onEvent { [unowned self] event in text(event).map(say) }
        presence.onEvent { [unowned self] event in text(event).map(say) }
        stream.onSession { [unowned self] event in
            if case .ended = event { say("the session ended") }
        }
        stream.onElement { [unowned self] element in
            if element.is("success", in: .sasl) { stream.restart() }
        }
        for event in events {
            time = event.t ?? time
            if event.dir == "C>S" {
                // What is sent about subscriptions counts, as it decides what answers mean.
                let sent = event.element.flatMap { Presence($0) }
                if let sent, sent.type.flatMap(SubscriptionStanza.init) != nil {
                    try presence.send(sent)
                }
            } else if let xml = event.xml {
                if event.part == "close" { summarize() }
                try stream.receive(xml.utf8)
                let iq = event.element.flatMap { IQ($0) }
                if iq?.payload?.is("bind", in: .bind) == true { stream.begin(as: address) }
            }
        }
        if stream.isInSession { summarize() }
    }

    private func say(_ text: String) { print(String(format: "%7.3fs  ", time) + text) }

    // MARK: Events

    private func text(_ event: RosterEvent) -> String? {
        switch event {
        case .initialRosterReceived: "the roster is here, with \(count)"
        case .entryAdded(let item): "new contact: \(name(item)), \(subscription(item))"
        case .entryNameChanged(let item): "\(item.jid) is now called \(item.name ?? "nothing")"
        case .entrySubscriptionChanged(let item): "\(name(item)): \(subscription(item))"
        case .entryAddedToGroup(let item, let group): "\(name(item)) is now in “\(group)”"
        case .entryRemovedFromGroup(let item, let group): "\(name(item)) left “\(group)”"
        case .entryRemoved(let item): "\(name(item)) is no longer a contact"
        case .groupAdded(let group): "new group: “\(group)”"
        case .groupRemoved(let group): "the group “\(group)” is empty and gone"
        case .subscribe, .subscribed, .unsubscribe, .unsubscribed: nil  // presence tells these
        default: "\(event)"
        }
    }

    private func text(_ event: PresenceEvent) -> String? {
        switch event {
        case .wentOnline(let contact): "\(contact.jid) came online: \(resources(contact))"
        case .changed(let contact, _): "\(contact.jid) is now \(resources(contact))"
        case .wentOffline(let contact, _):
            "\(contact.jid) went offline\(contact.lastUnavailable?.status.map { ": \($0)" } ?? "")"
        case .stayedOffline(let contact): "\(contact.jid) is still offline"
        case .subscribe(let stanza): "\(sender(stanza)) asks to see your presence"
        case .subscribed(let stanza): "\(sender(stanza)) lets you see its presence"
        case .unsubscribe(let stanza): "\(sender(stanza)) no longer wants to see your presence"
        case .unsubscribed(let stanza): "\(sender(stanza)) does not let you see its presence"
        case .error(let stanza):
            "an error from \(sender(stanza)): \(stanza.error?.condition.rawValue ?? "")"
        default: nil
        }
    }

    // MARK: How things stand

    private func summarize() {
        let roster = roster.roster
        print("\nThe roster, version \(roster.version ?? "unknown"), with \(count):")
        for group in roster.groupNames { list(roster.members(of: group), in: group) }
        if !roster.ungrouped.isEmpty { list(roster.ungrouped, in: "in no group") }
        for contact in presence.contacts where roster[contact.jid] == nil {
            print("  ● \(contact.jid) \(resources(contact))")
        }
        if !presence.requests.isEmpty { print("\nWaiting for your answer:") }
        for request in presence.requests {
            let text = request.reason ?? request.nickname
            print("  ? \(request.jid)\(text.map { ": \($0)" } ?? "")")
        }
        print("")
    }

    private func list(_ items: [RosterItem], in group: String) {
        print("  \(group)")
        for item in items {
            let contact = presence[item.jid]
            let mark = contact.isOnline ? "●" : "○"
            let presence = contact.isOnline ? " \(resources(contact))" : ""
            print("    \(mark) \(name(item)) — \(subscription(item))\(presence)")
        }
    }

    private var count: String {
        roster.roster.count == 1 ? "one contact" : "\(roster.roster.count) contacts"
    }

    private func name(_ item: RosterItem) -> String {
        item.name.map { "\($0) <\(item.jid)>" } ?? "\(item.jid)"
    }

    private func sender(_ stanza: Presence) -> String {
        stanza.from?.bare.description ?? "somebody"
    }

    private func subscription(_ item: RosterItem) -> String {
        let state =
            switch item.subscription {
            case .neither: "no subscription"
            case .to: "you see them"
            case .from: "they see you"
            case .both: "you see each other"
            }
        return item.isPendingOut ? "\(state), you asked" : state
    }

    private func resources(_ contact: ContactPresence) -> String {
        contact.resources.map { resource in
            let presence = resource.presence
            let show = presence.show?.rawValue ?? "available"
            let status = presence.status.map { " “\($0)”" } ?? ""
            let priority = presence.priority == 0 ? "" : ", priority \(presence.priority)"
            return "[\(resource.name ?? "no resource"): \(show)\(status)\(priority)]"
        }.joined(separator: " ")
    }
}
