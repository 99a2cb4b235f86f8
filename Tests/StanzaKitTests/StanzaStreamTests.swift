import PresenceTestKit
import StanzaKit
import XCTest

final class StanzaStreamTests: XCTestCase {
    private let own: JID = "romeo@montague.example/orchard"

    private func began() -> ScriptedStream {
        let script = ScriptedStream(as: own)
        script.begin()
        return script
    }

    private func xml(_ elements: [Element]) -> [String] { elements.map(\.description) }

    private let ping = Element("ping", in: "urn:xmpp:ping")

    // MARK: Handlers

    func testStanzasReachTheirHandlersInOrder() throws {
        let script = began()
        var log: [String] = []
        script.stream.onPresence { log.append("presence \($0.from?.description ?? "")") }
        script.stream.onMessage { log.append("message \($0.id ?? "")") }
        script.stream.onElement { log.append($0.name) }
        try script.receive(
            "<message id='1'/><presence from='a@b'/><r xmlns='urn:xmpp:sm:3'/><message id='2'/>")
        XCTAssertEqual(log, ["message 1", "presence a@b", "r", "message 2"])
    }

    func testACancelledHandlerIsNotCalledAgain() throws {
        let script = began()
        var log: [String] = []
        var second: Registration?
        let first = script.stream.onMessage { _ in
            log.append("first")
            second?.cancel()
        }
        second = script.stream.onMessage { _ in log.append("second") }
        try script.receive("<message/>")
        first.cancel()
        try script.receive("<message/>")
        XCTAssertEqual(log, ["first"])
    }

    func testWhatIsReceivedInAHandlerWaitsForTheStanzaAtHand() throws {
        let script = began()
        var log: [String] = []
        script.stream.onMessage { message in
            log.append("begin \(message.id ?? "")")
            if message.id == "1" {
                arrive("<message id='2'/>", at: script.stream)
                do throws(StreamError) {
                    try script.receive(Message(to: nil))
                } catch {
                    XCTFail("\(error)")
                }
            }
            log.append("end \(message.id ?? "")")
        }
        try script.receive("<message id='1'/>")
        XCTAssertEqual(log, ["begin 1", "end 1", "begin 2", "end 2", "begin ", "end "])
    }

    func testAHandlerMayAddAndCancelHandlers() throws {
        let script = began()
        var log: [String] = []
        script.stream.onMessage { _ in
            log.append("outer")
            var inner: Registration?
            inner = script.stream.onMessage { _ in
                log.append("inner")
                inner?.cancel()
            }
        }
        try script.receive("<message/>")
        XCTAssertEqual(log, ["outer"], "one that was added is called from the next stanza on")
        try script.receive("<message/>")
        try script.receive("<message/>")
        XCTAssertEqual(log, ["outer", "outer", "inner", "outer", "inner"])
    }

    func testANewConnectionSeesNothingOfTheOldOne() throws {
        let script = began()
        var ids: [String?] = []
        script.stream.onMessage { ids.append($0.id) }
        try script.receive("<message id='1'/><message id='2'>")
        script.stream.end()
        script.stream.restart()
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>"
        try script.receive(header + "<message id='3'/>")
        XCTAssertEqual(ids, ["1", "3"])
    }

    func testAStreamMayBeRestartedWhereItsSessionEnds() throws {
        let script = began()
        var ids: [String?] = []
        script.stream.onMessage { ids.append($0.id) }
        script.stream.onSession { [unowned stream = script.stream] event in
            if case .ended = event { stream.restart() }
        }
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>"
        XCTAssertThrowsError(try script.receive("<message><!-- -->"))
        try script.receive(header + "<message id='1'/>")
        XCTAssertEqual(ids, ["1"])
    }

