import Foundation
import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays what hostile contacts, strangers and files may do to a session, and demands what must and
/// must not follow.
final class SecurityScenarioTests: XCTestCase {
    func testHostileStanzasAndDocumentsDoNothingThatTheyMustNot() throws {
        let files = try VectorFolder.files(of: .security)
        XCTAssertFalse(files.isEmpty)
        for file in files {
            let vectors = try XCTUnwrap(try file.json()["scenario"]?.array)
            XCTAssertGreaterThan(vectors.count, 0)
            var steps = 0
            var checks = 0
            for vector in vectors {
                let scenario = try SecurityScenario(vector)
                var check = SecurityCheck(scenario, try XCTUnwrap(vector["expect"]))
                for step in try XCTUnwrap(vector["steps"]?.array) {
                    steps += try scenario.perform(step)
                    check.noteStep()
                }
                try check.run(vector)
                checks += check.count
            }
            file.report(vectors: vectors.count, steps: steps, note: "scenario, \(checks) demands")
        }
    }
}

/// What a scenario demands, one by one.
private struct SecurityCheck {
    let scenario: SecurityScenario
    let expected: JSON
    /// How many demands were checked.
    private(set) var count = 0
    private let before: State
    private var afterFirst: State?
    private var sent: [Element] = []
    private var id: String { scenario.id }

    private struct State: Equatable {
        var roster: String
        var version: [UInt8]?
        var presence: String
        var rooms: String

        init(_ scenario: SecurityScenario) {
            roster = scenario.rosterText
            version = scenario.roster.roster.version.map { Array($0.utf8) }
            presence = scenario.presenceText
            rooms = scenario.roomText
        }
    }

    /// The addresses in the roster at first.
    private let addresses: [BareJID]

    init(_ scenario: SecurityScenario, _ expected: JSON) {
        self.scenario = scenario
        self.expected = expected
        before = State(scenario)
        addresses = scenario.roster.roster.items.map(\.jid)
    }

    mutating func noteStep() {
        if afterFirst == nil { afterFirst = State(scenario) }
        sent += scenario.takeSent()
    }

    mutating func run(_ vector: JSON) throws {
        let isOver = expected["allPendingFail"]?.bool == true
        XCTAssertEqual(scenario.stream.isInSession, !isOver, id)
        try checkOutcome()
        // Answering the request that is still pending changes the roster, so it comes last.
        let members = try XCTUnwrap(expected.members)
        for (key, value) in members where key != "stillPending" { try check(key, value, vector) }
        if let value = expected["stillPending"] { try check("stillPending", value, vector) }
    }

    private mutating func checkOutcome() throws {
        let after = State(scenario)
        count += 1
        switch try XCTUnwrap(expected["outcome"]?.string) {
        case "ignored":
            XCTAssertEqual(after, before, id)
            XCTAssertEqual(scenario.events, [], id)
        case "ignored-or-event":
            XCTAssertEqual(after, before, id)
            XCTAssertEqual(sent, [], id)
        case "ignored-or-unlisted":
            XCTAssertEqual(after.roster, before.roster, id)
            XCTAssertEqual(after.rooms, before.rooms, id)
            XCTAssertLessThanOrEqual(
                scenario.presence.state.onlineCount, PresenceClient.maximumStrangers, id)
        case "processed": break
        case "processed-as-plain-presence":
            XCTAssertEqual(after.rooms, before.rooms, id)
            XCTAssertNotEqual(after.presence, before.presence, id)
        case "first-only": XCTAssertEqual(after, afterFirst, id)
        case "replied":
            XCTAssertEqual(after, before, id)
            XCTAssertEqual(scenario.events, [], id)
            XCTAssertEqual(sent.count, 1, id)
        case "limit": XCTAssertTrue(scenario.stream.isInSession, id)
        case "rejected":
            XCTAssertEqual(scenario.failedImports, 1, id)
            XCTAssertEqual(after, before, id)
        case "rejected-or-sanitised":
            XCTAssertEqual(scenario.failedImports, 1, "\(id): it is rejected")
            XCTAssertEqual(after, before, id)
        case "any": break
        case let outcome: XCTFail("\(id): an outcome that is not understood: \(outcome)")
        }
    }

