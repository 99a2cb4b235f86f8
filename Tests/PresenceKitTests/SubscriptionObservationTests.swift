import Foundation
import PresenceKit
import VectorSupport
import XCTest

/// Replays what five servers really did in each state.
final class SubscriptionObservationTests: XCTestCase {
    /// Where a client does not end like the roster result of the server, by rule; each demands where
    /// it ends instead.
    private enum Exception: String, CaseIterable {
        /// ejabberd shows no item whose subscription is `none` while the contact's request is open,
        /// and does not say so. The state is known exactly, that its item is hidden is not.
        case itemIsHidden = "an item is hidden"
        /// The same, for a resource that neither acts nor is available: it is told nothing at all,
        /// so it stays where it was.
        case watcherIsNotTold = "a change is not told to those who only watch"
        /// ejabberd forgets a request that the contact takes back without a word (RFC 6121, section
        /// 3.3.3), so the user may still answer it. Nothing comes of that.
        case requestIsTakenBack = "a request is taken back without a word"
        /// Prosody declines the contact's request when the contact is removed, and delivers it again
        /// all the same. It is told then.
        case requestComesBack = "a request that was declined comes back"
        /// Prosody obeys pre-approval and never shows it: the client knows better than the item.
        case approvalIsNotShown = "an approval is not shown"
    }

    /// The recordings beside the tables, in whatever folder.
    private func files(_ isWanted: (String) -> Bool) throws -> [VectorFile] {
        let files = try VectorFolder.all.flatMap { try $0.files() }
            .filter { $0.kind == .subscription && isWanted($0.url.lastPathComponent) }
        XCTAssertFalse(files.isEmpty)
        return files
    }

    func testAClientThatFollowsPushesEndsWhereTheServerDoes() throws {
        for file in try files({ $0.hasPrefix("observed-") }) {
            let json = try file.json()
            let server = try XCTUnwrap(json["server"]?.string)
            // These announce pre-approval; what they show of it is another matter.
            let announces = ["prosody", "prosody13", "ejabberdhead"].contains(server)
            let rows = try XCTUnwrap(json["results"]?.array).map(SubscriptionObservation.init)
            XCTAssertFalse(rows.isEmpty, server)
            var exceptions: [Exception: Int] = [:]
            for row in rows {
                for exception in [follow(row, announces, server), watch(row, server)] {
                    if let exception { exceptions[exception, default: 0] += 1 }
                }
            }
            if exceptions[.approvalIsNotShown] != nil {
                let approved = rows.first {
                    $0.start == "None+approved" && $0.event == .received(.subscribe)
                }
                XCTAssertEqual(approved?.after?.subscription, .from, "\(server) obeys it")
            }
            let notes = Exception.allCases.compactMap { exception in
                exceptions[exception].map { "\(exception.rawValue): \($0)" }
            }
            file.report(
                vectors: rows.count, steps: rows.count * 2, note: notes.joined(separator: ", "))
        }
    }

    /// The resource that acts, and hears everything.
    private func follow(
        _ row: SubscriptionObservation, _ announces: Bool, _ server: String
    ) -> Exception? {
        let name = "\(server): \(row.start) \(row.words)"
        var mirror = SubscriptionMirror(
            SubscriptionRecord(row.before, isPendingIn: row.wasPendingIn),
            announcesPreApproval: announces)
        switch row.event {
        case .sent(let stanza): mirror.sent(stanza)
        case .removed: mirror.sentRemoval()
        case .received: break
        }
        for arrival in row.actor { mirror.take(arrival) }

        let state = SubscriptionRecord(row.after, isPendingIn: row.isPendingIn).state
        if row.after == nil && row.isPendingIn && !row.actor.hasPush && mirror.record.isInRoster {
            XCTAssertEqual(mirror.record.state, .neitherPendingIn, name)
            return .itemIsHidden
        }
        if announces && row.event == .sent(.subscribed) && mirror.record.isApproved
            && row.after?.isApproved == false
        {
            XCTAssertEqual(
                mirror.record, SubscriptionRecord(state, isApproved: true), name)
            return .approvalIsNotShown
        }
        XCTAssertEqual(mirror.record.item, row.after, name)
        switch (mirror.record.state.isPendingIn, row.isPendingIn) {
        case (true, false):
            XCTAssertTrue(row.wasPendingIn, name)
            XCTAssertEqual(row.event, .received(.unsubscribe), name)
            XCTAssertEqual(row.actor, [], name)
            return .requestIsTakenBack
        case (false, true):
            XCTAssertEqual(row.event, .removed, name)
            XCTAssertTrue(row.contact.contains(.unsubscribed), name)
            return .requestComesBack
        default:
            XCTAssertEqual(mirror.record.state, state, name)
            return nil
        }
    }

    /// The resource that asked for the roster only: it has the items, and no requests.
    private func watch(_ row: SubscriptionObservation, _ server: String) -> Exception? {
        let name = "\(server): \(row.start) \(row.words)"
        var mirror = SubscriptionMirror(SubscriptionRecord(row.before), announcesPreApproval: false)
        for arrival in row.watcher { mirror.take(arrival) }
        if row.after == nil && row.isPendingIn && row.watcher == [] && row.before != nil {
            XCTAssertEqual(mirror.record.item, row.before, name)
            return .watcherIsNotTold
        }
        XCTAssertEqual(mirror.record.item, row.after, name)
        return nil
    }

