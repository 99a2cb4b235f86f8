import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import VectorSupport

/// A client that is taken through a recorded session of SleekXMPP, and what comes of it in
/// SleekXMPP's words.
///
/// Sessions begin with an empty, current roster and with SleekXMPP's policy: to accept, and to ask
/// back.
final class PresenceSession {
    private let script: ScriptedStream
    let presence: PresenceClient
    let roster: RosterClient
    /// What the contacts of the session have seen and heard; see ``PresenceSessionHistory``.
    var history = PresenceSessionHistory()
    /// Whether the server announces pre-approval.
    var announcesPreApproval: Bool { options.announcesPreApproval }
    /// The own address.
    var address: JID { script.address }
    /// The broadcast that was sent before the session; of it the recordings tell only that it was.
    private(set) var initial: Presence?

    private let options: Options
    private var events: [String] = []
    private var hasAnnounced = false
    /// The stanza that is being received.
    private var current: Presence?
    /// Who was online before it.
    private var before: PresenceState?

    /// How a session begins.
    struct Options {
        var address: JID = "tester@localhost/home"
        /// What was broadcast before, if anything was.
        var initial: Presence? = Presence()
        var givesIDs = false
        var announcesPreApproval = false
    }

    init(_ options: Options = Options()) throws {
        self.options = options
        script = ScriptedStream(as: options.address)
        // Registered in front of the client, so that a stanza is known before what it causes.
        var receive: ((Presence) -> Void)?
        script.stream.onPresence { receive?($0) }
        presence = PresenceClient(script.stream)
        roster = RosterClient(presence)
        receive = { [unowned self] in follow($0) }
        script.stream.onDiagnostic { [unowned self] _ in events.append("error") }
        presence.onEvent { [unowned self] in follow($0) }
        roster.onEvent { [unowned self] event in
            switch event {
            // Told of presence already.
            case .subscribe, .subscribed, .unsubscribe, .unsubscribed: break
            default:
                if !events.contains("roster_update") { events.append("roster_update") }
            }
        }
        presence.policy = .acceptAndAskBack
        presence.givesIDs = options.givesIDs
        presence.resendsPresence = false
        try begin()
        if let initial = options.initial {
            try presence.send(initial)
            self.initial = presence.state.own.broadcast
        }
        _ = takeEvents()
        _ = takeSent()
    }

    /// Begins a session with the roster as it is.
    private func begin() throws {
        let feature = "<sub xmlns='\(XMLNamespace.preApproval)'/>"
        script.begin(features: options.announcesPreApproval ? feature : "")
        let request = script.takeSent().compactMap { IQ($0) }.first { $0.type == .get }
        let items = roster.roster.items.map { PresenceSessionItem($0).element }
        let query = Element("query", in: .roster, children: items)
        if let result = request?.result(query) { try script.receive(result) }
        _ = takeEvents()
    }

    // MARK: What arrives

    /// Lets a stanza arrive, in a new session if the last one ended.
    func receive(_ xml: String) throws {
        if !script.stream.isInSession { try begin() }
        current = nil
        before = presence.state
        try script.receive(xml)
        // Nothing touches what was received.
        if let current, current.element != (try Element(parsing: xml, in: .client)) {
            throw NotUnderstood(what: "\(xml) became \(current)")
        }
        current = nil
    }

    /// Makes an item of the roster so, as the server would say it.
    func push(_ item: PresenceSessionItem) throws {
        var push = IQ(.set, id: "push")
        push.element.append(Element("query", in: .roster, children: [item.element]))
        try script.receive(push)
        _ = script.takeSent()
        _ = takeEvents()
    }

    /// Lets a contact ask to see our presence.
    func receiveRequest(of contact: BareJID) throws {
        try receive("<presence from='\(contact)' type='subscribe'/>")
    }

    func disconnect() {
        before = presence.state
        script.stream.end()
    }

    // MARK: What comes of it

    /// The events since the last time, as SleekXMPP calls them, with who sent the stanza behind them
    /// and its type.
    func takeEvents() -> [String] {
        defer { events = [] }
        return events
    }

    /// What was sent since the last time.
    func takeSent() -> [Element] { script.takeSent() }

    private func tell(_ names: String..., of contact: ContactPresence? = nil) {
        let sender = current.map { $0.from?.description ?? "" } ?? contact.map { "\($0.jid)" }
        for name in names {
            events.append("\(name) \(sender ?? "") \(current?.typeOrShow?.rawValue ?? "")")
        }
    }

    private func follow(_ presence: Presence) {
        current = presence
        guard let word = presence.typeOrShow else { return }
        tell("presence", "presence_\(word.rawValue)")
    }

    private func follow(_ event: PresenceEvent) {
        switch event {
        case .wentOnline(let contact): tell("got_online", "changed_status", of: contact)
        case .wentOffline(let contact, _): tell("changed_status", "got_offline", of: contact)
        case .changed(let contact, let change): follow(change, of: contact)
        case .ownResourceChanged(let own, let change):
            if change.kind == .came, own.resources.count == 1 { tell("got_online", of: own) }
            follow(change, of: own)
            if !own.isOnline { tell("got_offline", of: own) }
        case .subscribe: tell("changed_subscription", "roster_subscription_request")
        case .subscribed: tell("changed_subscription", "roster_subscription_authorized")
        case .unsubscribe: tell("changed_subscription", "roster_subscription_remove")
        case .unsubscribed: tell("changed_subscription", "roster_subscription_removed")
        case .ownPresenceChanged:
            if !hasAnnounced { events.append("sent_presence") }
            hasAnnounced = true
        default: break
        }
    }

    /// SleekXMPP compares the show and the text of the status.
    private func follow(_ change: PresenceChange, of contact: ContactPresence) {
        if case .changed(let aspects) = change.kind, !aspects.contains(.show) {
            let old = before?[contact.jid][change.resource]?.presence.status
            let new = contact[change.resource]?.presence.status
            if (old ?? "") == (new ?? "") { return }
        }
        tell("changed_status", of: contact)
    }
}

/// What a roster item says, as it is written in a push.
struct PresenceSessionItem {
    var jid: BareJID
    var name: String?
    var groups: [String] = []
    var state: SubscriptionRecord.Item

    init(_ jid: BareJID, _ state: SubscriptionRecord.Item) {
        (self.jid, self.state) = (jid, state)
    }

    init(_ item: RosterItem) {
        jid = item.jid
        (name, groups) = (item.name, item.groups)
        state = SubscriptionRecord.Item(
            subscription: item.subscription, isPendingOut: item.isPendingOut,
            isApproved: item.isApproved)
    }

    var element: Element {
        Element(
            "item", in: .roster,
            attributes: [
                "jid": jid.description, "name": name,
                "subscription": state.attributes.subscription, "ask": state.attributes.ask,
                "approved": state.attributes.approved,
            ],
            children: groups.map { Element("group", in: .roster, text: $0) })
    }
}
