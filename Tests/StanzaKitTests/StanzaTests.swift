import StanzaKit
import XCTest

final class StanzaTests: XCTestCase {
    private func iq(_ xml: String) throws -> IQ {
        try XCTUnwrap(IQ(Element(parsing: xml, in: .client)))
    }

    func testAStanzaIsAViewOfItsElement() throws {
        let xml = "<iq xml:lang='de' type='get' id='1' from='A@B/c' odd='x'><q xmlns='u'/></iq>"
        var iq = try iq(xml)
        XCTAssertEqual(iq.type, .get)
        XCTAssertEqual(iq.id, "1")
        XCTAssertEqual(iq.from, "a@b/c")
        XCTAssertEqual(iq.element[.from], "A@B/c", "the server's spelling is kept")
        XCTAssertNil(iq.to)
        XCTAssertEqual(iq.language, "de")
        XCTAssertEqual(iq.payload, Element("q", in: "u"))
        XCTAssertEqual(
            iq.element, try Element(parsing: xml, in: .client), "reading changes nothing")
        iq.to = "x@y"
        iq.from = nil
        iq.language = nil
        XCTAssertEqual(
            iq.element,
            try Element(
                parsing: "<iq type='get' id='1' odd='x' to='x@y'><q xmlns='u'/></iq>", in: .client))
    }

    func testAStanzaOfAnotherKindIsNone() throws {
        for xml in ["<iq/>", "<presence/>", "<message/>", "<iq xmlns='u'/>"] {
            let element = try Element(parsing: xml, in: .client)
            let kinds = [IQ(element) != nil, Presence(element) != nil, Message(element) != nil]
            XCTAssertEqual(kinds, [xml == "<iq/>", xml == "<presence/>", xml == "<message/>"], xml)
        }
    }

    func testAMalformedAddressIsNoneAndStaysInTheElement() throws {
        let iq = try iq("<iq from='a@@b' to='' type='error'/>")
        XCTAssertNil(iq.from)
        XCTAssertNil(iq.to)
        XCTAssertEqual(iq.element[.from], "a@@b")
    }

    func testARequestIsAnsweredToItsSenderWithItsID() throws {
        let request = try iq("<iq from='A@B/c' to='me@x/y' id='7' type='set'><q xmlns='u'/></iq>")
        XCTAssertEqual(
            request.result(Element("r", in: "u"))?.description,
            "<iq id='7' type='result' to='A@B/c'><r xmlns='u'/></iq>")
        XCTAssertEqual(
            request.refusal(StanzaError(.forbidden))?.description,
            "<iq to='A@B/c' id='7' type='error'><error type='auth'>"
                + "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")
    }

    func testAnswersAndErrorsAreNeverAnswered() throws {
        for type in ["result", "error"] {
            let answer = try iq("<iq from='a@b' id='7' type='\(type)'/>")
            XCTAssertNil(answer.result())
            XCTAssertNil(answer.refusal(StanzaError(.badRequest)))
        }
        let presence = Presence(try Element(parsing: "<presence type='error'/>", in: .client))
        XCTAssertNil(presence?.refusal(StanzaError(.badRequest)))
        let message = Message(try Element(parsing: "<message type='error'/>", in: .client))
        XCTAssertNil(message?.refusal(StanzaError(.badRequest)))
        XCTAssertNotNil(Message(to: "a@b").refusal(StanzaError(.badRequest)))
    }

    /// Every condition, with the types of RFC 6120, section 8.3.3.
    func testEveryConditionIsReadAsItIsWritten() throws {
        let conditions: [(StanzaError.Condition, String, StanzaError.Kind)] = [
            (.badRequest, "bad-request", .modify), (.conflict, "conflict", .cancel),
            (.featureNotImplemented, "feature-not-implemented", .cancel),
            (.forbidden, "forbidden", .auth),
            (.gone, "gone", .cancel), (.internalServerError, "internal-server-error", .cancel),
            (.itemNotFound, "item-not-found", .cancel), (.jidMalformed, "jid-malformed", .modify),
            (.notAcceptable, "not-acceptable", .modify), (.notAllowed, "not-allowed", .cancel),
            (.notAuthorized, "not-authorized", .auth),
            (.policyViolation, "policy-violation", .modify),
            (.recipientUnavailable, "recipient-unavailable", .wait),
            (.redirect, "redirect", .modify),
            (.registrationRequired, "registration-required", .auth),
            (.remoteServerNotFound, "remote-server-not-found", .cancel),
            (.remoteServerTimeout, "remote-server-timeout", .wait),
            (.resourceConstraint, "resource-constraint", .wait),
            (.serviceUnavailable, "service-unavailable", .cancel),
            (.subscriptionRequired, "subscription-required", .auth),
            (.undefinedCondition, "undefined-condition", .cancel),
            (.unexpectedRequest, "unexpected-request", .wait),
        ]
        XCTAssertEqual(conditions.count, 22)
        for (condition, name, type) in conditions {
            XCTAssertEqual(condition.rawValue, name)
            XCTAssertEqual(condition.recommendedType, type, name)
            let error = StanzaError(condition)
            XCTAssertEqual(StanzaError(error.element), error)
            XCTAssertEqual(StanzaError(error.element)?.type, type)
        }
    }

    func testAnErrorKeepsEverythingThatItSays() throws {
        let xml = """
            <error by='muc.x' code='302' type='continue'><gone xmlns='\(XMLNamespace.stanzaErrors)'>xmpp:a@b</gone>\
            <text xmlns='\(XMLNamespace.stanzaErrors)' xml:lang='de'>Weg</text>\
            <text xmlns='\(XMLNamespace.stanzaErrors)'>Gone</text><own xmlns='u'/></error>
            """
        let error = try XCTUnwrap(StanzaError(Element(parsing: xml, in: .client)))
        XCTAssertEqual(error.condition, .gone)
        XCTAssertEqual(error.type, .continue)
        XCTAssertEqual(error.by, "muc.x")
        XCTAssertEqual(error.conditionText, "xmpp:a@b")
        XCTAssertEqual(error.texts, [.init("Weg", language: "de"), .init("Gone")])
        XCTAssertEqual(error.text(in: ["en", "DE-ch"]), "Weg")
        XCTAssertEqual(error.text(in: ["en"]), "Weg", "the first, where none fits")
        XCTAssertEqual(error.applicationConditions, [Element("own", in: "u")])
        let again = try XCTUnwrap(StanzaError(error.element))
        XCTAssertEqual(again.texts, error.texts)
        XCTAssertEqual(again.element, error.element)
    }

    func testAnErrorWithoutConditionOrTypeIsReadAllTheSame() throws {
        let iq = try iq("<iq type='error' id='1'><error type='odd'/></iq>")
        XCTAssertEqual(iq.error, StanzaError(.undefinedCondition))
        XCTAssertEqual(try self.iq("<iq type='error'/>").error, StanzaError(.undefinedCondition))
        XCTAssertNil(try self.iq("<iq type='get'><error type='cancel'/></iq>").error)
        let open = try self.iq(
            "<iq type='error'><error><payment-required xmlns='\(XMLNamespace.stanzaErrors)'/></error></iq>"
        )
        XCTAssertEqual(open.error?.condition.rawValue, "payment-required")
        XCTAssertEqual(open.error?.type, .cancel)
    }
}
