import InteropSessions
import PresenceKit
import StanzaKit
import XCTest

/// Rooms of the server's own service (XEP-0045), from the presence that it sends.
final class RoomTests: XCTestCase {
    @MainActor
    func testWhoCreatesARoomOwnsIt() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let room = try stage.makeRoomAddress()
            try juliet.rooms.join(room, as: "Juliet")
            try await stage.eventually("she is in") { juliet.isIn(room) }
            let own = try stage.unwrap(juliet.rooms[room]?.ownOccupant, "occupant")
            stage.check(own.nick, is: "Juliet")
            stage.check(own.isSelf, is: true)
            stage.check(own.affiliation, is: .owner)
            stage.check(own.role, is: .moderator)
            stage.check(own.codes.contains(.created), "the room is not new")
            stage.check(juliet.hasOccupantsAsContacts(of: room), is: false)

            try juliet.rooms.leave(room)
            try await stage.eventually("she is out") { juliet.isOutside(room) }
            stage.check(juliet.departure(from: room)?.cause, is: .left)
        }
    }

    @MainActor
    func testOccupantsSeeEachOtherComeChangeAndGo() async throws {
        try await onStage { stage in
            let (room, juliet, romeo) = try await stage.balcony()
            stage.check(romeo.rooms[room]?.occupants.map(\.nick), is: ["Juliet", "Romeo"])
            stage.check(romeo.rooms[room]?.ownNick, is: "Romeo")
            // The owner sees who it really is.
            stage.check(juliet.rooms[room]?["Romeo"]?.jid, is: romeo.address)

            try romeo.rooms.setPresence(Presence(show: .away, status: "Climbing"))
            try await stage.eventually("Juliet sees him climb") {
                juliet.rooms[room]?["Romeo"]?.presence.show == .away
                    && juliet.rooms[room]?["Romeo"]?.presence.status == "Climbing"
            }
            try romeo.rooms.leave(room, status: "Morning")
            try await stage.eventually("he is gone") { juliet.rooms[room]?["Romeo"] == nil }
            let departures = juliet.roomEvents.compactMap { event in
                if case .occupantLeft(let who, let how) = event.event { (who, how) } else { nil }
            }
            stage.check(departures.map(\.0.nick), is: ["Romeo"])
            stage.check(departures.map(\.1.cause), is: [.left])
            stage.check(departures.first?.1.presence?.status, is: "Morning")
            stage.check(juliet.hasOccupantsAsContacts(of: room), is: false)
        }
    }

    @MainActor
    func testANicknameThatIsTakenIsRefused() async throws {
        try await onStage { stage in
            let (room, juliet, romeo) = try await stage.balcony()
            let nurse = try await stage.logIn("nurse")
            try nurse.rooms.join(room, as: "Romeo")
            try await stage.eventually("she is not let in") { nurse.rooms[room]?.refusal != nil }
            stage.check(nurse.rooms[room]?.refusal?.error.condition, is: .conflict)
            stage.check(nurse.isOutside(room), "one is in the room")

            try romeo.rooms.changeNick(in: room, to: "Juliet")
            try await stage.eventually("nor is he let be her") {
                romeo.roomEvents.contains {
                    if case .nickRefused = $0.event { true } else { false }
                }
            }
            stage.check(romeo.rooms[room]?.ownNick, is: "Romeo")

            try romeo.rooms.changeNick(in: room, to: "Montague")
            for session in [juliet, romeo] {
                try await stage.eventually("another name is his") {
                    session.rooms[room]?.occupants.map(\.nick) == ["Juliet", "Montague"]
                }
                stage.check(
                    session.roomEvents.count {
                        if case .nickChanged = $0.event { true } else { false }
                    }, is: 1)
                stage.check(
                    session.roomEvents.contains {
                        if case .occupantLeft = $0.event { true } else { false }
                    }, is: false)
            }
            stage.check(romeo.rooms[room]?.ownNick, is: "Montague")
        }
    }

    @MainActor
    func testWhoIsKickedIsToldByWhomAndWhy() async throws {
        try await onStage { stage in
            let (room, juliet, romeo) = try await stage.balcony()
            try await juliet.setRole(.noRole, of: "Romeo", in: room, reason: "Too loud")
            try await stage.eventually("he is out") { romeo.isOutside(room) }
            let departure = try stage.unwrap(romeo.departure(from: room), "departure")
            stage.check(departure.cause, is: .kicked)
            stage.check(departure.reason, is: "Too loud")
            try await stage.eventually("she sees it") { juliet.rooms[room]?["Romeo"] == nil }
            // He may come again.
            try romeo.rooms.join(room, as: "Romeo")
            try await stage.eventually("he is in") { romeo.isIn(room) }
        }
    }

    @MainActor
    func testWhoIsBannedMayNotComeAgain() async throws {
        try await onStage { stage in
            let (room, juliet, romeo) = try await stage.balcony()
            try await juliet.setAffiliation(.outcast, of: romeo.jid, in: room, reason: "Banished")
            try await stage.eventually("he is out") { romeo.isOutside(room) }
            let departure = try stage.unwrap(romeo.departure(from: room), "departure")
            stage.check(departure.cause, is: .banned)
            stage.check(departure.affiliation, is: .outcast)
            stage.check(departure.reason, is: "Banished")

            try romeo.rooms.join(room, as: "Romeo")
            try await stage.eventually("he is not let in") { romeo.rooms[room]?.refusal != nil }
            stage.check(romeo.rooms[room]?.refusal?.error.condition, is: .forbidden)
        }
    }

    @MainActor
    func testAnAffiliationIsSeenByAll() async throws {
        try await onStage { stage in
            let (room, juliet, romeo) = try await stage.balcony()
            await stage.refused(.notAllowed) {
                try await romeo.setRole(.noRole, of: "Juliet", in: room)
            }
            try await juliet.setAffiliation(.admin, of: romeo.jid, in: room)
            for session in [juliet, romeo] {
                try await stage.eventually("Romeo is an admin and a moderator") {
                    session.rooms[room]?["Romeo"]?.affiliation == .admin
                        && session.rooms[room]?["Romeo"]?.role == .moderator
                }
            }
        }
    }

    @MainActor
    func testARoomThatIsDestroyedTellsWhereToGo() async throws {
        try await onStage { stage in
            let (room, juliet, romeo) = try await stage.balcony()
            let crypt = try stage.makeRoomAddress()
            try await juliet.destroy(room, reason: "Dawn", instead: crypt)
            for session in [juliet, romeo] {
                try await stage.eventually("nobody is in") {
                    session.isOutside(room)
                }
                guard case .destroyed(let destroy)? = session.departure(from: room)?.cause else {
                    stage.check(false, "it was not destroyed")
                    continue
                }
                stage.check(destroy.reason, is: "Dawn")
                stage.check(destroy.alternative?.bare, is: crypt)
            }
        }
    }

    @MainActor
    func testARoomWithAPasswordAsksForIt() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let romeo = try await stage.logIn("romeo")
            let room = try await stage.makeRoom(
                of: juliet,
                [
                    "muc#roomconfig_passwordprotectedroom": "1",
                    "muc#roomconfig_roomsecret": "nightingale",
                ])
            for password in [nil, "lark"] {
                try romeo.rooms.join(room, as: "Romeo", password: password)
                try await stage.eventually("he is not let in") {
                    romeo.roomEvents.contains {
                        if case .joinRefused = $0.event { true } else { false }
                    }
                }
                stage.check(romeo.rooms[room]?.refusal?.error.condition, is: .notAuthorized)
                romeo.forget()
            }
            try romeo.rooms.join(room, as: "Romeo", password: "nightingale")
            try await stage.eventually("he is in") { romeo.isIn(room) }
        }
    }

    @MainActor
    func testARoomForMembersLetsMembersIn() async throws {
        try await onStage { stage in
            let juliet = try await stage.logIn("juliet")
            let romeo = try await stage.logIn("romeo")
            let room = try await stage.makeRoom(of: juliet, ["muc#roomconfig_membersonly": "1"])
            try romeo.rooms.join(room, as: "Romeo")
            try await stage.eventually("he is not let in") { romeo.rooms[room]?.refusal != nil }
            stage.check(romeo.rooms[room]?.refusal?.error.condition, is: .registrationRequired)

            try await juliet.setAffiliation(.member, of: romeo.jid, in: room)
            try romeo.rooms.join(room, as: "Romeo")
            try await stage.eventually("he is in") { romeo.isIn(room) }
            stage.check(romeo.rooms[room]?.ownOccupant?.affiliation, is: .member)

            try await juliet.setAffiliation(.unaffiliated, of: romeo.jid, in: room)
            try await stage.eventually("he is out") { romeo.isOutside(room) }
            stage.check(romeo.departure(from: room)?.cause, is: .affiliationChanged)
        }
    }

    @MainActor
    func testWhoLosesTheConnectionComesInAgain() async throws {
        try await onStage { stage in
            let (room, juliet, romeo) = try await stage.balcony()
            await romeo.drop()
            stage.check(romeo.isOutside(room), "one is in the room")
            stage.check(romeo.departure(from: room)?.cause, is: .sessionEnded)
            try await stage.eventually("Juliet sees him go", within: .seconds(15)) {
                juliet.rooms[room]?["Romeo"] == nil
            }
            try await romeo.logIn()
            try romeo.rooms.rejoin()
            for session in [juliet, romeo] {
                try await stage.eventually("he is in again") {
                    session.rooms[room]?["Romeo"] != nil
                        && session.isIn(room)
                }
            }
            stage.check(romeo.rooms[room]?.ownNick, is: "Romeo")
        }
    }
}

extension Stage {
    /// The address of a room that there was never before.
    func makeRoomAddress() throws -> BareJID {
        try BareJID(
            local: "room-\(UInt32.random(in: .min ... .max))", domain: server.rooms.domain)
    }

    /// A room that somebody owns and is in.
    func makeRoom(
        of owner: Session, _ fields: KeyValuePairs<String, String> = [:]
    ) async throws -> BareJID {
        let room = try makeRoomAddress()
        try owner.rooms.join(room, as: "Juliet")
        try await eventually("the room is there") { owner.isIn(room) }
        try await owner.configure(room, fields)
        owner.forget()
        return room
    }

    /// A room of Juliet's with Romeo in it.
    func balcony() async throws -> (room: BareJID, juliet: Session, romeo: Session) {
        let juliet = try await logIn("juliet")
        let romeo = try await logIn("romeo")
        let room = try await makeRoom(of: juliet)
        try romeo.rooms.join(room, as: "Romeo")
        try await eventually("both are in") {
            romeo.isIn(room) && juliet.rooms[room]?["Romeo"] != nil
        }
        return (room, juliet, romeo)
    }
}
