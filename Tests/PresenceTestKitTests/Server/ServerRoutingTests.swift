import PresenceTestKit
import StanzaKit
import XCTest

/// RFC 6121, section 8, and RFC 6120, section 10.
final class ServerRoutingTests: XCTestCase {
    private let server = InMemoryServer()
    private lazy var orchard = PlainClient(server, "romeo@m.example/orchard")
    private lazy var balcony = PlainClient(server, "juliet@c.example/balcony")
    private lazy var chamber = PlainClient(server, "juliet@c.example/chamber")

    private func begin() throws {
        try balcony.send("<presence><priority>1</priority></presence>")
        try chamber.send("<presence><priority>2</priority></presence>")
        for client in [orchard, balcony, chamber] { _ = client.take() }
    }

    private func message(_ type: String, to addressee: String) throws -> [[String]] {
        try orchard.send("<message type='\(type)' to='\(addressee)'><body>x</body></message>")
        return [orchard, balcony, chamber].map { $0.take() }
    }

    func testAMessageGoesToTheHighestPriority() throws {
        try begin()
        for type in ["chat", "normal"] {
            let shown = "message \(type) romeo@m.example/orchard to juliet@c.example"
            XCTAssertEqual(try message(type, to: "juliet@c.example"), [[], [], [shown]])
        }
        let headline = "message headline romeo@m.example/orchard to juliet@c.example"
        XCTAssertEqual(
            try message("headline", to: "juliet@c.example"), [[], [headline], [headline]])
        XCTAssertEqual(try message("error", to: "juliet@c.example"), [[], [], []])
        let refusal =
            "message error juliet@c.example to romeo@m.example/orchard (service-unavailable)"
        XCTAssertEqual(try message("groupchat", to: "juliet@c.example"), [[refusal], [], []])
    }

    func testAMessageToAResourceGoesThere() throws {
        try begin()
        let shown = "message chat romeo@m.example/orchard to juliet@c.example/balcony"
        XCTAssertEqual(try message("chat", to: "juliet@c.example/balcony"), [[], [shown], []])
    }

    /// RFC 6121, section 8.5.3.2.1.
    func testChatWithAResourceThatIsGoneGoesToTheHighestPriority() throws {
        try begin()
        let gone = "juliet@c.example/gone"
        let shown = "message chat romeo@m.example/orchard to \(gone)"
        XCTAssertEqual(try message("chat", to: gone), [[], [], [shown]])
        let refusal = "message error \(gone) to romeo@m.example/orchard (service-unavailable)"
        for type in ["normal", "groupchat"] {
            XCTAssertEqual(try message(type, to: gone), [[refusal], [], []], type)
        }
        for type in ["headline", "error"] {
            XCTAssertEqual(try message(type, to: gone), [[], [], []], type)
        }
        for client in [balcony, chamber] {
            try client.send("<presence type='unavailable'/>")
            _ = client.take()
        }
        XCTAssertEqual(try message("chat", to: gone), [[refusal], [], []])
    }

    func testNothingGoesToANegativePriority() throws {
        try begin()
        for client in [balcony, chamber] {
            try client.send("<presence><priority>-1</priority></presence>")
        }
        for client in [balcony, chamber] { _ = client.take() }
        let refusal =
            "message error juliet@c.example to romeo@m.example/orchard (service-unavailable)"
        XCTAssertEqual(try message("chat", to: "juliet@c.example"), [[refusal], [], []])
        XCTAssertEqual(try message("headline", to: "juliet@c.example"), [[], [], []])
    }

    func testARequestGoesToTheResourceAndItsAnswerBack() throws {
        try begin()
        try orchard.send(
            "<iq type='get' id='q' to='juliet@c.example/chamber'><query xmlns='urn:example:query'/></iq>"
        )
        XCTAssertEqual(
            chamber.take(), ["iq get romeo@m.example/orchard to juliet@c.example/chamber"])
        try chamber.send("<iq type='result' id='q' to='romeo@m.example/orchard'/>")
        XCTAssertEqual(
            orchard.take(), ["iq result juliet@c.example/chamber to romeo@m.example/orchard"])
    }

