import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

final class HostileFaultTests: XCTestCase {
    private let mallory = RosterQuery(
        version: "forged", items: [.init("mallory@evil.example", subscription: .both)])

    // MARK: Versions

    func testAPushWithoutAVersionDropsTheCachedVersion() throws {
        let world = try TwoUsers()
        XCTAssertNotNil(world.roster.roster.version)
        world.romeo.disturb(.pushes, .omitVersion)
        world.server.setEntry("a@x", of: TwoUsers.romeo)
        XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.omitVersion])
        XCTAssertNotNil(world.roster.roster["a@x"], "it is applied")
        XCTAssertNil(world.roster.roster.version)
        world.romeo.trafficLimit = 20
        world.romeo.disconnect()
        world.romeo.connect()
        XCTAssertTrue(world.isRosterSame)
        let request = world.romeo.traffic.compactMap {
            $0.element?.first("query", in: .roster)
        }.first
        XCTAssertEqual(request?["ver"], "")
        XCTAssertEqual(world.roster.roster.version, world.server.rosterVersion(of: TwoUsers.romeo))
    }

    // MARK: Forged pushes

    /// Forges a push, and checks that it was refused and changed nothing.
    ///
    /// - Returns: The answer.
    @discardableResult
    private func checkForgery(
        line: UInt = #line, _ forge: (TwoUsers) throws -> Void
    ) throws -> Element? {
        let world = try TwoUsers()
        world.romeo.trafficLimit = 20
        var events = 0
        world.roster.onEvent { _ in events += 1 }
        let version = world.roster.roster.version
        try forge(world)
        XCTAssertEqual(world.diagnostics.first, .foreignPush, line: line)
        XCTAssertEqual(events, 0, line: line)
        XCTAssertTrue(world.isRosterSame, line: line)
        XCTAssertEqual(world.roster.roster.version, version, line: line)
        let answers = world.romeo.traffic.filter { $0.direction == .toServer }
            .compactMap { $0.element.flatMap(IQ.init) }.filter { $0.type == .error }
        XCTAssertEqual(answers.map(\.error?.condition), [.serviceUnavailable], line: line)
        world.server.setEntry("a@x", of: TwoUsers.romeo)
        XCTAssertNotNil(world.roster.roster["a@x"], "true pushes are applied", line: line)
        return answers.first?.element
    }

    func testAPushThatAnotherUserSendsToTheResourceIsRefusedAndNotApplied() throws {
        try checkForgery { world in
            let evil = world.server.connect(as: "mallory@evil.example/lair")
            var replies: [Result<IQ, RequestError>] = []
            evil.stream.request(
                IQ(.set, to: world.romeo.address, payload: mallory.element)
            ) { replies.append($0) }
            guard case .failure(let error) = replies.first else {
                return XCTFail("Mallory is told nothing")
            }
            XCTAssertEqual(error.stanzaError?.condition, .serviceUnavailable)
        }
    }

    func testAPushThatOneSendsToOneselfIsRefusedAndNotApplied() throws {
        let world = try TwoUsers()
        var condition: StanzaError.Condition?
        world.romeo.stream.request(
            IQ(.set, to: world.romeo.address, payload: mallory.element)
        ) {
            if case .failure(let error) = $0 { condition = error.stanzaError?.condition }
        }
        XCTAssertEqual(condition, .serviceUnavailable)
        XCTAssertEqual(world.diagnostics, [.foreignPush])
        XCTAssertTrue(world.isRosterSame)
    }

    func testAPushFromAnybodyButTheAccountIsRefusedAndNotApplied() throws {
        let senders: [JID] = [
            "mallory@evil.example", "juliet@capulet.example", "juliet@capulet.example/balcony",
            "romeo@montague.example/orchard", "romeo@montague.example/elsewhere",
            "montague.example", "romeo@montague.example.evil.example",
        ]
        for sender in senders {
            let answer = try checkForgery { $0.romeo.injectPush(mallory, from: sender) }
            XCTAssertEqual(answer?.address(.to).jid, sender)
            XCTAssertEqual(answer?[.id], "injected")
        }
    }

    func testAPushWhoseSenderIsChangedOnTheWayIsRefused() throws {
        let world = try TwoUsers()
        world.romeo.disturb(.pushes) { push in
            var push = push
            push[.from] = "mallory@evil.example"
            return push
        }
        world.server.setEntry("b@x", of: TwoUsers.romeo)
        XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.change])
        XCTAssertEqual(world.diagnostics, [.foreignPush])
        XCTAssertNil(world.roster.roster["b@x"])
    }

    func testAPushFromTheAccountOrFromNobodyIsApplied() throws {
        for sender in [nil, JID(TwoUsers.romeo)] {
            let world = try TwoUsers()
            world.romeo.injectPush(RosterQuery(items: [.init("a@x")]), from: sender)
            XCTAssertNotNil(world.roster.roster["a@x"])
            XCTAssertEqual(world.diagnostics, [])
        }
    }

    // MARK: Corruption

    func testCorruptStanzasEndTheStreamWithTheRightError() throws {
        let cases: [(Corruption, StreamError.Condition)] = [
            (.insert("<!-- -->", at: 0), .restrictedXML),
            (.insert("<?xml-stylesheet?>", at: 0), .restrictedXML),
            (.insert("<!DOCTYPE iq>", at: 0), .restrictedXML),
            (.insert("&mdash;", at: 10), .restrictedXML),
            (.insert([0xFF], at: 0), .badFormat),
            (.insert([0xFF], at: 10), .notWellFormed),
            (.insert("</nothing>", at: 0), .notWellFormed),
            (.insert("<q:iq/>", at: 0), .notWellFormed),
            (.insert([0], at: 1), .notWellFormed),
            (.utf16, .notWellFormed),
        ]
        for (corruption, condition) in cases {
            let world = try TwoUsers()
            world.romeo.disturb(.pushes, .corrupt(corruption))
            world.server.setEntry("a@x", of: TwoUsers.romeo)
            XCTAssertEqual(
                world.ends.map { $0?.condition }, [condition], "\(corruption) \(world.ends)")
            XCTAssertEqual(world.ends.first??.origin, .local)
            XCTAssertFalse(world.romeo.isOpen)
            XCTAssertTrue(world.romeo.connect())
            XCTAssertTrue(world.isRosterSame)
            XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.corrupt(corruption)])
        }
    }

    func testAStanzaThatLacksItsEndTakesThoseBehindIt() throws {
        let world = try TwoUsers()
        world.romeo.disturb(.pushes, .corrupt(.truncate(at: 40)))
        world.server.setEntry("a@x", of: TwoUsers.romeo)
        XCTAssertEqual(world.ends, [])
        world.server.setEntry("b@x", of: TwoUsers.romeo)
        XCTAssertEqual(world.ends.count, 1, "a tag within a tag is not well-formed")
        XCTAssertTrue(world.romeo.connect())
        XCTAssertTrue(world.isRosterSame)
    }

    func testWhateverByteOfAPushIsWrongTheNextSessionIsRight() throws {
        var behavior = ServerBehavior()
        // The version may be what is wrong.
        behavior.versioning = .unsupported
        let world = try TwoUsers(behavior)
        world.romeo.trafficLimit = 2
        world.server.setEntry("a@x", name: "Á", groups: ["G"], of: TwoUsers.romeo)
        let length = world.romeo.traffic.first?.bytes.count ?? 0
        XCTAssertGreaterThan(length, 100)
        var survivals = 0
        var conditions: Set<String> = []
        for offset in 0..<length {
            var corruptions = [0x01, 0x80].map { Corruption.flip($0, at: offset) }
            corruptions += [0x00, 0x26, 0x27, 0x3C, 0xFF].map {
                .insert([$0], at: offset)
            }
            corruptions.append(.truncate(at: offset))
            for corruption in corruptions {
                world.romeo.disturb(.pushes, .corrupt(corruption))
                let ended = world.ends.count
                world.server.setEntry("a@x", name: "Á", groups: ["G"], of: TwoUsers.romeo)
                XCTAssertEqual(world.romeo.disturbances.last?.fault, .corrupt(corruption))
                if world.ends.count == ended {
                    survivals += 1
                    world.roster.refresh()
                    if world.isRosterSame && world.romeo.isOpen { continue }
                    // What the stanza has swallowed, or what is wrong with it, it takes along.
                    world.romeo.disconnect()
                } else {
                    XCTAssertEqual(world.ends.last??.origin, .local)
                    conditions.insert(world.ends.last??.condition.rawValue ?? "none")
                }
                guard world.romeo.connect(), world.isRosterSame else {
                    return XCTFail("\(corruption): \(world.romeo.traffic)")
                }
            }
        }
        XCTAssertGreaterThan(survivals, length)
        XCTAssertEqual(conditions, ["bad-format", "not-well-formed", "restricted-xml"])
    }

    func testWhatTheServerCannotReadEndsItsStream() throws {
        let world = try TwoUsers()
        world.romeo.disturb(.ownPresence, .corrupt(.insert("<!-- -->", at: 0)))
        try world.roster.presence.send(Presence(show: .away))
        XCTAssertEqual(world.ends, [StreamError(.restrictedXML, origin: .remote)])
        XCTAssertFalse(world.juliets[TwoUsers.romeo].isOnline)
        XCTAssertTrue(world.romeo.connect())
        XCTAssertEqual(world.juliets[TwoUsers.romeo].best?.presence.show, .away)
    }

    func testAStanzaBeyondALimitIsDroppedAndTheStreamGoesOn() throws {
        var limits = ParserLimits()
        limits.stanzaBytes = 2_000
        let world = try TwoUsers(limits: limits)
        world.romeo.disturb(.pushes, .inflate(byBytes: 2_000))
        world.server.setEntry("a@x", of: TwoUsers.romeo)
        XCTAssertEqual(world.diagnostics, [.stanzaBeyondLimit(.stanzaBytes)])
        XCTAssertNil(world.roster.roster["a@x"])
        XCTAssertEqual(world.ends, [])
        world.server.setEntry("b@x", of: TwoUsers.romeo)
        XCTAssertNotNil(world.roster.roster["b@x"])
    }

    func testAnythingCanBeInjected() throws {
        let world = try TwoUsers()
        world.romeo.inject(
            "<presence from='juliet@capulet.example/tomb'><show>xa</show></presence>")
        XCTAssertEqual(world.roster.presence[TwoUsers.juliet].resources.count, 2)
        var message = Message(to: world.romeo.address)
        message.from = "juliet@capulet.example/tomb"
        var messages: [Message] = []
        world.romeo.stream.onMessage { messages.append($0) }
        world.romeo.inject(message)
        XCTAssertEqual(messages, [message])
        world.romeo.inject([0x3C, 0x3C])
        XCTAssertEqual(world.ends.map { $0?.condition }, [.notWellFormed])
    }
}
