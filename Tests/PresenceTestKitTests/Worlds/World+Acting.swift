import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// What actions do.
extension World {
    func perform(_ action: WorldAction) {
        switch action {
        case .connect(let who, let presence):
            inhabitants[who].connection.connect()
            if let presence, !inhabitants[who].isAvailable { broadcast(presence, by: who) }
        case .disconnect(let who): inhabitants[who].connection.disconnect()
        case .close(let who):
            if inhabitants[who].isInSession { inhabitants[who].connection.close() }
        case .relaunch(let who, let disconnects): relaunch(who, disconnects: disconnects)
        case .attachRoster(let who): inhabitants[who].attachRoster()
        case .broadcast(let who, let presence): broadcast(presence, by: who)
        case .goOffline(let who, let status):
            try? inhabitants[who].presence.goOffline(status: status)
        case .direct(let who, let presence, let to):
            direct(presence, to: to, by: who)
        case .hide(let who, let from): hide(who, from: from)
        case .probe(let who, let contact): probe(contact, by: who)
        case .wait(let isWaiting):
            server.isWaiting = isWaiting
            if !isWaiting { run() }
        case .order(let order): server.order = order
        case .step(let count): step(count)
        case .run: run()
        case .pass(let duration): pass(duration)
        default: performMore(action)
        }
    }

    private func performMore(_ action: WorldAction) {
        switch action {
        case .want(let who, let intent, let contact, let throughRoster):
            want(intent, of: contact, by: who, throughRoster: throughRoster)
        case .send(let who, let stanza, let contact):
            if stanza == .unsubscribed { noteDecline(of: contact, by: who) }
            if stanza == .subscribed { noteAcceptance(of: contact, by: who) }
            try? inhabitants[who].presence.send(stanza.presence(to: contact))
        case .answer(let who, let number, let decision): answer(number, decision, by: who)
        case .answerAll(let who, let decision):
            noteAnswers(decision, by: who)
            inhabitants[who].presence.answerAll(decision)
        case .setPolicy(let who, let policy):
            switch policy.answer {
            case .manual: break
            case .accept: noteAnswers(.accept, by: who)
            case .decline: noteAnswers(.decline, by: who)
            }
            inhabitants[who].presence.policy = policy
        case .refresh(let who):
            if inhabitants[who].isInSession { inhabitants[who].roster?.refresh() }
        case .save(let who): inhabitants[who].roster?.saveRoster()
        case .ping(let who): ping(by: who)
        case .fault(let who, let fault): fault.happen(to: inhabitants[who].connection)
        case .forge(let who, let victim): forge(by: who, to: victim)
        default: edit(action)
        }
    }

    // MARK: Sessions and presence

    private func relaunch(_ who: Int, disconnects: Bool) {
        // Who is gone without a word is thrown out when it comes again.
        if disconnects { inhabitants[who].connection.disconnect() }
        inhabitants[who].relaunch(on: server)
    }

    private func broadcast(_ presence: Presence, by who: Int) {
        hidden = hidden.filter { $0.at != inhabitants[who].address }
        try? inhabitants[who].presence.send(presence)
    }

    private func direct(_ presence: Presence, to addressee: JID, by who: Int) {
        // A resource that is not available hears nothing of a subscription's end, or of the sender's.
        let isDeaf = inhabitants.contains { $0.address == addressee && !$0.isAvailable }
        if !isDeaf { try? inhabitants[who].presence.send(presence, to: addressee) }
    }

    private func hide(_ who: Int, from addressee: JID) {
        for other in inhabitants
        where other.address == addressee || other.address.bare == addressee.bare {
            hidden.insert(WorldLook(at: inhabitants[who].address, by: other.address))
        }
        try? inhabitants[who].presence.goOffline(for: addressee)
    }

    private func probe(_ contact: JID, by who: Int) {
        // Who is not available is told once, and not when that changes.
        guard inhabitants[who].isAvailable else { return }
        let account = inhabitants[who].address.bare
        glimpsed.insert(WorldLook(at: contact, by: inhabitants[who].address))
        atOdds.insert(WorldPair(account: account, contact: contact.bare))
        try? inhabitants[who].presence.probe(contact)
    }

    /// Forgets who was at odds with somebody and is not any more.
    func forgetOdds() {
        acceptedLate = acceptedLate.filter { look in
            // Once it is a subscriber, it is one like others; what is under way may come later.
            !server.record(of: look.by.bare, for: look.at.bare).state.isSubscribedFrom
                || inhabitants.contains {
                    $0.address == look.at && $0.isSpeaking
                }
        }
        atOdds = atOdds.filter { pair in
            let near = server.record(of: pair.contact, for: pair.account).state
            let far = server.record(of: pair.account, for: pair.contact).state
            let isUnderWay = inhabitants.contains {
                $0.address.bare == pair.account && $0.isSpeaking
            }
            return isUnderWay || near.isPendingOut != far.isPendingIn
                || near.isSubscribedTo != far.isSubscribedFrom
        }
    }

    // MARK: Subscriptions

