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

    // MARK: Errors

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
