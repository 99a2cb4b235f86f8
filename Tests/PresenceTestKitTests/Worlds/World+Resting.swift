import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// What is looked at when everything has come to rest.
extension World {
    /// Lets everything come to rest, and looks at all of it.
    func comeToRest() {
        findings.moment = { "the end" }
        heal()
        findings.expect(server.isQuiet, "the server does not come to rest")
        findings.expect(edits.isEmpty, "\(edits.count) edits have no outcome")
        checkRosters()
        if isCandid {
            checkRecords()
            checkRequests()
        }
        for account in server.accountAddresses { compareWithNewcomer(to: account) }
        for inhabitant in inhabitants { inhabitant.connection.disconnect() }
        settle()
        findings.expect(server.isQuiet, "somebody speaks who is not connected")
        checkPings()
        checkCaches()
    }

    /// Ends all faults. Who lost the connection comes again; and who was not answered asks again, as
    /// people do.
    private func heal() {
        server.isWaiting = false
        for inhabitant in inhabitants {
            for connection in inhabitant.former { connection.disconnect() }
            inhabitant.connection.calm()
            inhabitant.connection.proceed()
        }
        run()
        let undone = Set(edits.values.map(\.inhabitant))
        for (who, inhabitant) in inhabitants.enumerated() {
            if inhabitant.wasAbsent { inhabitant.connection.disconnect() }
            let isDisturbed = !inhabitant.connection.disturbances.isEmpty
            if isDisturbed && undone.contains(who) { inhabitant.connection.disconnect() }
            inhabitant.connection.connect()
            // A roster that never came is asked for again; any other has to be right as it is.
            if let roster = inhabitant.roster, roster.roster.state != .current { roster.refresh() }
        }
        pass(.seconds(5))
        noteRequests()
    }

    private func checkPings() {
        let wrong = pings.indices.filter { pings[$0] != 1 }
        findings.expect(wrong.isEmpty, "not answered once: \(wrong.map { "\($0): \(pings[$0])" })")
    }

    // MARK: Rosters

    private func checkRosters() {
        for inhabitant in inhabitants {
            guard inhabitant.isInSession, let client = inhabitant.roster else { continue }
            let account = inhabitant.address.bare
            findings.expect(
                client.roster.state == .current, "\(inhabitant)'s roster is \(client.roster.state)")
            compare(
                client.roster, of: "\(inhabitant)", with: account,
                mayHaveOldVersion: inhabitant.heardLate)
        }
    }

    /// Looks whether a roster is what the server has and shows.
    ///
    /// - Parameter mayHaveOldVersion: Whether the version may be an older one, which does no harm: where
    ///   nothing changed since a version, pushes in front of that answer may or may not be all that
    ///   is newer.
    func compare(
        _ roster: Roster, of name: String, with account: BareJID, mayHaveOldVersion: Bool = false
    ) {
        let items = server.roster(of: account).map { item in
            var item = item
            if !server.behavior.items.showApproval { item.isApproved = false }
            return WorldEntry(item)
        }
        let known = roster.items.map(WorldEntry.init)
        findings.expect(known == items, "\(name) has the roster \(known), and the server \(items)")
        if let version = roster.version, !mayHaveOldVersion {
            let current = server.rosterVersion(of: account)
            findings.expect(
                current == version,
                "\(name) has version \(version), the server \(current ?? "none")")
        }
    }

    private func checkCaches() {
        for inhabitant in inhabitants {
            guard let cache = inhabitant.cache, let client = inhabitant.roster else { continue }
            let later = RosterClient(StanzaStream { _ in }, cache: cache)
            let kept = later.roster.items.map(WorldEntry.init)
            let known = client.roster.items.map(WorldEntry.init)
            findings.expect(kept == known, "\(inhabitant)'s cache has \(kept), the client \(known)")
            findings.expect(
                later.roster.version == client.roster.version,
                "\(inhabitant)'s cache has another version than the client")
        }
    }

    // MARK: Subscriptions

    /// Looks whether both ends of every pair fit, and each client's idea of it.
    private func checkRecords() {
        let accounts = server.accountAddresses
        let settles = server.behavior.subscriptions.openRequests == .settled
        for account in accounts {
            for contact in accounts where contact != account {
                let near = server.record(of: contact, for: account).state
                let far = server.record(of: account, for: contact).state
                let isAtOdds = atOdds.contains(WorldPair(account: account, contact: contact))
                let fits =
                    settles && !isAtOdds
                    ? near.isSubscribedTo == far.isSubscribedFrom
                        && near.isPendingOut == far.isPendingIn
                    // Who is removed without a word may believe in less than there is.
                    : !near.isSubscribedTo || far.isSubscribedFrom
                findings.expect(fits, "\(account) is \(near) with \(contact), that is \(far)")
            }
        }
    }

    private func checkRequests() {
        for inhabitant in inhabitants
        where inhabitant.isAvailable && inhabitant.roster != nil && !inhabitant.hasLateRoster {
            let account = inhabitant.address.bare
            let open = Set(server.requests(to: account).compactMap(\.from?.bare))
            let known = inhabitant.presence.requests
            // An approval that came too late is believed in where no push says that it did (see
            // SubscriptionMirror), and what the contact asks then is not noticed.
            let isTold =
                server.behavior.announcesPreApproval && server.behavior.items.showApproval
            let missing = open.subtracting(known.map(\.jid)).sorted().filter {
                isTold || !inhabitant.overlooked.contains($0)
            }
            findings.expect(missing.isEmpty, "\(inhabitant) does not know that \(missing) ask")
            for request in known where !open.contains(request.jid) {
                let pair = WorldPair(account: account, contact: request.jid)
                let opened = opened[pair] ?? 0
                findings.expect(
                    declined[pair].map { $0 >= opened } ?? false,
                    "\(inhabitant) believes that \(request.jid) asks, since action \(opened)")
            }
        }
    }
}

/// An entry as it is compared: by its bytes.
struct WorldEntry: Equatable, CustomStringConvertible {
    let description: String

    init(_ item: RosterItem) {
        self.init(
            item.jid, item.name, item.groups, item.subscription, item.isPendingOut, item.isApproved)
    }

    init(_ item: RosterQuery.Item) {
        self.init(
            item.jid, item.name, item.groups, item.subscription, item.isPendingOut, item.isApproved)
    }

    private init(
        _ jid: BareJID, _ name: String?, _ groups: [String],
        _ subscription: RosterItem.Subscription,
        _ isPendingOut: Bool, _ isApproved: Bool
    ) {
        let name = name.map { $0.isEmpty ? "" : " '\($0)'" } ?? ""
        let groups = groups.map(ExactText.init).sorted().map(\.string)
        description =
            "\(jid)\(name) \(groups) \(subscription.rawValue)"
            + (isPendingOut ? " asks" : "") + (isApproved ? " approved" : "")
    }

    static func == (left: Self, right: Self) -> Bool {
        left.description.isExactly(right.description)
    }
}
