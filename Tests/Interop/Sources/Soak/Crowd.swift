import Foundation
import InteropSessions
import LiveConnection
import PresenceKit
import RosterKit
import StanzaKit

/// Many clients who edit their rosters, ask for and end subscriptions, send presence and lose their
/// connections, while the server is restarted.
@MainActor
final class Crowd {
    /// How many clients there are; some accounts have two.
    static let clientCount = 50
    private static let accountCount = 40

    private let server: Server
    private let registrar: Registrar
    private var sessions: [Session] = []
    private var figures = Figures()
    private var choice = SystemRandomNumberGenerator()
    private let memory = MemoryUse()

    /// Makes the accounts and the clients.
    init(_ server: Server) async throws {
        self.server = server
        registrar = try Registrar(server)
        var accounts: [Account] = []
        for number in 0..<Self.accountCount {
            accounts.append(try await registrar.makeAccount("user\(number)", at: server.host))
        }
        for number in 0..<Self.clientCount {
            let account = accounts[number % accounts.count]
            sessions.append(try makeSession(account, "client\(number)", reconnects: true))
        }
        registrar.close()
    }

    private func makeSession(
        _ account: Account, _ resource: String, reconnects: Bool
    ) throws -> Session {
        var settings = ConnectionSettings(
            account: try account.jid.appending(resource: resource), password: account.password,
            host: "127.0.0.1", port: server.port)
        settings.trustedCertificates = [.file(server.authority)]
        settings.reconnection = nil
        if reconnects {
            var policy = ReconnectionPolicy()
            policy.firstDelay = .milliseconds(500)
            policy.longestDelay = .seconds(5)
            settings.reconnection = policy
        }
        return Session(account, settings, keepsEvents: false)
    }
}

// MARK: The play

extension Crowd {
    /// Lets everybody act at random, and restarts the server after a third and two thirds of the
    /// time.
    func run(for duration: Duration) async throws {
        // A request that nobody answers would wait beyond the end.
        let policies: [SubscriptionPolicy] = [.accept, .acceptAndAskBack, .decline]
        for (number, session) in sessions.enumerated() {
            session.presence.policy = policies[number % Self.accountCount % policies.count]
            session.stream.onPresence { [weak self] _ in self?.figures.received += 1 }
            session.stream.onSession { [weak self] in
                if $0 == .began { self?.figures.sessions += 1 }
            }
            session.start()
        }
        try await everybodyIsReady()
        for session in sessions { try session.presence.send(Presence()) }

        let start = ContinuousClock.now
        let restarter = Task {
            for part in 1...2 {
                try await Task.sleep(until: start + duration * Double(part) / 3, clock: .continuous)
                try await server.restart()
                figures.restarts += 1
                say("restarted")
            }
        }
        while ContinuousClock.now < start + duration {
            act()
            memory.sample(at: ContinuousClock.now - start)
            try await Task.sleep(for: .milliseconds(5))
        }
        try await restarter.value
    }

    private func everybodyIsReady() async throws {
        let areThere = await Watch.shared.until(within: .seconds(60)) {
            sessions.allSatisfy(\.isReady)
        }
        if !areThere { throw NotReady(count: sessions.count { !$0.isReady }) }
    }

    /// Some clients did not come back.
    struct NotReady: Error {
        /// How many.
        let count: Int
    }

    /// Lets somebody do something.
    private func act() {
        guard let session = sessions.randomElement(using: &choice), session.isReady,
            let other = sessions.randomElement(using: &choice), other.jid != session.jid
        else { return }
        figures.acts += 1
        switch Int.random(in: 0..<100, using: &choice) {
        case 0..<35: edit(session, other.jid)
        case 35..<40: remove(session, other.jid)
        case 40..<75:
            let shows: [Presence.Show?] = [nil, .away, .chat, .dnd, .xa]
            try? session.presence.send(
                Presence(
                    show: shows.randomElement(using: &choice) ?? nil,
                    status: "\(figures.acts)", priority: .random(in: 0...9, using: &choice)))
        case 75..<90: _ = try? session.roster.subscribe(to: other.jid)
        case 90..<94: _ = try? session.roster.unsubscribe(from: other.jid)
        case 94..<97: _ = try? session.roster.cancelSubscription(of: other.jid)
        case 97..<99: try? session.presence.send(Presence(show: .chat), to: other.address)
        default: lose(session)
        }
    }

    private func edit(_ session: Session, _ contact: BareJID) {
        let groups = (0..<5).map { "Group \($0)" }.shuffled(using: &choice)
        let name = "\(figures.acts)"
        count {
            try await session.roster.setEntry(
                contact, name: .set(name), addingTo: [groups[0]], removingFrom: [groups[1]],
                timeout: .seconds(20))
        }
    }

