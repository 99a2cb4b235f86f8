import PresenceKit
import PresenceTestKit
import StanzaKit
import XCTest

/// Who may do what to whom: every cell of the tables of XEP-0045, sections 5.1 and 5.2, sent to a
/// service.
final class StandingTests: RoomServiceTestCase {
    private let affiliations: [Affiliation] = [.unaffiliated, .member, .admin, .owner]
    private let roles: [Role] = [.visitor, .participant, .moderator]

    /// Whoever is there may have any affiliation and role: a role can be given and taken without
    /// the affiliation.
    private func enter(_ client: String, as nick: String, _ affiliation: Affiliation, _ role: Role)
        throws
    {
        if affiliation != .unaffiliated {
            try admin(
                "crone",
                "<item jid='\(client)@shakespeare.lit' affiliation='\(affiliation.rawValue)'/>")
        }
        try join(client, as: nick)
        if self.role(of: nick) != role {
            try admin("crone", "<item nick='\(nick)' role='\(role.rawValue)'/>")
        }
        XCTAssertEqual(self.role(of: nick), role)
    }

    /// Those that can be: admins and owners always moderate.
    private var standings: [(affiliation: Affiliation, role: Role)] {
        affiliations.flatMap { affiliation in
            roles.filter { affiliation < .admin || $0 == .moderator }.map { (affiliation, $0) }
        }
    }

    // MARK: Roles

    /// The refusal by the prose of sections 8.2 to 8.4, 9.6 and 9.7, step by step.
    private func refusal(
        of actor: (affiliation: Affiliation, role: Role),
        _ target: (affiliation: Affiliation, role: Role), _ new: Role
    ) -> StanzaError.Condition? {
        // 8: such requests are denied unless they come from a moderator.
        if actor.role != .moderator { return .forbidden }
        let isAdmin = actor.affiliation == .admin || actor.affiliation == .owner
        let protects = target.affiliation == .admin || target.affiliation == .owner
        switch (target.role, new) {
        case let (old, new) where old == new: return nil
        case (_, .noRole):
            // 8.2: nobody is kicked by somebody of a lower affiliation; 5.1.3: a moderator only by
            // an admin or owner.
            if target.affiliation > actor.affiliation { return .notAllowed }
            return target.role == .moderator && !isAdmin ? .forbidden : nil
        case (_, .moderator): return isAdmin ? nil : .forbidden  // 9.6
        case (.moderator, _):
            // 9.7: not from an admin or owner; from others, by admins.
            if protects || target.affiliation > actor.affiliation { return .notAllowed }
            return isAdmin ? nil : .forbidden
        case (.participant, .visitor):
            // 8.4 and 8.5.
            return protects || target.affiliation > actor.affiliation ? .notAllowed : nil
        default: return nil  // 8.3
        }
    }

    func testRolesAreChangedByTheTable() throws {
        var count = 0
        for actor in standings {
            for target in standings {
                for new in Role.allCases {
                    try open()
                    try enter("hag", as: "actor", actor.affiliation, actor.role)
                    try enter("wicca", as: "target", target.affiliation, target.role)
                    let expected = refusal(of: actor, target, new)
                    let told = try admin("hag", "<item nick='target' role='\(new.rawValue)'/>")
                    let place = "\(actor) makes \(target) \(new)"
                    if let expected {
                        XCTAssertEqual(told.count, 1, place)
                        XCTAssertEqual(
                            told.first?.hasSuffix(" \(expected.rawValue)"), true,
                            "\(place): \(told)")
                        XCTAssertEqual(role(of: "target"), target.role, place)
                    } else {
                        XCTAssertTrue(told.contains("hag < room iq result"), "\(place): \(told)")
                        XCTAssertEqual(role(of: "target"), new == .noRole ? nil : new, place)
                        let others = told.filter { $0.hasPrefix("crone < target") }
                        XCTAssertEqual(others.count, new == target.role ? 0 : 1, place)
                    }
                    count += 1
                }
            }
        }
        XCTAssertEqual(count, 8 * 8 * 4)
    }

    // MARK: Affiliations