    func testRestartingAtAnElementThatWasHandedInCountsAtOnce() throws {
        let script = began()
        var ids: [String?] = []
        script.stream.onMessage { ids.append($0.id) }
        script.stream.onElement { [unowned stream = script.stream] element in
            if element.name == "success" { stream.restart() }
        }
        try script.stream.receive(Element("success", in: .sasl))
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>"
        try script.receive(header + "<message id='1'/>")
        XCTAssertEqual(ids, ["1"])
    }

    func testNothingIsDeliveredBehindAStreamErrorUntilRestart() throws {
        let script = began()
        script.stream.onMessage { _ in XCTFail("the stream is over") }
        var written: [UInt8] = []
        let closing = StanzaStream(write: { written += $0 })
        let error = "<stream:error><reset xmlns='\(XMLNamespace.streamErrors)'/></stream:error>"
        let opened = "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>"
        XCTAssertThrowsError(try closing.receive((opened + error).utf8))
        XCTAssertEqual(String(decoding: written, as: UTF8.self), "</stream:stream>")
        XCTAssertThrowsError(try script.receive(error + "<message id='behind'/>"))
        for _ in 0..<2 {
            XCTAssertThrowsError(try script.receive("<message id='later'/>")) {
                XCTAssertEqual($0 as? StreamError, StreamError(.reset, origin: .remote))
            }
        }
        XCTAssertThrowsError(try script.receive(Message(to: nil)))
        let stream = StanzaStream(write: { _ in })
        stream.onMessage { _ in XCTFail("the header was refused") }
        let header = "<stream:stream xmlns='jabber:server' xmlns:stream='\(XMLNamespace.streams)'>"
        XCTAssertThrowsError(try stream.receive(header.utf8))
        XCTAssertThrowsError(try stream.receive("<message xmlns='jabber:client'/>".utf8))
    }

    func testChangesOfTheSessionWaitForTheOneAtHand() {
        let script = ScriptedStream(as: own)
        var log: [String] = []
        let stream = script.stream
        stream.onSession { [unowned stream] event in
            log.append("1 \(event)")
            if case .ended = event, log.count < 4 { stream.begin(as: "romeo@montague.example/2") }
        }
        stream.onSession { log.append("2 \($0)") }
        script.begin()
        stream.request(IQ(.get, payload: ping)) { [unowned stream] _ in
            log.append("reply")
            stream.end()
        }
        stream.end()
        XCTAssertEqual(
            log,
            [
                "1 began", "2 began", "reply", "1 ended(nil)", "2 ended(nil)",
            ])
        XCTAssertFalse(stream.isInSession)
        log = []
        script.begin()
        stream.end()
        XCTAssertEqual(
            log, ["1 began", "2 began", "1 ended(nil)", "2 ended(nil)", "1 began", "2 began"])
        XCTAssertTrue(stream.isInSession)
    }

    func testOnlyASessionThatHasNotEndedIsResumed() {
        let script = ScriptedStream(as: own)
        XCTAssertFalse(script.stream.resume())
        script.begin()
        XCTAssertTrue(script.stream.resume())
        script.stream.end()
        XCTAssertFalse(script.stream.resume())
    }

    func testWhatACancelledHandlerHoldsIsReleased() {
        final class Held {}
        var held: Held? = Held()
        weak let remembered = held
        let script = began()
        let registration = script.stream.onMessage { [held] _ in _ = held }
        let request = script.stream.request(IQ(.get, id: "r", payload: ping)) { [held] _ in _ = held
        }
        held = nil
        XCTAssertNotNil(remembered)
        registration.cancel()
        request.cancel()
        XCTAssertNil(remembered)
        var isSent = true
        script.stream.request(IQ(.get, id: "r", payload: ping)) { _ in isSent = false }
        XCTAssertTrue(isSent, "the id is free again")
    }

