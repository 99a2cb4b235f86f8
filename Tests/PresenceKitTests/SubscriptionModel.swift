import PresenceKit

/// Two users, each with a client and a server of its own, and all that is on its way between them.
/// The clients go by `SubscriptionMirror` and its plans, the servers by `SubscriptionServer`.
///
/// Stanzas keep their order from one party to the next (RFC 6120, section 10.1). When they arrive is
/// open, and so is what the users want.
final class SubscriptionModel {
    /// One user: what its server and its client know, as indices, and what is on its way.
    struct Side: Hashable {
        var record: UInt16 = 0
        var mirror: UInt32 = 0
        /// From the client to its server.
        var up = Queue()
        /// From the server to the other one.
        var out = Queue()
        /// From the server to its client.
        var down = Queue()
    }

    /// Both users.
    struct World {
        var first = Side()
        var second = Side()

        var swapped: World { World(first: second, second: first) }

        /// A hash for which it does not matter which user is which.
        var hashOfBoth: Int {
            let (one, other) = (first.hashValue, second.hashValue)
            var hasher = Hasher()
            hasher.combine(min(one, other))
            hasher.combine(max(one, other))
            return hasher.finalize()
        }
    }

    /// What is on its way, at most 25 things, the next to arrive in the lowest five bits.
    struct Queue: Hashable {
        private(set) var bits: UInt128 = 0

        var isEmpty: Bool { bits == 0 }

        mutating func append(_ token: UInt8) {
            let used = (128 - bits.leadingZeroBitCount + 4) / 5 * 5
            precondition(used <= 120, "more is on its way than a queue holds")
            bits |= UInt128(token) << UInt128(used)
        }

        mutating func next() -> UInt8? {
            if bits == 0 { return nil }
            defer { bits >>= 5 }
            return UInt8(truncatingIfNeeded: bits & 31)
        }

        func contains(_ token: UInt8) -> Bool {
            var bits = bits
            while bits != 0 {
                if bits & 31 == UInt128(token) { return true }
                bits >>= 5
            }
            return false
        }
    }

    /// What a server does with something: its new record, and what it sends.
    private struct Effect {
        var record: UInt16
        var out: [UInt8] = []
        var down: [UInt8] = []
    }

    /// What a client sends for an intent.
    private struct Action {
        var mirror: UInt32
        var up: [UInt8] = []
    }

    let server: SubscriptionServer
    let intents = SubscriptionIntent.allCases
    private(set) var records: [SubscriptionRecord] = []
    private(set) var mirrors: [SubscriptionMirror] = []

    private var recordIndex: [SubscriptionRecord: UInt16] = [:]
    private var mirrorIndex: [SubscriptionMirror: UInt32] = [:]
    /// What comes of each token in each record or mirror; computed when it is asked for.
    private var processed: [Effect?] = []
    private var received: [Effect?] = []
    private var learned: [UInt32?] = []
    private var actions: [Action?] = []

    init(_ server: SubscriptionServer) {
        self.server = server
        _ = index(of: SubscriptionRecord())
        _ = index(
            of: SubscriptionMirror(announcesPreApproval: server.preApproval != .unsupported))
    }

    private func index(of record: SubscriptionRecord) -> UInt16 {
        if let index = recordIndex[record] { return index }
        let index = UInt16(records.count)
        recordIndex[record] = index
        records.append(record)
        processed.append(contentsOf: Array(repeating: nil, count: Token.count))
        received.append(contentsOf: Array(repeating: nil, count: Token.count))
        return index
    }

    private func index(of mirror: SubscriptionMirror) -> UInt32 {
        if let index = mirrorIndex[mirror] { return index }
        let index = UInt32(mirrors.count)
        mirrorIndex[mirror] = index
        mirrors.append(mirror)
        learned.append(contentsOf: Array(repeating: nil, count: Token.count))
        actions.append(contentsOf: Array(repeating: nil, count: intents.count))
        return index
    }
}

// MARK: Steps

extension SubscriptionModel {
    /// The user wants something; false where nothing is sent for it.
    func act(_ intent: Int, _ side: inout Side) -> Bool {
        let place = Int(side.mirror) * intents.count + intent
        let action = actions[place] ?? action(intents[intent], mirrors[Int(side.mirror)])
        actions[place] = action
        side.mirror = action.mirror
        for token in action.up { side.up.append(token) }
        return !action.up.isEmpty
    }

    /// The server takes what its client sent.
    func process(_ side: inout Side) -> Bool {
        guard let token = side.up.next() else { return false }
        let place = Int(side.record) * Token.count + Int(token)
        let effect = processed[place] ?? effect(.outbound, token, records[Int(side.record)])
        processed[place] = effect
        apply(effect, &side)
        return true
    }