    private mutating func check(_ key: String, _ value: JSON, _ vector: JSON) throws {
        count += 1
        let client = scenario.roster
        switch key {
        case "outcome", "mustNotTrap": count -= 1
        case "reply": try checkReply(value)
        case "replyCount":
            for (type, limit) in try XCTUnwrap(value.members) {
                let replies = sent.filter { type == "total" || $0[.type] == type }
                try compare(replies.count, limit)
            }
        case "replyToBare":
            let contact = try BareJID(wire: try XCTUnwrap(value.string))
            XCTAssertFalse(sent.isEmpty, id)
            for stanza in sent { XCTAssertEqual(stanza.address(.to).jid, JID(contact), id) }

        case "roster": try checkRoster(value, vector)
        case "rosterVersion":
            XCTAssertEqual(
                client.roster.version.map { Array($0.utf8) }, value.string.map { Array($0.utf8) },
                id)
        case "rosterAdds":
            for jid in try addresses(value) {
                XCTAssertFalse(addresses.contains(jid), id)
                XCTAssertNotNil(client.roster[jid], id)
            }
        case "rosterRemoves":
            let removed = try addresses(value)
            XCTAssertEqual(
                client.roster.items.map(\.jid), addresses.filter { !removed.contains($0) }, id)
        case "rosterContains":
            for (jid, values) in try XCTUnwrap(value.members) {
                let item = try XCTUnwrap(client.roster[try BareJID(wire: jid)], id)
                try check(item, values)
            }
        case "groupsOf":
            for (jid, groups) in try XCTUnwrap(value.members) {
                let item = client.roster[try BareJID(wire: jid)]
                XCTAssertEqual(
                    item?.groups.map { Array($0.utf8) },
                    groups.array?.compactMap(\.string).map { Array($0.utf8) }, id)
            }
        case "nameBytesOf":
            for (jid, limit) in try XCTUnwrap(value.members) {
                try compare(client.roster[try BareJID(wire: jid)]?.name?.utf8.count ?? 0, limit)
            }
        case "neverSerialisesInvalidXML":
            for item in client.roster.items {
                let element = Element("item", in: .roster, attributes: ["name": item.name])
                XCTAssertNoThrow(try element.serialized(), id)
            }
        case "completes":
            XCTAssertEqual(scenario.rosterCount, 1, id)
            let isPending = try scenario.takesRoster(as: try XCTUnwrap(value.string))
            XCTAssertFalse(isPending, id)
        case "stillPending":
            let isPending = try scenario.takesRoster(as: try XCTUnwrap(value.string))
            XCTAssertTrue(isPending, id)
        case "allPendingFail":
            let requests = try XCTUnwrap(scenario.given["pendingIQs"]?.array)
            XCTAssertEqual(scenario.outcomes.count, requests.count, id)
            for outcome in scenario.outcomes {
                XCTAssertThrowsError(try outcome.get(), id) { error in
                    XCTAssertEqual(error as? RequestError, RequestError(.disconnected), id)
                }
            }
        default: try checkPresence(key, value)
        }
    }
}

// MARK: Replies and the roster

extension SecurityCheck {
    private func checkReply(_ value: JSON) throws {
        let allowed = value["anyOf"]?.array ?? [value]
        XCTAssertLessThanOrEqual(sent.count, 1, "\(id): \(sent)")
        let isAllowed = try allowed.contains { reply in
            guard let stanza = sent.first else { return reply.isNull }
            return try reply.members?.allSatisfy { key, value in
                let text = try XCTUnwrap(value.string)
                switch key {
                case "type", "id", "to":
                    return stanza[AttributeName(key)]?.utf8.elementsEqual(text.utf8) == true
                case "condition":
                    let error = IQ(stanza)?.error ?? Presence(stanza)?.error
                    return error?.condition.rawValue == text
                default:
                    XCTFail("\(id): not understood: \(key)")
                    return false
                }
            } ?? false
        }
        XCTAssertTrue(isAllowed, "\(id): \(sent)")
    }

