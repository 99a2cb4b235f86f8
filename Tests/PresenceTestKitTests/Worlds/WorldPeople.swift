import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// Who lives in a world, and what they call things: addresses and texts that are not all plain.
enum WorldPeople {
    /// The accounts.
    static let accounts: [BareJID] = [
        "romeo@montague.example", "juliet@capulet.example", "nurse@capulet.example",
        "mercutio@b\u{FC}cher.example", "jos\u{E9}@montague.example",
    ]

    /// Those who can be spoken of and are not there: nobody, and one whose domain is not there.
    static let outsiders: [BareJID] = ["nobody@capulet.example", "tybalt@far.example"]

    /// All who can be spoken of, some in another spelling.
    static let contacts: [BareJID] =
        accounts + outsiders
        + [
            "Juliet@CAPULET.example", "mercutio@xn--bcher-kva.example",
            "jos\u{65}\u{301}@montague.example",
        ]
        .compactMap { try? BareJID(wire: $0) }

    /// The resources, two for each account.
    static let addresses: [JID] = accounts.enumerated().flatMap { index, account in
        ["orchard", index == 0 ? "a/b c" : "chamb\u{E9}r"].compactMap {
            try? JID(account).appending(resource: $0)
        }
    }

    /// Groups: some differ in nothing but how they are composed.
    static let groups = [
        "Friends", "friends", "Caf\u{E9}", "Cafe\u{301}", "<&\"'>", " ",
        "\u{1F984}\u{200D}\u{2B1B}",
    ]

    static let names = [
        "Romeo", "Jos\u{E9}", "Jose\u{301}", "", "  two  spaces ", "]]>",
        "\u{1F469}\u{200D}\u{1F4BB}",
    ]

    static let statuses: [String?] = [nil, "here", "", "\u{E9}", "e\u{301}", "<away & \"gone\">"]

    /// What a program of somebody is made of.
    static func makeup(using dice: inout SeededGenerator) -> Inhabitant.Makeup {
        var makeup = Inhabitant.Makeup()
        makeup.hasRoster = Int.random(in: 0..<8, using: &dice) > 0
        makeup.attachesRosterLater = Int.random(in: 0..<5, using: &dice) == 0
        makeup.hasCache = Bool.random(using: &dice)
        makeup.hasBook = Bool.random(using: &dice)
        makeup.hasFollower = Int.random(in: 0..<3, using: &dice) == 0
        makeup.givesIDs = Int.random(in: 0..<3, using: &dice) == 0
        let policies: [SubscriptionPolicy] = [.accept, .acceptAndAskBack, .decline]
        if Int.random(in: 0..<6, using: &dice) == 0,
            let policy = policies.randomElement(using: &dice)
        {
            makeup.policy = policy
        }
        return makeup
    }

    /// Presence of some kind.
    static func presence(using dice: inout SeededGenerator) -> Presence {
        let shows: [Presence.Show?] = [nil, nil, .chat, .away, .xa, .dnd]
        var presence = Presence(
            show: shows.randomElement(using: &dice) ?? nil,
            status: statuses.randomElement(using: &dice) ?? nil)
        if Bool.random(using: &dice) { presence.priority = Int8.random(in: -2...2, using: &dice) }
        return presence
    }
}
