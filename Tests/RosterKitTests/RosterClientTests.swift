import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

final class RosterClientTests: XCTestCase {
    private let script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var client = RosterClient(script.stream)
    private var log: [String] = []

    override func setUp() {
        client.onEvent { [unowned self] event in log.append(text(event)) }
    }

    /// The event, after checking that what it promises is true while it is delivered.
    private func text(_ event: RosterEvent) -> String {
        let roster = client.roster
        switch event {
        case .initialRosterReceived:
            XCTAssertEqual(roster.state, .current)
            return "received"
        case .entryAdded(let item):
            XCTAssertEqual(roster[item.jid], item)
            for group in item.groups { XCTAssertTrue(roster.members(of: group).contains(item)) }
            return "+\(item.jid)"
        case .entryNameChanged(let item):
            XCTAssertEqual(roster[item.jid], item)
            return "name \(item.jid) \(item.name ?? "-")"
        case .entrySubscriptionChanged(let item):
            XCTAssertEqual(roster[item.jid], item)
            return "state \(item.jid) \(item.subscription) \(item.isPendingOut) \(item.isApproved)"
        case .entryAddedToGroup(let item, let group):
            XCTAssertEqual(roster[item.jid], item)
            XCTAssertTrue(roster.members(of: group).contains(item))
            return "\(item.jid) in \(group)"
        case .entryRemovedFromGroup(let item, let group):
            XCTAssertEqual(roster[item.jid], item)
            XCTAssertFalse(roster.members(of: group).contains(item))
            return "\(item.jid) out of \(group)"
        case .entryRemoved(let item):
            XCTAssertNil(roster[item.jid])
            for group in roster.groupNames {
                XCTAssertFalse(roster.members(of: group).contains(item))
            }
            return "-\(item.jid)"
        case .groupAdded(let group):
            XCTAssertTrue(roster.contains(group: group))
            XCTAssertEqual(roster.members(of: group), [])
            return "+\(group)"
        case .groupRemoved(let group):
            XCTAssertFalse(roster.contains(group: group))
            return "-\(group)"
        case .initialRosterFailed(let error):
            XCTAssertNotEqual(roster.state, .current)
            return "failed \(error.code)"
        case .editOverridden(let item):
            XCTAssertEqual(roster[item.jid], item)
            return "overridden \(item.jid)"
        case .subscribe(let stanza), .subscribed(let stanza), .unsubscribe(let stanza),
            .unsubscribed(let stanza):
            return "\(stanza.type?.rawValue ?? "") of \(stanza.from?.description ?? "")"
        @unknown default: return "\(event)"
        }
    }

    private func receive(_ xml: String, file: StaticString = #filePath, line: UInt = #line)
        -> [String]
    {
        log = []
        XCTAssertNoThrow(try script.receive(xml), file: file, line: line)
        return log
    }

    private func push(_ items: String, ver: String? = "v", from: String? = nil) -> [String] {
        receive(
            "<iq type='set' id='p'\(from.map { " from='\($0)'" } ?? "")>"
                + "<query xmlns='jabber:iq:roster'\(ver.map { " ver='\($0)'" } ?? "")>\(items)</query></iq>"
        )
    }

    private func result(_ items: String, id: String = "id1", ver: String = "1") -> [String] {
        receive(
            "<iq type='result' id='\(id)'><query xmlns='jabber:iq:roster' ver='\(ver)'>\(items)</query></iq>"
        )
    }

    private let acknowledgement = ["<iq id='p' type='result'/>"]
    private let versioning = "<ver xmlns='urn:xmpp:features:rosterver'/>"

    private func sent() -> [String] { script.takeSent().map(\.description) }

    func testASessionAsksForTheRosterAndDiffsTheResult() {
        _ = client
        script.begin()
        XCTAssertEqual(sent(), ["<iq type='get' id='id1'><query xmlns='jabber:iq:roster'/></iq>"])
        XCTAssertEqual(client.roster.state, .notLoaded)
        XCTAssertEqual(
            result(
                "<item jid='b@x'><group>G</group><group>F</group></item><item jid='a@x' name='A'/>"),
            ["+F", "+G", "+b@x", "+a@x", "received"])
        script.stream.end()
        script.begin()
        XCTAssertEqual(
            result("<item jid='b@x'><group>F</group></item><item jid='c@x'/>", id: "id2"),
            ["-a@x", "-G", "b@x out of G", "+c@x", "received"])
    }

    func testPresenceIsSentAgainWithoutTheRosterWhenNobodyKeepsOne() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        let presence = PresenceClient(script.stream)
        var roster: RosterClient? = RosterClient(presence)
        XCTAssertNotNil(roster)
        try presence.send(Presence(show: .away))
        roster = nil
        script.begin()
        XCTAssertEqual(
            script.takeSent().map(\.description), ["<presence><show>away</show></presence>"])
    }

