import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays what aioxmpp makes of single entries: read from JSON and from XML, and written as JSON.
final class RosterJSONVectorTests: XCTestCase {
    func testEntriesAreReadAndWrittenAsAioxmppDoes() throws {
        for file in try VectorFolder.files(of: .roster) where file.name.hasSuffix("items.jsonl") {
            var fromJSON = 0
            var fromXML = 0
            var toXML = 0
            for vector in try file.lines() {
                switch vector["kind"]?.string {
                case "item-from-json":
                    try replayJSON(vector)
                    fromJSON += 1
                case "item-from-xml":
                    try replayXML(vector)
                    fromXML += 1
                case "query-to-xml":
                    try replayWriting(vector)
                    toXML += 1
                default: XCTFail("not understood: \(vector)")
                }
            }
            XCTAssertGreaterThan(min(fromJSON, fromXML, toXML), 0)
            let count = fromJSON + fromXML + toXML
            file.report(
                vectors: count, steps: count,
                note: "\(fromJSON) from JSON, \(fromXML) from XML, \(toXML) to XML")
        }
    }

    private func replayJSON(_ vector: JSON) throws {
        let name = try XCTUnwrap(vector["name"]?.string)
        let jid = try XCTUnwrap(vector["jid"]?.string)
        let data = try XCTUnwrap(vector["data"])
        let document = JSON.object([("items", .object([(jid, data)])), ("ver", .null)])
        let roster = try Roster(json: document.bytes)
        try check(roster, try XCTUnwrap(vector["expect"]), name)
    }

    /// The entry in a push; what its attributes must not be is ignored there, and the entry stays.
    private func replayXML(_ vector: JSON) throws {
        let name = try XCTUnwrap(vector["name"]?.string)
        let xml = try XCTUnwrap(vector["xml"]?.string)
        let expected = try XCTUnwrap(vector["expect"])
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        let client = RosterClient(script.stream)
        script.begin()
        try script.receive("<iq type='result' id='id1'><query xmlns='jabber:iq:roster'/></iq>")
        _ = script.takeSent()
        try script.receive(
            "<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='v'>\(xml)</query></iq>")
        let reply = script.takeSent().first.flatMap(IQ.init)
        let isRemoval = expected["item"]?["subscription"]?.string == "remove"
        if isRemoval {
            // Q-REMOVE-IN-RESULT
            XCTAssertEqual(client.roster.count, 0, name)
        } else if expected["error"]?.bool == true, let reason = Self.ignored[name] {
            // Q-BAD-ATTR-REJECT
            XCTAssertEqual(reply?.type, .result, "\(name): \(reason)")
            XCTAssertEqual(
                String(decoding: client.roster.json(), as: UTF8.self),
                #"{"items":{"a@x.example":{"subscription":"none"}},"ver":"v"}"#, name)
        } else if expected["error"]?.bool == true {
            XCTAssertEqual(reply?.error, StanzaError(.badRequest), name)
            XCTAssertNil(client.roster.version, name)
        } else {
            XCTAssertEqual(reply?.type, .result, name)
            try check(client.roster, expected, name)
        }
    }

    /// What a server writes; of what says something of subscriptions a client sends removals alone.
    private func replayWriting(_ vector: JSON) throws {
        let name = try XCTUnwrap(vector["name"]?.string)
        let values = try XCTUnwrap(vector["item"])
        let subscription = values["subscription"]?.string
        let item = RosterQuery.Item(
            try BareJID(wire: try XCTUnwrap(values["jid"]?.string)), name: values["name"]?.string,
            groups: values["groups"]?.array?.compactMap(\.string) ?? [],
            subscription: subscription.flatMap { RosterItem.Subscription(rawValue: $0) }
                ?? .neither,
            isRemoval: subscription == "remove", isPendingOut: values["ask"]?.string == "subscribe",
            isApproved: values["approved"]?.bool == true)
        let query = RosterQuery(items: [item])
        let xml = try XCTUnwrap(vector["expect"]?["xml"]?.string)
        XCTAssertEqual(query.element, try Element(parsing: xml, in: .client), name)
        XCTAssertEqual(RosterQuery(query.element)?.items.first?.isRemoval, item.isRemoval, name)
        let request = try XCTUnwrap(query.request.first("item", in: .roster))
        XCTAssertEqual(request["subscription"], item.isRemoval ? "remove" : nil, name)
        XCTAssertNil(request["ask"], name)
        XCTAssertNil(request["approved"], name)
    }

    private static let ignored = [
        "item-xml-26": "an empty subscription", "item-xml-27": "an undefined subscription",
        "item-xml-28": "space in front of a subscription", "item-xml-29": "an empty ask",
        "item-xml-30": "an undefined ask", "item-xml-31": "an empty approval",
        "item-xml-32": "an undefined approval", "item-xml-33": "text in an item",
    ]

    private func check(_ roster: Roster, _ expected: JSON, _ name: String) throws {
        let values = try XCTUnwrap(expected["item"])
        let jid = try BareJID(wire: try XCTUnwrap(values["jid"]?.string))
        let item = try XCTUnwrap(roster[jid], name)
        XCTAssertEqual(roster.count, 1, name)
        // Q-NAME-EMPTY
        let itemName = values["name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        XCTAssertEqual(item.name.map { Array($0.utf8) }, itemName.map { Array($0.utf8) }, name)
        XCTAssertEqual(item.subscription.rawValue, values["subscription"]?.string, name)
        XCTAssertEqual(item.isPendingOut, values["ask"]?.string == "subscribe", name)
        XCTAssertEqual(item.isApproved, values["approved"]?.bool, name)
        let groups = try XCTUnwrap(values["groups"]?.array).compactMap(\.string)
        XCTAssertEqual(item.groups.map { Array($0.utf8) }, groups.map { Array($0.utf8) }, name)
        XCTAssertEqual(
            roster.groupNames.map { Array($0.utf8) }, groups.map { Array($0.utf8) }, name)
        for group in groups { XCTAssertEqual(roster.members(of: group), [item], name) }

        let exported = try JSON(roster.json())
        let members = try XCTUnwrap(exported["items"]?.members)
        XCTAssertEqual(members.map { Array($0.key.utf8) }, [Array(jid.description.utf8)], name)
        XCTAssertEqual(
            members.first?.value.withSortedMembers.bytes,
            expected["export"]?.withSortedMembers.bytes, name)
        XCTAssertEqual(try Roster(json: roster.json()).json(), roster.json(), name)
    }
}

extension JSON {
    /// The JSON text, written by the plainest means.
    var bytes: [UInt8] {
        switch self {
        case .null: Array("null".utf8)
        case .bool(let value): Array("\(value)".utf8)
        case .number(let text): Array(text.utf8)
        case .string(let text):
            [0x22]
                + text.unicodeScalars.flatMap { scalar in
                    scalar.utf16.flatMap { unit in
                        let digits = String(unit, radix: 16)
                        return Array(
                            "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
                    }
                } + [0x22]
        case .array(let values):
            [0x5B] + values.map(\.bytes).joined(separator: [0x2C]) + [0x5D]
        case .object(let members):
            [0x7B]
                + members.map { JSON.string($0.key).bytes + [0x3A] + $0.value.bytes }
                .joined(separator: [0x2C]) + [0x7D]
        }
    }

    /// The same with members sorted by name.
    var withSortedMembers: JSON {
        switch self {
        case .array(let values): .array(values.map(\.withSortedMembers))
        case .object(let members):
            .object(
                members.map { ($0.key, $0.value.withSortedMembers) }
                    .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) })
        default: self
        }
    }
}
