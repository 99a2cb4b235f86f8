import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// RFC 6121, sections 4.3.2 and 4.6.6, seen by a component that asks.
final class ServerProbeTests: XCTestCase {
    private let romeo: BareJID = "romeo@m.example"
    private let server = InMemoryServer()
    private lazy var orchard = PlainClient(server, "romeo@m.example/orchard")
    private lazy var component = PlainClient(server, component: "c.example")

    private func answer(to probed: String, id: String = "x") throws -> [Element] {
        _ = component.take()
        try component.send("<presence type='probe' from='a@c.example' to='\(probed)' id='\(id)'/>")
        return component.takeElements()
    }

    func testOnlyASubscriberIsAnswered() throws {
        try orchard.send("<presence id='p'><status>here</status></presence>")
        for state in SubscriptionState.allCases {
            server.setSubscription(state, of: romeo, with: "a@c.example")
            let answers = try answer(to: "romeo@m.example").compactMap { Presence($0) }
            if state.isSubscribedFrom {
                XCTAssertEqual(answers.map(\.type), [.available], "\(state)")
                XCTAssertEqual(answers.map(\.id), ["p"])
                XCTAssertEqual(answers.map { $0.statuses.first?.text }, ["here"])
                XCTAssertEqual(answers.map(\.from), ["romeo@m.example/orchard"])
            } else {
                XCTAssertEqual(answers.map(\.type), [.unsubscribed], "\(state)")
                XCTAssertEqual(answers.map(\.id), ["x"])
                XCTAssertEqual(answers.map(\.from), [JID(romeo)])
            }
            XCTAssertEqual(server.record(of: "a@c.example", for: romeo).state, state)
        }
    }

    func testOfOneResourceNoMoreIsToldThanThatItIsThere() throws {
        server.setSubscription(.from, of: romeo, with: "a@c.example")
        try orchard.send("<presence id='p'><status>here</status></presence>")
        let answer = try XCTUnwrap(try answer(to: "romeo@m.example/orchard").first)
        XCTAssertEqual(Array(answer.children), [])
        XCTAssertEqual(answer[.from], "romeo@m.example/orchard")
        let absent = try XCTUnwrap(try self.answer(to: "romeo@m.example/elsewhere").first)
        XCTAssertEqual(absent[.type], "unavailable")
        XCTAssertEqual(absent[.id], "x")
    }

    func testWhoeverGotDirectedPresenceMayAskForThatResource() throws {
        try orchard.send("<presence to='a@c.example'><status>here</status></presence>")
        let answers = try answer(to: "romeo@m.example/orchard")
        XCTAssertEqual(answers.map { $0[.type] }, [nil])
        XCTAssertEqual(Array(answers[0].children), [])
        XCTAssertEqual(try answer(to: "romeo@m.example").map { $0[.type] }, ["unsubscribed"])
        try orchard.send("<presence type='unavailable' to='a@c.example'/>")
        XCTAssertEqual(
            try answer(to: "romeo@m.example/orchard").map { $0[.type] }, ["unsubscribed"])
    }

    func testDirectedPresenceDoesNotOutlastTheSubscriptionThatWasTakenAway() throws {
        try orchard.send("<presence/>")
        server.setSubscription(.from, of: romeo, with: "a@c.example")
        try orchard.send("<presence to='a@c.example'/>")
        try orchard.send("<presence to='a@c.example/here'/>")
        _ = component.take()
        try orchard.send("<presence type='unsubscribed' to='a@c.example'/>")
        let told = component.takeElements().filter { $0[.type] == "unavailable" }
        XCTAssertEqual(told.map { $0[.to] }, ["a@c.example", "a@c.example/here"])
        XCTAssertEqual(
            try answer(to: "romeo@m.example/orchard").map { $0[.type] }, ["unsubscribed"])
    }

    func testNobodyIsNotSubscribedTo() throws {
        server.addDomain("m.example")
        XCTAssertEqual(try answer(to: "nobody@m.example").map { $0[.type] }, ["unsubscribed"])
    }
}
