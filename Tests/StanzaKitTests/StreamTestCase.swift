import PresenceTestKit
import StanzaKit
import XCTest

/// What tests of the stream have in common: an account, and something to ask.
class StreamTestCase: XCTestCase {
    let own: JID = "romeo@montague.example/orchard"
    let ping = Element("ping", in: "urn:xmpp:ping")

    /// A stream whose session has begun.
    func began() -> ScriptedStream {
        let script = ScriptedStream(as: own)
        script.begin()
        return script
    }

    func xml(_ elements: [Element]) -> [String] { elements.map(\.description) }
}

/// Lets bytes arrive where nothing may be thrown.
func arrive(_ xml: String, at stream: StanzaStream) {
    do throws(StreamError) {
        try stream.receive(xml.utf8)
    } catch {
        XCTFail("\(error)")
    }
}
