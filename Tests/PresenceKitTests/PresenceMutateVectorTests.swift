import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays `mutate.json`: sequences of reads, writes and deletes on one stanza.
///
/// Where SleekXMPP does the right thing, each step must read and leave what it recorded. Where it
/// does not, the vectors say in words what is right. All of those words are rules that hold for
/// every step of every vector, so every step is checked against the rules:
///
/// - Reading changes nothing, and says of several elements what the first does.
/// - What is refused changes nothing: a name or a value that is none.
/// - What is set is read, and stands in the stanza exactly once; everything else stays.
/// - What is deleted, or set to nothing, is gone; to do it again changes nothing.
/// - A stanza has a show only if it is available, and an error only if it is one.
final class PresenceMutateVectorTests: XCTestCase {
    func testEveryStepDoesWhatItShould() throws {
        try replay(.mutate) { vector, demands in
            let id = try XCTUnwrap(vector["id"]?.string)
            let start = try XCTUnwrap(vector["start"]?.string)
            var presence = try XCTUnwrap(Presence.received(start, mode: "client"), id)
            if let language = vector["stream_language"]?.string { presence.language = language }
            let agrees = vector["agrees_rfc"]?.bool == true && vector["recommended"] == nil
            let steps = try XCTUnwrap(vector["steps"]?.array)
            for (index, json) in steps.enumerated() {
                let step = try MutateStep(json)
                let place = "\(id), step \(index): \(step)"
                let value = try run(step, on: &presence, place)
                guard agrees, let xml = json["sleekxmpp"]?["xml"]?.string else {
                    demands.count(.recommended)
                    continue
                }
                demands.count(.sleekXMPP)
                XCTAssertEqual(presence.canonical, try canonical(xml), place)
                if let expected = json["sleekxmpp"]?["value"] {
                    XCTAssertEqual(value, text(of: expected), place)
                }
            }
            return steps.count
        }
    }

    /// Does a step and checks it against the rules; returns what is read, if it reads.
    private func run(
        _ step: MutateStep, on presence: inout Presence, _ place: String
    ) throws -> String? {
        let before = presence
        let bytes = try before.element.serialized()
        switch step {
        case .get(let key):
            let value = try PresenceAccessors.read(key, of: presence)
            XCTAssertEqual(try presence.element.serialized(), bytes, place)
            checkThatTheFirstCounts(presence, place)
            return value.map { text(of: $0) } ?? ""
        case .set(let key, let argument) where !argument.isEmpty:
            guard PresenceAccessors.set(key, to: argument, of: &presence) else {
                XCTAssertEqual(try presence.element.serialized(), bytes, "refused: \(place)")
                return nil
            }
            let value = try XCTUnwrap(PresenceAccessors.read(key, of: presence), place)
            XCTAssertEqual(normal(text(of: value), key), normal(text(of: argument), key), place)
            checkThatThereIsOne(step.subject, in: presence, place)
        case .set(let key, _), .delete(let key):
            guard PresenceAccessors.set(key, to: .null, of: &presence) else {
                XCTAssertEqual(try presence.element.serialized(), bytes, "refused: \(place)")
                return nil
            }
            let value = try PresenceAccessors.read(key, of: presence).map { text(of: $0) } ?? ""
            XCTAssertTrue(["", "0", "available"].contains(value), "\(value) after \(place)")
            let after = try presence.element.serialized()
            _ = PresenceAccessors.set(key, to: .null, of: &presence)
            XCTAssertEqual(try presence.element.serialized(), after, "again: \(place)")
        }
        checkThatEverythingElseStays(step, before, presence, place)
        checkThatTheFirstCounts(presence, place)
        let broken = Set(presence.irregularities).subtracting(before.irregularities)
        XCTAssertEqual(broken.subtracting([.nicknameInBroadcast]), [], place)
        if step.subject == "type" || step.subject == "show" {
            XCTAssertTrue(presence.type == .available || presence.show == nil, place)
            XCTAssertEqual(presence.type == .error, presence.error != nil, place)
        }
        return nil
    }

