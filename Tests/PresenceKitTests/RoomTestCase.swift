import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// A session of `hag66@shakespeare.lit/pda`, who wants to be `third` in `coven@chat`.
class RoomTestCase: XCTestCase {
    let coven: BareJID = "coven@chat"
    let script = ScriptedStream(as: "hag66@shakespeare.lit/pda")
    private(set) lazy var rooms = RoomClient(PresenceClient(script.stream))
    private(set) var events: [RoomEvent] = []
    /// What was reported of the last stanza.
    private(set) var diagnostics: [Diagnostic.Kind] = []

    override func setUp() {
        rooms.onEvent { [unowned self] room, event in
            XCTAssertEqual(rooms[room.address], room, "it is told when it is true")
            events.append(event)
        }
        script.stream.onDiagnostic { [unowned self] in diagnostics.append($0.kind) }
        script.begin()
    }

    var room: Room { get throws { try XCTUnwrap(rooms[coven]) } }

    /// Lets presence arrive from a nickname, or from the room itself.
    ///
    /// - Parameters:
    ///   - item: The attributes of an item; none where `nil`.
    ///   - more: Further children of `x`.
    ///   - presence: Children of the presence; with nothing else to say, there is no `x`.
    @discardableResult
    func receive(
        _ nick: String?, _ type: Presence.Kind = .available, item: String? = "role='participant'",
        codes: [Int] = [], more: String = "", presence: String = "", id: String? = nil
    ) throws -> String {
        let item = item.map { "<item \($0)/>" } ?? ""
        let codes = codes.map { "<status code='\($0)'/>" }.joined()
        let said = item + codes + more
        let x = said.isEmpty ? "" : "<x xmlns='\(XMLNamespace.mucUser)'>\(said)</x>"
        let type = type == .available ? "" : " type='\(type.rawValue)'"
        let id = id.map { " id='\($0)'" } ?? ""
        return try receive(
            xml:
                "<presence from='\(coven)\(nick.map { "/\($0)" } ?? "")'\(type)\(id)>\(presence)\(x)"
                + "</presence>")
    }

    /// Lets an error arrive.
    @discardableResult
    func receiveError(
        _ nick: String?, _ condition: StanzaError.Condition = .conflict, id: String? = nil
    ) throws -> String {
        try receive(
            nick, .error, item: nil, presence: StanzaError(condition).element.description, id: id)
    }

    /// Lets XML arrive, and gives what it was told as, in short.
    @discardableResult
    func receive(xml: String) throws -> String {
        events = []
        diagnostics = []
        try script.receive(xml)
        return told()
    }

    /// The events since the last time, in short.
    func told() -> String {
        defer { events = [] }
        return events.map(\.inShort).joined(separator: "; ")
    }

    /// Comes in, where `first` and `second` are already.
    func enter() throws {
        try rooms.join(coven, as: "third")
        for nick in ["first", "second"] { try receive(nick) }
        XCTAssertEqual(try receive("third", codes: [110]), "self-joined third")
        _ = script.takeSent()
    }

    /// The ids of what was sent.
    func sentIDs() -> [String?] { script.takeSent().map { $0[.id] } }

    /// What was sent, as XML without ids.
    func sent() -> [String] {
        script.takeSent().map { element in
            var element = element
            element[.id] = nil
            return element.description
        }
    }
}

extension RoomEvent {
    /// The name, and what tells it from others of the name.
    fileprivate var inShort: String {
        let detail =
            switch self {
            case .occupantListed(let occupant), .occupantJoined(let occupant),
                .selfJoined(let occupant), .occupantUpdated(let occupant, _):
                occupant.nick
            case .occupantLeft(let occupant, let departure):
                "\(occupant.nick) \(departure.cause.recordedName)"
            case .selfLeft(let departure): departure.cause.recordedName
            case .nickChanged(let old, let occupant, _): "\(old.nick) to \(occupant.nick)"
            case .joinRefused(let refusal), .nickRefused(let refusal):
                "\(refusal.nick) \(refusal.error.condition.rawValue)"
            default: ""
            }
        return detail.isEmpty ? recordedName : "\(recordedName) \(detail)"
    }
}