    private func checkRoster(_ value: JSON, _ vector: JSON) throws {
        let text = scenario.rosterText
        let isEmpty = scenario.roster.roster.count == 0
        switch value.string {
        case "unchanged": XCTAssertEqual(text, before.roster, id)
        case "empty": XCTAssertTrue(isEmpty, id)
        case "empty-or-unchanged": XCTAssertTrue(isEmpty || text == before.roster, id)
        case "replaced":
            let last = try XCTUnwrap(vector["steps"]?.array?.last?["recv"]?.string)
            let query = try XCTUnwrap(IQ(Element(parsing: last, in: .client))?.payload)
            let items = query.all("item", in: .roster)
                .compactMap { $0.address(AttributeName("jid")).jid?.bare }
            XCTAssertEqual(scenario.roster.roster.items.map(\.jid), items.sorted(), id)
        default: XCTFail("\(id): not understood: \(value)")
        }
    }

    private func check(_ item: RosterItem, _ values: JSON) throws {
        for (key, value) in try XCTUnwrap(values.members) {
            switch key {
            case "name":
                XCTAssertEqual(
                    item.name.map { Array($0.utf8) }, value.string.map { Array($0.utf8) }, id)
            case "subscription": XCTAssertEqual(item.subscription.rawValue, value.string, id)
            case "ask": XCTAssertEqual(item.isPendingOut, value.string == "subscribe", id)
            case "approved": XCTAssertEqual(item.isApproved, value.bool, id)
            case "groups":
                XCTAssertEqual(
                    item.groups.map { Array($0.utf8) },
                    value.array?.compactMap(\.string).map { Array($0.utf8) }, id)
            default: XCTFail("\(id): not understood: \(key)")
            }
        }
    }

    private func addresses(_ value: JSON) throws -> [BareJID] {
        try XCTUnwrap(value.array).map { try BareJID(wire: try XCTUnwrap($0.string)) }
    }
}

// MARK: Presence and rooms

extension SecurityCheck {
    private mutating func checkPresence(_ key: String, _ value: JSON) throws {
        let presence = scenario.presence
        switch key {
        case "presence":
            XCTAssertEqual(value.string, "unchanged", id)
            XCTAssertEqual(scenario.presenceText, before.presence, id)
        case "presenceOnlyFor":
            let contact = try BareJID(wire: try XCTUnwrap(value.string))
            XCTAssertEqual(presence.contacts.map(\.jid).filter { $0 != contact }, [], id)
        case "resourcesOf":
            for (contact, names) in try XCTUnwrap(value.members) {
                let found = presence[try BareJID(wire: contact)].resources.map {
                    Array(($0.name ?? "").utf8)
                }
                let wanted = try XCTUnwrap(names.array).compactMap(\.string).map { Array($0.utf8) }
                XCTAssertEqual(Set(found), Set(wanted), id)
                XCTAssertEqual(found.count, wanted.count, id)
            }
        case "resourceCountOf":
            for (contact, limit) in try XCTUnwrap(value.members) {
                try compare(presence[try BareJID(wire: contact)].resources.count, limit)
            }
        case "priorityOf":
            for (address, priority) in try XCTUnwrap(value.members) {
                let found = try scenario.resource(address)?.presence.priority
                XCTAssertEqual(found.map { Int($0) }, priority.int, id)
            }
        case "showOf":
            for (address, show) in try XCTUnwrap(value.members) {
                let found = try XCTUnwrap(try scenario.resource(address), id)
                let wanted = show.string == "available-or-unknown" ? nil : show.string
                XCTAssertEqual(found.presence.show?.rawValue, wanted, id)
            }
        case "statusBytesOf":
            for (address, limit) in try XCTUnwrap(value.members) {
                let found = try scenario.resource(address)?.presence.statuses.map(\.text.utf8.count)
                try compare(found?.max() ?? 0, limit)
            }
        case "statusCountOf":
            for (address, limit) in try XCTUnwrap(value.members) {
                try compare(try scenario.resource(address)?.presence.statuses.count ?? 0, limit)
            }
        case "unavailable":
            for contact in try addresses(value) {
                XCTAssertFalse(presence[contact].isOnline, id)
            }
        case "ownResources":
            let found = presence.state.ownResources?.resources.map { Array(($0.name ?? "").utf8) }
            let wanted = try XCTUnwrap(value.array).compactMap(\.string).map { Array($0.utf8) }
            XCTAssertEqual(Set(found ?? []), Set(wanted), id)
        case "trackedContacts": try compare(presence.state.onlineCount, value)
        case "pendingSubscriptions": try compare(presence.requests.count, value)
        default: try checkRoom(key, value)
        }
    }

