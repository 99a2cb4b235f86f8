import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

final class ConnectionFaultTests: XCTestCase {
    // MARK: Cut

    /// A session: login, an edit of the roster, a change of presence.
    ///
    /// - Returns: What became of the edit.
    @MainActor
    private func runSession(of world: TwoUsers) async throws -> RequestError? {
        world.romeo.connect()
        let error = await world.edit(name: "J.").value
        try world.roster.presence.send(Presence(show: .away))
        return error
    }

    @MainActor
    func testASessionThatIsCutAtAnyByteIsMadeUpForByTheNext() async throws {
        var outcomes: Set<RequestError.Code?> = []
        for direction in InMemoryServer.Connection.Direction.allCases {
            let whole = try TwoUsers(isRomeoConnected: false)
            whole.romeo.trafficLimit = .max
            _ = try await runSession(of: whole)
            let traffic = whole.romeo.traffic.filter { $0.direction == direction }
            let length = traffic.map(\.bytes.count).reduce(0, +)
            XCTAssertGreaterThan(length, 500)
            for count in 0...length {
                let world = try TwoUsers(isRomeoConnected: false)
                world.romeo.trafficLimit = .max
                world.romeo.disconnect(afterBytes: count, direction)
                let error = try await runSession(of: world)
                outcomes.insert(error?.code)
                XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.cut(afterBytes: count)])
                let arrived = world.romeo.traffic.filter { $0.direction == direction }
                XCTAssertEqual(arrived.map(\.bytes.count).reduce(0, +), count)
                XCTAssertFalse(world.romeo.isOpen)
                XCTAssertFalse(world.juliets[TwoUsers.romeo].isOnline)

                XCTAssertTrue(world.romeo.connect())
                XCTAssertEqual(world.roster.roster.state, .current)
                XCTAssertTrue(world.isRosterSame, "\(direction) \(count): \(world.romeo.traffic)")
                XCTAssertEqual(world.juliets[TwoUsers.romeo].best?.presence.show, .away)
                XCTAssertTrue(world.roster.presence[TwoUsers.juliet].isOnline)
                let name = world.roster.roster[TwoUsers.juliet]?.name
                if error == nil { XCTAssertEqual(name, "J.") }
            }
        }
        XCTAssertEqual(outcomes, [nil, .disconnected])
    }

    func testTheStanzaThatIsCutHasArrivedWithItsLastByteOnly() throws {
        let probe = try TwoUsers()
        probe.romeo.trafficLimit = 2
        probe.server.setEntry("a@x", of: TwoUsers.romeo)
        let length = probe.romeo.traffic.first { $0.direction == .toClient }?.bytes.count ?? 0
        XCTAssertGreaterThan(length, 100)
        for count in [0, 1, length - 1, length, length + 1] {
            let world = try TwoUsers()
            world.romeo.disturb(.pushes, .cut(afterBytes: count))
            world.server.setEntry("a@x", of: TwoUsers.romeo)
            XCTAssertFalse(world.romeo.isOpen)
            XCTAssertEqual(world.roster.roster["a@x"] != nil, count >= length, "\(count)")
            XCTAssertEqual(world.romeo.disturbances.map(\.fault), [.cut(afterBytes: count)])
            XCTAssertEqual(world.ends, [nil])
            world.romeo.connect()
            XCTAssertTrue(world.isRosterSame)
        }
    }

    func testAClientMayConnectAgainWhenItHearsOfTheLoss() throws {
        let world = try TwoUsers()
        let romeo = world.romeo
        romeo.stream.onSession { [unowned romeo] in
            if case .ended = $0 { romeo.connect() }
        }
        romeo.disturb(.pushes, .cut(afterBytes: 50), times: 2)
        world.server.setEntry("a@x", of: TwoUsers.romeo)
        world.server.setEntry("b@x", of: TwoUsers.romeo)
        romeo.disconnect()
        world.server.restart()
        romeo.end(with: StreamError(.reset))
        XCTAssertEqual(world.ends.map { $0?.condition }, [nil, nil, nil, nil, .reset])
        XCTAssertTrue(romeo.isOpen)
        XCTAssertTrue(romeo.stream.isInSession)
        XCTAssertTrue(world.isRosterSame)
    }

    // MARK: Outages

    @MainActor
    func testInAnOutageNothingMovesAndNothingIsLost() async throws {
        for isResumed in [false, true] {
            let world = try TwoUsers()
            var resumptions = 0
            world.romeo.stream.onSession { if $0 == .resumed { resumptions += 1 } }
            world.romeo.halt()
            let edit = world.edit(name: "J.", timeout: .seconds(60))
            await world.server.clock.waitForSleepers(1)
            try world.juliets.send(Presence(show: .away))
            world.server.advance(by: .seconds(59))
            XCTAssertEqual(world.romeo.underWay(.toServer), 1)
            XCTAssertEqual(world.romeo.underWay(.toClient), 1)
            XCTAssertNil(world.roster.presence[TwoUsers.juliet].best?.presence.show)
            XCTAssertTrue(world.juliets[TwoUsers.romeo].isOnline)
            world.romeo.proceed(resuming: isResumed)
            let error = await edit.value
            XCTAssertNil(error)
            XCTAssertEqual(world.roster.presence[TwoUsers.juliet].best?.presence.show, .away)
            XCTAssertEqual(resumptions, isResumed ? 1 : 0)
            XCTAssertTrue(world.server.isQuiet)
        }
    }

    @MainActor
    func testAServerThatStopsAnsweringLetsRequestsTimeOut() async throws {
        let world = try TwoUsers()
        world.server.halt()
        let edit = world.edit(name: "J.", timeout: .seconds(10))
        await world.server.clock.waitForSleepers(1)
        world.server.advance(by: .seconds(10))
        let error = await edit.value
        XCTAssertEqual(error?.code, .timedOut)
        world.server.proceed()
        XCTAssertEqual(world.diagnostics, [.unexpectedReply])
        XCTAssertTrue(world.isRosterSame)
    }

    func testAnOutageEndsWithItsConnection() throws {
        let world = try TwoUsers()
        world.romeo.halt(.toClient)
        world.server.setEntry("a@x", of: TwoUsers.romeo)
        world.romeo.disconnect()
        XCTAssertEqual(world.romeo.underWay(.toClient), 0)
        XCTAssertTrue(world.romeo.connect())
        XCTAssertTrue(world.isRosterSame)
    }

    // MARK: The server

    func testAfterARestartClientsConnectAgainToTheSameAccounts() throws {
        for (forgetsVersions, form) in [false, true].flatMap({ forgets in
            ServerBehavior.VersionForm.allCases.map { (forgets, $0) }
        }) {
            var behavior = ServerBehavior.standard
            behavior.versionForm = form
            let world = try TwoUsers(behavior)
            world.romeo.trafficLimit = 20
            let version = world.roster.roster.version
            var presences = 0
            world.juliet.stream.onPresence { _ in presences += 1 }
            world.server.restart(forgettingVersions: forgetsVersions)
            XCTAssertEqual([world.romeo.isOpen, world.juliet.isOpen], [false, false])
            XCTAssertEqual(presences, 0)
            XCTAssertEqual(world.ends, [nil])
            XCTAssertEqual(world.server.presence(of: TwoUsers.romeo), [])
            let mark = world.romeo.traffic.count
            XCTAssertTrue(world.juliet.connect())
            XCTAssertTrue(world.romeo.connect())
            try world.juliets.send(Presence())
            XCTAssertTrue(world.isRosterSame)
            XCTAssertTrue(world.roster.presence[TwoUsers.juliet].isOnline)
            let isWhole = world.romeo.traffic.dropFirst(mark).contains {
                $0.direction == .toClient && $0.text.contains("<item")
            }
            XCTAssertEqual(isWhole, forgetsVersions)
            XCTAssertEqual(world.roster.roster.version == version, !forgetsVersions)
        }
    }

    func testNoVersionIsKnownAnyMoreEvenOfARosterThatWasNeverWritten() {
        for form in ServerBehavior.VersionForm.allCases {
            var behavior = ServerBehavior.standard
            behavior.versionForm = form
            let server = InMemoryServer(behavior: behavior)
            server.addAccount(TwoUsers.romeo)
            let version = server.rosterVersion(of: TwoUsers.romeo)
            server.restart(forgettingVersions: true)
            XCTAssertNotEqual(server.rosterVersion(of: TwoUsers.romeo), version)
        }
    }

    func testWhoTakesTheResourceEndsTheSessionWithAConflict() throws {
        let world = try TwoUsers()
        let other = world.server.connect(as: world.romeo.address)
        XCTAssertTrue(other.isOpen)
        XCTAssertFalse(world.romeo.isOpen)
        XCTAssertEqual(world.ends, [StreamError(.conflict, origin: .remote)])
        XCTAssertTrue(world.romeo.connect())
        XCTAssertFalse(other.isOpen)
        XCTAssertTrue(world.isRosterSame)
    }

    func testWhatIsUnderWayArrivesBeforeTheErrorThatEndsTheStream() throws {
        let world = try TwoUsers()
        world.server.isWaiting = true
        world.server.setEntry("a@x", of: TwoUsers.romeo)
        world.romeo.end(with: StreamError(.systemShutdown))
        XCTAssertTrue(world.romeo.isOpen)
        world.server.run()
        XCTAssertNotNil(world.roster.roster["a@x"])
        XCTAssertEqual(world.ends, [StreamError(.systemShutdown, origin: .remote)])
        XCTAssertFalse(world.romeo.isOpen)
    }

    // MARK: The traffic

    func testTheTrafficIsKeptOnRequestAndNoMoreThanThat() throws {
        let world = try TwoUsers()
        XCTAssertEqual(world.romeo.traffic, [])
        world.romeo.trafficLimit = 3
        world.server.advance(by: .seconds(5))
        for name in ["a", "b"] {
            world.server.setEntry(TwoUsers.juliet, name: name, of: TwoUsers.romeo)
        }
        let traffic = world.romeo.traffic
        XCTAssertEqual(traffic.map(\.direction), [.toServer, .toClient, .toServer])
        XCTAssertEqual(traffic.map(\.time.offset), Array(repeating: .seconds(5), count: 3))
        XCTAssertEqual(traffic.map { $0.element?[.type] }, ["result", "set", "result"])
        XCTAssertTrue(traffic[1].description.contains("name='b'"), "\(traffic[1])")
        world.romeo.trafficLimit = 1
        XCTAssertEqual(world.romeo.traffic, [traffic[2]])
    }
}
