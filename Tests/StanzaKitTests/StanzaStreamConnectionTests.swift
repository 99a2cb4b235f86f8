import PresenceTestKit
import StanzaKit
import XCTest

/// Headers, ends, errors and restarts: what a connection does with a stream.
final class StanzaStreamConnectionTests: StreamTestCase {
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

    func testAnotherContentNamespaceIsRefused() {
        let stream = StanzaStream(write: { _ in })
        let header = "<stream:stream xmlns='jabber:server' xmlns:stream='\(XMLNamespace.streams)'>"
        XCTAssertThrowsError(try stream.receive(header.utf8)) { error in
            XCTAssertEqual(error as? StreamError, StreamError(.invalidNamespace))
        }
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
}
