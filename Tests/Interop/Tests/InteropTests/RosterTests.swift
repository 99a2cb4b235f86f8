import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit
import XCTest

/// The roster of one account, edited from two clients.
final class RosterTests: XCTestCase {
    @MainActor
    func testARosterIsWhatWasPutIntoIt() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let first = try await stage.logIn(account)
            stage.check(first.roster.roster.count, is: 0)
            let romeo: BareJID = "romeo@montague.test"
            try await first.roster.setEntry(
                romeo, name: .set("Romeo"), addingTo: ["Friends", "Verona"], timeout: .seconds(10))
            try await first.roster.setEntry("nurse@capulet.test", timeout: .seconds(10))
            try await first.settle()

            let second = try await stage.logIn(account, resource: "work")
            for session in [first, second] {
                try await stage.eventually("both entries are there") {
                    session.roster.roster.count == 2
                }
                let item = try stage.unwrap(session.roster.roster[romeo], "entry")
                stage.check(item.name, is: "Romeo")
                stage.check(item.groups.sorted(), is: ["Friends", "Verona"])
                stage.check(item.subscription, is: .neither)
                stage.check(session.roster.roster.ungrouped.map(\.jid), is: ["nurse@capulet.test"])
            }
        }
    }

    @MainActor
    func testTwoClientsSeeTheSameRosterWhoeverEdits() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let home = try await stage.logIn(account)
            let work = try await stage.logIn(account, resource: "work")
            let both = [home, work]
            let romeo: BareJID = "romeo@montague.test"

            try await home.roster.setEntry(romeo, name: .set("Romeo"), timeout: .seconds(10))
            try await stage.eventually("work has the entry") {
                work.roster.roster[romeo]?.name == "Romeo"
            }
            try await work.roster.setEntry(romeo, addingTo: ["Friends"], timeout: .seconds(10))
            try await stage.eventually("home has the group") {
                home.roster.roster.contains(group: "Friends")
            }
            try await home.roster.setEntry(romeo, name: .set("My Romeo"), timeout: .seconds(10))
            for session in both {
                try await stage.eventually("the name changed and the group stayed") {
                    session.roster.roster[romeo]?.name == "My Romeo"
                        && session.roster.roster[romeo]?.groups == ["Friends"]
                }
            }
            try await work.roster.setEntry(
                romeo, name: .remove, addingTo: ["Verona"], removingFrom: ["Friends"],
                timeout: .seconds(10))
            for session in both {
                try await stage.eventually("the name is gone and the group another") {
                    session.roster.roster[romeo]?.name == nil
                        && session.roster.roster.groupNames == ["Verona"]
                }
            }
            try await home.roster.removeEntry(romeo, timeout: .seconds(10))
            for session in both {
                try await stage.eventually("the roster is empty") {
                    session.roster.roster.count == 0 && session.roster.roster.groupNames.isEmpty
                }
                let told = session.rosterEvents.filter {
                    if case .entryRemoved = $0 { true } else { false }
                }
                stage.check(told.count, is: 1)
                stage.check(session.diagnostics, is: [])
            }
        }
    }

    @MainActor
    func testEditsThatCrossLeaveBothClientsWithOneRoster() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let home = try await stage.logIn(account)
            let work = try await stage.logIn(account, resource: "work")
            let contacts = (0..<8).compactMap { BareJID("contact\($0)@capulet.test") }
            // The first edits are sent before anything of them is known.
            async let ours: Void = home.edit(contacts, "home")
            async let theirs: Void = work.edit(contacts.reversed(), "work")
            _ = try await (ours, theirs)
            try await home.settle()
            try await work.settle()
            let fresh = try await stage.logIn(account, resource: "fresh")
            for session in [home, work] {
                try await stage.eventually("it has what the server has") {
                    session.roster.roster.contents == fresh.roster.roster.contents
                }
            }
            stage.check(fresh.roster.roster.count, is: contacts.count)
        }
    }

    @MainActor
    func testNamesAndGroupsKeepTheirExactText() async throws {
        try await onStage { stage in
            let account = try await stage.account("juliet")
            let session = try await stage.logIn(account)
            // Two groups that are equal to Swift's strings, and what XML has to escape.
            let alike = stage.traits.keepsGroupsOfOneNormalForm ? ["cafe\u{301}"] : []
            let groups = ["caf\u{e9}", "<&>'\"", "\u{1F47B} \u{5E9}\u{5DC}"] + alike
            try await session.roster.setEntry(
                "romeo@montague.test", name: .set("R & <J> \"\u{1F339}\""), addingTo: groups,
                timeout: .seconds(10))
            let fresh = try await stage.logIn(account, resource: "fresh")
            let item = try stage.unwrap(fresh.roster.roster["romeo@montague.test"], "entry")
            stage.check(item.name, is: "R & <J> \"\u{1F339}\"")
            stage.check(
                item.groups.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) },
                is: groups.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
            stage.check(fresh.roster.roster.groupNames.count, is: groups.count)
        }
    }

    @MainActor
    func testRemovingWhatIsNotThereDoesNoHarm() async throws {
        try await onStage { stage in
            let session = try await stage.logIn("juliet")
            if stage.traits.refusesToRemoveNothing {
                await stage.refused(.itemNotFound) {
                    try await session.roster.removeEntry(
                        "romeo@montague.test", timeout: .seconds(10))
                }
            } else {
                try await session.roster.removeEntry("romeo@montague.test", timeout: .seconds(10))
            }
            try await session.settle()
            stage.check(session.roster.roster.count, is: 0)
            let told = session.rosterEvents.filter {
                if case .entryRemoved = $0 { true } else { false }
            }
            stage.check(told, is: [])
        }
    }
}

extension Session {
    fileprivate func edit(_ contacts: [BareJID], _ group: String) async throws {
        for contact in contacts {
            try await roster.setEntry(
                contact, name: .set("by \(group)"), addingTo: [group], timeout: .seconds(10))
        }
    }
}