    func testVersionsAreAskedWithWhereTheyAreAnnounced() {
        _ = client
        script.begin(features: versioning)
        XCTAssertEqual(
            sent(), ["<iq type='get' id='id1'><query xmlns='jabber:iq:roster' ver=''/></iq>"])
        XCTAssertEqual(result("<item jid='a@x'/>", ver: "7"), ["+a@x", "received"])
        script.stream.end()
        script.begin(features: versioning)
        XCTAssertEqual(
            sent(), ["<iq type='get' id='id2'><query xmlns='jabber:iq:roster' ver='7'/></iq>"])
        XCTAssertEqual(receive("<iq type='result' id='id2'/>"), ["received"])
        XCTAssertEqual(client.roster.count, 1)
    }

    func testAnEmptyResultThatNobodyAskedForSaysNothing() {
        _ = client
        script.begin(features: versioning)
        XCTAssertEqual(receive("<iq type='result' id='id1'/>"), ["failed unusableAnswer"])
        XCTAssertEqual(client.roster.state, .notLoaded)
    }

    func testAVersionWithoutItsRosterIsNotAskedWith() {
        _ = client
        script.begin(features: versioning)
        XCTAssertEqual(push("<item jid='a@x'/>", ver: "9"), ["+a@x"])
        XCTAssertEqual(client.roster.version, "9")
        script.stream.end()
        _ = sent()
        script.begin(features: versioning)
        XCTAssertEqual(
            sent(), ["<iq type='get' id='id2'><query xmlns='jabber:iq:roster' ver=''/></iq>"])
    }

    func testAResultThatContradictsAPushInFrontOfItIsAskedForAgain() {
        let entry = "<item jid='a@x' name='A'><group>G</group></item>"
        let again = "<iq type='get' id='id2'><query xmlns='jabber:iq:roster' ver=''/></iq>"
        for stale in ["", "<item jid='a@x'/>", "<item jid='a@x' name='A' ask='subscribe'/>"] {
            let script = ScriptedStream(as: "romeo@montague.example/orchard")
            let client = RosterClient(script.stream)
            var events: [RosterEvent] = []
            client.onEvent { events.append($0) }
            func result(_ items: String, id: String, ver: String) {
                XCTAssertNoThrow(
                    try script.receive(
                        "<iq type='result' id='\(id)'><query xmlns='jabber:iq:roster' "
                            + "ver='\(ver)'>\(items)</query></iq>"))
            }
            script.begin(features: versioning)
            XCTAssertNoThrow(
                try script.receive(
                    "<iq type='set' id='p'><query xmlns='jabber:iq:roster' ver='2'>\(entry)</query></iq>"
                ))
            _ = script.takeSent()
            let told = events.count
            result(stale, id: "id1", ver: "1")
            XCTAssertEqual(script.takeSent().map(\.description), [again])
            XCTAssertEqual(events.count, told)
            XCTAssertEqual(client.roster["a@x"]?.name, "A")
            XCTAssertEqual(client.roster.state, .notLoaded)
            result(entry, id: "id2", ver: "2")
            XCTAssertEqual(client.roster.state, .current)
            XCTAssertEqual(client.roster["a@x"]?.groups, ["G"])
            XCTAssertEqual(client.roster.version, "2")
            XCTAssertEqual(script.takeSent().count, 0)
        }
    }

    func testEachOfTwoResultsIsComparedWithWhatWasPushedInFrontOfIt() {
        _ = client
        script.begin()
        client.refresh()
        XCTAssertEqual(result("", id: "id1"), ["received"])
        XCTAssertEqual(push("<item jid='a@x'/>"), ["+a@x"])
        _ = sent()
        XCTAssertEqual(result("", id: "id2"), [])
        XCTAssertEqual(sent(), ["<iq type='get' id='id3'><query xmlns='jabber:iq:roster'/></iq>"])
        XCTAssertEqual(result("<item jid='a@x'/>", id: "id3"), ["received"])
    }

