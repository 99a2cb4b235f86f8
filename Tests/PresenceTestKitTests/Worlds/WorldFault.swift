import PresenceTestKit
import RosterKit
import StanzaKit

/// What goes wrong with what one program is sent, or sends. Only what an ordered stream lets go wrong:
/// presence and pushes are lost with their connection alone.
enum WorldFault {
    /// An answer to a request is lost, comes late, or behind others.
    case reply(Fault)
    /// A stanza comes twice, or is the last one.
    case any(Fault)
    /// Presence comes with content that nobody knows.
    case presence(Fault)
    /// A push comes without version.
    case push(Fault)
    case disconnect(afterBytes: Int, InMemoryServer.Connection.Direction)
    case halt([InMemoryServer.Connection.Direction])
    case proceed(resuming: Bool)
    case calm
}

extension WorldFault {
    static func random(using dice: inout SeededGenerator) -> WorldFault {
        let count = Int.random(in: 0..<400, using: &dice)
        switch Int.random(in: 0..<24, using: &dice) {
        case ..<3: return .reply(.lose)
        case ..<6: return .reply(.delay(by: .milliseconds(count)))
        case ..<9: return .reply(.holdBack(behind: count % 5))
        case ..<11: return .reply(.duplicate)
        case ..<13: return .any(.duplicate)
        case ..<14: return .presence(.inflate(byBytes: count))
        case ..<16: return .push(.omitVersion)
        case ..<17: return .any(.cut(afterBytes: count))
        case ..<18: return .any(.corrupt(.flip(1 << UInt8(count % 8), at: 0)))
        case ..<19:
            return .disconnect(
                afterBytes: count * 10, Bool.random(using: &dice) ? .toClient : .toServer)
        case ..<20: return .halt([.toClient])
        case ..<21: return .halt([])
        case ..<23: return .proceed(resuming: Bool.random(using: &dice))
        default: return .calm
        }
    }

    /// Lets it happen.
    func happen(to connection: InMemoryServer.Connection) {
        switch self {
        case .reply(let fault): connection.disturb(.replies, fault)
        case .any(let fault): connection.disturb(.stanzas(.toClient), fault)
        case .presence(let fault): connection.disturb(.presence, fault)
        case .push(let fault): connection.disturb(.pushes, fault)
        case .disconnect(let count, let direction):
            connection.disconnect(afterBytes: count, direction)
        case .halt(let directions):
            if directions.isEmpty { connection.halt() }
            for direction in directions { connection.halt(direction) }
        case .proceed(let isResumed): connection.proceed(resuming: isResumed)
        case .calm: connection.calm()
        }
    }
}

extension Fault {
    /// What it is, without how much of it.
    var kind: String { "\(self)".split(separator: "(").first.map(String.init) ?? "" }
}
