import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays `parse.json`: what every accessor reads.
final class PresenceParseVectorTests: XCTestCase {
    func testEveryAccessorReadsWhatItShould() throws {
        try replay(.parse) { vector, demands in
            let xml = try XCTUnwrap(vector["xml"]?.string)
            let mode = try XCTUnwrap(vector["mode"]?.string)
            if vector["recommended_rejects"] != nil {
                XCTAssertNil(try? Presence.received(xml, mode: mode), xml)
                demands.count(.recommended)
                return 1
            }
            let presence = try XCTUnwrap(Presence.received(xml, mode: mode), xml)
            if vector["agrees_rfc"]?.bool == true {
                let written = try XCTUnwrap(vector["sleekxmpp_serialized"]?.string)
                XCTAssertEqual(presence.canonical, try canonical(written), xml)
            }
            let recorded = try XCTUnwrap(vector["sleekxmpp"]?.members, xml)
            for (name, value) in recorded {
                let (expected, source) = demanded(name, value, in: vector)
                demands.count(source)
                XCTAssertEqual(
                    try read(name, of: presence), accept(expected, for: name, of: presence),
                    "\(name) of \(xml)")
            }
            checkIrregularities(of: presence, try XCTUnwrap(vector["violations"]?.array))
            checkRefusal(of: presence, xml)
            return 1
        }
    }

    /// What is recommended, without it the RFC's value, without that SleekXMPP's.
    private func demanded(
        _ name: String, _ value: JSON, in vector: JSON
    ) -> (String, Demands.Source) {
        if let recommended = vector["recommended"]?[name] {
            return (text(of: recommended), .recommended)
        }
        if let rfc = vector["rfc"]?[name], !rfc.isNull, vector["recommended"] == nil {
            return (text(of: rfc), .rfc)
        }
        return (text(of: value), .sleekXMPP)
    }

    /// Where SleekXMPP's value is demanded by the letter and better ones are demanded elsewhere:
    /// what is then expected in its place.
    private func accept(_ expected: String, for name: String, of presence: Presence) -> String {
        let error = presence.element.first("error", in: .client)
        let nicks = presence.element.all("nick", in: Nickname.namespace)
        switch name {
        case "nick.nick" where nicks.count > 1:
            // Of two SleekXMPP takes the last; `mutate-nick-two` recommends the first.
            XCTAssertEqual(nicks.last?.text, expected)
            return nicks[0].text
        case "error.condition" where expected.isEmpty:
            // Conditions are an open set: one that SleekXMPP does not know is told as it is, and
            // none as the RFC's word for that.
            let condition = error?.children.first { $0.isIn(.stanzaErrors) && $0.name != "text" }
            return condition?.name ?? "undefined-condition"
        case "error.type" where StanzaError.Kind(rawValue: expected) == nil:
            // A type that the RFC does not have stays in the element; it is read as the one that
            // goes with the condition.
            XCTAssertEqual(error?[.type] ?? "", expected)
            return presence.error?.condition.recommendedType.rawValue ?? ""
        case "muc.affiliation" where Affiliation(rawValue: expected) == nil,
            "muc.role" where Role(rawValue: expected) == nil:
            // So does a word that is no affiliation or role.
            let item = presence[MUCUser.self]?.items.first
            let attribute = name == "muc.role" ? "role" : "affiliation"
            XCTAssertEqual(item?.element[AttributeName(attribute)] ?? "", expected)
            return ""
        default: return expected
        }
    }

    private func read(_ name: String, of presence: Presence) throws -> String {
        if let value = try PresenceAccessors.read(name, of: presence) { return text(of: value) }
        XCTFail("no accessor \(name)")
        return ""
    }

    /// Each rule that the stanza breaks is found, and none that it keeps.
    private func checkIrregularities(of presence: Presence, _ violations: [JSON]) {
        let known = presence.irregularities.compactMap(\.violation)
        let listed = violations.compactMap(\.string)
        let words = Presence.Irregularity.violations
        for rule in Set(listed).subtracting(words) { print("no word for a broken rule: \(rule)") }
        XCTAssertEqual(Set(known), Set(listed).intersection(words), "\(presence)")
    }

    /// What is no presence is refused, but for errors.
    private func checkRefusal(of presence: Presence, _ xml: String) {
        let refusal = presence.refusalOfUndefinedType()
        XCTAssertEqual(refusal?.error, presence.type == nil ? StanzaError(.badRequest) : nil, xml)
        guard let refusal else { return }
        XCTAssertEqual(refusal.to, presence.from, xml)
        XCTAssertEqual(refusal.id, presence.id, xml)
        XCTAssertNil(refusal.refusal(StanzaError(.badRequest)), "an error is never refused")
    }
}

extension Presence.Irregularity {
    /// The rule that is broken, in the words of the vectors; `nil` where they have no words for it.
    var violation: String? {
        switch self {
        case .undefinedType: "type value not defined: answer bad-request"
        case .missingError: "error type without error child"
        case .undefinedShow: "show value not defined"
        case .paddedShow: "white space around the show value"
        case .undefinedPriority: "priority not an integer between -128 and 127"
        case .repeated(let element) where element.name == "status":
            "two status elements in the same language"
        case .repeated(let element): "more than one \(element.name)"
        case .mixedContent(let element): "\(element.name) with element content"
        case .undefinedAttribute(_, let element): "attribute on \(element.name)"
        case .nicknameInBroadcast: "XEP-0172: nickname in a presence broadcast"
        case .malformedAddress, .malformedPayload, .unexpectedError: nil
        @unknown default: nil
        }
    }

    static let violations: Set<String> = {
        var violations: Set<String> = [
            "type value not defined: answer bad-request", "error type without error child",
            "show value not defined", "white space around the show value",
            "priority not an integer between -128 and 127",
            "two status elements in the same language",
            "XEP-0172: nickname in a presence broadcast",
        ]
        for name in ["show", "status", "priority"] {
            violations.insert("more than one \(name)")
            violations.insert("\(name) with element content")
            violations.insert("attribute on \(name)")
        }
        return violations
    }()
}
