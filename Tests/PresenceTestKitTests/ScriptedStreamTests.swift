import PresenceTestKit
import StanzaKit
import XCTest

final class ScriptedStreamTests: XCTestCase {
    func testItSaysWhatWasSentSinceTheLastTime() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        script.begin()
        try script.stream.send(Presence(to: "a@b"))
        try script.stream.send(Message(to: "c@d"))
        XCTAssertEqual(script.takeSent().map(\.name), ["presence", "message"])
        XCTAssertEqual(script.takeSent(), [])
    }

    func testOneKindOfStanzaIsTakenAndTheOthersAreThereStill() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        script.begin()
        for name: JID in ["a@b", "c@d"] {
            try script.stream.send(Presence(to: name))
            try script.stream.send(Message(to: name))
        }
        XCTAssertEqual(script.takeSent(Presence.self).map(\.to), ["a@b", "c@d"])
        XCTAssertEqual(script.takeSent(Presence.self), [])
        XCTAssertEqual(script.takeSent(IQ.self), [])
        XCTAssertEqual(script.takeSent(Message.self).map(\.to), ["a@b", "c@d"])
        XCTAssertEqual(script.takeSent(), [])
    }

    func testItLetsArriveWhatItIsTold() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        var received: [Presence] = []
        script.stream.onPresence { received.append($0) }
        script.begin(features: "<sub xmlns='urn:xmpp:features:pre-approval'/>")
        try script.receive("<presence from='a@b'/>")
        try script.receive(Presence(to: "c@d"))
        XCTAssertEqual(received.map(\.from), ["a@b", nil])
        XCTAssertNotNil(script.stream.features?.first("sub", in: "urn:xmpp:features:pre-approval"))
        XCTAssertEqual(script.stream.address, script.address)
        XCTAssertThrowsError(try script.receive("</nothing>"))
    }

    func testTheLatestRequestIsAnsweredByWhoWasAsked() throws {
        for script in [
            ScriptedStream(as: "romeo@montague.example/orchard"),
            ScriptedStream(asComponent: "rooms.example"),
        ] {
            script.begin()
            var answers: [String] = []
            for id in ["a", "b", "c"] {
                let request = IQ(.get, to: "who@x", id: id, payload: Element("q", in: "urn:q"))
                script.stream.request(request) { answer in
                    switch answer {
                    case .success(let iq): answers.append("\(id) \(iq.payload?.name ?? "-")")
                    case .failure(let error): answers.append("\(id) \(error)")
                    }
                }
            }
            XCTAssertTrue(try script.answer("<x xmlns='urn:x'/>"))
            XCTAssertTrue(try script.answer())
            XCTAssertTrue(try script.answer(with: StanzaError(.forbidden)))
            XCTAssertFalse(try script.answer(), "all are answered")
            XCTAssertEqual(answers.prefix(2), ["c x", "b -"])
            XCTAssertTrue(answers[2].hasPrefix("a refused: "), answers[2])
            XCTAssertEqual(script.takeSent(IQ.self).map(\.id), ["a", "b", "c"])
            XCTAssertThrowsError(try script.answer("no element"))
        }
    }

    func testARequestOfAnotherSessionIsNotAnswered() throws {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        script.begin()
        script.stream.request(IQ(.get, payload: Element("q", in: "urn:q"))) { _ in }
        script.resume()
        script.begin()
        XCTAssertFalse(try script.answer())
    }

    func testASessionEndsIsResumedAndBeginsAgain() {
        let script = ScriptedStream(asComponent: "rooms.example")
        var events: [SessionEvent] = []
        script.stream.onSession { events.append($0) }
        script.begin()
        script.resume()
        script.end()
        script.resume()
        script.begin()
        XCTAssertEqual(events, [.began, .resumed, .ended(nil), .began])
    }

    func testAComponentsStanzasAreInItsContentNamespaceOnTheWireAndShownInTheClients() throws {
        let script = ScriptedStream(asComponent: "rooms.example")
        var received: [Presence] = []
        script.stream.onPresence { received.append($0) }
        script.begin()
        XCTAssertEqual(script.stream.header?.contentNamespace, .component)
        XCTAssertEqual(script.stream.address, "rooms.example")
        try script.receive("<presence from='a@b/c' to='room@rooms.example'/>")
        try script.receive(Presence(to: "room@rooms.example"))
        XCTAssertEqual(received.count, 2)
        try script.stream.send(Presence(to: "a@b/c"))
        XCTAssertEqual(script.takeSent().map(\.namespace), [.client])
    }
}