    /// Where each server differs from this library's, which is where it was found to differ from the
    /// RFC.
    func testWhatServersDoOtherwiseIsWhatWasFoundBefore() throws {
        for file in try files({ $0 == "crosscheck.json" }) {
            let servers = try XCTUnwrap(file.json().members)
            XCTAssertFalse(servers.isEmpty)
            var cells = 0
            for (name, found) in servers {
                let json = try JSON(file.bytes(of: "observed-\(name).json"))
                let rows = try XCTUnwrap(json["results"]?.array).map(SubscriptionObservation.init)
                    .filter { $0.event != .removed }
                cells += try compare(rows.filter { !$0.isAboutApproval }, found["base"], name)
                if try XCTUnwrap(found["preApprovalVisible"]?.bool) {
                    cells += try compare(
                        rows.filter(\.isAboutApproval), found["preApproval(retain)"], name)
                } else {
                    XCTAssertEqual(found["preApproval(retain)"]?.members?.count, 0, name)
                }
            }
            file.report(vectors: servers.count, steps: cells)
        }
    }

    private func compare(
        _ rows: [SubscriptionObservation], _ found: JSON?, _ server: String
    ) throws -> Int {
        var comparison = SubscriptionComparison()
        for row in rows { try comparison.add(row) }
        let aspects = try XCTUnwrap(found?.members)
        XCTAssertEqual(
            Set(aspects.map(\.key)), Set(SubscriptionComparison.Aspect.allCases.map(\.rawValue)))
        var count = 0
        for (name, found) in aspects {
            let aspect = try XCTUnwrap(SubscriptionComparison.Aspect(rawValue: name), name)
            let cells = comparison.cells[aspect] ?? 0
            let differ = comparison.differ[aspect] ?? []
            XCTAssertEqual(cells, found["cells"]?.int, "\(server) \(name)")
            XCTAssertEqual(cells - differ.count, found["agree"]?.int, "\(server) \(name)")
            XCTAssertEqual(
                differ,
                try XCTUnwrap(found["differ"]?.array).map { ($0.array ?? []).map(\.string) },
                "\(server) \(name)")
            count += cells
        }
        return count
    }
}

extension SubscriptionMirror {
    fileprivate mutating func take(_ arrival: SubscriptionObservation.Arrival) {
        switch arrival {
        case .stanza(let stanza): received(stanza)
        case .push(let item?): received(item)
        case .push(nil): receivedRemoval()
        case .error: wasRefused()
        case .result: break
        }
    }
}

/// Counts where a server did something else than this library's server does.
private struct SubscriptionComparison {
    enum Aspect: String, CaseIterable {
        case newState, approved, itemPresent, routed, pushWhenRequired, noPushOtherwise
        case delivered, autoReply
    }

    var cells: [Aspect: Int] = [:]
    var differ: [Aspect: [[String?]]] = [:]

    mutating func add(_ row: SubscriptionObservation) throws {
        let server = SubscriptionServer()
        let stanza: SubscriptionStanza
        let outcome: SubscriptionOutcome
        switch row.event {
        case .sent(let sent):
            stanza = sent
            outcome = server.outcome(of: stanza, .outbound, in: try row.record())
        case .received(let received):
            stanza = received
            outcome = server.outcome(of: stanza, .inbound, in: try row.record())
        case .removed: return
        }
        let state = SubscriptionRecord(row.after, isPendingIn: row.isPendingIn).state
        note(.newState, row, outcome.after.state == state, state.rawValue)
        note(.approved, row, outcome.after.isApproved == (row.after?.isApproved ?? false))
        note(.itemPresent, row, outcome.after.isInRoster == (row.after != nil))
        note(.pushWhenRequired, row, outcome.push == nil || row.actor.hasPush)
        note(.noPushOtherwise, row, outcome.push != nil || !row.actor.hasPush)
        if outcome.direction == .outbound {
            let isRouted = row.contact.contains(stanza)
            note(.routed, row, outcome.isForwarded == isRouted, "\(outcome.forwarding)")
        } else {
            let isDelivered = row.actor.contains(.stanza(stanza))
            note(.delivered, row, outcome.isForwarded == isDelivered, "\(outcome.forwarding)")
            note(.autoReply, row, Set([outcome.reply?.stanza].compactMap(\.self)) == row.contact)
        }
    }

    private mutating func note(
        _ aspect: Aspect, _ row: SubscriptionObservation, _ agrees: Bool, _ remark: String? = nil
    ) {
        cells[aspect, default: 0] += 1
        if agrees { return }
        let words = ["must": "MUST", "shouldNot": "SHOULD NOT", "mustNot": "MUST NOT"]
        differ[aspect, default: []].append(
            [row.start] + row.words + [remark.map { words[$0] ?? $0 }])
    }
}