    func testAResourceIsBoundByARequestBeforeTheSession() throws {
        let script = ScriptedStream(as: own)
        var bound: String?
        script.stream.request(IQ(.set, payload: Element("bind", in: .bind))) { answer in
            bound = try? answer.get().payload?.first("jid", in: .bind)?.text
        }
        try script.receive(
            "<iq type='result' id='id1'><bind xmlns='\(XMLNamespace.bind)'><jid>a@b/c</jid></bind></iq>"
        )
        XCTAssertEqual(bound, "a@b/c")
    }

    func testFeaturesAreRememberedUntilRestart() throws {
        let script = ScriptedStream(as: own)
        script.begin(features: "<ver xmlns='urn:xmpp:features:rosterver'/>")
        XCTAssertNotNil(script.stream.features?.first("ver", in: "urn:xmpp:features:rosterver"))
        script.stream.restart()
        XCTAssertNil(script.stream.features)
        XCTAssertNil(script.stream.header)
        try script.receive(
            "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)' id='2'>")
        XCTAssertEqual(script.stream.header?.id, "2")
    }

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

    // MARK: Errors

    func testMalformedBytesAreToldToThePeerAndEndTheSession() throws {
        let script = began()
        _ = script.takeSent()
        var events: [SessionEvent] = []
        script.stream.onSession { events.append($0) }
        XCTAssertThrowsError(try script.receive("<message><!-- -->"))
        XCTAssertEqual(events, [.ended(StreamError(.restrictedXML))])
        let sent = script.takeSent()
        XCTAssertEqual(sent.count, 1)
        XCTAssertEqual(sent.first.map(StreamError.init(received:))?.condition, .restrictedXML)
        XCTAssertThrowsError(try script.receive("<message/>"), "until restart")
        XCTAssertEqual(script.takeSent(), [], "told once")
    }

    func testAStreamErrorOfThePeerEndsTheSession() throws {
        let script = began()
        var events: [SessionEvent] = []
        script.stream.onSession { events.append($0) }
        let xml = """
            <stream:error><see-other-host xmlns='\(XMLNamespace.streamErrors)'>b.example</see-other-host>\
            <text xmlns='\(XMLNamespace.streamErrors)'>Moved</text><own xmlns='u'/></stream:error>
            """
        XCTAssertThrowsError(try script.receive(xml)) { error in
            let error = error as? StreamError
            XCTAssertEqual(error, StreamError(.seeOtherHost, origin: .remote))
            XCTAssertEqual(error?.conditionText, "b.example")
            XCTAssertEqual(error?.text, "Moved")
            XCTAssertEqual(error?.applicationCondition, Element("own", in: "u"))
        }
        XCTAssertEqual(events, [.ended(StreamError(.seeOtherHost, origin: .remote))])
    }

    func testAStanzaBeyondALimitIsReportedAndTheStreamGoesOn() throws {
        var limits = ParserLimits()
        limits.stanzaBytes = 100
        let stream = StanzaStream(limits: limits, write: { _ in })
        var log: [String] = []
        stream.onDiagnostic { log.append("\($0.kind)") }
        stream.onMessage { log.append($0.id ?? "") }
        let filling = String(repeating: "x", count: 100)
        try stream.receive(
            "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'><message>\(filling)</message><message id='2'/>"
                .utf8)
        XCTAssertEqual(log, ["stanzaBeyondLimit(StanzaKit.ParserLimits.Kind.stanzaBytes)", "2"])
    }

    func testAnotherContentNamespaceIsRefused() {
        let stream = StanzaStream(write: { _ in })
        let header = "<stream:stream xmlns='jabber:server' xmlns:stream='\(XMLNamespace.streams)'>"
        XCTAssertThrowsError(try stream.receive(header.utf8)) { error in
            XCTAssertEqual(error as? StreamError, StreamError(.invalidNamespace))
        }
    }

    // MARK: Components

