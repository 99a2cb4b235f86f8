import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Rooms behind the in-memory server.
final class ServerRoomTests: XCTestCase {
    private let room: BareJID = "balcony@rooms.m.example"
    private let server = InMemoryServer()

    private final class Visitor {
        let connection: InMemoryServer.Connection
        let rooms: RoomClient

        init(_ server: InMemoryServer, _ address: JID) {
            connection = server.connect(as: address)
            rooms = RoomClient(PresenceClient(connection.stream))
        }
    }

    private lazy var romeo = Visitor(server, "romeo@m.example/orchard")
    private lazy var juliet = Visitor(server, "juliet@c.example/balcony")

    private func nicks(seenBy visitor: Visitor) -> [String] {
        visitor.rooms[room]?.occupants.map(\.nick).sorted() ?? []
    }

    func testWhoeverLosesTheConnectionLeavesTheRoom() throws {
        server.makeRoom(room, affiliations: ["romeo@m.example": .owner])
        XCTAssertFalse(server.makeRoom(room), "it is there")
        try romeo.rooms.join(room, as: "Romeo")
        try juliet.rooms.join(room, as: "Juliet")
        XCTAssertEqual(server.occupants(of: room), ["Romeo", "Juliet"])
        XCTAssertEqual(nicks(seenBy: romeo), ["Juliet", "Romeo"])
        juliet.connection.disconnect()
        XCTAssertEqual(server.occupants(of: room), ["Romeo"])
        XCTAssertEqual(nicks(seenBy: romeo), ["Romeo"])
        XCTAssertEqual(server.affiliations(of: room), ["romeo@m.example": .owner])
    }

    func testARoomIsWhereItsServiceIs() throws {
        try romeo.rooms.join(room, as: "Romeo")
        XCTAssertEqual(server.rooms, [])
        XCTAssertEqual(romeo.rooms[room]?.refusal?.error.condition, .remoteServerNotFound)
        server.addRoomService("rooms.m.example")
        try romeo.rooms.join(room, as: "Romeo")
        XCTAssertEqual(server.rooms, [room])
        XCTAssertEqual(nicks(seenBy: romeo), ["Romeo"])
    }

    func testAServiceThatEndsSendsEverybodyOut() throws {
        server.makeRoom(room)
        try romeo.rooms.join(room, as: "Romeo")
        var events: [RoomEvent] = []
        romeo.rooms.onEvent { events.append($1) }
        server.removeRoomService("rooms.m.example")
        XCTAssertEqual(server.rooms, [])
        XCTAssertEqual(nicks(seenBy: romeo), [])
        XCTAssertEqual(events.count, 1)
    }
}
