import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

extension XCTestCase {
    /// Replays every vector of every file of a kind, and reports each file.
    ///
    /// - Parameters:
    ///   - mode: Whose vectors are replayed; `nil` for both.
    ///   - replay: Replays one vector, counts what it demanded, and returns how many steps that
    ///     were.
    func replay(
        _ kind: PresenceVectorKind, _ mode: PresenceVectorMode? = nil,
        _ replay: (JSON, inout Demands) throws -> Int
    ) throws {
        try kind.replay(mode, replay)
    }
}

extension Presence {
    /// The presence that a stream delivers for `xml`; `nil` if it delivers none.
    static func received(_ xml: String, mode: String) throws(StreamError) -> Presence? {
        let stream = StanzaStream(role: mode == "component" ? .component : .client, write: { _ in })
        let namespace: XMLNamespace = mode == "component" ? .component : .client
        var presence: Presence?
        stream.onPresence { presence = $0 }
        try stream.receive(
            "<stream:stream xmlns='\(namespace)' xmlns:stream='\(XMLNamespace.streams)'>\(xml)"
                .utf8)
        return presence
    }
}
