import StanzaKit
import VectorSupport
import XCTest

/// What has to come of a step: what was recorded, or what is better.
struct RosterStepExpectation {
    var events: [JSON]
    /// The events by name alone, where they are others than were recorded.
    var brief: [String]?
    /// How many events there are that the recorded client does not have.
    var others = 0
    var sent: [String]
    var calls: [JSON]
    var export: JSON?
    var hasRaised: Bool
    var isReady: Bool
    /// Labels of requests that were sent once, and recorded twice.
    var sameIDs: [(String, String)] = []
    private var hasEmptyNames = true
    private var hasRemovals = true

    init(_ recorded: JSON) {
        events = recorded["events"]?.array ?? []
        sent = recorded["sent"]?.array?.compactMap(\.string) ?? []
        calls = recorded["calls"]?.array ?? []
        export = recorded["export"]
        hasRaised = recorded["raised"] != nil
        isReady = recorded["ready"]?.bool == true
    }

    /// Does what the table of quirks says that a better library does, as far as it is a rule; the
    /// rest is in ``RosterBetterStep/all``.
    mutating func improve(
        _ quirk: String, before state: RosterStateRecording, _ place: String
    ) throws {
        switch quirk {
        case "Q-NO-BOOTSTRAP":
            // RFC 6121, section 2.6.2.
            sent = sent.map {
                $0.replacing(
                    "<query xmlns=\"jabber:iq:roster\"/>",
                    by: "<query xmlns=\"jabber:iq:roster\" ver=\"\"/>")
            }
        case "Q-FORBIDDEN":
            // RFC 6121, section 2.1.6.
            sent = sent.map {
                $0.replacing("type=\"auth\"><forbidden", by: "type=\"cancel\"><service-unavailable")
            }
        case "Q-NAME-EMPTY":
            hasEmptyNames = false
            events = events.map { $0.replacing("item", Self.withoutEmptyName) }
                .filter { event in
                    event["signal"]?.string != "on_entry_name_changed"
                        || (event["item"]?["name"]?.string ?? "")
                            != (state.item(event["item"]?["jid"]?.string ?? "")?["name"]?.string
                                ?? "")
                }
        case "Q-REMOVE-IN-RESULT":
            // RFC 6121, section 2.1.2.5.
            hasRemovals = false
            events = events.map { $0.replacing("item", Self.withoutRemoval) }
            export = export?.replacing("items") { items in
                .object((items.members ?? []).map { ($0.key, Self.withoutRemoval($0.value)) })
            }
        case "Q-PUSH-TO":
            sent = sent.map { $0.replacing("from=\"someone@else.example\" ", by: "") }
        case "Q-VER-LOST", "Q-MULTI-ITEM": break  // as recorded, and so decided
        default:
            XCTAssertTrue(RosterBetterStep.quirks.contains(quirk), "\(place): \(quirk)")
        }
    }

    /// Does what is better where the recordings have no mark.
    ///
    /// - Returns: The rule, where there is something else than was recorded.
    mutating func improve(_ name: String, _ index: Int) -> String? {
        let before = sent
        // RFC 6120, section 8.3.3.1.
        sent = sent.map {
            $0.replacing("type=\"cancel\"><bad-request", by: "type=\"modify\"><bad-request")
        }
        if sent != before { return "a bad request is to be modified" }
        if name == "set-entry-malformed-error-reply" && index == 3 {
            // An error without a condition is one all the same. RFC 6120, section 8.3.3.21.
            calls = calls.map { call in
                call.replacing("error") { _ in
                    .object([
                        ("kind", .string("stanza-error")), ("type", .string("cancel")),
                        ("condition", .string("undefined-condition")),
                    ])
                }
            }
            return "an error without a condition is one"
        }
        if name == "set-entry-remove-wins" && index == 3 {
            // The call before, which has no answer yet, added the group.
            sent = sent.map { $0.replacing("/></query>", by: "><group>Y</group></item></query>") }
            return "Q-LOST-UPDATE"
        }
        return nil
    }

    private static func withoutEmptyName(_ item: JSON) -> JSON {
        item.replacing("name") { $0.string == "" ? .null : $0 }
    }

    private static func withoutRemoval(_ item: JSON) -> JSON {
        item.replacing("subscription") { $0.string == "remove" ? .string("none") : $0 }
    }

    /// The recorded state with what this step has better.
    func improved(_ state: RosterStateRecording) -> RosterStateRecording {
        var state = state
        if !hasEmptyNames { state.replace("name") { $0.string == "" ? .null : $0 } }
        if !hasRemovals {
            state.replace("subscription") { $0.string == "remove" ? .string("none") : $0 }
        }
        return state
    }

    mutating func apply(_ better: RosterBetterStep, exports: Bool) {
        brief = better.events
        events = []
        others = better.others
        sent = better.sent ?? sent
        calls = better.calls ?? calls
        export = exports ? try? JSON(Array(better.json.utf8)) : nil
        hasRaised = better.isRefused
        isReady = false
        sameIDs = better.sameIDs
    }
}

extension String {
    func replacing(_ part: String, by other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
