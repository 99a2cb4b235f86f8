import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

final class ServerConnectionTests: XCTestCase {
    private let romeo: BareJID = "romeo@m.example"
    private let server = InMemoryServer()

    func testAResourceIsMadeUpWhereNoneIsAskedFor() throws {
        let first = server.connect(as: JID(romeo))
        let second = server.connect(as: JID(romeo))
        XCTAssertEqual(first.address.bare, romeo)
        XCTAssertNotNil(first.address.resource)
        XCTAssertNotEqual(first.address, second.address)
        XCTAssertEqual(first.stream.address, first.address)
    }

    /// RFC 6120, section 7.7.2.2.
    func testWhoeverHasTheResourceIsDisconnected() throws {
        let first = server.makeConnection(as: "romeo@m.example/orchard")
        var ends: [SessionEvent] = []
        first.stream.onSession { if $0 != .began { ends.append($0) } }
        first.connect()
        let second = server.connect(as: "romeo@m.example/orchard")
        XCTAssertFalse(first.isOpen)
        guard case .ended(let error?)? = ends.first else { return XCTFail("\(ends)") }
        XCTAssertEqual(error.condition, .conflict)
        XCTAssertEqual(ends.count, 1)
        XCTAssertTrue(second.stream.isInSession)
        // The one that went takes nothing away from the one that came.
        try second.stream.send(Presence())
        XCTAssertEqual(server.presence(of: romeo).map(\.from), ["romeo@m.example/orchard"])
    }

    func testWhatTheServerOffersIsWhatItDoes() throws {
        let features = try XCTUnwrap(server.connect(as: JID(romeo)).stream.features)
        XCTAssertNotNil(features.first("ver", in: .rosterVersioning))
        XCTAssertNotNil(features.first("sub", in: .preApproval))
        var behavior = ServerBehavior()
        behavior.versioning = .unsupported
        behavior.subscriptions.preApproval = .unsupported
        let plain = InMemoryServer(behavior: behavior)
        let offered = try XCTUnwrap(plain.connect(as: JID(romeo)).stream.features)
        XCTAssertNil(offered.first("ver", in: .rosterVersioning))
        XCTAssertNil(offered.first("sub", in: .preApproval))
    }

    func testAClientThatConnectsAgainCarriesOn() throws {
        let connection = server.makeConnection(as: "romeo@m.example/orchard")
        let client = RosterClient(connection.stream)
        var connected: [Bool] = []
        connection.stream.onSession { _ in connected.append(connection.stream.isInSession) }
        for round in 1...3 {
            XCTAssertTrue(connection.connect())
            XCTAssertFalse(connection.connect(), "there is a connection")
            try client.presence.send(Presence(priority: Int8(round)))
            XCTAssertEqual(server.presence(of: romeo).count, 1)
            server.setEntry("juliet@c.example", name: "Juliet \(round)", of: romeo)
            XCTAssertEqual(client.roster["juliet@c.example"]?.name, "Juliet \(round)")
            if round == 2 { connection.close() } else { connection.disconnect() }
            XCTAssertEqual(server.presence(of: romeo).count, 0)
        }
        XCTAssertEqual(connected, [true, false, true, false, true, false])
    }

    /// A client may connect again in the handler that tells of the end.
    func testAClientMayConnectAgainFromTheHandlerThatTellsOfTheEnd() throws {
        let connection = server.makeConnection(as: "romeo@m.example/orchard")
        var began = 0
        connection.stream.onSession { [weak connection] event in
            if event == .began { began += 1 } else if began < 3 { connection?.connect() }
        }
        connection.connect()
        connection.disconnect()
        XCTAssertEqual(began, 2)
        connection.close()
        XCTAssertEqual(began, 3)
        XCTAssertTrue(connection.stream.isInSession)
    }

