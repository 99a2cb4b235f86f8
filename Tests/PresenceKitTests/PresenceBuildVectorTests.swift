import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays `build.json`: stanzas made from keywords.
final class PresenceBuildVectorTests: XCTestCase {
    func testEveryStanzaIsMadeAsItShould() throws {
        try replay(.build) { vector, demands in
            let presence = try make(vector)
            let words = vector["recommended"]?.string
            if words != nil || vector["agrees_rfc"]?.bool != true {
                demands.count(.recommended)
                check(presence, words ?? vector["note"]?.string ?? "", vector)
            } else {
                demands.count(.sleekXMPP)
                let recorded = try XCTUnwrap(vector["sleekxmpp"]?["xml"]?.string)
                XCTAssertEqual(
                    presence?.canonical, try canonical(recorded), vector["id"]?.string ?? "")
            }
            return 1
        }
    }

    /// What is recommended is said in words: that there is no such stanza, or else what it must
    /// not hold, which is what SleekXMPP's violates.
    private func check(_ presence: Presence?, _ recommended: String, _ vector: JSON) {
        let id = vector["id"]?.string ?? ""
        let mayReject = recommended.contains("reject")
        let mayMake = recommended.contains(" or ") || !mayReject
        guard let presence else { return XCTAssertTrue(mayReject, "\(id): \(recommended)") }
        XCTAssertTrue(mayMake, "\(id): \(recommended), not \(presence)")
        XCTAssertEqual(presence.irregularities, [], id)
        XCTAssertTrue(presence.type == .available || presence.show == nil, id)
        // What nobody objects to is there.
        let arguments = vector["arguments"]
        XCTAssertEqual(presence.status ?? "", arguments?["pstatus"]?.string ?? "", id)
        XCTAssertEqual(Int(presence.priority), arguments?["ppriority"]?.int ?? 0, id)
        let to = arguments?["pto"]?.string.flatMap { try? JID(wire: $0) }
        XCTAssertEqual(presence.to?.bare, to?.bare, id)
    }

    /// The stanza; `nil` where this library has no way to say what the keywords do.
    private func make(_ vector: JSON) throws -> Presence? {
        var arguments = Arguments(try XCTUnwrap(vector["arguments"]?.members))
        let call = try XCTUnwrap(vector["call"]?.string)
        let isSubscription = call == "send_presence_subscription"
        XCTAssertTrue(
            ["make_presence", "send_presence", "send_presence_subscription", "Presence"]
                .contains(call), "not understood: \(call)")
        // A component says who sends; the plain stanza leaves that to who makes it.
        let own =
            vector["mode"]?.string == "component" && call != "Presence" ? "comp.localhost" : nil

        let type = arguments.take("ptype", "stype") ?? .string(isSubscription ? "subscribe" : "")
        let to = try arguments.take("pto", "sto")?.text.map { try JID(wire: $0) }
        let from = try (arguments.take("pfrom", "sfrom")?.text ?? own).map { try JID(wire: $0) }
        let id = arguments.take("sid")?.text
        let show = arguments.take("pshow") ?? .null
        let status = arguments.take("pstatus")?.text
        let priority = arguments.take("ppriority") ?? .null
        let nickname = arguments.take("pnick")?.text
        XCTAssertEqual(arguments.rest, [], "not understood")

        // The words of SleekXMPP, as the types of this library have them.
        guard let word = Presence.TypeOrShow(rawValue: type.text ?? "available") else { return nil }
        let kind = Presence.Kind(rawValue: word.rawValue) ?? .available
        if isSubscription, ![.subscribe, .subscribed, .unsubscribe, .unsubscribed].contains(kind) {
            return nil
        }
        let isPlain = show.isEmpty || show.text == "available" && kind == .available
        let value = Presence.Show(rawValue: show.text ?? word.rawValue)
        if value == nil, !isPlain { return nil }
        let number = priority.text.flatMap { Int8($0) }
        if number == nil, !priority.isEmpty { return nil }
        return Presence(
            type: kind, to: to, from: from, id: id, language: vector["stream_language"]?.string,
            show: value, status: status, priority: number, nickname: nickname)
    }
}

/// Keyword arguments, taken one by one.
private struct Arguments {
    private var members: [(key: String, value: JSON)]

    init(_ members: [(key: String, value: JSON)]) { self.members = members }

    /// The names of those that nobody took.
    var rest: [String] { members.map(\.key) }

    /// Takes the argument that has one of `names`.
    mutating func take(_ names: String...) -> JSON? {
        members.firstIndex { names.contains($0.key) }.map { members.remove(at: $0).value }
    }
}
