internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// The roster as people like to see it: groups, with contacts, and who is online.
struct RosterTree: CustomStringConvertible {
    private var lines: [String] = []

    init(of book: ContactBook) {
        let roster = book.roster.roster
        for group in roster.groupNames {
            lines.append(Words.shown(group))
            add(roster.members(of: group).map { book[$0.jid] })
        }
        if !roster.ungrouped.isEmpty {
            lines.append("(in no group)")
            add(roster.ungrouped.map { book[$0.jid] })
        }
        let others = book.contacts.all.filter { $0.item == nil && $0.relationship != .own }
        if !others.isEmpty {
            lines.append("(not in the roster)")
            add(others)
        }
        if lines.isEmpty { lines.append("(The roster is empty.)") }
    }

    var description: String { lines.joined(separator: "\n") }

    private mutating func add(_ contacts: [Contact]) {
        for (index, contact) in contacts.enumerated() {
            let branch = index + 1 == contacts.count ? "└─" : "├─"
            lines.append(" \(branch) \(Self.line(for: contact))")
        }
    }

    /// One contact, as it stands.
    private static func line(for contact: Contact) -> String {
        let presence = contact.best?.presence
        let mark =
            switch presence?.show {
            case _ where presence == nil: "○"
            case .away, .xa: "◐"
            case .dnd: "⊘"
            default: "●"
            }
        var line = "\(mark) \(Words.shown(contact.displayName))"
        if contact.displayName != "\(contact.jid)" { line += " <\(Words.shown("\(contact.jid)"))>" }
        if let show = presence?.show { line += " [\(show.rawValue)]" }
        if let status = presence?.status { line += " “\(Words.shown(status))”" }
        return line + note(on: contact)
    }

    private static func note(on contact: Contact) -> String {
        let asks = contact.request == nil ? "" : " (asks to see you)"
        let relation =
            switch contact.relationship {
            case .weWait: " (has not answered yet)"
            case .weSeeThem: " (does not see you)"
            case .theySeeUs: " (you do not see them)"
            case .unrelated: " (no subscription)"
            case .own, .theyWait, .mutual, .stranger: ""
            }
        return asks + relation
    }
}
