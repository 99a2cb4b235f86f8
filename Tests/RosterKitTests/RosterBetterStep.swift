import VectorSupport

/// What has to come of a recorded step where a better library does something else, as the table of
/// quirks says.
struct RosterBetterStep {
    var reason: String
    /// Signal, contact, and group of each event.
    var events: [String] = []
    /// How many events there are that the recorded client does not have.
    var others = 0
    /// What is sent, where it is something else.
    var sent: [String]?
    /// The calls that end, where they are others.
    var calls: [JSON]?
    /// Whether an import is refused.
    var isRefused = false
    /// The roster as JSON, and the version that it shows.
    var json: String
    var version: String?
    var sameIDs: [(String, String)] = []

    /// The quirks whose steps are listed here.
    static let quirks: Set<String> = [
        "Q-PUSH-WITHOUT-BASE", "Q-RESULT-ERROR-FATAL", "Q-IMPORT-UNCHECKED", "Q-BAD-ATTR-REJECT",
        "Q-EMPTY-GROUP-NULL", "Q-TIMEOUT-ZERO", "Q-FULL-JID", "Q-GET-TIMEOUT", "Q-PRESENCE-TO-FULL",
        "Q-EMPTY-RESULT-UNASKED", "Q-LISTENER-DROPPED", "Q-BAD-RESULT-FATAL",
    ]

    private static let nurse =
        #""nurse@example.com":{"groups":["Home","Servants"],"name":"Nurse","subscription":"to"}"#
    private static let romeo =
        #""romeo@example.net":{"groups":["Friends"],"name":"Romeo","subscription":"both"}"#
    private static let benvolio = #""benvolio@example.net":{"subscription":"from"}"#

    private static func roster(_ items: String..., ver: String?) -> String {
        #"{"items":{\#(items.joined(separator: ","))},"ver":\#(ver.map { "\"\($0)\"" } ?? "null")}"#
    }

