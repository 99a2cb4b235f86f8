import PresenceKit

/// Everything that can become of two users of a `SubscriptionModel`, and what was found on the way.
struct SubscriptionExploration {
    typealias Side = SubscriptionModel.Side
    typealias World = SubscriptionModel.World
    typealias Token = SubscriptionModel.Token

    /// When a user asks for the other's presence.
    enum Patience {
        /// Whenever it likes.
        case none
        /// Not before the other's server answered what it sent earlier, nor while an answer is on
        /// its way.
        case awaitsAnswers
        /// When nothing at all is on its way.
        case awaitsRest
    }

    /// How one end and the other stand when all has arrived, where they do not agree.
    struct Disagreement: Hashable {
        /// What the one that asks knows: none, asked, or subscribed.
        var asking: String
        /// What the one that is asked knows.
        var asked: String
    }

    private(set) var states = 0
    private(set) var statesAtRest = 0
    /// What servers and clients know in the end, when all has arrived.
    private(set) var ends: Set<[Int]> = []
    private(set) var disagreements: [Disagreement: Int] = [:]
    /// How often the disagreement was gone after the one that is not subscribed asked again.
    private(set) var healed = 0
    /// States at rest in which a client knows of a request that its server no longer has.
    private(set) var staleRequests = 0
    /// States at rest in which a client differs from its server in anything else.
    private(set) var strayMirrors = 0
    /// States in which a client would send nothing to end what its server will have.
    private(set) var lostIntents = 0
    /// Steps after which there is no less on its way than before.
    private(set) var stepsWithoutEnd = 0

    private let model: SubscriptionModel
    private let clientsLag: Bool
    private let patience: Patience
    private let isThorough: Bool
    /// Hashes of the states that are known.
    private var seen: Set<Int> = []

    /// Explores all that up to `intents` intents of either user can lead to.
    ///
    /// - Parameters:
    ///   - clientsLag: Whether stanzas between a client and its server take time too.
    ///   - isThorough: Whether to take also the steps that are known to lead to nothing new. For
    ///     users without patience.
    init(
        _ model: SubscriptionModel, intents: Int, clientsLag: Bool, patience: Patience = .none,
        isThorough: Bool = false
    ) {
        self.model = model
        self.clientsLag = clientsLag
        self.patience = patience
        self.isThorough = isThorough
        var level: [World] = []
        add(World(), to: &level)
        for count in 0...intents {
            if count == intents {
                while let world = level.popLast() { arrivals(world, &level) }
                break
            }
            var done = 0
            while done < level.count {
                arrivals(level[done], &level)
                done += 1
            }
            var next: [World] = []
            for world in level { actions(world, &next) }
            level = next
        }
        states = seen.count
        seen = []
    }

    /// Adds a state, in which only the first user is another one than before, unless it is known.
    private mutating func add(_ world: World, to list: inout [World]) {
        var world = world
        if clientsLag {
            if !isThorough { model.simplify(&world.first) }
        } else {
            while model.process(&world.first) {}
            while model.learn(&world.first) {}
        }
        if !seen.insert(world.hashOfBoth).inserted { return }
        list.append(world)
        inspect(world)
    }

    /// Whatever is next on any way arrives.
    private mutating func arrivals(_ world: World, _ list: inout [World]) {
        for world in [world, world.swapped] {
            var next = world
            if model.process(&next.first) { step(from: world, to: next, &list) }
            next = world
            if model.receive(&next.first, from: &next.second) { step(from: world, to: next, &list) }
            if !isThorough { continue }
            next = world
            if model.learn(&next.first) { step(from: world, to: next, &list) }
        }
    }

    /// A user wants something, after its client has learned any part of what is on its way.
    ///
    /// What arrives at a client before anybody acts there, or later than it could, changes nothing
    /// for the others; nor does it when a stanza has left the client and the server has yet to take
    /// it. So it is enough that a client learns when it acts, and that the server takes at once the
    /// first stanza that it sends, when it has taken all the earlier ones.
    private mutating func actions(_ world: World, _ list: inout [World]) {
        for world in [world, world.swapped] where isThorough || world.first.up.isEmpty {
            var informed = world
            repeat {
                if losesIntents(informed.first) { lostIntents += 1 }
                for intent in model.intents.indices {
                    var next = informed
                    guard model.act(intent, &next.first), isPatient(&next) else { continue }
                    if !isThorough { _ = model.process(&next.first) }
                    add(next, to: &list)
                }
            } while !isThorough && model.learn(&informed.first)
        }
    }

