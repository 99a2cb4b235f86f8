import PresenceKit
import StanzaKit
import XCTest

final class PresenceMakingTests: XCTestCase {
    private func presence(_ xml: String) throws -> Presence {
        try XCTUnwrap(Presence(Element(parsing: xml, in: .client)))
    }

    func testTheChildrenAreShowStatusPriorityNickAndThenThePayloads() throws {
        let everything = Presence(
            type: .available, to: "a@b/c", from: "c@d/e", id: "1", language: "en", show: .dnd,
            status: "s", priority: -1, payloads: [VCardAvatar.noImage, VCardAvatar.notReady])
        XCTAssertEqual(
            everything,
            try presence(
                """
                <presence to='a@b/c' from='c@d/e' id='1' xml:lang='en'><show>dnd</show>\
                <status>s</status><priority>-1</priority>\
                <x xmlns='vcard-temp:x:update'><photo/></x><x xmlns='vcard-temp:x:update'/></presence>
                """))
        XCTAssertEqual(
            Presence(type: .probe, status: "s", priority: 1, nickname: "n").element.children
                .map(\.name), ["status", "priority", "nick"])
        XCTAssertEqual(Presence(), try presence("<presence/>"))
        XCTAssertEqual(Presence(to: "a@b/c"), try presence("<presence to='a@b/c'/>"))
        XCTAssertEqual(
            Presence(show: .xa, status: "Curiouser and curiouser!"),
            try presence(
                "<presence><show>xa</show><status>Curiouser and curiouser!</status></presence>"))
    }

    func testNothingIsMadeThatIsIrregular() {
        for type in Presence.Kind.allCases {
            for show in [nil] + Presence.Show.allCases.map(Optional.some) {
                let presence = Presence(
                    type: type, to: "a@b/c", show: show, status: "", nickname: "n")
                XCTAssertEqual(presence.irregularities, [])
                XCTAssertEqual(presence.type, type)
                XCTAssertEqual(presence.show, type == .available ? show : nil)
                XCTAssertNil(presence.status)
                let isBroadcast = [.available, .unavailable].contains(type)
                XCTAssertEqual(presence.nickname, isBroadcast ? nil : "n")
                let isSubscription = type.rawValue.contains("subscribe")
                XCTAssertEqual(presence.to, isSubscription ? "a@b" : "a@b/c")
                XCTAssertEqual(
                    presence.error, type == .error ? StanzaError(.undefinedCondition) : nil)
            }
        }
    }

    func testAReplyAcknowledgesARequestToTheBareAddressAndNothingElse() throws {
        for type in Presence.Kind.allCases {
            var request = Presence(
                type: type, to: "me@x", from: "a@b/c", id: "1", language: "de", status: "s",
                nickname: "n")
            let (approval, denial) = (
                Presence(type: .subscribed, to: "a@b"), Presence(type: .unsubscribed, to: "a@b")
            )
            let isRequest = type == .subscribe
            XCTAssertEqual(
                request.reply(), isRequest ? approval : type == .unsubscribe ? denial : nil)
            XCTAssertEqual(request.approval(), isRequest ? approval : nil)
            XCTAssertEqual(request.denial(), isRequest ? denial : nil)
            XCTAssertNil(request.refusalOfUndefinedType())
            request.from = nil
            XCTAssertNil(request.reply() ?? request.approval() ?? request.denial())
        }
    }

    func testAComponentAnswersAsTheAddressThatWasAsked() throws {
        let request = Presence(type: .subscribe, to: "bot@gate.example/x", from: "a@b/c")
        XCTAssertEqual(
            request.reply(from: request.to?.bare)?.description,
            "<presence to='a@b' from='bot@gate.example' type='subscribed'/>")
        XCTAssertEqual(
            request.denial(from: request.to?.bare)?.description,
            "<presence to='a@b' from='bot@gate.example' type='unsubscribed'/>")
    }

    func testAnUndefinedTypeAsksForBadRequest() throws {
        let odd = try presence(
            "<presence type='odd' from='a@b/c' id='1'><show>xa</show></presence>")
        let refusal = try XCTUnwrap(odd.refusalOfUndefinedType())
        XCTAssertEqual(
            refusal.description,
            "<presence to='a@b/c' id='1' type='error'><error type='modify'>"
                + "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>")
        XCTAssertNil(odd.reply())
        XCTAssertNil(refusal.refusalOfUndefinedType())
    }
}
