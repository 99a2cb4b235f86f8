import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

final class ServerPresenceTests: XCTestCase {
    private let romeo: BareJID = "romeo@m.example"
    private let juliet: BareJID = "juliet@c.example"
    private let server = InMemoryServer()
    private lazy var orchard = PlainClient(server, "romeo@m.example/orchard")
    private lazy var mantua = PlainClient(server, "romeo@m.example/mantua")
    private lazy var balcony = PlainClient(server, "juliet@c.example/balcony")
    private lazy var chamber = PlainClient(server, "juliet@c.example/chamber")

    private func takeAll() -> [[String]] {
        [orchard, mantua, balcony, chamber].map { $0.take() }
    }

    /// Everybody is connected, and available are those who are given.
    private func begin(_ state: SubscriptionState, available: [PlainClient]) throws {
        server.setSubscription(state, of: romeo, with: juliet)
        _ = takeAll()
        for client in available { try client.send("<presence/>") }
        _ = takeAll()
    }

    /// RFC 6121, section 4.2.2: subscribers, and all own available resources with the one that came.
    func testInitialPresenceGoesToSubscribersAndToTheOwnResources() throws {
        try begin(.from, available: [mantua, balcony, chamber])
        try orchard.send("<presence id='p1'><show>away</show></presence>")
        let own = "presence available romeo@m.example/orchard to romeo@m.example"
        let shown = "presence available romeo@m.example/orchard to juliet@c.example"
        XCTAssertEqual(
            takeAll(),
            [
                [own, "presence available romeo@m.example/mantua to romeo@m.example/orchard"],
                [own], [shown], [shown],
            ])
        XCTAssertEqual(server.presence(of: romeo).map(\.show), [nil, .away])
    }

    func testPresenceGoesToNobodyWhoIsNotSubscribed() throws {
        for state in SubscriptionState.allCases where !state.isSubscribedFrom {
            try begin(state, available: [balcony])
            try orchard.send("<presence/>")
            XCTAssertEqual(takeAll()[2], [], "\(state)")
            try orchard.send("<presence type='unavailable'/>")
            XCTAssertEqual(takeAll()[2], [], "\(state)")
        }
    }

    /// Section 4.3: whoever comes learns who is there, and nobody else learns it anew.
    func testWhoeverComesLearnsWhoIsThere() throws {
        try begin(.to, available: [orchard, balcony, chamber])
        try mantua.send("<presence/>")
        XCTAssertEqual(
            takeAll(),
            [
                ["presence available romeo@m.example/mantua to romeo@m.example"],
                [
                    "presence available romeo@m.example/mantua to romeo@m.example",
                    "presence available romeo@m.example/orchard to romeo@m.example/mantua",
                    "presence available juliet@c.example/balcony to romeo@m.example/mantua",
                    "presence available juliet@c.example/chamber to romeo@m.example/mantua",
                ], [], [],
            ])
    }

    func testWhoeverComesLearnsWhoIsNotThereAndSinceWhen() throws {
        try begin(.to, available: [balcony])
        try balcony.send("<presence type='unavailable'/>")
        server.advance(by: .seconds(60))
        try orchard.send("<presence/>")
        let answer = try XCTUnwrap(orchard.takeElements().last.flatMap { Presence($0) })
        XCTAssertEqual(answer.type, .unavailable)
        XCTAssertEqual(answer.from, JID(juliet))
        XCTAssertEqual(answer.delays.first?.stamp.description, "2026-01-01T00:00:00Z")
    }

    /// Section 4.5.2.
    func testALostConnectionIsToldAsUnavailable() throws {
        try begin(.both, available: [orchard, mantua, balcony])
        orchard.connection.disconnect()
        let gone = "presence unavailable romeo@m.example/orchard"
        XCTAssertEqual(
            takeAll(), [[], ["\(gone) to romeo@m.example"], ["\(gone) to juliet@c.example"], []])
        XCTAssertEqual(server.presence(of: romeo).count, 1)
    }

    func testAClosedStreamIsToldAsUnavailable() throws {
        try begin(.both, available: [orchard, balcony])
        orchard.connection.close()
        XCTAssertFalse(orchard.connection.isOpen)
        XCTAssertFalse(orchard.connection.stream.isInSession)
        XCTAssertEqual(
            balcony.take(), ["presence unavailable romeo@m.example/orchard to juliet@c.example"])
    }

    /// Section 4.6.3: whoever got directed presence hears of the end, once, and of no change before.
    func testDirectedPresenceIsEndedWithTheResource() throws {
        try begin(.neither, available: [orchard, balcony])
        try orchard.send("<presence to='juliet@c.example/chamber'/>")
        try orchard.send("<presence><show>dnd</show></presence>")
        let shown = "presence available romeo@m.example/orchard to juliet@c.example/chamber"
        XCTAssertEqual(takeAll()[2...], [[], [shown]])
        try orchard.send("<presence type='unavailable'/>")
        let gone = "presence unavailable romeo@m.example/orchard to juliet@c.example/chamber"
        XCTAssertEqual(takeAll()[2...], [[], [gone]])
        orchard.connection.disconnect()
        XCTAssertEqual(takeAll()[2...], [[], []])
    }

    func testWhoeverWasToldDirectlyThatAResourceIsGoneIsNotToldAgain() throws {
        try begin(.neither, available: [orchard, balcony])
        try orchard.send("<presence to='juliet@c.example'/>")
        try orchard.send("<presence type='unavailable' to='juliet@c.example'/>")
        orchard.connection.disconnect()
        XCTAssertEqual(
            balcony.take(),
            [
                "presence available romeo@m.example/orchard to juliet@c.example",
                "presence unavailable romeo@m.example/orchard to juliet@c.example",
            ])
    }

    func testASubscriberWhoGotDirectedPresenceHearsOfTheEndOnce() throws {
        try begin(.from, available: [orchard, balcony])
        try orchard.send("<presence to='juliet@c.example/balcony'/>")
        _ = takeAll()
        orchard.connection.disconnect()
        XCTAssertEqual(
            balcony.take(), ["presence unavailable romeo@m.example/orchard to juliet@c.example"])
    }

    /// Section 3.1.3: until it is answered, a request is told to each resource that comes.
    func testARequestIsToldToEachResourceThatComesUntilItIsAnswered() throws {
        try begin(.neither, available: [orchard])
        _ = balcony
        try orchard.send(
            "<presence type='subscribe' to='juliet@c.example'><status>me</status></presence>")
        try orchard.send(
            "<presence type='subscribe' to='juliet@c.example'><status>again</status></presence>")
        XCTAssertEqual(takeAll()[2...], [[], []])
        for client in [balcony, chamber] {
            try client.send("<presence/>")
            let requests = client.takeElements().compactMap { Presence($0) }
                .filter { $0.type == .subscribe }
            XCTAssertEqual(requests.map { $0.statuses.first?.text }, ["me"])
        }
        try balcony.send("<presence type='subscribed' to='romeo@m.example'/>")
        chamber.connection.disconnect()
        chamber.connection.connect()
        _ = takeAll()
        try chamber.send("<presence/>")
        XCTAssertFalse(chamber.take().contains { $0.hasPrefix("presence subscribe ") })
        XCTAssertEqual(server.requests(to: juliet), [])
    }

    /// Section 4.7.1.
    func testAnUndefinedTypeIsRefused() throws {
        try begin(.both, available: [orchard, balcony])
        try orchard.send("<presence type='dancing'/>")
        XCTAssertEqual(
            takeAll(), [["presence error to romeo@m.example/orchard (bad-request)"], [], [], []])
    }
}