    /// The server takes what the other one sent.
    func receive(_ side: inout Side, from other: inout Side) -> Bool {
        guard let token = other.out.next() else { return false }
        let place = Int(side.record) * Token.count + Int(token)
        let effect = received[place] ?? effect(.inbound, token, records[Int(side.record)])
        received[place] = effect
        apply(effect, &side)
        return true
    }

    /// The client takes what its server sent.
    func learn(_ side: inout Side) -> Bool {
        guard let token = side.down.next() else { return false }
        side.mirror = mirror(side.mirror, after: token)
        return true
    }

    /// Drops from the way to the client what will tell it nothing new.
    func simplify(_ side: inout Side) {
        var (queue, news) = (side.down, Queue())
        var mirror = side.mirror
        while let token = queue.next() {
            let next = self.mirror(mirror, after: token)
            if next != mirror { news.append(token) }
            mirror = next
        }
        side.down = news
    }

    private func apply(_ effect: Effect, _ side: inout Side) {
        side.record = effect.record
        for token in effect.out { side.out.append(token) }
        for token in effect.down { side.down.append(token) }
    }

    private func mirror(_ mirror: UInt32, after token: UInt8) -> UInt32 {
        let place = Int(mirror) * Token.count + Int(token)
        let next = learned[place] ?? index(of: Token.learn(token, mirrors[Int(mirror)]))
        learned[place] = next
        return next
    }

    private func effect(
        _ direction: SubscriptionServer.Direction, _ token: UInt8, _ record: SubscriptionRecord
    ) -> Effect {
        guard let stanza = Token.stanza(token) else {
            guard let removal = server.removal(of: record) else {
                return Effect(record: index(of: record), down: [Token.refusal])
            }
            return Effect(
                record: index(of: removal.after), out: removal.stanzas.map(Token.of),
                down: [Token.removal])
        }
        let outcome = server.outcome(of: stanza, direction, in: record)
        var effect = Effect(record: index(of: outcome.after))
        for step in outcome.steps {
            switch step {
            case .forward where direction == .outbound: effect.out.append(Token.of(stanza))
            case .forward: effect.down.append(Token.of(stanza))
            case .reply(let reply): effect.out.append(Token.of(reply))
            case .push(let item): effect.down.append(Token.of(item))
            case .sendPresence: break
            }
        }
        return effect
    }

    private func action(_ intent: SubscriptionIntent, _ mirror: SubscriptionMirror) -> Action {
        var mirror = mirror
        var up: [UInt8] = []
        if case .send(let stanzas, let removesItem) = mirror.plan(for: intent) {
            for stanza in stanzas {
                mirror.sent(stanza)
                up.append(Token.of(stanza))
            }
            if removesItem {
                mirror.sentRemoval()
                up.append(Token.removal)
            }
        }
        return Action(mirror: index(of: mirror), up: up)
    }
}

// MARK: Tokens

extension SubscriptionModel {
    /// What can be on its way, as small numbers: the four stanzas, the removal of the item, a refusal
    /// of that, and every item.
    enum Token {
        static let removal: UInt8 = 5
        static let refusal: UInt8 = 6
        static let count = 32
        private static let firstItem: UInt8 = 7

        static func of(_ stanza: SubscriptionStanza) -> UInt8 {
            switch stanza {
            case .subscribe: 1
            case .unsubscribe: 2
            case .subscribed: 3
            case .unsubscribed: 4
            }
        }

        static func stanza(_ token: UInt8) -> SubscriptionStanza? {
            SubscriptionStanza.allCases.first { of($0) == token }
        }

        static func of(_ item: SubscriptionRecord.Item) -> UInt8 {
            firstItem + UInt8(items.firstIndex(of: item) ?? items.count)
        }

        static func learn(_ token: UInt8, _ mirror: SubscriptionMirror) -> SubscriptionMirror {
            var mirror = mirror
            if let stanza = stanza(token) {
                mirror.received(stanza)
            } else if token == removal {
                mirror.receivedRemoval()
            } else if token == refusal {
                mirror.wasRefused()
            } else {
                mirror.received(items[Int(token - firstItem)])
            }
            return mirror
        }

        private static let items = SubscriptionState.Primary.allCases.flatMap { primary in
            [false, true].flatMap { asks in
                [false, true].map { approved in
                    SubscriptionRecord.Item(
                        subscription: primary, isPendingOut: asks, isApproved: approved)
                }
            }
        }
    }
}