    private mutating func step(from world: World, to next: World, _ list: inout [World]) {
        if weight(of: next) >= weight(of: world) { stepsWithoutEnd += 1 }
        add(next, to: &list)
    }

    /// How much can still come of what is on its way: each thing weighs more than what comes of it.
    private func weight(of world: World) -> Int {
        [world.first, world.second].reduce(0) { weight, side in
            var (side, sum) = (side, weight)
            while let token = side.up.next() { sum += token == Token.removal ? 100 : 30 }
            while let token = side.out.next() {
                let isAnswer = token == Token.of(.subscribed) || token == Token.of(.unsubscribed)
                sum += isAnswer ? 3 : 10
            }
            while side.down.next() != nil { sum += 1 }
            return sum
        }
    }

    /// Whether the first user waits as long as it should before it asks, as it is about to.
    private func isPatient(_ world: inout World) -> Bool {
        let (mine, other) = (world.first, world.second)
        guard mine.up.contains(Token.of(.subscribe)) else { return true }
        switch patience {
        case .none: return true
        case .awaitsAnswers:
            return ![.subscribe, .unsubscribe].contains { mine.out.contains(Token.of($0)) }
                && ![.subscribed, .unsubscribed].contains {
                    other.out.contains(Token.of($0)) || mine.down.contains(Token.of($0))
                }
        case .awaitsRest:
            // What the other client could learn it has.
            while model.learn(&world.second) {}
            return mine.out.isEmpty && mine.down.isEmpty && other.up.isEmpty && other.out.isEmpty
        }
    }

    /// Whether the user cannot end now what its server has granted or asked for: the client would
    /// believe that there is nothing to end.
    private func losesIntents(_ side: Side) -> Bool {
        let mirror = model.mirrors[Int(side.mirror)]
        let record = model.records[Int(side.record)]
        return [.cancel, .withdraw].contains { intent in
            mirror.plan(for: intent) == .alreadySo
                && record.plan(for: intent, announcesPreApproval: true) != .alreadySo
        }
    }
}

// MARK: At rest

extension SubscriptionExploration {
    private mutating func inspect(_ world: World) {
        guard isAtRest(world) else { return }
        statesAtRest += 1
        ends.insert([end(world.first), end(world.second)].sorted())
        for world in [world, world.swapped] {
            if let disagreement = disagreement(world) {
                disagreements[disagreement, default: 0] += 1
                if heals(world) { healed += 1 }
            }
            inspectMirror(world.first)
        }
    }

    /// Whether nothing is on its way but to clients.
    private func isAtRest(_ world: World) -> Bool {
        [world.first, world.second].allSatisfy { $0.up.isEmpty && $0.out.isEmpty }
    }

    /// Whether the first user knows anything else of its subscription to the second than that one
    /// does.
    private func disagreement(_ world: World) -> Disagreement? {
        let mine = model.records[Int(world.first.record)].state
        let other = model.records[Int(world.second.record)].state
        let agrees =
            mine.isSubscribedTo == other.isSubscribedFrom
            && mine.isPendingOut == other.isPendingIn
        if agrees { return nil }
        return Disagreement(
            asking: mine.isSubscribedTo ? "subscribed" : mine.isPendingOut ? "asked" : "none",
            asked: other.isSubscribedFrom ? "subscribed" : other.isPendingIn ? "asked" : "none")
    }

    /// What the server keeps and what its client knows when it knows all, as one number.
    private func end(_ side: Side) -> Int {
        var side = side
        while model.learn(&side) {}
        return Int(side.record) << 32 | Int(side.mirror)
    }

    private mutating func inspectMirror(_ side: Side) {
        var side = side
        while model.learn(&side) {}
        let record = model.records[Int(side.record)]
        let known = model.mirrors[Int(side.mirror)].record
        if known == record { return }
        let isStaleRequest =
            known.item == record.item && known.state.isPendingIn && !record.state.isPendingIn
        if isStaleRequest { staleRequests += 1 } else { strayMirrors += 1 }
    }

    /// Whether both agree when the first user asks again, and all has arrived.
    private func heals(_ world: World) -> Bool {
        var world = world
        (world.first.down, world.second.down) = (.init(), .init())
        world.first.up.append(Token.of(.subscribe))
        while model.process(&world.first) {}
        while model.receive(&world.first, from: &world.second)
            || model.receive(&world.second, from: &world.first)
        {}
        return disagreement(world) == nil
    }
}