    /// What was set stands in the stanza exactly once.
    private func checkThatThereIsOne(_ subject: String, in presence: Presence, _ place: String) {
        let element = presence.element
        switch subject {
        case "type", "show":
            XCTAssertLessThanOrEqual(element.all("show", in: .client).count, 1, place)
        case "priority", "error":
            XCTAssertEqual(element.all(subject, in: .client).count, 1, place)
        case "nick": XCTAssertEqual(element.all("nick", in: Nickname.namespace).count, 1, place)
        case "muc": XCTAssertEqual(presence[all: MUCUser.self].count, 1, place)
        case "status":
            let count = element.all("status", in: .client).count
            XCTAssertEqual(count, presence.statuses.count, place)
        default: XCTAssertNotNil(["to", "from", "id", "lang"].firstIndex(of: subject), place)
        }
    }

    private func checkThatTheFirstCounts(_ presence: Presence, _ place: String) {
        let element = presence.element
        let nick = element.first("nick", in: Nickname.namespace)?.text ?? ""
        XCTAssertEqual(presence.nickname ?? "", nick, place)
        let show = element.first("show", in: .client)?.text ?? ""
        XCTAssertEqual(presence.show, Presence.Show(rawValue: show), place)
        let priority = element.first("priority", in: .client)?.text ?? ""
        XCTAssertEqual(presence.priority, Int8(priority) ?? 0, place)
        let item = element.first("x", in: .mucUser)?.first("item", in: .mucUser)
        XCTAssertEqual(presence.muc.role, Role(rawValue: item?["role"] ?? ""), place)
        XCTAssertEqual(
            presence.muc.affiliation, Affiliation(rawValue: item?["affiliation"] ?? ""), place)
    }

    /// Whatever a step is not about is as it was; a type and a show may clear each other.
    private func checkThatEverythingElseStays(
        _ step: MutateStep, _ before: Presence, _ after: Presence, _ place: String
    ) {
        let subjects: Set<String> =
            switch step.subject {
            case "type", "show", "error": ["show", "error"]
            case "muc": ["x"]
            default: [step.subject]
            }
        let isOther = { (child: Element) in !subjects.contains(child.name) }
        XCTAssertEqual(
            before.element.children.filter(isOther), after.element.children.filter(isOther), place)
        let attributes = subjects.contains("show") ? ["type"] : [step.subject]
        let isOtherAttribute = { (attribute: Element.Attribute) in
            !attributes.contains(attribute.name.name)
        }
        XCTAssertEqual(
            before.element.attributes.filter(isOtherAttribute),
            after.element.attributes.filter(isOtherAttribute), place)
        guard step.subject == "muc" else { return }
        let details = { (presence: Presence) in
            presence[MUCUser.self]?.items.flatMap { Array($0.element.children) } ?? []
        }
        XCTAssertEqual(step.isRemovalOfAll ? [] : details(before), details(after), place)
    }

    /// Addresses are read in their normal form.
    private func normal(_ text: String, _ key: String) -> String {
        guard key.hasSuffix("jid") || ["to", "from"].contains(key) else { return text }
        return (try? JID(wire: text))?.description ?? text
    }
}

/// A step of `mutate.json`.
private enum MutateStep: CustomStringConvertible {
    case get(String)
    case set(String, JSON)
    case delete(String)

    init(_ json: JSON) throws {
        let key = try XCTUnwrap(json["key"]?.string, "\(json)")
        switch json["op"]?.string {
        case "get": self = .get(key)
        case "set": self = .set(key, try XCTUnwrap(json["argument"], "\(json)"))
        case "del": self = .delete(key)
        // SleekXMPP's methods: delType deletes the type.
        case "call" where key.hasPrefix("del"): self = .delete(key.dropFirst(3).lowercased())
        case "call" where key.hasPrefix("get"): self = .get(key.dropFirst(3).lowercased())
        case let other: throw NotUnderstood(what: "\(other ?? "no op") of \(key)")
        }
    }

    private var key: String {
        switch self {
        case .get(let key), .set(let key, _), .delete(let key): key
        }
    }

    /// What the key is about: `muc` for `muc.role`, `status` for `status|en`.
    var subject: String { String(key.prefix { $0 != "." && $0 != "|" }) }

    /// Whether it takes out all that it is about.
    var isRemovalOfAll: Bool {
        if case .delete(let key) = self { key == subject } else { false }
    }

    var description: String {
        switch self {
        case .get(let key): "get \(key)"
        case .set(let key, let value): "set \(key) to \(text(of: value))"
        case .delete(let key): "delete \(key)"
        }
    }
}
