internal import HashTreeCollections
public import PresenceKit
public import StanzaKit

/// Keeps the roster of the account current on a stream.
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
/// refused. Events are delivered in line, each when ``roster`` has just changed accordingly.
///
/// What the roster says of subscriptions is told to ``presence``, and presence that is sent again in a
/// new session is sent behind the request for the roster (RFC 6121, section 2.2).
///
/// A stream has one roster client: the first one takes every push.
public final class RosterClient {
    /// The stream that the roster is kept on.
    public let stream: StanzaStream
    /// The presence on the same stream.
    public let presence: PresenceClient
    /// The roster as it is known now.
    public internal(set) var roster = Roster()

    /// Where the roster outlives the client.
    let cache: (any RosterCache)?
    /// Tells what the cache holds, as far as that is known.
    var cachedDigest: [UInt8]?
    /// Whose roster it is, once a session began or a cache was read.
    var account: BareJID?
    /// Whether this session's server has said what the roster is.
    private var hasResult = false
    private var handlers = HandlerList<(RosterEvent) -> Void>()
    private var itemCount: UInt64 = 0
    /// Tells the entries of one client from those of another.
    private let number = UInt64.random(in: .min ... .max)
    /// Tells whether a result is about the roster that was there when it was asked for.
    var importCount = 0
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
                if case .began = event { self?.beginSession() }
            },
            stream.onRequest(.set, "query", in: .roster) { [weak self] iq in
                self?.receivePush(iq) ?? .unhandled
            },
        ]
        registrations += useCache()
        if stream.isInSession {
            settleAccount()
            refresh()
        }
    }

    private func beginSession() {
        settleAccount()
        hasResult = false
        roster.state = .notLoaded
        refresh()
        presence.resend()
    }

    deinit {
        for registration in registrations { registration.cancel() }
    }

    /// Calls `handler` for every event.
    @discardableResult
    public func onEvent(_ handler: @escaping (RosterEvent) -> Void) -> Registration {
        handlers.add(handler)
    }

    func emit(_ event: RosterEvent) {
        handlers.forEach { $0(event) }
    }

    func makeItemID() -> RosterItem.ID {
        itemCount += 1
        return RosterItem.ID(client: number, number: itemCount)
    }
}

@available(*, unavailable)
extension RosterClient: Sendable {}

// MARK: The initial roster

extension RosterClient {
    /// Asks for the roster, as every session does by itself when it begins. RFC 6121, sections
    /// 2.1.3 and 2.6.2.
    ///
    /// The server answers with the whole roster or, where versions are announced, that nothing
    /// changed; either way ``RosterEvent/initialRosterReceived`` follows. An error is an answer
    /// too, and changes nothing.
    public func refresh() {
        let announcesVersions = stream.features?.first("ver", in: .rosterVersioning) != nil
        let version = announcesVersions ? (roster.hasBase ? roster.version : nil) ?? "" : nil
        let query = Element("query", in: .roster, attributes: ["ver": version])
        let count = importCount
        stream.request(IQ(.get, payload: query)) { [weak self] answer in
            guard let self, case .success(let iq) = answer else { return }
            // What is unchanged is no longer there.
            if iq.payload == nil && count != importCount { return refresh() }
            receiveResult(iq, asked: version)
        }
    }

    private func receiveResult(_ iq: IQ, asked version: String?) {
        if let payload = iq.payload.flatMap(RosterPayload.init) {
            report(payload, in: iq)
            roster.version = payload.version
            roster.hasBase = true
            tellPresence(payload.items.map { ($0.jid, $0.record) })
            replace(with: payload.items)
        } else if version?.isEmpty != false {
            // Nobody said which roster it would be that is unchanged.
            return stream.report(.undefinedValue("an empty roster result"), in: iq.element)
        } else {
            // What was pushed in front of the result is part of it, or is pushed once more.
            roster.version = version
            roster.hasBase = true
            tellPresence(roster.entries.values.map { ($0.jid, $0.record) })
        }
        roster.state = .current
        hasResult = true
        emit(.initialRosterReceived)
    }

    private func tellPresence(_ records: [(BareJID, SubscriptionRecord.Item)]) {
        presence.begin(with: Dictionary(records) { _, last in last })
    }

    private func report(_ payload: RosterPayload, in iq: IQ) {
        for diagnostic in payload.diagnostics { stream.report(diagnostic, in: iq.element) }
    }

    private func replace(with items: [RosterPayload.Item]) {
        let kept = Set(items.map(\.jid))
        for item in roster.items where !kept.contains(item.jid) { remove(item.jid) }
        // A removal has no meaning here: the value is ignored. RFC 6121, section 2.1.2.5.
        for item in items { update(item) }
    }
}

// MARK: Pushes

extension RosterClient {
    /// Applies a push, all of it or nothing. RFC 6121, section 2.1.6.
    private func receivePush(_ iq: IQ) -> StanzaStream.Answer {
        if !stream.isInSession { return .unhandled }
        if case .address(let sender) = iq.element.address(.from),
            sender != stream.address.map({ JID($0.bare) })
        {
            stream.report(.foreignPush, in: iq.element)
            return .error(StanzaError(.serviceUnavailable))
        }
        guard let payload = iq.payload.flatMap(RosterPayload.init) else { return .unhandled }
        report(payload, in: iq)
        if payload.unusableItems > 0 { return .error(StanzaError(.badRequest)) }
        // In front of the result nobody knows what else changed before this version.
        if !hasResult { roster.hasBase = false }
        roster.version = payload.version
        for item in payload.items {
            if item.isRemoval {
                presence.roster(removed: item.jid)
                remove(item.jid)
            } else {
                presence.roster(item.jid, is: item.record)
                update(item)
            }
        }
        return .result(nil)
    }
}