    func testNothingMovesWhileTheServerWaits() throws {
        let orchard = server.connect(as: "romeo@m.example/orchard")
        let balcony = server.connect(as: "juliet@c.example/balcony")
        let presence = PresenceClient(balcony.stream)
        try presence.send(Presence())
        server.isWaiting = true
        try orchard.stream.send(Presence(to: "juliet@c.example"))
        XCTAssertEqual(orchard.underWay(.toServer), 1)
        XCTAssertFalse(server.isQuiet)
        XCTAssertTrue(server.step())
        XCTAssertEqual(balcony.underWay(.toClient), 1)
        XCTAssertFalse(presence[romeo].isOnline)
        XCTAssertTrue(server.step())
        XCTAssertTrue(presence[romeo].isOnline)
        XCTAssertFalse(server.step())
        XCTAssertTrue(server.isQuiet)
    }

    /// What is sent on different connections may arrive in any order, on one connection in one.
    func testAnyOrderIsAnOrderOfEachConnection() throws {
        var seen: Set<[String]> = []
        for seed in 0..<50 as Range<UInt64> {
            let server = InMemoryServer(seed: seed)
            let listener = PlainClient(server, "juliet@c.example/balcony")
            let senders = ["a@m.example/x", "b@m.example/x"].map { server.connect(as: JID($0)!) }
            try listener.send("<presence/>")
            _ = listener.take()
            server.isWaiting = true
            server.order = .anyOrder
            for number in 1...2 {
                for sender in senders {
                    let message = "<message to='juliet@c.example/balcony' id='\(number)'/>"
                    try sender.stream.send(Element(parsing: message, in: .client))
                }
            }
            XCTAssertTrue(server.run())
            let order = listener.takeElements().map { "\($0[.from]!.prefix(1))\($0[.id]!)" }
            XCTAssertEqual(order.filter { $0.hasPrefix("a") }, ["a1", "a2"])
            XCTAssertEqual(order.filter { $0.hasPrefix("b") }, ["b1", "b2"])
            seen.insert(order)
        }
        XCTAssertEqual(seen.count, 6, "every order comes up")
    }

    func testPartiesThatAnswerEachOtherForEverDoNotHangTheTest() throws {
        server.isWaiting = true
        let orchard = server.connect(as: "romeo@m.example/orchard")
        let balcony = server.connect(as: "juliet@c.example/balcony")
        for (one, other) in [(orchard, balcony), (balcony, orchard)] {
            one.stream.onMessage { [weak one] _ in
                var echo = Element("message", in: .client)
                echo[.to] = other.address.spelling
                try? one?.stream.send(echo)
            }
        }
        var first = Element("message", in: .client)
        first[.to] = balcony.address.spelling
        try orchard.stream.send(first)
        XCTAssertFalse(server.run(limit: 1_000))
    }

    func testTheSameCallsEndInTheSameBytes() throws {
        func session() throws -> [String] {
            let server = InMemoryServer(seed: 7)
            server.order = .anyOrder
            var bytes: [String] = []
            let orchard = PlainClient(server, JID(romeo))
            orchard.connection.stream.onPresence { bytes.append("\($0.element)") }
            server.setSubscription(.both, of: romeo, with: "juliet@c.example")
            try orchard.send("<presence/>")
            let balcony = PlainClient(server, "juliet@c.example")
            try balcony.send("<presence/>")
            try orchard.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>")
            return bytes + orchard.takeElements().map { "\($0)" }
        }
        XCTAssertEqual(try session(), try session())
    }

    func testAnythingButStanzasEndsTheStream() throws {
        for (sent, condition) in [
            ("<stream:features/>", StreamError.Condition.unsupportedStanzaType),
            ("<message xmlns='urn:example:other'/>", .unsupportedStanzaType),
        ] {
            let connection = server.makeConnection(as: "romeo@m.example/orchard")
            var end: StreamError?
            connection.stream.onSession { if case .ended(let error) = $0 { end = error } }
            connection.connect()
            try connection.stream.send(Element(parsing: sent, in: .client))
            XCTAssertEqual(end?.condition, condition)
            XCTAssertFalse(connection.isOpen)
        }
    }
}