    func testNobodyChangesTheRosterInFrontOfASessionOrBehindIt() {
        _ = client
        XCTAssertEqual(push("<item jid='a@x'/>"), [])
        XCTAssertEqual(sent().count, 1)
        script.begin()
        _ = sent()
        XCTAssertEqual(result("<item jid='b@x'/>"), ["+b@x", "received"])
        script.stream.end()
        XCTAssertEqual(push("<item jid='b@x' subscription='remove'/>"), [])
        XCTAssertEqual(client.roster.items.map(\.jid), ["b@x"])
        let answers = sent()
        XCTAssertEqual(answers.count, 1)
        XCTAssertTrue(answers.allSatisfy { $0.contains("service-unavailable") }, "\(answers)")
    }

    func testAResultWithoutWhoWasRemovedInFrontOfItIsUsed() {
        _ = client
        script.begin()
        XCTAssertEqual(push("<item jid='a@x' subscription='remove'/>"), [])
        _ = sent()
        XCTAssertEqual(result("<item jid='b@x'/>"), ["+b@x", "received"])
        XCTAssertEqual(sent(), [])
    }

    func testAServerThatContradictsItselfEachTimeIsAskedEightTimesMore() {
        _ = client
        script.begin()
        for number in 1...8 {
            _ = push("<item jid='a\(number)@x'/>")
            _ = sent()
            XCTAssertEqual(result("", id: "id\(number)"), [])
            XCTAssertEqual(
                sent(),
                ["<iq type='get' id='id\(number + 1)'><query xmlns='jabber:iq:roster'/></iq>"])
        }
        _ = push("<item jid='a9@x'/>")
        _ = sent()
        XCTAssertEqual(
            result("", id: "id9"), (1...9).map { "-a\($0)@x" } + ["received"])
        XCTAssertEqual(sent(), [])
    }

    func testAPushWithoutVersionDropsTheVersionAndKeepsTheItems() {
        _ = client
        script.begin(features: versioning)
        _ = result("<item jid='a@x'/>")
        XCTAssertEqual(push("<item jid='b@x'/>", ver: nil), ["+b@x"])
        XCTAssertNil(client.roster.version)
        XCTAssertEqual(client.roster.items.map(\.jid), ["a@x", "b@x"])
        _ = push("", ver: "3")
        script.stream.end()
        _ = sent()
        script.begin(features: versioning)
        XCTAssertEqual(
            sent(), ["<iq type='get' id='id2'><query xmlns='jabber:iq:roster' ver='3'/></iq>"],
            "the items are complete, so the version is theirs")
    }

    func testAnUpdateTellsNameThenStateThenGroups() {
        _ = client
        script.begin()
        _ = result(
            "<item jid='a@x' name='A' subscription='to'><group>G1</group><group>G2</group></item>")
        XCTAssertEqual(
            push(
                "<item jid='A@X' name='B' subscription='both' approved='1'><group>G3</group><group>G2</group></item>"
            ),
            ["name a@x B", "state a@x both false true", "+G3", "a@x in G3", "-G1", "a@x out of G1"])
        XCTAssertEqual(
            push(
                "<item jid='a@x' name='B' subscription='both' approved='true'><group>G2</group><group>G3</group></item>"
            ), [])
        XCTAssertEqual(push("<item jid='a@x' subscription='remove'/>"), ["-G2", "-G3", "-a@x"])
        XCTAssertEqual(push("<item jid='a@x' subscription='remove'/>"), [])
    }

    func testAnEntryIsTheSameThroughItsUpdatesAndAnotherOneAfterRemoval() {
        _ = client
        script.begin()
        _ = push("<item jid='a@x'/>")
        let first = client.roster["a@x"]?.id
        _ = push("<item jid='a@x' name='A'/>")
        XCTAssertEqual(client.roster["a@x"]?.id, first)
        _ = push("<item jid='a@x' subscription='remove'/><item jid='a@x'/>")
        XCTAssertNotEqual(client.roster["a@x"]?.id, first)
    }

