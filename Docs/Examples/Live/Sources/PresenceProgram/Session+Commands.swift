internal import PresenceKit
internal import RosterKit
internal import StanzaKit

extension Session {
    /// How long the server may take for an answer.
    private static let timeout = Duration.seconds(15)

    /// Does what is asked for, and waits until the server has done it.
    func execute(_ command: Command) async throws(Command.Problem) {
        do {
            try await perform(command)
        } catch let problem as Command.Problem {
            throw problem
        } catch {
            throw Command.Problem("That did not work: \(error)")
        }
    }

    private func perform(_ command: Command) async throws {
        switch command {
        case .add(let contact, let name, let groups):
            try await roster.setEntry(
                contact, name: name.map { .set($0) } ?? .keep, addingTo: groups,
                timeout: Self.timeout)
        case .remove(let contact):
            try await roster.removeEntry(contact, timeout: Self.timeout)
        case .rename(let contact, let name):
            try demandEntry(of: contact)
            try await roster.setEntry(
                contact, name: name.map { .set($0) } ?? .remove, timeout: Self.timeout)
        case .group(let contact, let groups):
            try demandEntry(of: contact)
            try await roster.setEntry(contact, addingTo: groups, timeout: Self.timeout)
        case .ungroup(let contact, let groups):
            try demandEntry(of: contact)
            try await roster.setEntry(contact, removingFrom: groups, timeout: Self.timeout)
        case .subscribe(let contact, let reason):
            explain(try roster.subscribe(to: contact, reason: reason))
        case .unsubscribe(let contact): explain(try roster.unsubscribe(from: contact))
        case .approve(let contact): explain(try roster.approve(contact))
        case .deny(let contact): explain(try roster.denyRequest(of: contact))
        case .cancel(let contact): explain(try roster.cancelSubscription(of: contact))
        case .status(let own): try presence.send(own)
        case .join(let room, let nick, let password):
            try rooms.join(room, as: nick, password: password)
        case .leave(let room): try rooms.leave(room)
        case .probe(let contact): try presence.probe(contact)
        case .wait(let duration): try await Task.sleep(for: duration)
        case .roster: printRoster()
        case .help: printer.show(Command.overview)
        case .quit: break
        }
    }

    /// An edit would put somebody into the roster who is not there.
    private func demandEntry(of contact: BareJID) throws(Command.Problem) {
        if roster.roster[contact] == nil {
            throw Command.Problem("\(contact) is not in your roster; 'add' puts them there.")
        }
    }

    /// Says why nothing was sent, if nothing was.
    private func explain(_ plan: SubscriptionPlan) {
        var happening = Happening("plan")
        switch plan {
        case .send: return
        case .alreadySo: happening.status = "That is so already."
        case .impossible(.noRequest): happening.status = "They have not asked."
        case .impossible(.alreadyApproved): happening.status = "It is approved; 'cancel' ends it."
        case .impossible(.preApprovalNotAnnounced):
            happening.status = "They have not asked, and the server cannot approve in advance."
        }
        happening.text = happening.status ?? ""
        printer.tell(happening)
    }
}
