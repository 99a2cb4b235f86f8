internal import HashTreeCollections
public import PresenceKit
public import StanzaKit

/// Keeps the roster of the account current on a stream, and changes it.
///
/// ```swift
/// let client = RosterClient(stream)
/// client.onEvent { event in
///     if case .entryAdded(let item) = event { print("\(item.name ?? "\(item.jid)") is in your roster") }
/// }
/// stream.begin(as: "romeo@montague.example/orchard")      // asks for the roster
/// ```
///
/// Each session asks for the roster, by its version where the server announced versioning. Pushes
/// are applied in the order of the stream and acknowledged; one that is not from the own account is
/// refused. The roster outlives the session: the next one asks what changed since.
///
/// Events are delivered in line, each when ``roster`` has just changed accordingly, to every
/// handler in the order in which they were added. A handler may read, call what this class has, and
/// add and cancel handlers. What it makes arrive, and the end or beginning of a session, waits
/// until the stanza at hand is done.
///
/// What the roster says of subscriptions is told to ``presence``, and presence that is sent again
/// in a new session is sent behind the request for the roster (RFC 6121, section 2.2).
///
/// A stream has one roster client: the first one takes every push.
public final class RosterClient {
    /// The stream that the roster is kept on.
    public let stream: StanzaStream
    /// The presence on the same stream. It does not hold this client: hold both, or this one.
    public let presence: PresenceClient
    /// The roster as it is known now.
    public internal(set) var roster = Roster()

    /// Edits whose push has not come, oldest first.
    var edits: [PendingEdit] = []
    var editCount = 0

    /// Where the roster outlives the client.
    let cache: (any RosterCache)?
    /// Tells what the cache holds, as far as that is known.
    var cachedDigest: [UInt8]?
    /// Whether a stanza is on its way into the roster, so that the version is not yet that of the
    /// entries.
    var isApplying = false
    /// Whether the roster was to be saved meanwhile.
    var savesWhenApplied = false
    /// Whose roster it is, once a session began or a cache was read.
    var account: BareJID?
    private let delivery = EventDelivery<RosterEvent, RosterUpdate>()
    private var itemCount: UInt64 = 0
    /// Tells the entries of one client from those of another.
    private let number = UInt64.random(in: .min ... .max)
    /// Whether this session has an answer to the request for the roster.
    var hasResult = false
    /// Of whom something was pushed since the roster was asked for, for each request that has no
    /// answer yet.
    var pushedInFront: [Int: Set<BareJID>] = [:]
    /// How often the roster was asked for.
    var refreshCount = 0
    /// Tells whether the roster is still the one that something was begun with. Those who follow by
    /// updates are told of an import by one without events.
    var importCount = 0 {
        didSet {
            delivery.tell(RosterUpdate(events: [], roster: roster))
            importHandlers.forEach { $0() }
        }
    }
    private var importHandlers = HandlerList<() -> Void>()
    private var registrations: [Registration] = []

    /// Follows `stream` from now on, until the client goes away, with presence of its own.
    ///
    /// - Parameter cache: Where the roster outlives the client; see ``RosterCache``.
    public convenience init(_ stream: StanzaStream, cache: (any RosterCache)? = nil) {
        self.init(PresenceClient(stream), cache: cache)
    }

    /// Follows the stream of `presence` from now on, until the client goes away.
    ///
    /// - Parameter cache: Where the roster outlives the client; see ``RosterCache``.
    public init(_ presence: PresenceClient, cache: (any RosterCache)? = nil) {
        self.presence = presence
        self.cache = cache
        stream = presence.stream
        presence.resendsWhenTold = true
        registrations = [
            stream.onSession { [weak self] event in
                self?.step { self?.follow(event) }
            },
            stream.onRequest(.set, RosterQuery.elementName, in: .roster) { [weak self] iq in
                self?.step { self?.receivePush(iq) } ?? .unhandled
            },
            presence.onEvent { [weak self] event in
                self?.step { self?.forward(event) }
            },
        ]
        registrations += useCache()
        if stream.isInSession {
            settleAccount()
            refresh()
        }
    }

    deinit {
        presence.resendsWhenTold = false
        for registration in registrations { registration.cancel() }
    }
}

@available(*, unavailable)
extension RosterClient: Sendable {}

// MARK: Events

extension RosterClient {
    /// Calls `handler` for every event.
    @discardableResult
    public func onEvent(_ handler: @escaping (RosterEvent) -> Void) -> Registration {
        delivery.add(handler)
    }

    /// Calls `handler` when all of the roster was replaced without events.
    func onImport(_ handler: @escaping () -> Void) -> Registration {
        importHandlers.add(handler)
    }

    /// The roster, and then every change, for other isolation domains; there is one update for each
    /// stanza that has an event, and one without events for an import.
    ///
    /// Updates wait until they are taken, however many there are; each costs what it changed.
    public func updates() -> AsyncStream<RosterUpdate> {
        delivery.makeUpdates(beginningWith: RosterUpdate(events: [], roster: roster))
    }

    func emit(_ event: RosterEvent) {
        delivery.emit(event)
    }

    /// What belongs to one update.
    func step<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try stream.withoutReceiving { () throws(Failure) in
            try delivery.step(telling: { RosterUpdate(events: $0, roster: roster) }, body)
        }
    }

    /// Tells what presence tells of subscriptions here too.
    private func forward(_ event: PresenceEvent) {
        switch event {
        case .subscribe(let presence): emit(.subscribe(presence))
        case .subscribed(let presence): emit(.subscribed(presence))
        case .unsubscribe(let presence): emit(.unsubscribe(presence))
        case .unsubscribed(let presence): emit(.unsubscribed(presence))
        default: break
        }
    }
}

// MARK: The session

extension RosterClient {
    private func follow(_ event: SessionEvent) {
        switch event {
        case .began: beginSession()
        case .ended: roster.isCurrent = false
        default: break
        }
    }

    private func beginSession() {
        settleAccount()
        roster.isCurrent = false
        hasResult = false
        edits = []
        refresh()
        presence.resend()
    }
}

// MARK: Changes

extension RosterClient {
    /// Adds an entry, or gives it new values.
    func update(_ received: RosterQuery.Item) {
        perform(roster.steps(to: makeItem(received)))
    }

    /// What a received item makes of the entry.
    func makeItem(_ received: RosterQuery.Item) -> RosterItem {
        RosterItem(
            id: roster[received.jid]?.id ?? makeItemID(), jid: received.jid, name: received.name,
            groups: received.groups, subscription: received.subscription,
            isPendingOut: received.isPendingOut, isApproved: received.isApproved)
    }

    /// Removes an entry; one that is not there is no matter.
    func remove(_ contact: BareJID) {
        perform(roster.steps(removing: contact))
    }

    private func perform(_ steps: [RosterStep]) {
        let count = importCount
        // Where a handler imports a roster, what is begun here is about one that is gone.
        for step in steps where count == importCount {
            if case .tell(let event) = step { emit(event) } else { roster.apply(step) }
        }
    }

    private func makeItemID() -> RosterItem.ID {
        itemCount += 1
        return RosterItem.ID(client: number, number: itemCount)
    }
}
