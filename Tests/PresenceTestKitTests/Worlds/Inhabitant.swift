import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// A program of somebody: one resource of an account, with its clients and who watches them.
final class Inhabitant {
    /// What a program is made of.
    struct Makeup {
        /// Whether it has a roster client from the beginning, later, or never.
        var hasRoster = true
        var attachesRosterLater = false
        var hasCache = false
        var hasBook = false
        /// Whether somebody follows it by `updates()` too.
        var hasFollower = false
        var givesIDs = false
        var policy = SubscriptionPolicy.manual
    }

    let address: JID
    let makeup: Makeup
    private(set) var cache: MemoryCache?
    let findings: WorldFindings
    private(set) var connection: InMemoryServer.Connection
    /// The connections of the program before it was started again; some may still be there.
    private(set) var former: [InMemoryServer.Connection] = []
    private(set) var presence: PresenceClient
    private(set) var roster: RosterClient?
    private(set) var book: ContactBook?
    private var rosterWatch: RosterWatch?
    private var presenceWatch: PresenceWatch
    private var bookWatch: BookWatch?
    /// How many sessions began.
    private(set) var sessionCount = 0
    /// Whether there is something to compare.
    private var isStirred = false
    /// Whether it was unavailable for a time in this session: what became of contacts meanwhile nobody
    /// told it, and its own unavailable presence clears nothing.
    private(set) var wasAbsent = false
    /// Whether the server did not know from the beginning of the session that somebody follows the
    /// roster: it told nothing then of requests that were taken back.
    private(set) var hasLateRoster = false
    /// Who asked while an approval was believed in that came too late, and that no push denies: the
    /// server is taken to answer then.
    private(set) var overlooked: Set<BareJID> = []
    /// Whether there are new clients that somebody is to follow by updates.
    var isToBeFollowed = false
    /// What is called when a policy answers a request.
    var onPolicy: ((BareJID, SubscriptionDecision) -> Void)?

    init(
        _ address: JID, _ makeup: Makeup, on server: InMemoryServer, _ findings: WorldFindings
    ) {
        self.address = address
        self.makeup = makeup
        self.findings = findings
        cache = makeup.hasCache ? MemoryCache() : nil
        connection = server.makeConnection(as: address)
        presence = PresenceClient(connection.stream)
        presenceWatch = PresenceWatch(presence.state, of: "\(address)", findings)
        begin()
    }

    /// The program is started once more: of the one before nothing is left but its cache.
    func relaunch(on server: InMemoryServer) {
        former.append(connection)
        // What is left of the program before is no program any more, and writes nothing.
        cache = cache.map { MemoryCache($0.bytes) }
        connection = server.makeConnection(as: address)
        presence = PresenceClient(connection.stream)
        presenceWatch = PresenceWatch(presence.state, of: "\(address)", findings)
        (roster, book, rosterWatch, bookWatch) = (nil, nil, nil, nil)
        begin()
    }

    private func begin() {
        presence.givesIDs = makeup.givesIDs
        presence.policy = makeup.policy
        let watch = presenceWatch
        presence.onEvent { [unowned presence, unowned self] event in
            watch.take(event, presence.state)
            note(event)
        }
        connection.stream.onSession { [unowned self] event in
            if case .began = event {
                sessionCount += 1
                hasLateRoster = false
                wasAbsent = false
                overlooked = []
            }
            isStirred = true
        }
        if makeup.hasRoster && !makeup.attachesRosterLater { attachRoster() }
    }

    private func note(_ event: PresenceEvent) {
        isStirred = true
        if case .ownPresenceChanged(let own) = event, own.broadcast == nil { wasAbsent = true }
        if case .requestOpened(let request) = event { overlooked.remove(request.jid) }
        guard case .subscribe(let request) = event, let contact = request.from?.bare else { return }
        if presence.subscription(of: contact).state.isSubscribedFrom { overlooked.insert(contact) }
        if let decision = presence.policy.decision(for: contact) {
            onPolicy?(contact, decision)
        }
    }

    /// Has a roster client follow the stream, if there is none.
    func attachRoster() {
        if roster != nil || !makeup.hasRoster { return }
        let client = RosterClient(presence, cache: cache)
        let watch = RosterWatch(client.roster, of: "\(address)", findings)
        client.onEvent { [unowned client, unowned self] event in
            watch.take(event, client.roster)
            isStirred = true
        }
        (roster, rosterWatch) = (client, watch)
        isToBeFollowed = makeup.hasFollower
        hasLateRoster = isInSession
        guard makeup.hasBook else { return }
        let book = ContactBook(client)
        let bookWatch = BookWatch(book, of: "\(address)", findings)
        book.onEvent { bookWatch.take($0) }
        (self.book, self.bookWatch) = (book, bookWatch)
    }

    /// Whether an answer came late, so that pushes were in front of it that belong behind it.
    var heardLate: Bool {
        disturbances.contains { disturbance in
            switch disturbance.fault {
            case .delay, .holdBack: true
            default: false
            }
        }
    }

    /// Whether it has a session.
    var isInSession: Bool { connection.stream.isInSession }

    /// All that went wrong with its connections.
    var disturbances: [Disturbance] { (former + [connection]).flatMap(\.disturbances) }

    /// Whether something that it said, or the program before it, is still under way.
    var isSpeaking: Bool {
        connection.underWay(.toServer) > 0 || former.contains { $0.underWay(.toServer) > 0 }
    }

    /// Whether others see it, as far as it knows.
    var isAvailable: Bool { isInSession && presence.state.own.broadcast != nil }

    /// Looks whether events told everything, if there were any.
    func compare() {
        guard isStirred else { return }
        isStirred = false
        presenceWatch.compare(with: presence.state)
        if let roster { rosterWatch?.compare(with: roster.roster) }
        if let book { bookWatch?.compare(with: book) }
    }
}

extension Inhabitant: CustomStringConvertible {
    var description: String { "\(address)" }
}