    private func want(
        _ intent: SubscriptionIntent, of contact: BareJID, by who: Int, throughRoster: Bool
    ) {
        let inhabitant = inhabitants[who]
        switch intent {
        case .deny, .cancel, .remove: noteDecline(of: contact, by: who)
        case .approve, .preApprove, .becomeMutual: noteAcceptance(of: contact, by: who)
        case .request, .withdraw: break
        }
        guard throughRoster, let roster = inhabitant.roster else {
            _ = try? inhabitant.presence.perform(intent, for: contact, nickname: "me", reason: "<3")
            return
        }
        switch intent {
        case .request: _ = try? roster.subscribe(to: contact, nickname: "me")
        case .approve, .preApprove: _ = try? roster.approve(contact)
        case .deny: _ = try? roster.denyRequest(of: contact)
        case .cancel: _ = try? roster.cancelSubscription(of: contact)
        case .withdraw: _ = try? roster.unsubscribe(from: contact)
        case .becomeMutual, .remove: _ = try? roster.presence.perform(intent, for: contact)
        }
    }

    private func answer(_ number: Int, _ decision: SubscriptionDecision, by who: Int) {
        let requests = inhabitants[who].presence.requests
        if requests.isEmpty { return }
        let contact = requests[number % requests.count].jid
        noteAnswer(decision, to: contact, by: who)
        try? inhabitants[who].presence.answer(contact, decision)
    }

    /// Other resources are not told that a request was declined.
    private func noteDecline(of contact: BareJID, by who: Int) {
        let account = inhabitants[who].address.bare
        declining[WorldPair(account: account, contact: contact), default: []].insert(who)
    }

    /// A request may be gone when it is answered; whoever is accepted then is sent presence directly.
    private func noteAcceptance(of contact: BareJID, by who: Int) {
        let address = inhabitants[who].address
        for other in inhabitants where other.address.bare == contact {
            acceptedLate.insert(WorldLook(at: address, by: other.address))
        }
    }

    func noteAnswer(_ decision: SubscriptionDecision, to contact: BareJID, by who: Int) {
        if decision == .decline {
            noteDecline(of: contact, by: who)
        } else {
            noteAcceptance(of: contact, by: who)
        }
    }

    private func noteAnswers(_ decision: SubscriptionDecision, by who: Int) {
        for request in inhabitants[who].presence.requests {
            noteAnswer(decision, to: request.jid, by: who)
        }
    }

    private func forge(by who: Int, to victim: JID) {
        let item = RosterQuery.Item("mallory@far.example", subscription: .both)
        let push = IQ(.set, to: victim, id: "forged", payload: RosterQuery(items: [item]).element)
        if inhabitants[who].isInSession { try? inhabitants[who].connection.stream.send(push) }
    }

    // MARK: Edits

    private func edit(_ action: WorldAction) {
        switch action {
        case .edit(let who, let contact, let edit):
            start(by: who, timeout: edit.timeout) { roster in
                do throws(RequestError) {
                    try await roster.setEntry(
                        contact, name: edit.name, addingTo: edit.joining,
                        removingFrom: edit.leaving, timeout: edit.timeout)
                    return "done"
                } catch {
                    return "\(error.code)"
                }
            }
        case .remove(let who, let contact, let timeout):
            noteDecline(of: contact, by: who)
            start(by: who, timeout: timeout) { roster in
                do throws(RequestError) {
                    try await roster.removeEntry(contact, timeout: timeout)
                    return "done"
                } catch {
                    return "\(error.code)"
                }
            }
        case .rename(let who, let group, let name):
            start(by: who) { await $0.outcome(of: $0.roster.renaming(group: group, to: name)) }
        case .merge(let who, let groups, let group):
            start(by: who) { await $0.outcome(of: $0.roster.merging(groups: groups, into: group)) }
        case .delete(let who, let group):
            start(by: who) { await $0.outcome(of: $0.roster.deleting(group: group)) }
        case .cancelEdit(let number):
            let pending = edits.keys.sorted()
            if !pending.isEmpty { edits[pending[number % pending.count]]?.task.cancel() }
        default: break
        }
    }

    private func start(
        by who: Int, timeout: Duration? = nil,
        _ body: @escaping (RosterClient) async -> String
    ) {
        guard let roster = inhabitants[who].roster else { return }
        editCount += 1
        tally.edits += 1
        let number = editCount
        let task = Task { [self] in
            // What needs no actor runs on no other thread either.
            let outcome = await withTaskExecutorPreference(executor.elsewhere) {
                _ = self.editCount
                return await body(roster)
            }
            finish(number, outcome)
        }
        edits[number] = PendingWorldEdit(
            inhabitant: who, task: task, deadline: timeout.map(server.clock.now.advanced))
    }

    private func finish(_ number: Int, _ outcome: String) {
        let pending = edits.removeValue(forKey: number)
        findings.expect(pending != nil, "edit \(number) ended twice")
        tally.outcomes[outcome, default: 0] += 1
    }

    private func ping(by who: Int) {
        let number = pings.count
        pings.append(0)
        let ping = IQ(.get, payload: Element("ping", in: "urn:xmpp:ping"))
        inhabitants[who].connection.stream.request(ping) { [unowned self] _ in
            assumeIsolated { $0.pings[number] += 1 }
        }
    }
}

extension RosterClient {
    fileprivate func outcome(of plan: GroupPlan) async -> String {
        let report = await perform(plan)
        return report.isComplete ? "plans done" : "plans not done"
    }
}
