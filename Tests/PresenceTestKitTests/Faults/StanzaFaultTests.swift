import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

final class StanzaFaultTests: XCTestCase {
    // MARK: Replies

    @MainActor
    func testAnEditWhoseReplyIsLostTimesOutAndHappensAllTheSame() async throws {
        let world = try TwoUsers()
        world.romeo.disturb(.replies, .lose)
        let edit = world.edit(name: "J.", timeout: .seconds(10))
        await world.server.clock.waitForSleepers(1)
        XCTAssertEqual(world.roster.roster[TwoUsers.juliet]?.name, "J.", "the push came")
        world.server.advance(by: .seconds(10))
        let error = await edit.value
        XCTAssertEqual(error?.code, .timedOut)
        XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.lose])
        XCTAssertEqual(world.romeo.disturbances.first?.stanza?[.type], "result")
        let next = await world.edit(name: "Juliet").value
        XCTAssertNil(next, "one reply is lost, and no more")
    }

    @MainActor
    func testALateReplyIsReportedAndDoesNoHarm() async throws {
        let world = try TwoUsers()
        world.romeo.disturb(.replies, .delay(by: .seconds(30)))
        let edit = world.edit(name: "J.", timeout: .seconds(10))
        await world.server.clock.waitForSleepers(1)
        world.server.advance(by: .seconds(10))
        let error = await edit.value
        XCTAssertEqual(error?.code, .timedOut)
        XCTAssertEqual(world.romeo.underWay(.toClient), 1)
        XCTAssertEqual(world.diagnostics, [])
        world.server.advance(by: .seconds(19))
        XCTAssertEqual(world.diagnostics, [])
        world.server.advance(by: .seconds(1))
        XCTAssertEqual(world.diagnostics, [.unexpectedReply])
        XCTAssertTrue(world.isRosterSame)
    }

    @MainActor
    func testAReplyThatIsLateAndInTimeIsTheReply() async throws {
        let world = try TwoUsers()
        world.romeo.disturb(.replies, .delay(by: .seconds(9)))
        let edit = world.edit(name: "J.", timeout: .seconds(10))
        await world.server.clock.waitForSleepers(1)
        world.server.advance(by: .seconds(9))
        let error = await edit.value
        XCTAssertNil(error)
        XCTAssertEqual(world.diagnostics, [])
        XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.delay(by: .seconds(9))])
    }

    @MainActor
    func testAReplyThatComesTwiceCountsOnce() async throws {
        let world = try TwoUsers()
        world.romeo.disturb(.replies, .duplicate)
        let error = await world.edit(name: "J.").value
        XCTAssertNil(error)
        XCTAssertEqual(world.diagnostics, [.unexpectedReply])
        XCTAssertTrue(world.isRosterSame)
    }

    func testALostRosterIsAskedForByTheNextSession() throws {
        let world = try TwoUsers(isRomeoConnected: false)
        world.romeo.disturb(.replies, .lose)
        world.romeo.connect()
        XCTAssertEqual(world.roster.roster.state, .notLoaded)
        world.server.setEntry("benvolio@montague.example", name: "B.", of: TwoUsers.romeo)
        XCTAssertNotNil(world.roster.roster["benvolio@montague.example"], "the push is applied")
        XCTAssertNil(world.roster.roster[TwoUsers.juliet])
        world.romeo.disconnect()
        XCTAssertTrue(world.romeo.connect())
        XCTAssertEqual(world.roster.roster.state, .current)
        XCTAssertTrue(world.isRosterSame, "what was pushed is no roster to ask for changes with")
    }

    // MARK: Pushes

    func testPushesArriveOutOfOrderAsTheyAreToldTo() throws {
        for count in 0...3 {
            let world = try TwoUsers()
            world.romeo.disturb(.pushes, .holdBack(behind: count))
            var names: [BareJID] = []
            world.roster.onEvent { if case .entryAdded(let item) = $0 { names.append(item.jid) } }
            let contacts: [BareJID] = ["a@x", "b@x", "c@x"]
            for contact in contacts {
                world.server.setEntry(contact, of: TwoUsers.romeo)
            }
            var expected = Array(contacts.dropFirst())
            expected.insert("a@x", at: min(count, 2))
            XCTAssertEqual(names, count > 2 ? Array(contacts.dropFirst()) : expected)
            XCTAssertEqual(world.server.isQuiet, count <= 2)
            world.romeo.calm()
            XCTAssertTrue(world.isRosterSame)
            XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.holdBack(behind: count)])
        }
    }

    func testALostPushIsPushedAgainAfterReconnecting() throws {
        let world = try TwoUsers()
        world.romeo.disturb(.pushes, .lose)
        world.server.setEntry(TwoUsers.juliet, name: "J.", of: TwoUsers.romeo)
        XCTAssertFalse(world.isRosterSame)
        world.romeo.disconnect()
        world.romeo.connect()
        XCTAssertTrue(world.isRosterSame)
    }

    func testAPushThatComesTwiceIsAppliedTwiceToNoEffect() throws {
        let world = try TwoUsers()
        world.romeo.disturb(.pushes, .duplicate, times: 2)
        world.romeo.trafficLimit = 10
        var events = 0
        world.roster.onEvent { _ in events += 1 }
        world.server.setEntry(TwoUsers.juliet, name: "J.", of: TwoUsers.romeo)
        XCTAssertEqual(events, 1)
        XCTAssertEqual(world.romeo.traffic.filter { $0.direction == .toClient }.count, 2)
        XCTAssertTrue(world.isRosterSame)
    }

    // MARK: Selectors

    func testTheNthStanzaIsDisturbedAndNoOther() throws {
        for number in 1...4 {
            let world = try TwoUsers()
            var shows: [Presence.Show?] = []
            world.romeo.stream.onPresence { shows.append($0.show) }
            world.romeo.disturb(.presence(from: TwoUsers.juliet).nth(number), .lose)
            let sent: [Presence.Show] = [.away, .chat, .dnd, .xa]
            for show in sent { try world.juliets.send(Presence(show: show)) }
            var expected = sent
            expected.remove(at: number - 1)
            XCTAssertEqual(shows, expected)
        }
    }

    func testWhatTheClientSendsIsDisturbedToo() throws {
        let world = try TwoUsers()
        let romeo: () -> Presence.Show? = {
            world.juliets[TwoUsers.romeo].best?.presence.show
        }
        world.romeo.disturb(.ownPresence, .lose)
        try world.roster.presence.send(Presence(show: .away))
        XCTAssertNil(romeo())
        world.romeo.disturb(
            .ownPresence.filter { $0.address(.to).jid == nil }, .delay(by: .seconds(1)))
        try world.roster.presence.send(Presence(show: .dnd))
        XCTAssertNil(romeo())
        world.server.advance(by: .seconds(1))
        XCTAssertEqual(romeo(), .dnd)
        XCTAssertEqual(world.romeo.disturbances.map(\.direction), [.toServer, .toServer])
    }

    func testOneStanzaHasOneFaultAndTheOthersCountIt() throws {
        let world = try TwoUsers()
        world.romeo.disturb(.pushes, .lose)
        world.romeo.disturb(.pushes.nth(2), .duplicate)
        for contact: BareJID in ["a@x", "b@x", "c@x"] {
            world.server.setEntry(contact, of: TwoUsers.romeo)
        }
        XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.lose, .duplicate])
        XCTAssertNil(world.roster.roster["a@x"])
        XCTAssertNotNil(world.roster.roster["b@x"])
    }

    // MARK: Chance

    func testTheSameSeedGoesWrongInTheSameWay() throws {
        // Versions vouch for what a connection does not lose: where pushes are, only a whole roster
        // helps.
        var behavior = ServerBehavior()
        behavior.versioning = .unsupported
        func run(seed: UInt64) throws -> [Disturbance] {
            let world = try TwoUsers(behavior, seed: seed)
            world.romeo.disturb(
                .all, [.lose, .duplicate, .delay(by: .seconds(3)), .holdBack(behind: 2)],
                probability: 0.3)
            let contacts: [BareJID] = ["a@x", "b@x", "c@x", "d@x", "e@x"]
            for number in 0..<40 {
                world.server.setEntry(contacts[number % 5], name: "\(number)", of: TwoUsers.romeo)
                world.server.advance(by: .seconds(1))
            }
            world.romeo.calm()
            XCTAssertTrue(world.server.isQuiet)
            world.romeo.disconnect()
            world.romeo.connect()
            XCTAssertTrue(world.isRosterSame)
            return world.romeo.disturbances
        }
        let first = try run(seed: 7)
        XCTAssertEqual(first, try run(seed: 7))
        XCTAssertNotEqual(first, try run(seed: 8))
        XCTAssertTrue(10...50 ~= first.count, "\(first.count)")
    }
}
