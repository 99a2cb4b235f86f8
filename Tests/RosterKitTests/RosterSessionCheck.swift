import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Compares one recorded session with what this library makes of it, step by step.
@MainActor
final class RosterSessionCheck {
    /// How many steps were compared with which column.
    struct Counts {
        var recorded = 0
        var better: [String: Int] = [:]

        static func + (left: Counts, right: Counts) -> Counts {
            Counts(
                recorded: left.recorded + right.recorded,
                better: left.better.merging(right.better, uniquingKeysWith: +))
        }
    }

    private let name: String
    private let session = RosterSession()
    private var counts = Counts()
    /// The recorded state, put together from what each step changed.
    private var state: RosterStateRecording
    private var needs = SubscriptionNeeds()
    private var labels: [String: String] = [:]
    private var bound: Set<String> = []

    private init(_ name: String) {
        self.name = name
        state = RosterStateRecording()
    }

    static func replay(_ vector: JSON) async throws -> Counts {
        let check = RosterSessionCheck(try vector.text("name"))
        let steps = vector["steps"]?.array ?? []
        XCTAssertFalse(steps.isEmpty, check.name)
        for (index, step) in steps.enumerated() {
            try await check.replay(step, at: index)
        }
        try check.compareEnd(vector, hasQuirks: steps.last?["quirks"] != nil)
        return check.counts
    }

    private func replay(_ step: JSON, at index: Int) async throws {
        let place = "\(name) \(index)"
        let action = try XCTUnwrap(step["do"], place)
        let quirks = step["quirks"]?.array?.compactMap(\.string) ?? []
        var expected = RosterStepExpectation(try XCTUnwrap(step["expect"], place))
        for quirk in quirks { try expected.improve(quirk, before: state, place) }
        let better = RosterBetterStep.all[name]?[index]
        if let better {
            XCTAssertFalse(better.reason.isEmpty)
            expected.apply(better, exports: action["op"]?.string == "export")
        }
        let rule =
            try needs.improve(&expected.sent, of: action, state) ?? expected.improve(name, index)

        if action["op"]?.string == "restart" { bound = [] }
        let outcome = try await session.perform(action, calls: expected.calls.count)
        try state.note(step)
        try needs.note(action, ids: session.ids, endsSession: action["op"]?.string == "connect")
        compareSent(outcome.sent, expected, place)
        compareEvents(outcome, expected, place)
        // Calls that end together do so in whatever order their tasks run.
        compare(Self.byID(outcome.calls), Self.byID(expected.calls), "\(place): calls")
        XCTAssertEqual(outcome.hasRaised, expected.hasRaised, "\(place): raised")
        if let export = expected.export { compare(outcome.export, export, "\(place): export") }
        try compareState(better, expected, place)

        for quirk in quirks + [rule].compactMap(\.self) { counts.better[quirk, default: 0] += 1 }
        if quirks.isEmpty && rule == nil { counts.recorded += 1 }
    }

    // MARK: Comparing

    private func compareSent(_ sent: [Element], _ expected: RosterStepExpectation, _ place: String)
    {
        XCTAssertEqual(sent.count, expected.sent.count, "\(place): \(sent) \(expected.sent)")
        for (element, xml) in zip(sent, expected.sent) {
            guard let wanted = try? Element(parsing: xml, in: .client) else {
                XCTFail("\(place): \(xml)")
                continue
            }
            if let label = wanted[.id], label.hasPrefix("@") {
                session.ids[label] = element[.id]
                XCTAssertTrue(
                    bound.insert(element[.id] ?? "").inserted, "\(place): an id of its own")
            }
            XCTAssertEqual(
                element.canonical(id: nil), wanted.canonical(id: nil), place)
            if let id = wanted[.id], !id.hasPrefix("@") { XCTAssertEqual(element[.id], id, place) }
        }
        for (late, first) in expected.sameIDs { session.ids[late] = session.ids[first] }
    }

    private func compareEvents(
        _ outcome: RosterSession.Outcome, _ expected: RosterStepExpectation, _ place: String
    ) {
        XCTAssertEqual(outcome.others.count, expected.others, "\(place): \(outcome.others)")
        if let brief = expected.brief {
            return XCTAssertEqual(outcome.events.map(\.brief), brief, place)
        }
        let found = outcome.events.map { $0["signal"]?.string ?? "" }
        let wanted = expected.events.map { $0["signal"]?.string ?? "" }
        XCTAssertEqual(found, wanted, place)
        for (event, wanted) in zip(outcome.events, expected.events) {
            let text = "\(place): \(wanted.brief)"
            for (member, value) in wanted.members ?? [] {
                switch member {
                case "instance": compare(life: event["life"]?.string, value.string, text)
                case "observed": compare(observed: event["observed"], value, text)
                case "unordered_group": break
                default: compare(event[member], value, "\(text): \(member)")
                }
            }
        }
        if expected.isReady {
            XCTAssertTrue(wanted.contains("on_initial_roster_received"), place)
            XCTAssertEqual(session.client.roster.state, .current, place)
        }
    }

