import PresenceKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

/// A client with everything that it may have, in the state that a scenario is given.
final class SecurityScenario {
    let stream: StanzaStream
    let presence: PresenceClient
    let roster: RosterClient
    let rooms: RoomClient
    let id: String
    let given: JSON

    /// What roster, presence and rooms told first since the scenario began.
    private(set) var events: [String] = []
    /// How often the whole roster was told of since then.
    private(set) var rosterCount = 0
    /// What became of requests that are no roster requests.
    private(set) var outcomes: [Result<IQ, RequestError>] = []
    private(set) var failedImports = 0
    private let wire = Wire()
    private var handlers: [Registration] = []

    /// What goes over the connection.
    private final class Wire {
        var parser = StanzaParser()
        var sent: [Element] = []
        var ids: [String] = []
        var idCount = 0

        func makeID() -> String {
            idCount += 1
            return ids.isEmpty ? "setup\(idCount)" : ids.removeFirst()
        }

        func write(_ bytes: [UInt8]) {
            parser.receive(bytes)
            while case .element(let element)? = try? parser.next() { sent.append(element) }
        }
    }

    init(_ vector: JSON) throws {
        id = try XCTUnwrap(vector["id"]?.string)
        given = try XCTUnwrap(vector["given"])
        let wire = wire
        var limits = ParserLimits()
        // An application that wants short status sets the limit of the parser.
        if let bytes = given["limits"]?["maxStatusBytes"]?.int { limits.textBytes = bytes }
        stream = StanzaStream(
            limits: limits, makeID: { wire.makeID() }, write: { wire.write($0) })
        presence = PresenceClient(stream)
        roster = RosterClient(presence)
        rooms = RoomClient(presence)
        let header = "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)'>"
        wire.parser.receive(header.utf8)
        _ = try wire.parser.next()
        try stream.receive(
            (header + "<stream:features><ver xmlns='\(XMLNamespace.rosterVersioning)'/>"
                + "</stream:features>").utf8)
        switch given["policy"]?.string {
        case nil: break
        case "auto-approve": presence.policy = .accept
        case "auto-approve+reciprocate": presence.policy = .acceptAndAskBack
        case let policy?: XCTFail("\(id): a policy that is not understood: \(policy)")
        }
        try begin(as: JID(wire: try XCTUnwrap(vector["fullJID"]?.string)))
        _ = takeSent()
        handlers = [
            roster.onEvent { [unowned self] event in
                note(event)
                if case .initialRosterReceived = event { rosterCount += 1 }
            },
            presence.onEvent { [unowned self] in note($0) },
            rooms.onEvent { [unowned self] in note($1) },
        ]
    }

    private func note(_ event: some Sendable) {
        if events.count < 10 { events.append("\(event)") }
    }

    func takeSent() -> [Element] {
        defer { wire.sent = [] }
        return wire.sent
    }

    // MARK: What is given

    private func begin(as address: JID) throws {
        for key in given.members?.map(\.key) ?? [] {
            let known = [
                "roster", "rosterVersion", "available", "pendingIQs", "mucRooms", "policy",
                "limits",
            ]
            XCTAssertTrue(known.contains(key), "\(id): not understood: \(key)")
        }
        wire.ids = ["initial"]
        stream.begin(as: address)
        try receiveRoster(id: "initial", Self.query(given))
        if given["available"]?.bool == true { try presence.send(Presence()) }
        for room in given["mucRooms"]?.array ?? [] {
            let address = try BareJID(wire: try XCTUnwrap(room["room"]?.string))
            let nick = try XCTUnwrap(room["nick"]?.string)
            try rooms.join(address, as: nick)
            try stream.receive(
                """
                <presence from='\(address)/\(nick)'><x xmlns='\(XMLNamespace.mucUser)'>\
                <item affiliation='member' role='participant'/><status code='110'/></x></presence>
                """.utf8)
            XCTAssertEqual(rooms[address]?.ownNick, nick, id)
        }
        for request in given["pendingIQs"]?.array ?? [] {
            let id = try XCTUnwrap(request["id"]?.string)
            wire.ids = [id]
            if request["kind"]?.string == "roster-get" {
                roster.refresh()
            } else {
                let to = try request["to"]?.string.map { try JID(wire: $0) }
                stream.request(IQ(.get, to: to, payload: Element("query", in: "urn:x"))) {
                    [unowned self] in outcomes.append($0)
                }
            }
            XCTAssertEqual(wire.sent.last?[.id].map { Array($0.utf8) }, Array(id.utf8), self.id)
        }
    }

    private func receiveRoster(id: String, _ query: Element) throws {
        try stream.receive(IQ(.result, id: id, payload: query))
    }

    private static func query(_ given: JSON) throws -> Element {
        var query = Element(
            "query", in: .roster, attributes: ["ver": given["rosterVersion"]?.string])
        for item in try XCTUnwrap(given["roster"]?.array) {
            let groups = (item["groups"]?.array ?? []).compactMap(\.string).map {
                Element("group", in: .roster, text: $0)
            }
            query.append(
                Element(
                    "item", in: .roster,
                    attributes: [
                        "jid": item["jid"]?.string, "name": item["name"]?.string,
                        "subscription": item["subscription"]?.string, "ask": item["ask"]?.string,
                    ], children: groups))
        }
        return query
    }

    // MARK: Steps

    /// Lets one step happen.
    ///
    /// - Returns: How many stanzas, imports or calls that was.
    func perform(_ step: JSON) throws -> Int {
        if let xml = step["recv"]?.string {
            try stream.receive(xml.utf8)
        } else if let text = step["import"]?.string {
            do throws(RosterImportError) {
                try roster.importRoster(text.utf8)
            } catch {
                failedImports += 1
            }
        } else if let flood = step["repeat"] {
            let template = try XCTUnwrap(flood["template"]?.string).components(separatedBy: "{i}")
            let count = try XCTUnwrap(flood["count"]?.int)
            for index in 0..<count {
                try stream.receive(template.joined(separator: "\(index)").utf8)
            }
            return count
        } else if step["api"]?.string == "disconnect" {
            stream.end()
        } else {
            XCTFail("\(id): a step that is not understood")
        }
        return 1
    }

    /// Whether the roster request with that id still takes its answer, by giving it one.
    func takesRoster(as answer: String) throws -> Bool {
        let before = rosterCount
        try receiveRoster(id: answer, Element("query", in: .roster))
        return rosterCount == before + 1
    }

    // MARK: Reads

    /// All of the roster but its version, lives of entries included.
    var rosterText: String {
        "\(roster.roster.items.map { "\($0.id) \($0.jid.spelling) \($0)" }) \(roster.roster.groupNames)"
    }

    /// All of presence that others can change.
    var presenceText: String {
        let state = presence.state
        return "\(state.contacts) \(String(describing: state.ownResources)) \(state.requests)"
    }

    var roomText: String { "\(rooms.rooms)" }

    func resource(_ address: String) throws -> ContactPresence.Resource? {
        let jid = try JID(wire: address)
        return presence[jid.bare][jid.resource]
    }
}
