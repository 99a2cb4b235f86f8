import Foundation

/// Reads the recorded session of a client with a real server, and tells what happened.
@main
struct ReadTranscript {
    static let usage = """
        usage: ReadTranscript [FILE [STREAM]]

        FILE    a transcript; without one, four of the samples are read
        STREAM  whose stream to follow; by default the first client's. `list` lists them
        """

    static let samples = [
        ("prosody/roster-thirty-items.json", "alice/r2"),
        ("prosody/roster-rename-regroup.json", "alice/r1"),
        ("ejabberd/sub-handshake-multi-resource.json", "alice/r1"),
        ("prosody/sub-offline-request-with-payload.json", "bob/r1"),
    ]

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--help") || arguments.count > 2 { return print(usage) }
        if let path = arguments.first {
            return try read(path, stream: arguments.dropFirst().first)
        }
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Transcripts")
        for (file, stream) in samples {
            try read(folder.appending(path: file).path(), stream: stream)
        }
    }

    private static func read(_ path: String, stream wanted: String?) throws {
        let transcript = try Transcript(at: path)
        let clients = transcript.streams.filter { $0.kind == "c2s" }
        if wanted == "list" {
            for client in clients { print(client.name, client.jid) }
            return
        }
        guard let client = clients.first(where: { wanted == nil || $0.name == wanted }) else {
            print("There is no client’s stream called \(wanted ?? "anything"). Try `list`.")
            exit(1)
        }
        print("\(transcript.server), \(transcript.scenario): the session of \(client.jid)\n")
        let player = try Player(transcript, stream: client)
        let report = Report(of: player)
        report.follow()
        try player.play(beforeTheEnd: report.summary)
        print("")
    }
}