    private static func byID(_ calls: [JSON]) -> [JSON] {
        calls.sorted { ($0["id"]?.string ?? "") < ($1["id"]?.string ?? "") }
    }

    private func compare(observed: JSON?, _ wanted: JSON, _ place: String) {
        for (member, value) in wanted.members ?? [] {
            compare(observed?[member], value, "\(place): observed \(member)")
        }
        if wanted["empty_groups"] == nil {
            XCTAssertNil(observed?["empty_groups"], "\(place): an empty group")
        }
    }

    private func compareState(
        _ better: RosterBetterStep?, _ expected: RosterStepExpectation, _ place: String
    ) throws {
        let roster = session.client.roster
        if let better {
            XCTAssertEqual(
                String(decoding: roster.json(), as: UTF8.self), better.json, "\(place): state")
            XCTAssertEqual(roster.version, better.version, "\(place): version")
            XCTAssertEqual(
                roster.groupNames, Array(Set(roster.items.flatMap(\.groups))).sorted(), place)
            return
        }
        let wanted = expected.improved(state)
        compare(roster.stateJSON, wanted.json, "\(place): state")
        for item in roster.items {
            compare(
                life: "\(item.id)", wanted.instance(of: item.jid.description), "\(place): life")
        }
    }

    private func compare(life: String?, _ label: String?, _ place: String) {
        guard let life, let label else { return XCTFail("\(place): no life or no label") }
        if let known = labels[life] { return XCTAssertEqual(known, label, place) }
        XCTAssertFalse(labels.values.contains(label), "\(place): another life of \(label)")
        labels[life] = label
    }

    private func compareEnd(_ vector: JSON, hasQuirks: Bool) throws {
        if hasQuirks { return }
        let roster = session.client.roster
        let final = try XCTUnwrap(vector["final"], name)
        let wanted = RosterStateRecording(try XCTUnwrap(final["state"], name))
        compare(roster.stateJSON, wanted.json, "\(name): in the end")
        compare(
            try JSON(roster.json()), try XCTUnwrap(final["export"], name), "\(name): in the end")
    }

    private func compare(_ found: JSON?, _ wanted: JSON, _ place: String) {
        let found = found ?? .null
        if found.isSame(as: wanted) { return }
        XCTFail(
            "\(place): \(String(decoding: found.withSortedMembers.bytes, as: UTF8.self)) is not "
                + String(decoding: wanted.withSortedMembers.bytes, as: UTF8.self))
    }

    private func compare(_ found: [JSON], _ wanted: [JSON], _ place: String) {
        compare(.array(found), .array(wanted), place)
    }
}

extension Element {
    /// The element with an id in the place of its own, its groups sorted as
    /// they are in no order, and its addresses in normal form.
    fileprivate func canonical(id: String?) -> Element {
        var copy = self
        copy[.id] = id
        for name in [AttributeName.to, .from] {
            copy[name] = copy[name].flatMap { try? JID(wire: $0).description }
        }
        guard var query = copy.first("query", in: .roster),
            let item = query.first("item", in: .roster)
        else { return copy }
        var sorted = Element("item", in: .roster)
        for attribute in item.attributes { sorted[attribute.name] = attribute.value }
        // What the server spelled is written back as it was; the recorded client normalises it.
        sorted[.jid] = item[.jid].flatMap { try? JID(wire: $0).description }
        let groups = item.all("group", in: .roster)
        for group in groups.sorted(by: { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }) {
            sorted.append(group)
        }
        query.replaceChildren(where: { $0.is("item", in: .roster) }, with: [sorted])
        copy.replaceChildren(where: { $0.is("query", in: .roster) }, with: [query])
        return copy
    }
}

extension JSON {
    /// Whether both are the same values, byte for byte; the order of members does not count.
    func isSame(as other: JSON) -> Bool {
        switch (self, other) {
        case (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.number(let left), .number(let right)): return left == right
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            let members = [left, right].map { members in
                members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            }
            return zip(members[0], members[1]).allSatisfy {
                $0.key.utf8.elementsEqual($1.key.utf8) && $0.value.isSame(as: $1.value)
            }
        default: return false
        }
    }

    /// The signal with the contact and the group that it is about.
    var brief: String {
        [self["signal"], self["item"]?["jid"], self["group"], self["listener"]]
            .compactMap { $0?.string }.joined(separator: " ")
    }
}
