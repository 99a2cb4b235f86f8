internal import HashTreeCollections
public import StanzaKit

/// Presence on a component's stream: of its domain and of every address at it. XEP-0114.
///
/// ```swift
/// let store = try FileSubscriptionStore(path: "subscriptions")
/// let component = try ComponentPresence(stream, domain: "bots.example.net", store: store)
/// component.setPolicy(.acceptAndAskBack, for: "weather@bots.example.net")
/// try component.send(Presence(status: "Sunny"), from: "weather@bots.example.net")
/// ```
///
/// A component is its own server: the server that it is connected to only passes stanzas on. So here is
/// what RFC 6121 has a server do for its accounts, for each local address by itself: it remembers who
/// is subscribed to whom (``store``), sends presence to every subscriber, answers probes, confirms
/// subscriptions that there are, keeps requests until they are answered, and tells those who were sent
/// presence that an address is gone. What is sent has a `from` always.
///
/// No address has to be made or listed; one that nothing is known of takes no room, and reading makes
/// none. Which of them there are is ``hasAddress``.
///
/// Events are delivered in line, after the state changed and what is owed for a stanza was sent, to
/// every handler in the same order: one that a handler causes comes when all handlers have seen the
/// event at hand. What is received from inside a handler waits until the handler is done. When the
/// session ends all contacts go offline; the presence of the local addresses stays what it is and is
/// announced in the next session.
public final class ComponentPresence {
    /// The stream that is followed.
    public let stream: StanzaStream
    /// The component's domain.
    public let domain: BareJID
    /// Where subscriptions are kept.
    public internal(set) var store: any SubscriptionStore
    /// All that is known of presence now.
    public internal(set) var state = ComponentState()

    /// How requests to local addresses are answered that have no policy of their own. Setting it
    /// answers the open ones too.
    public var policy = SubscriptionPolicy.manual {
        didSet {
            if policy != oldValue {
                applyPolicy(at: state.addressesWithRequests.filter { policies[$0] == nil })
            }
        }
    }

    /// Whether there is such a local address; by default all there could be are there. What is sent to
    /// one that is not is ignored, and probes of it are answered with `unsubscribed` (RFC 6121,
    /// section 8.5.1).
    public var hasAddress: (BareJID) -> Bool = { _ in true }
    /// Whether probes are answered. Where they are not, that is for the handlers of
    /// ``ComponentEvent/probe(_:at:)`` to do.
    public var answersProbes = true
    /// Whether a local address that becomes available asks for the presence of those that it is
    /// subscribed to. RFC 6121, section 4.2.2.
    public var probesContacts = true
    /// Whether a new session begins with ``announce()``.
    public var announcesPresence = true
    /// What the time is. With it, who probes an address that is offline is told since when (RFC 6121,
    /// section 4.3.2).
    public var now: (() -> DateTime)?

    /// How many contacts are followed at most, counted once for each local address that sees them;
    /// more are not seen. Of one contact ``PresenceClient/maximumResourcesPerContact`` are, and of a
    /// presence beyond ``PresenceClient/maximumPresenceBytes`` only its type, show and priority.
    public static let maximumContacts = 1_000_000
    /// How many of those whom no local address is subscribed to are followed at most; for one more,
    /// the one that came online longest ago is forgotten.
    public static let maximumStrangers = 10_000
    /// How many requests are kept for one local address at most; more are told as events only.
    public static let maximumRequestsPerAddress = 1000
    /// How many requests are kept at most.
    public static let maximumRequests = 100_000
    /// How many bytes of a request are kept at most; from a longer one, only who asks.
    public static let maximumRequestBytes = 10_000

    /// The tables of RFC 6121.
    let server = SubscriptionServer()
    var policies: TreeDictionary<BareJID, SubscriptionPolicy> = [:]
    /// What local addresses have to tell in the next session, as they went while there was none.
    var departures: TreeDictionary<JID, Departure> = [:]

    /// How many requests there were.
    var requestCount = 0
    let elapsed: () -> Duration
    private let delivery = EventDelivery<ComponentEvent, ComponentUpdate>()
    private var registrations: [Registration] = []

    /// Follows `stream` from now on, until the component goes away.
    ///
    /// - Parameters:
    ///   - stream: A stream whose role is ``StanzaKit/StanzaStream/Role/component``.
    ///   - domain: The component's domain.
    ///   - store: Where subscriptions are kept.
    /// - Throws: That the store cannot tell which requests are open.
    public init(
        _ stream: StanzaStream, domain: BareJID,
        store: any SubscriptionStore = InMemorySubscriptionStore()
    ) throws(SubscriptionStoreError) {
        self.stream = stream
        self.domain = domain
        self.store = store
        elapsed = stream.makeStopwatch()
        try loadRequests()
        registrations = [
            stream.onPresence { [weak self] presence in
                self?.step { self?.receive(presence) }
            },
            stream.onSession { [weak self] event in self?.step { self?.follow(event) } },
        ]
    }

    deinit {
        for registration in registrations { registration.cancel() }
    }
}

@available(*, unavailable)
extension ComponentPresence: Sendable {}

// MARK: What is known

extension ComponentPresence {
    /// What a local address told others.
    public subscript(local: BareJID) -> LocalPresence { state[local] }

    /// Where `contact` can be reached now, as far as a local address was told.
    public func presence(of contact: BareJID, at local: BareJID) -> ContactPresence {
        state.presence(of: contact, at: local)
    }

    /// The contacts that a local address sees online, sorted by address.
    public func contacts(at local: BareJID) -> [ContactPresence] { state.contacts(at: local) }

    /// Whether an address is the component's domain or at it.
    public func isLocal(_ address: BareJID) -> Bool {
        ExactText(address.domain) == ExactText(domain.domain)
    }

    /// Calls `handler` for every event.
    @discardableResult
    public func onEvent(_ handler: @escaping (ComponentEvent) -> Void) -> Registration {
        delivery.add(handler)
    }

    /// How things stand, and then every change, for other isolation domains; there is one update for
    /// each stanza that changed something.
    ///
    /// Updates wait until they are taken, however many there are.
    public func updates() -> AsyncStream<ComponentUpdate> {
        delivery.makeUpdates(beginningWith: ComponentUpdate(events: [], state: state))
    }

    func emit(_ event: ComponentEvent) {
        delivery.emit(event)
    }

    /// What belongs to one update.
    func step<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try stream.withoutReceiving { () throws(Failure) in
            try delivery.step(telling: { ComponentUpdate(events: $0, state: state) }, body)
        }
    }
}
