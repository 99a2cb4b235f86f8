import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays `tracking.json`, `sending.json` and `rosterpush.json`: what a client of SleekXMPP did, step
/// by step. Of each step is demanded what was sent, the events, who is online, and what is known of
/// subscriptions.
final class PresenceSessionTests: XCTestCase {
    private var used: Set<PresenceSessionRule> = []

    func testEverySessionGoesAsItShould() throws {
        for kind: PresenceVectorKind in [.tracking, .sending, .rosterpush] {
            try kind.replay(.client) { vector, demands in
                let id = vector["id"]?.string ?? ""
                let note = PresenceSessionNote.all[id]
                let session = try PresenceSession(options(of: vector, note))
                let steps = try XCTUnwrap(vector["steps"]?.array, id)
                for (index, json) in steps.enumerated() {
                    let step = PresenceSessionStep(json: try XCTUnwrap(json["do"], id))
                    var check = PresenceSessionCheck(
                        session, step, json, place: "\(id), step \(index): \(step.json.sorted)",
                        agrees: vector["agrees_rfc"]?.bool == true, isNoted: note != nil)
                    try check.run(&demands)
                    used.formUnion(check.used)
                }
                return steps.count
            }
        }
        XCTAssertEqual(
            PresenceSessionRule.allCases.filter { !used.contains($0) }, [], "rules without a use")
        print("demanded otherwise by \(used.count) rules")
    }

    private func options(
        of vector: JSON, _ note: PresenceSessionNote?
    ) throws -> PresenceSession.Options {
        var options = PresenceSession.Options()
        if let address = vector["own_address"]?.string { options.address = try JID(wire: address) }
        for (key, value) in vector["options"]?.members ?? [] {
            switch key {
            case "initial_sent": if value.bool == false { options.initial = nil }
            case "use_presence_ids": options.givesIDs = value.bool == true
            default: throw NotUnderstood(what: "option \(key)")
            }
        }
        switch note {
        case .withoutInitialPresence: options.initial = nil
        case .withPreApproval: options.announcesPreApproval = true
        case .asRecorded, nil: break
        }
        return options
    }
}
