import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

/// Nothing keeps a server, its connections or their streams but their users.
final class ServerLifetimeTests: XCTestCase {
    func testNothingOutlivesTheServerThatWasUsed() throws {
        weak var server: InMemoryServer?
        weak var connection: InMemoryServer.Connection?
        weak var stream: StanzaStream?
        weak var component: InMemoryServer.Connection?
        weak var client: RosterClient?
        try apart {
            let used = InMemoryServer()
            let orchard = used.makeConnection(as: "romeo@m.example/orchard")
            let romeo = RosterClient(orchard.stream)
            let gateway = used.connectComponent("gateway.example")
            orchard.trafficLimit = 10
            orchard.onStanza { _, _ in }
            orchard.disturb(.pushes, .delay(by: .seconds(5)))
            orchard.connect()
            used.makeRoom("balcony@rooms.example")
            try romeo.presence.send(Presence())
            var join = Presence(to: "balcony@rooms.example/romeo")
            join[MUCJoin.self] = MUCJoin()
            try orchard.stream.send(join)
            used.setEntry("juliet@c.example", name: "Juliet", of: "romeo@m.example")
            XCTAssertFalse(used.isQuiet)
            (server, connection, stream) = (used, orchard, orchard.stream)
            (component, client) = (gateway, romeo)
            XCTAssertNotNil(server)
        }
        XCTAssertNil(server)
        XCTAssertNil(connection)
        XCTAssertNil(stream)
        XCTAssertNil(component)
        XCTAssertNil(client)
    }

    func testTheServerForgetsAConnectionThatIsLost() {
        let server = InMemoryServer()
        weak var connection: InMemoryServer.Connection?
        apart { connection = server.connect(as: "romeo@m.example/orchard") }
        XCTAssertNotNil(connection, "the server holds it while it is open")
        apart { connection?.disconnect() }
        XCTAssertNil(connection)
    }

    /// Does something in a function of its own, so that its locals are gone behind it.
    private func apart<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        try body()
    }
}
