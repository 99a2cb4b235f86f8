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
}
