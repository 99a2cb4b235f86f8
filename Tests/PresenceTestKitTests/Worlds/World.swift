import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// A server, ten programs of five people, and what happens to them by chance.
///
/// Nothing in it depends on anything but the plan. It belongs to the thread that makes it, and its
/// tasks run on that thread too.
actor World {
    let plan: WorldPlan
    let server: InMemoryServer
    let findings = WorldFindings()
    /// Whether the server tells clients all that they need to know of each other.
    let isCandid: Bool
    let inhabitants: [Inhabitant]
    var tally = WorldTally()
    /// The edits that have no outcome yet, and their tasks.
    var edits: [Int: PendingWorldEdit] = [:]
    var editCount = 0
    /// The tasks of those who follow by updates.
    var followers: [Task<Void, Never>] = []
    /// Requests with a closure: how often each was answered.
    var pings: [Int] = []
    /// When an account last declined what a contact asked, or removed it.
    var declined: [WorldPair: Int] = [:]
    /// Who declined something that may still be under way.
    var declining: [WorldPair: Set<Int>] = [:]
    /// When the server had a request that it had not before.
    var opened: [WorldPair: Int] = [:]
    private var open: Set<WorldPair> = []
    /// Who was asked for presence while it had a request of the one that asked: to be told that there is
    /// no subscription ends the request at one end (RFC 6121, section 4.3.2).
    var atOdds: Set<WorldPair> = []
    /// Who was accepted by a program after its request was gone: it is sent presence directly.
    var acceptedLate: Set<WorldLook> = []
    /// Who was granted a subscription that it did not know of, and so was not shown any presence: to
    /// ask once more tells it of the subscription, and not of presence.
    var unheard: Set<WorldPair> = []
    /// Who kept its presence from whom since it was last broadcast.
    var hidden: Set<WorldLook> = []
    /// Who asked for the presence of one resource, which is answered with less than everything.
    var glimpsed: Set<WorldLook> = []

    let executor = WorldExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// How the server of a world behaves.
    static func behavior(of plan: WorldPlan) -> ServerBehavior {
        var dice = plan.dice(for: 1)
        return WorldServer.behavior(using: &dice)
    }

    init(_ plan: WorldPlan) {
        self.plan = plan
        var dice = plan.dice(for: 1)
        let server = InMemoryServer(
            behavior: WorldServer.behavior(using: &dice), seed: dice.next())
        for account in WorldPeople.accounts { server.addAccount(account) }
        let findings = findings
        inhabitants = WorldPeople.addresses.map {
            Inhabitant($0, WorldPeople.makeup(using: &dice), on: server, findings)
        }
        isCandid = WorldServer.isCandid(server.behavior)
        self.server = server
    }
}

/// Somebody, seen by an account.
struct WorldPair: Hashable {
    let account: BareJID
    let contact: BareJID
}

/// One address and another that looks at it.
struct WorldLook: Hashable {
    let at: JID
    let by: JID
}

/// An edit that has no outcome yet.
struct PendingWorldEdit {
    let inhabitant: Int
    let task: Task<Void, Never>
    let deadline: ManualClock.Instant?
}

// MARK: Living

extension World {
    /// Lets everything happen that is planned, and looks at what came of it.
    nonisolated static func live(_ plan: WorldPlan) -> (findings: [String], tally: WorldTally) {
        let world = World(plan)
        return world.assumeIsolated { world in
            world.begin()
            for number in plan.kept {
                world.perform(.number(number, of: plan), number: number)
                if !world.findings.list.isEmpty { break }
            }
            if world.findings.list.isEmpty { world.comeToRest() }
            world.endFollowing()
            world.tally.worlds = 1
            world.tally.stanzas = world.server.deliveryCount
            for disturbance in world.inhabitants.flatMap(\.disturbances) {
                world.tally.faults[disturbance.fault.kind, default: 0] += 1
            }
            world.tally.checks = world.findings.checks
            world.tally.sessions = world.inhabitants.reduce(0) { $0 + $1.sessionCount }
            return (world.findings.list, world.tally)
        }
    }

    private func begin() {
        for (who, inhabitant) in inhabitants.enumerated() {
            inhabitant.onPolicy = { [unowned self] contact, decision in
                assumeIsolated { $0.noteAnswer(decision, to: contact, by: who) }
            }
        }
    }

    private func perform(_ action: WorldAction, number: Int) {
        findings.time = number
        findings.moment = { "\(number) \(action)" }
        tally.actions += 1
        perform(action)
        followNewcomers()
        settle()
        forgetOdds()
        noteRequests()
        if server.isWaiting {
            var dice = plan.dice(for: UInt64(number) + 1 << 32)
            step(Int.random(in: 0...3, using: &dice))
        }
    }

    /// Follows which requests the server has, whose refusals are under way, and who does not know what
    /// it was granted.
    func noteRequests() {
        let accounts = server.accountAddresses
        for account in accounts {
            for contact in accounts where contact != account {
                if server.record(of: account, for: contact).state.isSubscribedFrom,
                    !server.record(of: contact, for: account).state.isSubscribedTo
                {
                    unheard.insert(WorldPair(account: account, contact: contact))
                }
            }
        }
        let now = accounts.flatMap { account in
            server.requests(to: account).compactMap(\.from?.bare).map {
                WorldPair(account: account, contact: $0)
            }
        }
        for pair in now where !open.contains(pair) { opened[pair] = findings.time }
        open = Set(now)
        for pair in declining.keys { declined[pair] = findings.time }
        declining = declining.compactMapValues { all in
            let late = all.filter { inhabitants[$0].isSpeaking }
            return late.isEmpty ? nil : late
        }
    }

    /// Lets the tasks that can go on do so, and time run out for those whose time has come.
    func settle() {
        executor.run {
            edits.values.allSatisfy { $0.deadline.map { $0 > server.clock.now } ?? true }
        }
        for inhabitant in inhabitants { inhabitant.compare() }
    }

    /// Lets stanzas arrive one by one.
    func step(_ count: Int) {
        for _ in 0..<count where server.step() { settle() }
    }

    /// Lets everything arrive, and what it causes.
    func run() {
        if server.isWaiting {
            while server.step() { settle() }
        } else {
            server.run()
            settle()
        }
    }

    /// Lets time pass, edits running out of it one by one.
    func pass(_ duration: Duration) {
        let end = server.clock.now.advanced(by: duration)
        while let next = edits.values.compactMap(\.deadline).min(), next <= end {
            server.advance(by: server.clock.now.duration(to: next))
            settle()
        }
        server.advance(by: server.clock.now.duration(to: end))
        settle()
    }
}