    private func remove(_ session: Session, _ contact: BareJID) {
        count { try await session.roster.removeEntry(contact, timeout: .seconds(20)) }
    }

    private func count(_ body: @escaping @MainActor () async throws -> Void) {
        Task {
            do {
                try await body()
                figures.edits += 1
            } catch let error as RequestError {
                figures.failures[error.code, default: 0] += 1
            }
        }
    }

    private func lose(_ session: Session) {
        figures.losses += 1
        Task {
            await session.drop()
            session.start()
        }
    }
}

// MARK: The end

extension Crowd {
    /// Compares what everybody knows with what the server says, and prints the figures.
    ///
    /// - Returns: Whether all agree, but for what the server is known for, and memory stayed what it
    ///   was.
    func compare() async throws -> Bool {
        try await everybodyIsReady()
        try await everybodyIsQuiet()
        var actual: [BareJID: [BareJID: Roster.Content]] = [:]
        for account in Set(sessions.map(\.account)) {
            let fresh = try makeSession(account, "fresh", reconnects: false)
            try await fresh.logIn()
            actual[account.jid] = fresh.roster.roster.contents
            await fresh.stop()
        }
        var verdicts: [Verdict: Int] = [:]
        for session in sessions {
            for verdict in judge(session, actual) { verdicts[verdict, default: 0] += 1 }
        }
        for session in sessions { await session.stop() }
        let failures = sessions.compactMap(\.failure)
        say(figures.description)
        say("\(actual.values.map(\.count).reduce(0, +)) entries of \(actual.count) accounts")
        let traits = ServerTraits(of: server.name)
        for verdict in Verdict.allCases {
            let isExpected = verdict.isExpected(of: traits) ? " (as this server does)" : ""
            say("\(verdicts[verdict] ?? 0) \(verdict.rawValue)\(isExpected)")
        }
        say(memory.description)
        for failure in failures { say("ended by \(failure)") }
        let isGood =
            verdicts.keys.allSatisfy { $0.isExpected(of: traits) } && failures.isEmpty
            && memory.isFlat && figures.restarts == 2
        say(isGood ? "good" : "FAILED")
        return isGood
    }

    /// Waits until nothing is under way. That nothing arrives for a while does not show it: a busy
    /// server may say nothing for seconds. So each asks the server for a sign behind all that it
    /// sent, and whatever came of that is there when the next round is through without news.
    private func everybodyIsQuiet() async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        var quietRounds = 0
        while quietRounds < 3 {
            if ContinuousClock.now > deadline { throw NotQuiet() }
            let before = Watch.shared.happened
            var areThrough = true
            for session in sessions {
                do { try await session.settle() } catch { areThrough = false }
            }
            _ = await Watch.shared.untilUnchanged(for: .seconds(1), within: .seconds(60)) {
                Watch.shared.happened
            }
            let isQuiet = areThrough && Watch.shared.happened == before
            quietRounds = isQuiet ? quietRounds + 1 : 0
        }
    }

    /// The server was not through with everything in five minutes.
    struct NotQuiet: Error {}

    /// What is wrong with what somebody knows; everybody is online.
    private func judge(
        _ session: Session, _ actual: [BareJID: [BareJID: Roster.Content]]
    ) -> [Verdict] {
        let traits = ServerTraits(of: server.name)
        let (known, own) = (session.roster.roster.contents, actual[session.jid] ?? [:])
        return Set(known.keys).union(own.keys).sorted().compactMap { contact in
            let verdict: Verdict?
            let problem: String
            if known[contact] != own[contact] {
                let both = [known[contact], own[contact]].map { $0?.description ?? "no entry" }
                problem = "knows \(contact) as \(both[0]); it is \(both[1])"
                verdict = Verdict(
                    contact, known: known[contact], actual: own[contact], session.testimony)
            } else {
                let isShown = actual[contact]?[session.jid]?.sharesPresence ?? false
                let seen = session.presence[contact].resources.compactMap(\.presence.from)
                problem = "sees \(contact) as \(seen)"
                if own[contact]?.showsPresence != true {
                    verdict = nil
                } else if !isShown {
                    verdict = .oneSide
                } else {
                    let there = sessions.filter { $0.jid == contact }.map(\.address)
                    verdict = Verdict(seen: Set(seen), actual: Set(there), session.testimony)
                }
            }
            if let verdict, !verdict.isExpected(of: traits) {
                say("\(session.address) \(problem): \(verdict.rawValue)")
            }
            return verdict
        }
    }

    private func say(_ text: String) {
        // Not by `print`, which keeps lines to itself when they go to a file.
        FileHandle.standardOutput.write(Data("soak \(server.name): \(text)\n".utf8))
    }
}
