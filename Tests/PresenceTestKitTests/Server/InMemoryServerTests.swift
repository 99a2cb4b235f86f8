import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

final class InMemoryServerTests: XCTestCase {
    private let romeo: BareJID = "romeo@montague.example"
    private let juliet: BareJID = "juliet@capulet.example"

    func testTwoPeopleFindEachOther() async throws {
        let server = InMemoryServer()
        let orchard = server.makeConnection(as: "romeo@montague.example/orchard")
        let balcony = server.makeConnection(as: "juliet@capulet.example/balcony")
        let romeos = RosterClient(orchard.stream)
        let juliets = RosterClient(balcony.stream)
        var asked: [JID?] = []
        juliets.presence.onEvent {
            if case .subscribe(let request) = $0 { asked.append(request.from) }
        }
        XCTAssertTrue(orchard.connect())
        XCTAssertTrue(balcony.connect())
        try romeos.presence.send(Presence())
        try juliets.presence.send(Presence(show: .chat))

        try romeos.subscribe(to: juliet)
        XCTAssertEqual(asked, [JID(romeo)])
        XCTAssertEqual(romeos.roster[juliet]?.isPendingOut, true)
        try juliets.approve(romeo)
        XCTAssertEqual(romeos.roster[juliet]?.subscription, .to)
        XCTAssertEqual(juliets.roster[romeo]?.subscription, .from)
        XCTAssertEqual(romeos.presence[juliet].best?.presence.show, .chat)
        try juliets.subscribe(to: romeo)
        try romeos.approve(juliet)
        XCTAssertEqual(romeos.roster[juliet]?.subscription, .both)
        XCTAssertTrue(juliets.presence[romeo].isOnline)

        try await romeos.setEntry(juliet, name: .set("Juliet"), addingTo: ["Verona"])
        XCTAssertEqual(romeos.roster[juliet]?.name, "Juliet")
        XCTAssertEqual(server.roster(of: romeo).first?.groups, ["Verona"])

        balcony.disconnect()
        XCTAssertFalse(romeos.presence[juliet].isOnline)
        XCTAssertTrue(server.isQuiet)
    }

    func testClientsAreToldOfARequestThatATestMakesAndTakesAway() throws {
        let server = InMemoryServer()
        let balcony = server.makeConnection(as: "juliet@capulet.example/balcony")
        let juliets = RosterClient(balcony.stream)
        balcony.connect()
        try juliets.presence.send(Presence())
        for end in [SubscriptionState.neither, .to] {
            server.setSubscription(.neitherPendingOut, of: romeo, with: juliet)
            XCTAssertEqual(juliets.presence.requests.map(\.jid), [romeo])
            XCTAssertEqual(server.requests(to: juliet).count, 1)
            server.setSubscription(end, of: romeo, with: juliet)
            XCTAssertEqual(juliets.presence.requests, [])
            XCTAssertEqual(server.requests(to: juliet), [])
            server.setSubscription(.neither, of: romeo, with: juliet)
        }
    }

    func testARoomInARosterIsNoAccount() {
        let server = InMemoryServer()
        let room: BareJID = "balcony@rooms.montague.example"
        server.makeRoom(room)
        server.setSubscription(.to, of: romeo, with: room)
        XCTAssertEqual(server.roster(of: romeo).map(\.jid), [room])
        XCTAssertEqual(server.accountAddresses, [romeo])
    }

    func testARequestThatWaitsIsKeptWhereATestChangesTheRest() throws {
        let server = InMemoryServer()
        let orchard = server.connect(as: "romeo@montague.example/orchard")
        server.addAccount(juliet)
        try orchard.stream.send(
            Element(
                parsing: "<presence to='\(juliet)' type='subscribe'><status>me</status></presence>",
                in: .client))
        server.setSubscription(.toPendingIn, of: juliet, with: romeo)
        XCTAssertEqual(server.requests(to: juliet).map(\.status), ["me"])
    }

    func testWhatTheServerTakesAndSendsIsTold() throws {
        for role in ["client", "component"] {
            let server = InMemoryServer()
            let connection =
                role == "client"
                ? server.makeConnection(as: "romeo@montague.example/orchard")
                : server.makeComponentConnection("montague.example")
            var told: [String] = []
            let log = connection.onStanza { direction, element in
                let arrow = direction == .toServer ? ">" : "<"
                told.append("\(arrow) \(element.name) \(element[.to] ?? "")")
                XCTAssertEqual(element.isIn(.client), element.name != "features")
            }
            connection.connect()
            XCTAssertEqual(
                told,
                role == "client"
                    ? ["< features ", "> iq ", "< iq "] : ["> handshake ", "< handshake "])
            told = []

            var presence = Presence(to: "juliet@capulet.example", id: "p1")
            presence.from = connection.address
            try connection.stream.send(presence)
            XCTAssertEqual(
                told, ["> presence juliet@capulet.example", "< presence \(connection.address)"])

            log.cancel()
            connection.disconnect()
            XCTAssertEqual(told.count, 2)
        }
    }
}
