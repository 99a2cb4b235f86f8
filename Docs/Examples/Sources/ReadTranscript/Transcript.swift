import Foundation

/// A session of one or more clients with a real server, every stanza both ways, as it was recorded.
struct Transcript: Decodable {
    var server: String
    var scenario: String
    var streams: [Stream]
    var events: [Event]

    struct Stream: Decodable {
        var name: String
        var kind: String
        var jid: String
    }

    struct Event: Decodable {
        /// Seconds since the recording began.
        var t: Double?
        var stream: String?
        var dir: String?
        /// `header` or `close` for the tags of the stream itself.
        var part: String?
        var xml: String?
    }

    init(at path: String) throws {
        self = try JSONDecoder().decode(
            Transcript.self, from: Data(contentsOf: URL(filePath: path)))
    }
}