    func testRequestsThatNobodyTakesAreRefused() throws {
        try begin()
        let refused = [
            ("juliet@c.example/nowhere", "service-unavailable"),
            ("juliet@c.example", "service-unavailable"),
            ("nobody@c.example", "service-unavailable"),
            ("c.example", "service-unavailable"),
            ("a@elsewhere.example", "remote-server-not-found"),
        ]
        for (addressee, condition) in refused {
            try orchard.send(
                "<iq type='get' id='q' to='\(addressee)'><query xmlns='urn:example:query'/></iq>")
            XCTAssertEqual(
                orchard.take(),
                ["iq error \(addressee) to romeo@m.example/orchard (\(condition))"])
            try orchard.send("<iq type='result' id='q' to='\(addressee)'/>")
            XCTAssertEqual(orchard.take(), [], "an answer is not answered")
        }
    }

    func testARequestThatIsNoneIsRefused() throws {
        try begin()
        for addressee in ["juliet@c.example", "c.example"] {
            for iq in ["type='get'", "type='set'", "type='odd'"] {
                try orchard.send("<iq \(iq) id='q' to='\(addressee)'/>")
                XCTAssertEqual(
                    orchard.take(),
                    ["iq error \(addressee) to romeo@m.example/orchard (bad-request)"], iq)
            }
        }
    }

    func testPresenceThatReachesNobodyIsIgnoredOrRefused() throws {
        try begin()
        try orchard.send("<presence to='nobody@c.example'/>")
        try orchard.send("<presence type='subscribed' to='nobody@c.example'/>")
        XCTAssertEqual(orchard.take(), [])
        try orchard.send("<presence to='a@elsewhere.example'/>")
        XCTAssertEqual(
            orchard.take(),
            [
                "presence error a@elsewhere.example to romeo@m.example/orchard (remote-server-not-found)"
            ])
    }

    func testPingsAreAnswered() throws {
        try begin()
        for addressee in ["to='m.example'", "to='romeo@m.example'", ""] {
            try orchard.send(
                "<iq type='get' id='p' \(addressee)><ping xmlns='urn:xmpp:ping'/></iq>")
            XCTAssertEqual(orchard.take().count, 1)
        }
    }

    func testAnAddressThatIsNoneIsRefused() throws {
        try begin()
        try orchard.send("<message to='a@b@c'><body>x</body></message>")
        XCTAssertEqual(
            orchard.take(), ["message error a@b@c to romeo@m.example/orchard (jid-malformed)"])
    }

    func testASenderThatIsAnotherEndsTheStream() throws {
        try begin()
        try orchard.send("<message from='juliet@c.example' to='juliet@c.example'/>")
        XCTAssertFalse(orchard.connection.isOpen)
        XCTAssertEqual(chamber.take(), [])
    }

    func testAComponentSpeaksForItsDomainAlone() throws {
        let component = PlainClient(server, component: "gateway.example")
        try begin()
        try component.send("<message from='a@gateway.example/x' to='juliet@c.example/balcony'/>")
        XCTAssertEqual(
            balcony.take(), ["message normal a@gateway.example/x to juliet@c.example/balcony"])
        try orchard.send("<message to='anybody@gateway.example/there'/>")
        XCTAssertEqual(
            component.take(),
            ["message normal romeo@m.example/orchard to anybody@gateway.example/there"])
        try component.send("<message from='romeo@m.example' to='juliet@c.example/balcony'/>")
        XCTAssertEqual(balcony.take(), [])
        XCTAssertFalse(component.connection.isOpen)
        try orchard.send("<message to='anybody@gateway.example/there'/>")
        XCTAssertEqual(
            orchard.take(),
            [
                "message error anybody@gateway.example/there to romeo@m.example/orchard (remote-server-not-found)"
            ])
    }
}
