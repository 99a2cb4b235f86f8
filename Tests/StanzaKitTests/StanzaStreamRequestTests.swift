import PresenceTestKit
import StanzaKit
import XCTest

/// Requests in both directions.
final class StanzaStreamRequestTests: StreamTestCase {
    // MARK: Answering

    func testARequestIsAnsweredByItsHandler() throws {
        let script = began()
        script.stream.onRequest(.get, "ping", in: "urn:xmpp:ping") {
            $0.id == "1" ? .result(nil) : .unhandled
        }
        script.stream.onRequest(.get, "ping", in: "urn:xmpp:ping") { iq in
            switch iq.id {
            case "2": .result(Element("pong", in: "u"))
            case "3": .error(StanzaError(.notAllowed))
            case "4": .silence
            default: .unhandled
            }
        }
        _ = script.takeSent()
        for id in 1...5 {
            try script.receive(
                "<iq type='get' id='\(id)' from='a@b/c'><ping xmlns='urn:xmpp:ping'/></iq>")
        }
        try script.receive("<iq type='set' id='6'><ping xmlns='urn:xmpp:ping'/></iq>")
        let error = { (name: String, type: String) in
            "<error type='\(type)'><\(name) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        }
        XCTAssertEqual(
            xml(script.takeSent()),
            [
                "<iq id='1' type='result' to='a@b/c'/>",
                "<iq id='2' type='result' to='a@b/c'><pong xmlns='u'/></iq>",
                "<iq to='a@b/c' id='3' type='error'>\(error("not-allowed", "cancel"))</iq>",
                "<iq to='a@b/c' id='5' type='error'>\(error("service-unavailable", "cancel"))</iq>",
                "<iq id='6' type='error'>\(error("service-unavailable", "cancel"))</iq>",
            ])
    }

    func testMalformedRequestsAreRefusedAndAnswersAreNot() throws {
        let script = began()
        _ = script.takeSent()
        for request in [
            "<iq type='get' id='1'/>", "<iq type='set' id='1'><a xmlns='u'/><b xmlns='u'/></iq>",
            "<iq id='1'><a xmlns='u'/></iq>", "<iq type='odd' id='1'><a xmlns='u'/></iq>",
        ] {
            try script.receive(request)
            let sent = script.takeSent()
            XCTAssertEqual(sent.count, 1, request)
            XCTAssertEqual(sent.first.flatMap(IQ.init)?.error, StanzaError(.badRequest), request)
        }
        var diagnostics: [Diagnostic.Kind] = []
        script.stream.onDiagnostic { diagnostics.append($0.kind) }
        for ignored in [
            "<iq type='get'><a xmlns='u'/></iq>",
            "<iq type='get' id='1' from='a@@b'><a xmlns='u'/></iq>",
            "<iq type='result' id='nobody'/>", "<iq type='error' id='nobody'/>",
        ] {
            try script.receive(ignored)
            XCTAssertEqual(script.takeSent(), [], ignored)
        }
        XCTAssertEqual(
            diagnostics,
            [.unanswerableRequest, .unanswerableRequest, .unexpectedReply, .unexpectedReply])
    }

    // MARK: Requesting

    /// Every sender against every addressee. RFC 6120, section 8.1.2.1.
    func testAReplyCountsOnlyFromWhoWasAsked() throws {
        let senders: [String?] = [
            nil, "romeo@montague.example", "ROMEO@montague.example",
            "romeo@montague.example/orchard",
            "montague.example", "juliet@capulet.example", "juliet@capulet.example/b", "", "a@@b",
        ]
        let accepted: [(JID?, Set<String?>)] = [
            (nil, [nil, "romeo@montague.example", "ROMEO@montague.example"]),
            ("romeo@montague.example", [nil, "romeo@montague.example", "ROMEO@montague.example"]),
            ("romeo@montague.example/orchard", ["romeo@montague.example/orchard"]),
            ("montague.example", ["montague.example"]),
            ("juliet@capulet.example/b", ["juliet@capulet.example/b"]),
            ("juliet@capulet.example", ["juliet@capulet.example"]),
        ]
        for (to, expected) in accepted {
            for sender in senders {
                let script = began()
                var outcome: Result<IQ, RequestError>?
                script.stream.request(IQ(.get, to: to, payload: ping)) { outcome = $0 }
                let from = sender.map { " from='\($0)'" } ?? ""
                try script.receive("<iq type='result' id='other'\(from)/>")
                XCTAssertNil(outcome)
                try script.receive("<iq type='result' id='id1'\(from)/>")
                XCTAssertEqual(
                    outcome != nil, expected.contains(sender), "to \(String(describing: to))\(from)"
                )
            }
        }
    }

    func testAReplyIsSettledBeforeTheStanzaBehindIt() throws {
        let script = began()
        var log: [String] = []
        script.stream.onMessage { _ in log.append("message") }
        script.stream.request(IQ(.get, payload: ping)) { _ in log.append("reply") }
        try script.receive("<iq type='result' id='id1'/><message/><iq type='result' id='id1'/>")
        XCTAssertEqual(log, ["reply", "message"])
    }

    func testAnErrorIsTheAnswerOfThePeer() throws {
        let script = began()
        var outcome: Result<IQ, RequestError>?
        script.stream.request(IQ(.get, payload: ping)) { outcome = $0 }
        try script.receive(
            "<iq type='error' id='id1'><error type='wait'><item-not-found xmlns='\(XMLNamespace.stanzaErrors)'/></error></iq>"
        )
        let error = RequestError(.refused, stanzaError: StanzaError(.itemNotFound, type: .wait))
        XCTAssertEqual(outcome, .failure(error))
    }

    func testWhatIsNoRequestIsNotSent() {
        let script = began()
        _ = script.takeSent()
        var outcomes: [Result<IQ, RequestError>] = []
        var malformed = IQ(.get, payload: ping)
        malformed.element[.to] = "a@@b"
        for iq in [
            IQ(.result), malformed, IQ(.get, id: "\u{0}", payload: ping),
            IQ(.get, payload: Element("a b", in: "u")),
        ] {
            script.stream.request(iq) { outcomes.append($0) }
        }
        XCTAssertEqual(
            outcomes, Array(repeating: .failure(RequestError(.invalidRequest)), count: 4))
        XCTAssertEqual(script.takeSent(), [])

        script.stream.request(IQ(.get, id: "twice", payload: ping)) { _ in XCTFail("no answer came")
        }
        script.stream.request(IQ(.get, id: "twice", payload: ping)) { outcomes.append($0) }
        XCTAssertEqual(outcomes.last, .failure(RequestError(.invalidRequest)))
        XCTAssertEqual(script.takeSent().count, 1)
    }

    func testRequestsFailWhenTheSessionEndsAndNotWhenItIsResumed() {
        let script = ScriptedStream(as: own)
        var outcomes: [Result<IQ, RequestError>] = []
        StanzaStream(write: { _ in }).request(IQ(.get, payload: ping)) { outcomes.append($0) }
        XCTAssertEqual(outcomes, [.failure(RequestError(.disconnected))], "there is no connection")
        script.begin()
        script.stream.request(IQ(.get, payload: ping)) { outcomes.append($0) }
        script.stream.resume()
        XCTAssertEqual(outcomes.count, 1)
        script.stream.end()
        XCTAssertEqual(outcomes.last, .failure(RequestError(.disconnected)))
        XCTAssertEqual(outcomes.count, 2)
        script.begin()
        script.stream.close()
        script.stream.request(IQ(.get, payload: ping)) { outcomes.append($0) }
        XCTAssertEqual(outcomes.count, 3, "a stream that is closed here sends nothing")
    }

    func testSessionEventsAreTold() throws {
        let script = ScriptedStream(as: own)
        var events: [SessionEvent] = []
        script.stream.onSession { events.append($0) }
        script.begin()
        XCTAssertEqual(script.stream.address, own)
        script.stream.resume()
        script.stream.end()
        script.stream.end()
        script.begin()
        script.begin()
        try script.receive("</stream:stream>")
        XCTAssertEqual(
            events, [.began, .resumed, .ended(nil), .began, .ended(nil), .began, .ended(nil)])
        XCTAssertFalse(script.stream.isInSession)
    }

    func testAnAsynchronousRequestReturnsTheResult() async throws {
        // The answer arrives while the request is being written.
        let answering = AnsweringStream()
        let result = try await answering.stream.request(IQ(.get, payload: ping))
        XCTAssertEqual(result.payload, Element("pong", in: "u"))
    }

    /// Answers every request at once, from inside `write`.
    private final class AnsweringStream {
        private(set) var stream: StanzaStream!

        init() {
            stream = StanzaStream(makeID: { "1" }) { [unowned self] _ in
                arrive(
                    "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>"
                        + "<iq type='result' id='1'><pong xmlns='u'/></iq>", at: stream)
            }
            stream.begin(as: "romeo@montague.example/orchard")
        }
    }

    @MainActor
    func testAnAsynchronousRequestIsAnsweredTimesOutIsCancelledAndDisconnected() async throws {
        let clock = ManualClock()
        let script = ScriptedStream(as: own, clock: clock)
        script.begin()
        let ping = ping
        let request = { @MainActor (timeout: Duration?) -> Task<Result<IQ, RequestError>, Never> in
            Task { @MainActor in
                do throws(RequestError) {
                    return .success(
                        try await script.stream.request(IQ(.get, payload: ping), timeout: timeout))
                } catch {
                    return .failure(error)
                }
            }
        }
        let waitUntilSent = { @MainActor in
            while script.takeSent().isEmpty { await Task.yield() }
        }

        let answered = request(.seconds(10))
        await clock.waitForSleepers(1)
        try script.receive("<iq type='result' id='id1'/>")
        let first = await answered.value
        XCTAssertEqual(try first.get().id, "id1")

        let late = request(.seconds(10))
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(9))
        clock.advance(by: .seconds(1))
        let second = await late.value
        XCTAssertEqual(second, .failure(RequestError(.timedOut)))
        var diagnostics: [Diagnostic.Kind] = []
        script.stream.onDiagnostic { diagnostics.append($0.kind) }
        try script.receive("<iq type='result' id='id2'/>")
        XCTAssertEqual(diagnostics, [.unexpectedReply], "a late answer is none")

        _ = script.takeSent()
        let unwanted = request(nil)
        await waitUntilSent()
        unwanted.cancel()
        let third = await unwanted.value
        XCTAssertEqual(third, .failure(RequestError(.cancelled)))

        let interrupted = request(.seconds(10))
        await waitUntilSent()
        script.stream.end()
        let fourth = await interrupted.value
        XCTAssertEqual(fourth, .failure(RequestError(.disconnected)))

        let cancelledBefore = Task { @MainActor in
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try? await script.stream.request(IQ(.get, payload: ping))
        }
        let fifth = await cancelledBefore.value
        XCTAssertNil(fifth)
    }
}
