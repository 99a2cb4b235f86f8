import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// One thing that happens in a world. Who does it is a number of an inhabitant.
///
/// What makes no sense at the moment, such as to log out without a session, does nothing: so an
/// action does not depend on those before it.
enum WorldAction {
    case connect(Int, saying: Presence?)
    case disconnect(Int)
    case close(Int)
    /// The program ends and is started again, with or without a word to the server.
    case relaunch(Int, disconnects: Bool)

    case broadcast(Int, Presence)
    case goOffline(Int, status: String?)
    case direct(Int, Presence, to: JID)
    case hide(Int, from: JID)
    case probe(Int, JID)

    case want(Int, SubscriptionIntent, of: BareJID, throughRoster: Bool)
    /// A stanza, whatever sense it makes.
    case send(Int, SubscriptionStanza, to: BareJID)
    /// The open request of that number is answered.
    case answer(Int, request: Int, SubscriptionDecision)
    case answerAll(Int, SubscriptionDecision)
    case setPolicy(Int, SubscriptionPolicy)

    case edit(Int, BareJID, Edit)
    case remove(Int, BareJID, timeout: Duration?)
    case rename(Int, group: String, to: String)
    case merge(Int, [String], into: String)
    case delete(Int, group: String)
    case cancelEdit(Int)
    case ping(Int)

    case fault(Int, WorldFault)
    /// Somebody sends what looks like a push.
    case forge(Int, to: JID)

    case refresh(Int)
    case save(Int)
    case attachRoster(Int)

    case wait(Bool)
    case order(DeliveryOrder)
    case step(Int)
    case run
    case pass(Duration)

    /// What an edit says.
    struct Edit {
        var name: RosterItem.NameEdit
        var joining: [String]
        var leaving: [String]
        var timeout: Duration?
    }
}

// MARK: By chance

extension WorldAction {
    /// The action of that number.
    static func number(_ number: Int, of plan: WorldPlan) -> WorldAction {
        var dice = plan.dice(for: UInt64(number) + 1000)
        return random(using: &dice)
    }

    private static func random(using dice: inout SeededGenerator) -> WorldAction {
        let who = Int.random(in: 0..<WorldPeople.addresses.count, using: &dice)
        let contact = pick(WorldPeople.contacts, &dice)
        switch Int.random(in: 0..<1000, using: &dice) {
        case ..<90: return session(who, using: &dice)
        case ..<330: return presence(who, using: &dice)
        case ..<610: return subscription(who, contact, using: &dice)
        case ..<840: return editing(who, contact, using: &dice)
        case ..<880: return .fault(who, .random(using: &dice))
        case ..<885: return .forge(who, to: pick(WorldPeople.addresses, &dice))
        default: return time(using: &dice)
        }
    }

    private static func session(_ who: Int, using dice: inout SeededGenerator) -> WorldAction {
        switch Int.random(in: 0..<20, using: &dice) {
        case ..<14:
            let speaks = Int.random(in: 0..<4, using: &dice) > 0
            return .connect(who, saying: speaks ? WorldPeople.presence(using: &dice) : nil)
        case ..<16: return .disconnect(who)
        case ..<17: return .close(who)
        case ..<19: return .relaunch(who, disconnects: Bool.random(using: &dice))
        default: return .attachRoster(who)
        }
    }

    private static func presence(_ who: Int, using dice: inout SeededGenerator) -> WorldAction {
        switch Int.random(in: 0..<24, using: &dice) {
        case ..<14: return .broadcast(who, WorldPeople.presence(using: &dice))
        case ..<16: return .goOffline(who, status: pick(WorldPeople.statuses, &dice))
        case ..<19:
            return .direct(who, WorldPeople.presence(using: &dice), to: somebody(but: who, &dice))
        case ..<20: return .hide(who, from: somebody(but: who, &dice))
        default: return .probe(who, somebody(but: who, &dice))
        }
    }

