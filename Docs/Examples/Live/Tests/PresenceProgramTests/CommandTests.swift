import PresenceKit
import StanzaKit
import XCTest

@testable import PresenceProgram

final class CommandTests: XCTestCase {
    func testEachCommandIsRead() throws {
        for (line, shown) in [
            ("add a@b", "add(a@b, nil, [])"),
            ("add a@b \"My Love\" One \"And Two\"", "add(a@b, My Love, One|And Two)"),
            ("remove a@b", "remove(a@b)"),
            ("rename a@b", "rename(a@b, nil)"),
            ("rename a@b My Love", "rename(a@b, My Love)"),
            ("group a@b One Two", "group(a@b, One|Two)"),
            ("ungroup a@b One", "ungroup(a@b, One)"),
            ("subscribe a@b", "subscribe(a@b, nil)"),
            ("subscribe a@b It is me", "subscribe(a@b, It is me)"),
            ("unsubscribe a@b/1", "unsubscribe(a@b)"),
            ("approve a@b", "approve(a@b)"), ("deny a@b", "deny(a@b)"),
            ("cancel a@b", "cancel(a@b)"),
            ("status online", "status(available, nil, nil)"),
            ("status offline Bye all", "status(unavailable, nil, Bye all)"),
            ("status xa Gone", "status(available, xa, Gone)"),
            ("join r@m me", "join(r@m, me, nil)"), ("join r@m me pw", "join(r@m, me, pw)"),
            ("leave r@m", "leave(r@m)"), ("probe a@b/1", "probe(a@b/1)"),
            ("wait 1.5", "wait(1.5)"), ("roster", "roster"), ("help", "help"), ("?", "help"),
            ("quit", "quit"), ("exit", "quit"),
        ] {
            XCTAssertEqual(try Command(line).map(Self.shown), shown, line)
        }
        for line in ["", "   ", "# add a@b", "#"] { XCTAssertNil(try Command(line), line) }
    }

    func testALineThatIsNoCommandIsRefused() {
        for line in [
            "dance", "add", "add @", "remove", "remove a@b c", "status", "status busy", "join r@m",
            "join r@m me pw more", "leave", "probe", "group a@b", "ungroup a@b", "wait",
            "wait soon", "wait -1", "wait nan",
            "wait inf", "wait 86401", "wait 1 2", "roster now", "quit now", "add \"a@b",
        ] {
            XCTAssertThrowsError(try Command(line), line)
        }
    }

    func testTheOverviewNamesEveryCommand() throws {
        for verb in [
            "add", "remove", "rename", "group", "ungroup", "subscribe", "unsubscribe", "approve",
            "deny", "cancel", "status", "join", "leave", "probe", "wait", "roster", "help",
        ] {
            XCTAssert(Command.overview.contains("\n\(verb)") || verb == "add", verb)
        }
    }

    private static func shown(_ command: Command) -> String {
        switch command {
        case .add(let contact, let name, let groups):
            "add(\(contact), \(name ?? "nil"), \(list(groups)))"
        case .remove(let contact): "remove(\(contact))"
        case .rename(let contact, let name): "rename(\(contact), \(name ?? "nil"))"
        case .group(let contact, let groups): "group(\(contact), \(list(groups)))"
        case .ungroup(let contact, let groups): "ungroup(\(contact), \(list(groups)))"
        case .subscribe(let contact, let reason): "subscribe(\(contact), \(reason ?? "nil"))"
        case .approve(let contact): "approve(\(contact))"
        case .deny(let contact): "deny(\(contact))"
        case .unsubscribe(let contact): "unsubscribe(\(contact))"
        case .cancel(let contact): "cancel(\(contact))"
        case .status(let own):
            "status(\(own.type == .unavailable ? "unavailable" : "available"), "
                + "\(own.show?.rawValue ?? "nil"), \(own.status ?? "nil"))"
        case .join(let room, let nick, let password):
            "join(\(room), \(nick), \(password ?? "nil"))"
        case .leave(let room): "leave(\(room))"
        case .probe(let contact): "probe(\(contact))"
        case .wait(let duration): "wait(\(duration / .seconds(1)))"
        case .roster: "roster"
        case .help: "help"
        case .quit: "quit"
        }
    }

    private static func list(_ groups: [String]) -> String {
        groups.isEmpty ? "[]" : groups.joined(separator: "|")
    }
}