    private mutating func checkRoom(_ key: String, _ value: JSON) throws {
        func room(_ address: String?) throws -> Room? {
            scenario.rooms[try BareJID(wire: try XCTUnwrap(address))]
        }
        func nicks(_ room: Room?) -> [[UInt8]] {
            (room?.occupants ?? []).filter { !$0.isSelf }.map { Array($0.nick.utf8) }
        }
        switch key {
        case "occupants":
            let wanted = try XCTUnwrap(value.array).compactMap(\.string).map { Array($0.utf8) }
            XCTAssertEqual(nicks(try room(givenRoom)), wanted, id)
        case "occupantsOf":
            for (address, wanted) in try XCTUnwrap(value.members) {
                XCTAssertEqual(
                    nicks(try room(address)),
                    try XCTUnwrap(wanted.array).compactMap(\.string).map { Array($0.utf8) }, id)
            }
        case "occupantCount": try compare(try room(givenRoom)?.count ?? 0, value)
        case "affiliationOf":
            for (nick, affiliation) in try XCTUnwrap(value.members) {
                let found = try room(givenRoom)?[nick]?.affiliation?.rawValue
                XCTAssertEqual(found, affiliation.string, id)
            }
        case "ownNick":
            XCTAssertEqual(
                try room(givenRoom)?.ownNick.map { Array($0.utf8) },
                value.string.map { Array($0.utf8) }, id)
        case "left":
            for address in try XCTUnwrap(value.array) {
                XCTAssertNil(try room(address.string)?.ownNick, id)
            }
        case "stillIn":
            for address in try XCTUnwrap(value.array) {
                XCTAssertNotNil(try room(address.string)?.ownNick, id)
            }
        default: XCTFail("\(id): a demand that is not understood: \(key)")
        }
    }

    private var givenRoom: String? { scenario.given["mucRooms"]?.array?.first?["room"]?.string }

    /// Where the library has a bound that is not an application's to choose, that bound counts.
    private static let bounds = [
        "maxResourcesPerContact": PresenceClient.maximumResourcesPerContact,
        "maxUnlistedContacts": PresenceClient.maximumStrangers,
        "maxPendingSubscriptions": PresenceClient.maximumRequests,
    ]

    /// Compares with a number, or with a text such as `<= roster size + limits.maxUnlistedContacts`.
    private func compare(_ number: Int, _ limit: JSON) throws {
        if let exact = limit.int { return XCTAssertEqual(number, exact, id) }
        let text = try XCTUnwrap(limit.string)
        XCTAssertTrue(
            text.hasPrefix("<=") || text.hasPrefix("=="), "\(id): not understood: \(text)")
        let terms = text.dropFirst(2).split(separator: "+").map { term in
            term.trimmingCharacters(in: .whitespaces)
        }
        let bound = try terms.reduce(0) { sum, term in
            if let number = Int(term) { return sum + number }
            if term == "roster size" { return sum + addresses.count }
            let name = String(term.dropFirst("limits.".count))
            XCTAssertTrue(term.hasPrefix("limits."), "\(id): not understood: \(term)")
            return sum
                + (try XCTUnwrap(Self.bounds[name] ?? scenario.given["limits"]?[name]?.int, id))
        }
        if text.hasPrefix("==") {
            XCTAssertEqual(number, bound, id)
        } else {
            XCTAssertLessThanOrEqual(number, bound, id)
        }
    }
}
