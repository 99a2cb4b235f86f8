import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

/// Handlers that do things with the server while it does something.
final class ServerReentrancyTests: XCTestCase {
    private let romeo: BareJID = "romeo@m.example"
    private let juliet: BareJID = "juliet@c.example"

    func testAHandlerMayDisconnectAnotherResourceOfAnAccountThatGoesOffline() throws {
        let server = InMemoryServer()
        let first = server.connect(as: "romeo@m.example/first")
        let second = server.connect(as: "romeo@m.example/second")
        try first.stream.send(Presence())
        try second.stream.send(Presence())
        first.stream.onPresence { [weak first] presence in
            if presence.type == .unavailable { first?.disconnect() }
        }
        second.disconnect()
        XCTAssertFalse(first.isOpen)
        XCTAssertEqual(server.presence(of: romeo), [])
        XCTAssertTrue(server.isQuiet)
    }

    func testAnEditInAHandlerOfAPushIsPushedToEverybodyBehindIt() throws {
        let server = InMemoryServer()
        let one = server.connect(as: "romeo@m.example/one")
        let ones = RosterClient(one.stream)
        one.disconnect()
        one.connect()
        let two = server.makeConnection(as: "romeo@m.example/two")
        let twos = RosterClient(two.stream)
        two.connect()
        let contact = juliet
        ones.onEvent { event in
            if case .entryAdded = event {
                server.setEntry(contact, name: "Second", of: "romeo@m.example")
            }
        }
        server.setEntry(juliet, name: "First", of: romeo)
        XCTAssertEqual(server.roster(of: romeo).map(\.name), ["Second"])
        XCTAssertEqual(ones.roster[juliet]?.name, "Second")
        XCTAssertEqual(twos.roster[juliet]?.name, "Second")
        XCTAssertEqual(twos.roster.version, server.rosterVersion(of: romeo))
    }

    func testAHandlerOfTheTrafficMayDisconnectWhoIsToldNext() throws {
        for direction in InMemoryServer.Connection.Direction.allCases {
            let server = InMemoryServer()
            let connections = ["a", "b", "c"].map { server.connect(as: JID("\(romeo)/\($0)")!) }
            for connection in connections { try connection.stream.send(Presence()) }
            for connection in connections {
                connection.onStanza { which, _ in
                    guard which == direction else { return }
                    for connection in connections { connection.disconnect() }
                }
            }
            try connections[2].stream.send(Presence(type: .unavailable))
            XCTAssertEqual(connections.map(\.isOpen), [false, false, false])
            XCTAssertEqual(server.presence(of: romeo), [])
        }
    }

    func testWhatWaitedArrivesWhenTheServerWaitsNoMore() throws {
        let server = InMemoryServer()
        let orchard = server.connect(as: "romeo@m.example/orchard")
        server.isWaiting = true
        try orchard.stream.send(Presence())
        server.isWaiting = false
        XCTAssertTrue(server.isQuiet)
        XCTAssertEqual(server.presence(of: romeo).count, 1)
    }

    func testWhatWaitedArrivesWhenAHandlerSaysSo() throws {
        for run in [{ $0.step() }, { $0.run(limit: 1) }] as [(InMemoryServer) -> Bool] {
            let server = InMemoryServer()
            let orchard = server.connect(as: "romeo@m.example/orchard")
            let balcony = server.connect(as: "juliet@c.example/balcony")
            server.isWaiting = true
            orchard.onStanza { _, _ in server.isWaiting = false }
            try orchard.stream.send(Presence())
            try balcony.stream.send(Presence())
            _ = run(server)
            XCTAssertTrue(server.isQuiet)
            XCTAssertEqual(server.presence(of: juliet).count, 1)
        }
    }

    func testWhoIsDisconnectedWheneverItComesAgainDoesNotDoSoForEver() throws {
        let server = InMemoryServer()
        let orchard = server.makeConnection(as: "romeo@m.example/orchard")
        let roster = RosterClient(orchard.stream)
        orchard.connect()
        XCTAssertEqual(roster.roster.state, .current)
        orchard.stream.onSession { [weak orchard] event in
            if case .ended = event { orchard?.connect() }
        }
        orchard.disturb(.replies, .cut(afterBytes: 0), times: .max)
        orchard.disconnect()
        XCTAssertFalse(server.isQuiet, "it would go on")
        XCTAssertGreaterThanOrEqual(server.deliveryCount, InMemoryServer.endlessCount)
    }

    func testEverybodyIsToldOfAStanzaBeforeItArrivesAnywhere() throws {
        let server = InMemoryServer()
        let connections = ["a", "b"].map { server.makeConnection(as: JID("\(romeo)/\($0)")!) }
        let rosters = connections.map { RosterClient($0.stream) }
        for connection in connections { connection.connect() }
        var log: [String] = []
        for (name, connection) in zip(["a", "b"], connections) {
            connection.onStanza { [unowned connection] direction, element in
                guard direction == .toClient, element.is("iq", in: .client) else { return }
                log.append("sent to \(name)")
                if name == "a" { try? connection.stream.send(Presence()) }
            }
        }
        for (name, client) in zip(["a", "b"], rosters) {
            client.onEvent { if case .entryAdded = $0 { log.append("arrived at \(name)") } }
        }
        withExtendedLifetime(rosters) { server.setEntry(juliet, of: romeo) }
        XCTAssertEqual(log, ["sent to a", "sent to b", "arrived at a", "arrived at b"])
    }

    func testOutagesOfAllConnectionsEndTogether() throws {
        for end in [{ $0.proceed() }, { $0.calm() }] as [(InMemoryServer) -> Void] {
            let server = InMemoryServer()
            let a = server.connect(as: "a@m.example/x")
            let b = server.connect(as: "b@m.example/x")
            let listener = PlainClient(server, "juliet@c.example/balcony")
            server.halt()
            for (sender, id) in [(b, "1"), (a, "2"), (b, "3")] {
                let message = "<message to='juliet@c.example/balcony' id='\(id)'/>"
                try sender.stream.send(Element(parsing: message, in: .client))
            }
            end(server)
            XCTAssertEqual(listener.takeElements().map { $0[.id] }, ["1", "2", "3"])
        }
    }

    func testTimeThatPassesInAHandlerPasses() throws {
        let server = InMemoryServer()
        let orchard = server.connect(as: "romeo@m.example/orchard")
        try orchard.stream.send(Presence())
        orchard.disturb(.ownPresence, .delay(by: .seconds(5)))
        try orchard.stream.send(Presence(show: .away))
        orchard.stream.onPresence { _ in
            if server.clock.now.offset == .zero { server.advance(by: .seconds(10)) }
        }
        try orchard.stream.send(Presence(show: .chat))
        XCTAssertEqual(server.clock.now.offset, .seconds(10))
        XCTAssertTrue(server.isQuiet)
        XCTAssertEqual(server.presence(of: romeo).map(\.show), [.away])
    }

    func testTimeThatAHandlerMovedFurtherDoesNotGoBack() throws {
        let server = InMemoryServer()
        let orchard = server.connect(as: "romeo@m.example/orchard")
        orchard.disturb(.ownPresence, .delay(by: .seconds(5)))
        orchard.stream.onPresence { _ in server.advance(by: .seconds(10)) }
        try orchard.stream.send(Presence())
        server.advance(by: .seconds(6))
        XCTAssertEqual(server.clock.now.offset, .seconds(15))
    }
}