    /// Every sender that is not the own account. RFC 6121, section 2.1.6.
    func testAPushFromAStrangerIsNeverApplied() {
        _ = client
        script.begin()
        _ = sent()
        for sender in [
            "juliet@capulet.example", "montague.example", "romeo@montague.example/orchard",
            "romeo@montague.example/x",
        ] {
            XCTAssertEqual(push("<item jid='a@x'/>", from: sender), [], sender)
            XCTAssertEqual(
                script.takeSent().first.flatMap(IQ.init)?.error, StanzaError(.serviceUnavailable),
                sender)
        }
        for sender in ["", "a@@b"] {
            XCTAssertEqual(push("<item jid='a@x'/>", from: sender), [], sender)
            XCTAssertEqual(sent(), [], sender)
        }
        XCTAssertEqual(client.roster.count, 0)
        XCTAssertNil(client.roster.version)
        XCTAssertEqual(push("<item jid='a@x'/>", from: "ROMEO@montague.example"), ["+a@x"])
    }

    func testAPushOfTheAccountIsAppliedAllOrNothingAndAcknowledged() {
        _ = client
        script.begin()
        _ = sent()
        XCTAssertEqual(push(""), [])
        XCTAssertEqual(sent(), acknowledgement)
        XCTAssertEqual(push("<item jid='a@x'/><item jid='b@x'/>", ver: "1"), ["+a@x", "+b@x"])
        XCTAssertEqual(sent(), acknowledgement)
        XCTAssertEqual(push("<item jid='c@x'/><item jid='@x'/>", ver: "2"), [])
        XCTAssertEqual(script.takeSent().first.flatMap(IQ.init)?.error, StanzaError(.badRequest))
        XCTAssertEqual(client.roster.version, "1")
    }

    func testUndefinedValuesAreIgnoredAndReported() {
        var diagnostics: [Diagnostic.Kind] = []
        script.stream.onDiagnostic { diagnostics.append($0.kind) }
        _ = client
        script.begin()
        XCTAssertEqual(
            result(
                "<item jid='a@x' subscription='odd' ask='no' approved='maybe' name=''><group/><group>G</group><group>G</group></item>"
                    + "<item/><item jid='b@x' subscription='remove'/>"),
            ["+G", "+a@x", "+b@x", "received"])
        XCTAssertEqual(
            diagnostics,
            [
                .undefinedValue("odd"), .undefinedValue("no"), .undefinedValue("maybe"),
                .itemWithoutAddress,
            ])
        let item = client.roster["a@x"]
        XCTAssertEqual(item?.subscription, .neither)
        XCTAssertEqual(item?.isPendingOut, false)
        XCTAssertEqual(item?.isApproved, false)
        XCTAssertNil(item?.name)
        XCTAssertEqual(item?.groups, ["G"])
        XCTAssertEqual(client.roster["b@x"]?.subscription, .neither)
    }

    func testAnErrorChangesNothing() {
        _ = client
        script.begin()
        _ = result("<item jid='a@x'/>")
        script.stream.end()
        script.begin()
        XCTAssertEqual(
            receive(
                "<iq type='error' id='id2'><error type='cancel'><item-not-found xmlns='\(XMLNamespace.stanzaErrors)'/></error></iq>"
            ),
            ["failed refused"])
        XCTAssertEqual(client.roster.state, .fromCache)
        XCTAssertEqual(client.roster.count, 1)
    }

    func testGroupsAreToldApartByTheirBytes() {
        _ = client
        script.begin()
        XCTAssertEqual(
            push(
                "<item jid='a@x'><group>\u{e9}</group></item><item jid='b@x'><group>e\u{301}</group></item>"
            ).count, 4)
        XCTAssertEqual(client.roster.groupNames.count, 2)
        XCTAssertEqual(client.roster.members(of: "\u{e9}").map(\.jid), ["a@x"])
        XCTAssertEqual(client.roster.members(of: "e\u{301}").map(\.jid), ["b@x"])
        XCTAssertEqual(client.roster.ungrouped, [])
    }

    func testACopyOfTheRosterStaysAsItWas() {
        _ = client
        script.begin()
        _ = push("<item jid='a@x'/>")
        let before = client.roster
        _ = push("<item jid='a@x' name='A'/><item jid='b@x'/>")
        XCTAssertEqual(before.count, 1)
        XCTAssertNil(before["a@x"]?.name)
    }
}
