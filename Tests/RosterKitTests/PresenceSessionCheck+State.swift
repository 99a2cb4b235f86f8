import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

extension PresenceSessionCheck {
    /// Compares everything that SleekXMPP keeps with what is known here.
    mutating func checkState(_ stanza: Element?) throws {
        guard let owner = recorded["state"]?.members?.first, recorded["state"]?.members?.count == 1,
            owner.key == session.address.bare.description,
            let items = owner.value["items"]?.members
        else { throw NotUnderstood(what: "state \(place)") }
        var table: [(key: String, value: JSON)] = []
        var contacts = Set(session.history.known + session.roster.roster.items.map(\.jid))
        for (name, item) in items {
            contacts.insert(try BareJID(wire: name))
            if let resources = item["resources"], resources.members?.isEmpty == false {
                table.append((name, resources))
            }
        }
        for contact in contacts.sorted() {
            let item = items.first { $0.key == contact.description }?.value ?? .object([])
            checkFlags(of: contact, item)
            checkNameAndGroups(of: contact, item)
            try checkDirected(to: contact, item["last_status"]?.string)
        }
        if recommendsNothing {
            let resources = PresenceSessionRecording.resources(of: session.presence.state)
            XCTAssertEqual(resources.sorted, JSON.object(table).sorted, "resources: \(place)")
        }
        try checkBroadcast(owner.value["last_status"]?.string)
        if let version = recorded["roster_version"]?.string {
            XCTAssertEqual(session.roster.roster.version, version, place)
        }
        try checkPush(stanza, items)
    }

    // MARK: Subscriptions

    private mutating func checkFlags(of contact: BareJID, _ item: JSON) {
        let flag = { (name: String) in item[name]?.bool ?? false }
        let said = session.history[contact]
        var (to, from) = (flag("to"), flag("from"))
        var (out, isIn) = (flag("pending_out"), flag("pending_in"))
        if said.granted && !to || said.cancelled && (to || out) || said.left && (from || isIn) {
            use(.contactIsHeard)
            to = (to || said.granted) && !said.cancelled
            out = out && !said.granted && !said.cancelled
            (from, isIn) = (from && !said.left, isIn && !said.left)
        }
        if said.isAsked && !out && !to {
            use(.requestWasSent)
            out = true
        }
        if said.isAsking && !isIn && !from {
            use(.requestIsPending)
            isIn = true
        }
        if to && out {
            use(.nineStates)
            out = false
        }
        if isIn, let decision = session.presence.policy.decision(for: contact) {
            use(.policyAnswersWhatWaits)
            (from, isIn) = (decision != .decline, false)
        }
        let record = session.presence.subscription(of: contact)
        let state = record.state
        if from, session.announcesPreApproval, step.method == "authorize" {
            use(.preApproval)
            from = false
            XCTAssertTrue(record.isApproved, place)
        }
        XCTAssertEqual(state.isSubscribedTo, to, "to \(contact) after \(place)")
        XCTAssertEqual(state.isSubscribedFrom, from, "from \(contact) after \(place)")
        XCTAssertEqual(state.isPendingOut, out, "pending out \(contact) after \(place)")
        XCTAssertEqual(state.isPendingIn, isIn, "pending in \(contact) after \(place)")
        XCTAssertEqual(
            session.presence.policy.whitelist.contains(contact), flag("whitelisted"), place)
    }

    private mutating func checkNameAndGroups(of contact: BareJID, _ item: JSON) {
        let known = session.roster.roster[contact]
        XCTAssertEqual(known?.name ?? "", item["name"]?.string ?? "", place)
        let groups = (item["groups"]?.array ?? []).compactMap(\.string)
        let wanted = Set(groups.filter { !$0.isEmpty }).sorted()
        if wanted.count < groups.count { use(.groupsAreASet) }
        XCTAssertEqual(known?.groups ?? [], wanted, place)
    }

    /// The roster says what the push said, whatever else is known.
    private mutating func checkPush(
        _ stanza: Element?, _ items: [(key: String, value: JSON)]
    ) throws {
        let query = stanza?.first("query", in: .roster)
        let isForeign = stanza?[.from].map { $0 != "\(session.address.bare)" } ?? false
        for element in query?.all("item", in: .roster) ?? [] where !isForeign {
            let contact = try JID(wire: element["jid"] ?? "").bare
            let known = session.roster.roster[contact]
            if element["subscription"] == "remove" {
                XCTAssertNil(known, place)
                continue
            }
            let item = items.first { $0.key == contact.description }?.value
            XCTAssertEqual(
                known?.subscription.rawValue, item?["subscription"]?.string ?? "none", place)
            XCTAssertEqual(known?.isPendingOut, item?["pending_out"]?.bool ?? false, place)
            if element["approved"] == "true" { use(.approvalIsKept) }
            XCTAssertEqual(known?.isApproved, element["approved"] == "true", place)
            let record = session.presence.subscription(of: contact)
            XCTAssertEqual(record.isApproved, element["approved"] == "true", place)
            XCTAssertTrue(record.isInRoster, place)
        }
    }

    // MARK: What is sent again

    /// What a contact was sent directly, unless something was broadcast since.
    private mutating func checkDirected(to contact: BareJID, _ xml: String?) throws {
        let own = session.presence.state.own
        let again = own.presence(for: JID(contact))
        guard let xml else {
            var broadcast = own.broadcast
            broadcast?.to = JID(contact)
            XCTAssertEqual(again?.withoutID, broadcast?.withoutID, "to \(contact): \(place)")
            return
        }
        let element = try Element(parsing: xml, in: .client)
        let wanted = try XCTUnwrap(Presence(element), place)
        if wanted.type == .unavailable {
            use(.rejectionIsNotRemembered)
            XCTAssertNil(own.directedPresence(to: JID(contact)), place)
            XCTAssertNotEqual(again?.type, .unavailable, place)
        } else if again == nil, own.broadcast == nil, step.method == "authorize" {
            use(.nothingIsMadeUp)
        } else {
            XCTAssertEqual(again?.withoutID, wanted.withoutID, "to \(contact): \(place)")
        }
    }

    /// What was broadcast last. Of what was sent before the session it is not recorded.
    private mutating func checkBroadcast(_ xml: String?) throws {
        let broadcast = session.presence.state.own.broadcast
        guard let xml else {
            XCTAssertEqual(broadcast, session.initial, place)
            return
        }
        var wanted = try XCTUnwrap(Presence(Element(parsing: xml, in: .client)), place)
        if wanted.to != nil {
            use(.broadcastIsForEverybody)
            wanted.to = nil
        }
        if wanted.type == .unavailable {
            use(.offlineIsNotRemembered)
            XCTAssertNil(broadcast, place)
        } else {
            XCTAssertEqual(broadcast?.withoutID, wanted.withoutID, place)
        }
    }
}

extension Presence {
    /// All that it says but for its id, in a form that can be compared.
    fileprivate var withoutID: String {
        var presence = self
        presence.id = nil
        return presence.canonical
    }
}
