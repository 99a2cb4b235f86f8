import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays the sessions of real clients with real servers, and compares what became of rooms, event
/// by event and in the end, with what an independent model makes of it.
final class RoomTranscriptTests: XCTestCase {
    func testRoomsGoThroughWhatTheyShould() throws {
        var (sessions, rooms, entries, occupants) = (0, 0, 0, 0)
        for file in try VectorFolder.files(of: .transcripts) {
            let path = file.url.deletingPathExtension().path() + ".expected.json"
            let expected = try JSON(VectorFile.bytes(of: URL(filePath: path)))
            let transcript = try file.json()
            for (name, expectation) in try XCTUnwrap(expected["streams"]?.members) {
                let session = try RecordedRoomSession(of: name, in: transcript, expectation)
                try session.play()
                let expectedRooms = try XCTUnwrap(expectation["rooms"]?.members)
                let place = "\(file.name) \(name)"
                XCTAssertEqual(
                    Set(session.rooms.rooms.map(\.address)),
                    Set(try expectedRooms.map { try BareJID(wire: $0.key) }), place)
                for (address, values) in expectedRooms {
                    let jid = try BareJID(wire: address)
                    let room = try XCTUnwrap(session.rooms[jid], place)
                    entries += try check(session.log[jid] ?? [], values, session.language, place)
                    occupants += try check(room, values, place)
                    XCTAssertEqual(
                        session.rooms.presence[jid].resources.compactMap(\.name), [], place)
                }
                sessions += 1
                rooms += expectedRooms.count
            }
        }
        XCTAssertGreaterThan(entries, 0)
        print(
            "compared \(sessions) sessions: \(rooms) rooms, \(entries) log entries, "
                + "\(occupants) occupants")
    }

    private func check(
        _ log: [RoomFacts], _ values: JSON, _ language: String, _ place: String
    ) throws -> Int {
        let expected = try XCTUnwrap(values["room_log"]?.array)
            .map { try RoomFacts($0, language: language) }
        XCTAssertEqual(log.count, expected.count, place)
        for (found, wanted) in zip(log, expected) { XCTAssertEqual(found, wanted, place) }
        return expected.count
    }

    private func check(_ room: Room, _ values: JSON, _ place: String) throws -> Int {
        let expected = try XCTUnwrap(values["occupants"]?.members)
        let isJoined = values["joined"]?.bool == true
        XCTAssertEqual(room.ownNick, values["own_nick"]?.string, place)
        XCTAssertEqual(
            room.membership, isJoined ? .joined(as: room.ownNick ?? "") : .outside, place)
        XCTAssertEqual(room.lastOwnNick, values["last_own_nick"]?.string, place)
        XCTAssertEqual(room.departure?.cause.recordedName, values["left_reason"]?.string, place)
        XCTAssertEqual(
            room.refusal?.error.condition.rawValue, values["join_error"]?.string, place)
        XCTAssertEqual(
            room.occupants.map { Array($0.nick.utf8) },
            expected.map { Array($0.key.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }, place)
        for (nick, values) in expected {
            let occupant = try XCTUnwrap(room[nick], place)
            XCTAssertEqual(
                try RoomFacts(occupant), try RoomFacts(values, language: ""), "\(place) \(nick)")
        }
        return expected.count
    }
}

/// The session of one recorded client, with a room client of this library in its place.
private final class RecordedRoomSession {
    let rooms: RoomClient
    let language: String
    private(set) var log: [BareJID: [RoomFacts]] = [:]
    private let stream: StanzaStream
    private let events: [(index: Int, event: JSON)]
    private let address: JID
    private var index = 0

    init(of name: String, in transcript: JSON, _ expectation: JSON) throws {
        events = try XCTUnwrap(transcript["events"]?.array).enumerated()
            .filter { $0.element["stream"]?.string == name }
            .map { (index: $0.offset, event: $0.element) }
        address = try JID(wire: try XCTUnwrap(expectation["jid"]?.string))
        language = expectation["stream_lang"]?.string ?? ""
        stream = StanzaStream(write: { _ in })
        rooms = RoomClient(PresenceClient(stream))
        rooms.onEvent { [unowned self] room, event in
            XCTAssertEqual(rooms[room.address], room, "it is told when it is true")
            do {
                log[room.address, default: []].append(try RoomFacts(event, in: room, at: index))
            } catch {
                XCTFail("\(error)")
            }
        }
    }

    func play() throws {
        stream.onElement { [unowned stream] in if $0.is("success", in: .sasl) { stream.restart() } }
        for (index, event) in events {
            guard let xml = event["xml"]?.string else { continue }
            self.index = index
            if event["dir"]?.string == "S>C" {
                // The state is that in front of the end, whoever ends the stream.
                if event["part"]?.string == "close" || xml.hasPrefix("<stream:error") { return }
                try stream.receive(xml.utf8)
                if !stream.isInSession, isBound(xml) { stream.begin(as: address) }
            } else if event["part"] == nil, let presence = presence(xml) {
                try rooms.send(presence)
            }
        }
    }

    private func presence(_ xml: String) -> Presence? {
        (try? Element(parsing: xml, in: .client)).flatMap(Presence.init)
    }

    private func isBound(_ xml: String) -> Bool {
        let iq = (try? Element(parsing: xml, in: .client)).flatMap(IQ.init)
        return iq?.type == .result && iq?.payload?.is("bind", in: .bind) == true
    }
}
