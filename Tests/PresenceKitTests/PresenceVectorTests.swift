import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// What holds for all files of presence vectors, whatever they are about.
final class PresenceVectorTests: XCTestCase {
    func testEveryFileIsReplayedOrAnnounced() throws {
        for file in try VectorFolder.files(of: .presence) {
            guard let kind = file.presenceKind else {
                XCTFail("\(file.name) is of no kind")
                continue
            }
            if PresenceVectorKind.replayed.contains(kind) { continue }
            print("not replayed yet: \(file.name)")
            XCTAssertFalse(file.folder.isExtra, "\(file.name) is not replayed yet")
        }
    }

    func testReadingEverythingOfAStanzaChangesNothing() throws {
        var stanzas: Set<String> = []
        for file in try VectorFolder.files(of: .presence) {
            collectStanzas(in: try file.json(), &stanzas)
        }
        var count = 0
        for xml in stanzas.sorted() {
            let namespace: XMLNamespace =
                xml.contains("'jabber:component:accept'") ? .component : .client
            guard let presence = try? Presence.received(xml, mode: namespace.mode) else { continue }
            let bytes = try presence.element.serialized()
            readEverything(of: presence)
            XCTAssertEqual(try presence.element.serialized(), bytes, xml)
            if namespace == .client {
                XCTAssertEqual(presence.element, try Element(parsing: xml, in: .client), xml)
            }
            count += 1
        }
        XCTAssertGreaterThan(count, 100)
        print("read \(count) presence stanzas, and changed none")
    }

    private func collectStanzas(in json: JSON, _ stanzas: inout Set<String>) {
        if let text = json.string, text.hasPrefix("<presence") { stanzas.insert(text) }
        for value in json.array ?? [] { collectStanzas(in: value, &stanzas) }
        for (_, value) in json.members ?? [] { collectStanzas(in: value, &stanzas) }
    }

    private func readEverything(of presence: Presence) {
        _ = (presence.to, presence.from, presence.id, presence.language, presence.error)
        _ = (presence.type, presence.show, presence.typeOrShow, presence.priority)
        _ = (presence.statuses, presence.status, presence.status(in: ["de-CH", "en"]))
        _ = (presence.nickname, presence.capabilities, presence.vCardAvatar)
        _ = (presence.delays, presence.idleSince, presence.irregularities)
        _ = (presence.reply(), presence.approval(), presence.denial())
        _ = (presence.refusalOfUndefinedType(), presence.malformed(Delay.self))
        let muc = presence.muc
        _ = (muc.nick, muc.room, muc.affiliation, muc.role, muc.jid, muc.codes)
        if let user = presence[MUCUser.self] {
            _ = (user.codes, user.password, user.destroy?.alternative, user.destroy?.reason)
            _ = (user.decline?.from, user.invites.map(\.continuation?.thread))
            for item in user.items {
                _ = (item.affiliation, item.role, item.jid, item.nick, item.reason)
                _ = (item.actor?.nick, item.actor?.jid, item.continuation?.thread)
            }
        }
        _ = presence[MUCJoin.self]?.history?.since
    }
}

extension XMLNamespace {
    fileprivate var mode: String { self == .component ? "component" : "client" }
}