    func testAffiliationsAreChangedByTheTable() throws {
        // By rows: what the target is; by columns: what it is to be, as an outcast, unaffiliated, a
        // member, an admin and an owner. XEP-0045, sections 5.2.2, 5.2.3 and 9.1.
        let byAdmin: [(Affiliation, [StanzaError.Condition?])] = [
            (.outcast, [nil, nil, nil, .forbidden, .forbidden]),
            (.unaffiliated, [nil, nil, nil, .forbidden, .forbidden]),
            (.member, [nil, nil, nil, .forbidden, .forbidden]),
            (.admin, [.notAllowed, .forbidden, .forbidden, .forbidden, .forbidden]),
            (.owner, [.notAllowed, .forbidden, .forbidden, .forbidden, .forbidden]),
        ]
        let wanted: [Affiliation] = [.outcast, .unaffiliated, .member, .admin, .owner]
        var count = 0
        for actor in Affiliation.allCases {
            for (target, refusals) in byAdmin {
                for (new, byAdmin) in zip(wanted, refusals) {
                    for isPresent in [false, true] where target != .outcast || !isPresent {
                        let expected: StanzaError.Condition? =
                            switch actor {
                            case .owner: nil
                            case .admin: byAdmin
                            default: .forbidden
                            }
                        try open(affiliations: ["hag": actor, "wicca": target])
                        if isPresent { try join("wicca", as: "second") }
                        let told = try admin(
                            "hag",
                            "<item jid='wicca@shakespeare.lit' affiliation='\(new.rawValue)'/>")
                        let place = "\(actor) makes \(target) \(new), present: \(isPresent)"
                        XCTAssertEqual(
                            told.first,
                            expected.map {
                                "hag < room iq error \($0.recommendedType.rawValue) \($0.rawValue)"
                            } ?? "hag < room iq result", place)
                        if expected != nil { XCTAssertEqual(told.count, 1, place) }
                        let after =
                            service.affiliations(of: coven)[try user("wicca")] ?? .unaffiliated
                        XCTAssertEqual(after, expected == nil ? new : target, place)
                        count += 1
                    }
                }
            }
        }
        XCTAssertEqual(count, 5 * (4 * 2 + 1) * 5)
    }

    func testNobodyBansOneself() throws {
        for affiliation in [Affiliation.admin, .owner] {
            try open(affiliations: ["hag": affiliation])
            XCTAssertEqual(
                try admin("hag", "<item jid='hag@shakespeare.lit' affiliation='outcast'/>"),
                ["hag < room iq error cancel conflict"])
        }
    }

    func testThereIsAlwaysAnOwner() throws {
        try open()
        for new in ["admin", "member", "none"] {
            XCTAssertEqual(
                try admin("crone", "<item jid='crone@shakespeare.lit' affiliation='\(new)'/>"),
                ["crone < room iq error cancel conflict"])
        }
        let both =
            "<item jid='crone@shakespeare.lit' affiliation='none'/>"
            + "<item jid='hag@shakespeare.lit' affiliation='owner'/>"
        XCTAssertEqual(try admin("crone", both).first, "crone < room iq result")
        XCTAssertEqual(service.affiliations(of: coven), [try user("hag"): .owner])
    }

    // MARK: Lists

    func testListsAreShownByTheTable() throws {
        // Who may see the list of outcasts, members, admins and owners. Sections 5.2.2, 9.2, 9.5,
        // 10.5 and 10.8.
        let least: [(list: Affiliation, semiAnonymous: Affiliation, nonAnonymous: Affiliation)] = [
            (.outcast, .admin, .admin), (.member, .admin, .member), (.admin, .owner, .member),
            (.owner, .owner, .member),
        ]
        for actor in Affiliation.allCases {
            for row in least {
                for isNonAnonymous in [false, true] {
                    try open(affiliations: ["hag": actor]) { $0.isNonAnonymous = isNonAnonymous }
                    let told = try admin("hag", "<item affiliation='\(row.list.rawValue)'/>", "get")
                    let isShown = actor >= (isNonAnonymous ? row.nonAnonymous : row.semiAnonymous)
                    XCTAssertEqual(
                        told.first?.hasPrefix("hag < room iq result"), isShown,
                        "\(actor) \(row) \(isNonAnonymous)")
                    if !isShown { XCTAssertEqual(told, ["hag < room iq error auth forbidden"]) }
                }
            }
        }
    }

    func testRolesAreListedForThoseWhoMayChangeThem() throws {
        for actor in standings {
            for list in roles {
                try open([("wicca", "a"), ("hecate", "b")])
                try enter("hag", as: "actor", actor.affiliation, actor.role)
                let told = try admin("hag", "<item role='\(list.rawValue)'/>", "get")
                let isShown =
                    list == .moderator ? actor.affiliation >= .admin : actor.role == .moderator
                XCTAssertEqual(
                    told.first?.hasPrefix("hag < room iq result"), isShown, "\(actor) \(list)")
                if !isShown { XCTAssertEqual(told, ["hag < room iq error auth forbidden"]) }
            }
        }
    }
}