    private static let first = roster(benvolio, nurse, romeo, ver: "v1")
    private static let onlyFriend = [
        "on_entry_name_changed romeo@example.net", "on_group_removed Friends",
        "on_entry_removed_from_group romeo@example.net Friends",
    ]
    private static let acknowledgement = [#"<iq id="p1" type="result"/>"#]
    private static let badAttribute = "RFC 6121, section 2.1.2.5: the value is ignored"

    static let all: [String: [Int: RosterBetterStep]] = [
        "versioning-empty-result-without-request": [
            2: RosterBetterStep(
                reason: "Nothing was asked about that could be unchanged", others: 1,
                json: roster(#""a@x.example":{"name":"X","subscription":"none"}"#, ver: "v5"),
                version: "v5"),
            3: RosterBetterStep(
                reason: "As before",
                json: roster(#""a@x.example":{"name":"X","subscription":"none"}"#, ver: "v5"),
                version: "v5"),
        ],
        "push-full-jid": fullJID,
        "push-bad-subscription-value": [
            2: RosterBetterStep(
                reason: badAttribute,
                events: [
                    onlyFriend[0], "on_entry_subscription_state_changed romeo@example.net",
                    onlyFriend[1], onlyFriend[2],
                ], sent: acknowledgement,
                json: roster(
                    benvolio, nurse, #""romeo@example.net":{"name":"X","subscription":"none"}"#,
                    ver: "v2"), version: "v2")
        ],
        "push-bad-ask-value": badValue, "push-bad-approved-value": badValue,
        "push-empty-group-element": emptyGroup(#""a@x.example":{"subscription":"none"}"#, []),
        "push-empty-group-element-mixed-export-fails": emptyGroup(
            #""a@x.example":{"groups":["X"],"subscription":"none"}"#, ["on_group_added X"]),
        "push-unexpected-text": [
            3: RosterBetterStep(
                reason: "Text where none belongs is ignored",
                events: ["on_entry_added b@x.example"],
                sent: [#"<iq id="p2" type="result"/>"#],
                json: roster(
                    #""a@x.example":{"subscription":"none"},"b@x.example":{"subscription":"none"}"#,
                    benvolio, nurse, romeo, ver: "v3"), version: "v3")
        ],
        "roster-get-error": [
            1: RosterBetterStep(
                reason: "An error is told and ends nothing", others: 1, json: roster(ver: nil))
        ],
        "roster-get-malformed-result": [
            1: RosterBetterStep(
                reason: badAttribute,
                events: [
                    "on_group_added Friends", "on_entry_added romeo@example.net",
                    "on_entry_added x@x.example", "on_initial_roster_received",
                ],
                json: roster(romeo, #""x@x.example":{"subscription":"none"}"#, ver: "v1"),
                version: "v1")
        ],
        "roster-get-error-with-waiting-push": pushWithoutBase,
        "roster-get-timeout": [
            2: RosterBetterStep(
                reason: "The request waits as long as the session lasts", json: roster(ver: nil)),
            3: RosterBetterStep(
                reason: "The request waits as long as the session lasts", sent: [],
                json: roster(ver: nil), sameIDs: [("@c2", "@c1")]),
            4: RosterBetterStep(
                reason: "The answer is late, and is one",
                events: [
                    "on_group_added Friends", "on_entry_added romeo@example.net",
                    "on_initial_roster_received",
                ], json: roster(romeo, ver: "v1"), version: "v1"),
        ],
        "set-entry-no-timeout-waits": [
            3: RosterBetterStep(
                reason: "A timeout of nothing is over at once", calls: [timedOut("k2")],
                json: first,
                version: "v1"),
            4: RosterBetterStep(reason: "As before", json: first, version: "v1"),
            5: RosterBetterStep(reason: "The first call goes on", json: first, version: "v1"),
            6: RosterBetterStep(reason: "Too late", calls: [], json: first, version: "v1"),
        ],
        "set-entry-full-jid": [
            2: RosterBetterStep(
                reason: "Contacts are bare addresses",
                sent: [
                    #"<iq id="@c2" type="set"><query xmlns="jabber:iq:roster"><item jid="romeo@example.net" name="R"><group>Friends</group></item></query></iq>"#
                ], json: first, version: "v1")
        ],
        "subscription-calls-with-full-jid": [
            2: RosterBetterStep(
                reason: "Nobody asked, and the server keeps no approvals (section 3.4.1)", sent: [],
                json: first, version: "v1"),
            3: RosterBetterStep(
                reason: "RFC 6121, section 3.1.1: the bare address",
                sent: [#"<presence id="@c3" to="paris@example.org" type="subscribe"/>"#],
                json: first,
                version: "v1"),
            4: RosterBetterStep(
                reason: "RFC 6121, section 3.3.1: the bare address",
                sent: [#"<presence id="@c4" to="paris@example.org" type="unsubscribe"/>"#],
                json: first, version: "v1"),
        ],
        "import-invalid-values-not-checked": [
            0: refusedImport(roster(ver: nil), nil), 1: afterRefusal(roster(ver: nil), nil),
        ],
        "import-bad-jid-half-done": [2: refusedImport(first, "v1"), 3: afterRefusal(first, "v1")],
        "import-duplicate-after-normalisation": [
            0: refusedImport(roster(ver: nil), nil), 1: afterRefusal(roster(ver: nil), nil),
        ],
        "listener-raises-or-disconnects": listeners,
    ]

    // MARK: Parts of the table

    private static let fullJID: [Int: RosterBetterStep] = {
        let step = RosterBetterStep(
            reason: "The bare address is the contact", events: [],
            json: roster(
                benvolio, nurse, #""romeo@example.net":{"name":"full","subscription":"none"}"#,
                ver: "v2"), version: "v2")
        var push = step
        push.events = [
            onlyFriend[0], "on_entry_subscription_state_changed romeo@example.net", onlyFriend[1],
            onlyFriend[2],
        ]
        return [2: push, 3: step]
    }()

    private static let badValue = [
        2: RosterBetterStep(
            reason: badAttribute, events: onlyFriend, sent: acknowledgement,
            json: roster(
                benvolio, nurse, #""romeo@example.net":{"name":"X","subscription":"both"}"#,
                ver: "v2"), version: "v2")
    ]

    private static func emptyGroup(_ item: String, _ groups: [String]) -> [Int: RosterBetterStep] {
        let step = RosterBetterStep(
            reason: "An empty group is none", json: roster(item, benvolio, nurse, romeo, ver: "v2"),
            version: "v2")
        var push = step
        push.events = groups + ["on_entry_added a@x.example"]
        return [2: push, 3: step]
    }

    /// A version is neither asked with nor exported without the roster that it stands for.
    private static let pushWithoutBase: [Int: RosterBetterStep] = {
        var step = RosterBetterStep(
            reason: "A version without its roster is shown, and no more",
            json: roster(#""a@x.example":{"name":"A","subscription":"none"}"#, ver: nil),
            version: "v2")
        var steps = [3: step]
        step.others = 1
        steps[2] = step
        steps[5] = step
        step.others = 0
        step.events = ["on_entry_added a@x.example"]
        step.sent = acknowledgement
        steps[1] = step
        step.events = []
        step.sent = [
            #"<iq id="@c2" type="get"><query xmlns="jabber:iq:roster" ver=""/></iq>"#
        ]
        steps[4] = step
        step.sent = nil
        steps[6] = step
        return steps
    }()

    private static func timedOut(_ id: String) -> JSON {
        .object([
            ("id", .string(id)), ("outcome", .string("error")),
            ("error", .object([("kind", .string("timeout"))])),
        ])
    }

    private static func refusedImport(_ json: String, _ version: String?) -> RosterBetterStep {
        RosterBetterStep(
            reason: "Everything is checked first", isRefused: true, json: json, version: version)
    }

    private static func afterRefusal(_ json: String, _ version: String?) -> RosterBetterStep {
        RosterBetterStep(reason: "Nothing has changed", json: json, version: version)
    }

    /// A handler cannot fail, so the first one is kept; the second cancels itself.
    private static let listeners: [Int: RosterBetterStep] = {
        func step(_ name: String, _ version: String, _ labels: [String]) -> RosterBetterStep {
            RosterBetterStep(
                reason: "Handlers do not throw",
                events: ["on_entry_name_changed romeo@example.net"]
                    + labels.map { "on_entry_name_changed \($0)" },
                json: roster(
                    benvolio, nurse,
                    #""romeo@example.net":{"groups":["Friends"],"name":"\#(name)","subscription":"both"}"#,
                    ver: version), version: version)
        }
        return [5: step("1", "v2", ["L1", "L2", "L3"]), 6: step("2", "v3", ["L1", "L3"])]
    }()
}