    func testAComponentSeesAndSendsStanzasInItsContentNamespace() throws {
        var written: [UInt8] = []
        let stream = StanzaStream(role: .component, makeID: { "1" }, write: { written += $0 })
        var presences: [Presence] = []
        stream.onPresence { presences.append($0) }
        let header =
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='\(XMLNamespace.streams)' xml:lang='de'>"
        let forwarded = "<f xmlns='urn:xmpp:forward:0'><show xmlns='jabber:component:accept'/></f>"
        try stream.receive(
            (header + "<presence from='a@b'><show>away</show>\(forwarded)</presence>").utf8)
        try stream.receive("<presence xmlns='jabber:client'><show>xa</show></presence>".utf8)
        XCTAssertEqual(
            presences.map { $0.element.first("show", in: .client)?.text }, ["away", "xa"])
        XCTAssertEqual(
            presences.first?.element.first("f", in: "urn:xmpp:forward:0")?.children.first { _ in
                true
            },
            Element("show", in: .component), "what was forwarded keeps its namespace")
        XCTAssertEqual(presences.first?.language, "de")

        try stream.send(try XCTUnwrap(presences.first))
        XCTAssertEqual(
            String(decoding: written, as: UTF8.self),
            "<presence from='a@b'><show>away</show><f xmlns='urn:xmpp:forward:0'>"
                + "<show xmlns='jabber:component:accept'/></f></presence>")
        written = []
        stream.begin(as: "gateway.example")
        stream.request(IQ(.get, to: "a@b", payload: ping)) { _ in }
        XCTAssertEqual(
            String(decoding: written, as: UTF8.self),
            "<iq to='a@b' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>")
    }

    func testAComponentAnswersFromTheAddressThatWasAsked() throws {
        var written: [UInt8] = []
        let stream = StanzaStream(role: .component, write: { written += $0 })
        var asked: [IQ] = []
        stream.onRequest(.get, "ping", in: "urn:xmpp:ping") { iq in
            asked.append(iq)
            return .later
        }
        let header =
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='\(XMLNamespace.streams)'>"
        try stream.receive(
            (header
                + "<iq type='get' id='1' from='a@b/c' to='x@gateway.example'><ping xmlns='urn:xmpp:ping'/></iq>")
                .utf8)
        XCTAssertEqual(written, [])
        stream.answer(try XCTUnwrap(asked.first), with: .result(nil))
        XCTAssertEqual(
            String(decoding: written, as: UTF8.self),
            "<iq id='1' type='result' to='a@b/c' from='x@gateway.example'/>")
    }

    func testTheHeaderAndTheEndOfAStreamAreWritten() throws {
        var written: [UInt8] = []
        let stream = StanzaStream(role: .server, write: { written += $0 })
        try stream.open(
            StreamHeader(attributes: [.init(.to, "b.example"), .init("version", "1.0")]))
        try stream.send(Presence(to: "a@b"))
        stream.close()
        stream.close()
        XCTAssertEqual(
            String(decoding: written, as: UTF8.self),
            "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='\(XMLNamespace.streams)' "
                + "to='b.example' version='1.0'><presence to='a@b'/></stream:stream>")
    }

    func testWhatIsNoXMLIsNotSent() {
        let script = began()
        _ = script.takeSent()
        XCTAssertThrowsError(
            try script.stream.send(Message(to: nil, children: [Element("a b", in: .client)])))
        XCTAssertEqual(script.takeSent(), [])
    }

    func testIDsAreNeverTheSame() {
        let (one, other) = (StanzaStream(write: { _ in }), StanzaStream(write: { _ in }))
        var ids: Set<String> = []
        for _ in 0..<1000 {
            ids.insert(one.makeID())
            ids.insert(other.makeID())
        }
        XCTAssertEqual(ids.count, 2000)
    }
}

/// Lets bytes arrive where nothing may be thrown.
private func arrive(_ xml: String, at stream: StanzaStream) {
    do throws(StreamError) {
        try stream.receive(xml.utf8)
    } catch {
        XCTFail("\(error)")
    }
}