    private static func subscription(
        _ who: Int, _ contact: BareJID, using dice: inout SeededGenerator
    ) -> WorldAction {
        let decision = pick(SubscriptionDecision.allCases, &dice)
        switch Int.random(in: 0..<40, using: &dice) {
        case ..<10:
            return .want(who, .request, of: contact, throughRoster: Bool.random(using: &dice))
        case ..<22:
            return .want(
                who, pick(SubscriptionIntent.allCases, &dice), of: contact,
                throughRoster: Bool.random(using: &dice))
        case ..<26: return .send(who, pick(SubscriptionStanza.allCases, &dice), to: contact)
        case ..<37: return .answer(who, request: Int.random(in: 0..<4, using: &dice), decision)
        case ..<38: return .answerAll(who, decision)
        default:
            let policies: [SubscriptionPolicy] = [.manual, .manual, .accept, .decline]
            return .setPolicy(who, pick(policies, &dice))
        }
    }

    private static func editing(
        _ who: Int, _ contact: BareJID, using dice: inout SeededGenerator
    ) -> WorldAction {
        let group = pick(WorldPeople.groups, &dice)
        switch Int.random(in: 0..<25, using: &dice) {
        case ..<14: return .edit(who, contact, edit(using: &dice))
        case ..<17: return .remove(who, contact, timeout: timeout(using: &dice))
        case ..<19: return .rename(who, group: group, to: pick(WorldPeople.groups, &dice))
        case ..<20: return .merge(who, some(WorldPeople.groups, &dice), into: group)
        case ..<21: return .delete(who, group: group)
        case ..<22: return .cancelEdit(Int.random(in: 0..<8, using: &dice))
        case ..<23: return .refresh(who)
        case ..<24: return .save(who)
        default: return .ping(who)
        }
    }

    private static func time(using dice: inout SeededGenerator) -> WorldAction {
        switch Int.random(in: 0..<14, using: &dice) {
        case ..<2: return .wait(true)
        case ..<3: return .wait(false)
        case ..<4: return .order(Int.random(in: 0..<4, using: &dice) == 0 ? .asSent : .anyOrder)
        case ..<10: return .step(Int.random(in: 1...20, using: &dice))
        case ..<11: return .run
        default: return .pass(.milliseconds(Int.random(in: 1...2000, using: &dice)))
        }
    }

    private static func edit(using dice: inout SeededGenerator) -> Edit {
        let names: [RosterItem.NameEdit] = [.keep, .remove] + WorldPeople.names.map { .set($0) }
        return Edit(
            name: pick(names, &dice), joining: some(WorldPeople.groups, &dice),
            leaving: some(WorldPeople.groups, &dice), timeout: timeout(using: &dice))
    }

    /// Ends between two milliseconds, so that it never is the same moment as anything else.
    private static func timeout(using dice: inout SeededGenerator) -> Duration? {
        switch Int.random(in: 0..<10, using: &dice) {
        case ..<8: nil
        case 8: .zero
        default: .microseconds(Int.random(in: 1...900, using: &dice) * 1000 + 500)
        }
    }

    /// A contact or one of its resources, of another account.
    private static func somebody(but who: Int, _ dice: inout SeededGenerator) -> JID {
        let others = WorldPeople.addresses.filter { $0.bare != WorldPeople.addresses[who].bare }
        let contact = pick(others + [JID(WorldPeople.outsiders[0])], &dice)
        return Bool.random(using: &dice) ? contact : JID(contact.bare)
    }

    /// At most three, usually fewer.
    private static func some<Value>(_ values: [Value], _ dice: inout SeededGenerator) -> [Value] {
        let count = max(0, Int.random(in: -2...3, using: &dice))
        return Array(values.shuffled(using: &dice).prefix(count))
    }

    private static func pick<Value>(_ values: [Value], _ dice: inout SeededGenerator) -> Value {
        values[Int.random(in: 0..<values.count, using: &dice)]
    }
}
