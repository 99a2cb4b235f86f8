internal import HashTreeCollections
public import StanzaKit

/// Presence on a client's stream: who is online, what we tell others, and who may see what.
///
/// ```swift
/// let presence = PresenceClient(stream)
/// presence.onEvent { event in
///     if case .wentOnline(let contact) = event { print("\(contact.jid) is here") }
/// }
/// try presence.send(Presence(show: .away, status: "Under the balcony"))
/// try presence.subscribe(to: "juliet@capulet.example", nickname: "Romeo")
/// ```
///
/// Events are delivered in line, after ``state`` changed, to every handler in the same order: one
/// that a handler causes, say because it sends presence, comes when all handlers have seen the event
/// at hand. What is received from inside a handler waits until the handler is done. When the session
/// ends everybody goes offline; a resumed session keeps what is known.
///
/// Who is in the roster is told by RosterKit; without it, everybody counts as if they were. The
/// occupants of rooms that a ``RoomClient`` follows are no contacts.
public final class PresenceClient {
    /// The stream that is followed.
    public let stream: StanzaStream
    /// All that is known of presence now.
    public internal(set) var state = PresenceState()

    /// How requests to see our presence are answered. Setting it answers the open ones too.
    public var policy = SubscriptionPolicy.manual {
        didSet { if policy != oldValue { step { applyPolicy() } } }
    }

    /// Whether a new session begins with the presence that was sent last, as it was: what was
    /// broadcast, and then what was sent to somebody directly.
    public var resendsPresence = true
    /// Whether presence without an id is given one when it is sent.
    public var givesIDs = false

    /// How many resources of one contact are followed at most; more are not seen.
    public static let maximumResourcesPerContact = 64
    /// How many contacts are followed at most; more are not seen.
    public static let maximumContacts = 100_000
    /// How many of those who are not in the roster are followed at most; for one more, the one that
    /// was heard of longest ago is forgotten.
    public static let maximumStrangers = 1000
    /// How many requests to see our presence are kept at most; more are told as events only.
    public static let maximumRequests = 1000

    /// How many bytes of a presence are kept at most; of a longer one only its type, show and
    /// priority are.
    public static let maximumPresenceBytes = 1 << 14

    /// What is known of subscriptions; of strangers nothing is kept.
    var mirrors: TreeDictionary<BareJID, SubscriptionMirror> = [:]
    /// How many requests there were.
    var requestCount = 0
    /// Whether somebody tells what is in the roster.
    var hasRoster = false
    /// The rooms whose occupants are no contacts.
    private var rooms: Set<BareJID> = []
    /// What was sent directly in the session before, to be sent again.
    private var lapsed: [Presence] = []
    /// Whether presence is sent again only when ``resend()`` says so.
    package var resendsWhenTold = false

    let elapsed: () -> Duration
    private let delivery = EventDelivery<PresenceEvent, PresenceUpdate>()
    private var registrations: [Registration] = []

    /// Follows `stream` from now on, until the client goes away.
    public init(_ stream: StanzaStream) {
        self.stream = stream
        elapsed = stream.makeStopwatch()
        registrations = [
            stream.onPresence { [weak self] presence in
                self?.step { self?.receive(presence) }
            },
            stream.onSession { [weak self] event in self?.step { self?.follow(event) } },
        ]
        if stream.isInSession { beginSession() }
    }

    deinit {
        for registration in registrations { registration.cancel() }
    }
}

@available(*, unavailable)
extension PresenceClient: Sendable {}

// MARK: What is known

extension PresenceClient {
    /// The contacts that are online, sorted by address.
    public var contacts: [ContactPresence] { state.contacts }

    /// Where `contact` can be reached now; without any resource if it is not online.
    public subscript(contact: BareJID) -> ContactPresence { state[contact] }

    /// Calls `handler` for every event.
    @discardableResult
    public func onEvent(_ handler: @escaping (PresenceEvent) -> Void) -> Registration {
        delivery.add(handler)
    }

    /// How things stand, and then every change, for other isolation domains; there is one update for
    /// each stanza that changed something.
    ///
    /// Updates wait until they are taken, however many there are.
    public func updates() -> AsyncStream<PresenceUpdate> {
        delivery.makeUpdates(beginningWith: PresenceUpdate(events: [], state: state))
    }

    func emit(_ event: PresenceEvent) {
        delivery.emit(event)
    }

    /// What belongs to one update.
    func step<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try stream.withoutReceiving { () throws(Failure) in
            try delivery.step(telling: { PresenceUpdate(events: $0, state: state) }, body)
        }
    }
}

// MARK: The session

extension PresenceClient {
    private func follow(_ event: SessionEvent) {
        switch event {
        case .began:
            beginSession()
            if !resendsWhenTold { resend() }
        case .ended: endSession()
        default: break
        }
    }

    private func beginSession() {
        guard let address = stream.address else { return }
        // Whom one account spoke to is not for another one to know.
        if let own = state.ownResources, own.jid != address.bare { lapsed = [] }
        mirrors = [:]
        hasRoster = false
        state.beginSession(as: address)
    }

    /// Sends what was sent in the session before. RFC 6121, section 2.2 has the roster asked for
    /// first.
    package func resend() {
        guard resendsPresence, stream.isInSession else {
            lapsed = []
            return
        }
        if let broadcast = state.own.broadcast { sendWithoutID(broadcast) }
        // A handler may go offline meanwhile.
        while !lapsed.isEmpty { sendWithoutID(lapsed.removeFirst()) }
    }

    private func sendWithoutID(_ presence: Presence) {
        var presence = presence
        presence.id = nil
        // It could be written before.
        try? send(presence)
    }

    /// What is sent now counts, not what was to be sent again.
    func forgetLapsed(for presence: Presence) {
        if let addressee = presence.to {
            lapsed.removeAll { $0.to == addressee }
        } else if presence.type == .unavailable {
            lapsed = []
        }
    }

    private func endSession() {
        lapsed = state.own.directedTo
            .filter { !rooms.contains($0.bare) }
            .compactMap { state.own.directedPresence(to: $0) }
        if !state.own.directedTo.isEmpty {
            state.own.forgetDirected()
            emit(.ownPresenceChanged(state.own))
        }
        for contact in state.contacts {
            if let gone = state.clear(JID(contact.jid), saying: nil) {
                emit(.wentOffline(gone, .sessionEnded))
            }
        }
        for resource in state.ownResources?.resources ?? [] {
            state.ownResources?.forget(resource.name)
            if let own = state.ownResources {
                emit(.ownResourceChanged(own, PresenceChange(resource: resource.name, .went)))
            }
        }
        // The server tells those that are still open to the next session. RFC 6121, section 3.1.3.
        while let request = state.requests.first { closeRequest(of: request.jid) }
    }
}

// MARK: Rooms

extension PresenceClient {
    /// From now on the occupants of `room` are no contacts.
    package func follow(room: BareJID) {
        rooms.insert(room)
    }

    func isOccupant(_ jid: JID) -> Bool {
        jid.resource != nil && rooms.contains(jid.bare)
    }
}
