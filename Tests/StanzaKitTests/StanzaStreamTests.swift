import PresenceTestKit
import StanzaKit
import XCTest

final class StanzaStreamTests: StreamTestCase {
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

    func testWhatArrivesInLineOnAStreamRestartedWhereItsSessionEndsIsLookedAt() throws {
        for wrong in ["<message><!-- -->", "<stream:error/>"] {
            let script = began()
            var ids: [String?] = []
            script.stream.onMessage { ids.append($0.id) }
            let header =
                "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>"
            script.stream.onSession { [unowned stream = script.stream] event in
                guard case .ended = event else { return }
                stream.restart()
                try? stream.receive((header + "<message id='1'/>").utf8)
            }
            XCTAssertThrowsError(try script.receive(wrong))
            XCTAssertEqual(ids, ["1"], "before anything else arrives")
        }
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

    func testTheBeginningAndTheEndOfThePeersStreamAreTold() throws {
        var log: [String] = []
        var sent = ""
        let stream = StanzaStream { sent += String(decoding: $0, as: UTF8.self) }
        stream.onStream { [unowned stream] event in
            switch event {
            case .opened(let header):
                XCTAssertEqual(stream.header, header)
                log.append("opened \(header.id ?? "")")
            case .closed:
                XCTAssertEqual(sent, "</stream:stream>", "it was answered")
                log.append("closed")
            }
        }
        stream.onSession { log.append("\($0)") }
        let header =
            "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)' id="
        try stream.receive("\(header)'1'".utf8)
        XCTAssertEqual(log, [])
        try stream.receive("></stream:stream>".utf8)
        XCTAssertEqual(log, ["opened 1", "closed"])

        (log, sent) = ([], "")
        stream.restart()
        stream.begin(as: own)
        try stream.receive("\(header)'2'></stream:stream>".utf8)
        XCTAssertEqual(log, ["began", "opened 2", "closed", "ended(nil)"])

        (log, sent) = ([], "")
        stream.restart()
        XCTAssertThrowsError(try stream.receive("\(header)'3'></stream:wrong>".utf8))
        XCTAssertEqual(log, ["opened 3"], "an error is thrown, and no event")
    }

    func testTheHeaderOfAStreamMayBeAnsweredInPlace() throws {
        let stream = StanzaStream { _ in }
        stream.onStream { [unowned stream] event in
            if case .opened = event { stream.begin(as: "montague.example") }
        }
        var isInSession = false
        stream.onPresence { [unowned stream] _ in isInSession = stream.isInSession }
        try stream.receive(
            "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'><presence/>"
                .utf8)
        XCTAssertTrue(isInSession)
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
