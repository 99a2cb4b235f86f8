internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// Something to tell: as a line of text for people, and as a line of JSON for programs.
struct Happening: Encodable {
    let event: String
    var jid: String?
    var name: String?
    var groups: [String]?
    var subscription: String?
    var isPending: Bool?
    var show: String?
    var status: String?
    var resources: [String]?
    var room: String?
    var nick: String?
    var problem: String?
    /// The line for people.
    var text = ""

    private enum CodingKeys: String, CodingKey {
        case event, jid, name, groups, subscription, isPending = "pending", show, status, resources
        case room, nick, problem = "error"
    }

    init(_ event: String) { self.event = event }
}

extension Happening {
    /// What becomes of the roster; `nil` for what others tell too.
    init?(_ event: RosterEvent) {
        switch event {
        case .initialRosterReceived: self.init("roster")
        case .initialRosterFailed(let error):
            self.init("roster-failed")
            problem = "\(error)"
            text = "There is no roster: \(error)"
        case .entryAdded(let item): self.init("added", item, "is new in your roster")
        case .entryNameChanged(let item): self.init("renamed", item, "has a new name")
        case .entrySubscriptionChanged(let item):
            self.init("subscription", item, Self.words(for: item))
        case .entryAddedToGroup(let item, let group):
            self.init("grouped", item, "is now in \(group)")
        case .entryRemovedFromGroup(let item, let group):
            self.init("ungrouped", item, "is no longer in \(group)")
        case .entryRemoved(let item): self.init("removed", item, "is no longer in your roster")
        case .editOverridden(let item):
            self.init("overridden", item, "is not as you asked: the server had another idea")
        default: return nil
        }
    }

    /// What becomes of somebody's presence; `nil` for what others tell too.
    init?(_ event: PresenceEvent) {
        switch event {
        case .wentOnline(let contact): self.init("online", contact)
        case .changed(let contact, _): self.init("changed", contact)
        case .wentOffline(let contact, _): self.init("offline", contact)
        case .stayedOffline(let contact): self.init("still-offline", contact)
        case .ownResourceChanged(let contact, _): self.init("self", contact)
        case .requestOpened(let request):
            self.init("request", request.presence, "asks to see your presence: approve or deny?")
            status = request.reason
        case .subscribed(let presence):
            self.init("subscribed", presence, "lets you see their presence")
        case .unsubscribe(let presence):
            self.init("unsubscribe", presence, "no longer wants to see your presence")
        case .unsubscribed(let presence):
            self.init("unsubscribed", presence, "does not let you see their presence")
        case .error(let presence):
            self.init("error", presence, "cannot be reached")
            problem = presence.error.map { "\($0)" }
            text += problem.map { ": \($0)" } ?? ""
        default: return nil
        }
    }

    /// A contact as it stands, with its entry in the roster and its presence.
    init(_ contact: Contact) {
        self.init("contact")
        jid = "\(contact.jid)"
        name = contact.item?.name
        groups = contact.item?.groups
        subscription = contact.item?.subscription.rawValue
        isPending = contact.item?.isPendingOut
        show = contact.best?.presence.show?.rawValue
        status = contact.best?.presence.status
        resources = contact.presence.resources.map { $0.name ?? "" }
    }

    /// What becomes of a room; `nil` for what is of no interest here.
    init?(_ room: Room, _ event: RoomEvent) {
        switch event {
        case .selfJoined(let me): self.init("joined", room, me, "you are in, with \(room.count)")
        case .selfLeft: self.init("left", room, nil, "you are out")
        case .occupantListed(let occupant): self.init("occupant", room, occupant, "is here")
        case .occupantJoined(let occupant): self.init("occupant", room, occupant, "came in")
        case .occupantUpdated(let occupant, _): self.init("occupant", room, occupant, "changed")
        case .occupantLeft(let occupant, _): self.init("occupant-left", room, occupant, "left")
        case .nickChanged(let old, let new, _):
            self.init("nick", room, new, "was \(old.nick) before")
        case .joinRefused(let refusal), .nickRefused(let refusal):
            self.init("refused", room, nil, "\(refusal.error)")
            problem = "\(refusal.error)"
        default: return nil
        }
    }
}

// MARK: Parts

extension Happening {
    private init(_ event: String, _ item: RosterItem, _ words: String) {
        self.init(event)
        jid = "\(item.jid)"
        name = item.name
        groups = item.groups
        subscription = item.subscription.rawValue
        isPending = item.isPendingOut
        text = "\(item.name ?? "\(item.jid)") \(words)"
    }

    private init(_ event: String, _ contact: ContactPresence) {
        self.init(event)
        let presence = contact.best?.presence ?? contact.lastUnavailable
        jid = "\(contact.jid)"
        show = presence?.show?.rawValue
        status = presence?.status
        resources = contact.resources.map { $0.name ?? "" }
        let state = contact.isOnline ? show ?? "online" : "offline"
        text = "\(contact.jid) is \(state)\(status.map { ": \($0)" } ?? "")"
    }

    private init(_ event: String, _ presence: Presence, _ words: String) {
        self.init(event)
        jid = presence.from.map { "\($0)" }
        status = presence.status
        text = "\(jid ?? "The server") \(words)\(status.map { " (\($0))" } ?? "")"
    }

    private init(_ event: String, _ room: Room, _ occupant: Room.Occupant?, _ words: String) {
        self.init(event)
        self.room = "\(room.address)"
        nick = occupant?.nick
        show = occupant?.presence.show?.rawValue
        status = occupant?.presence.status
        text = "[\(room.address)] \(nick.map { "\($0): " } ?? "")\(words)"
    }

    /// What a subscription means.
    static func words(for item: RosterItem) -> String {
        let state =
            switch item.subscription {
            case .both: "sees you, and you see them"
            case .to: "is seen by you"
            case .from: "sees you"
            case .neither: "neither sees you nor is seen"
            }
        return state + (item.isPendingOut ? "; they have not answered yet" : "")
    }
}
