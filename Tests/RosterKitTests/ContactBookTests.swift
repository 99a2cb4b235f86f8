import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

final class ContactBookTests: XCTestCase {
    private let script = ScriptedStream(as: "romeo@montague.example/orchard")
    private lazy var roster = RosterClient(script.stream)
    private lazy var book = ContactBook(roster)
    private var log: [String] = []

    override func setUp() {
        book.onEvent { [unowned self] event in
            switch event {
            case .added(let contact):
                XCTAssertEqual(book.contacts[contact.jid], contact)
                log.append("+\(contact.jid) \(contact.relationship)")
            case .changed(let contact):
                XCTAssertEqual(book.contacts[contact.jid], contact)
                log.append("\(contact.jid) \(contact.relationship)")
            case .removed(let contact):
                XCTAssertNil(book.contacts[contact.jid])
                log.append("-\(contact.jid)")
            }
        }
        script.begin()
        _ = script.takeSent()
    }

    private func receive(_ xml: String) throws -> [String] {
        log = []
        try script.receive(xml)
        return log
    }

    private func push(_ item: String) throws -> [String] {
        try receive("<iq type='set' id='p'><query xmlns='jabber:iq:roster'>\(item)</query></iq>")
    }

    func testOneValueHasAllThatIsKnown() throws {
        XCTAssertEqual(
            try push("<item jid='a@b' name='A' subscription='to'/>"), ["+a@b weSeeThem"])
        XCTAssertEqual(try receive("<presence from='a@b/1'/>"), ["a@b weSeeThem"])
        XCTAssertEqual(
            try receive("<presence from='a@b' type='subscribe'><status>Hi</status></presence>"),
            ["a@b theyWait"])
        let contact = try XCTUnwrap(book.contacts["a@b"])
        XCTAssertEqual(contact.displayName, "A")
        XCTAssertEqual(contact.best?.name, "1")
        XCTAssertEqual(contact.request?.reason, "Hi")
        log = []
        try roster.presence.answer("a@b", .accept)
        XCTAssertEqual(log, ["a@b weSeeThem"])
        XCTAssertEqual(try push("<item jid='a@b' name='A' subscription='both'/>"), ["a@b mutual"])
        XCTAssertEqual(try push("<item jid='a@b' subscription='remove'/>"), ["a@b stranger"])
        XCTAssertEqual(try receive("<presence from='a@b/1' type='unavailable'/>"), ["-a@b"])
    }

    func testEveryRelationship() throws {
        for (attributes, relationship) in [
            ("subscription='none'", Contact.Relationship.unrelated),
            ("subscription='none' ask='subscribe'", .weWait), ("subscription='to'", .weSeeThem),
            ("subscription='from'", .theySeeUs), ("subscription='from' ask='subscribe'", .weWait),
            ("subscription='both'", .mutual),
        ] {
            _ = try push("<item jid='a@b' \(attributes)/>")
            XCTAssertEqual(book["a@b"].relationship, relationship, attributes)
        }
        XCTAssertEqual(try receive("<presence from='c@d/1'/>"), ["+c@d stranger"])
        XCTAssertEqual(try receive("<presence from='e@f' type='subscribe'/>"), ["+e@f theyWait"])
        XCTAssertEqual(
            try receive("<presence from='romeo@montague.example/home'/>"),
            ["+romeo@montague.example own"])
        XCTAssertEqual(book["nobody@example.net"].relationship, .stranger)
        XCTAssertEqual(
            book.contacts.all.map(\.jid), ["a@b", "c@d", "e@f", "romeo@montague.example"])
    }

    func testTheEndOfTheSessionLeavesTheEntries() throws {
        _ = try push("<item jid='a@b'/>")
        _ = try receive("<presence from='a@b/1'/><presence from='c@d/1'/>")
        log = []
        script.stream.end()
        XCTAssertEqual(log, ["a@b unrelated", "-c@d"])
        XCTAssertEqual(book.contacts.count, 1)
    }

    func testAnImportIsSeen() throws {
        _ = try push("<item jid='a@b'/>")
        log = []
        try roster.importRoster(
            Array(#"{"items":{"c@d":{"subscription":"both"}},"ver":"1"}"#.utf8))
        XCTAssertEqual(log, ["-a@b", "+c@d mutual"])
    }

    func testUpdatesBeginWithHowThingsStand() async throws {
        _ = try push("<item jid='a@b'/>")
        var updates = book.updates().makeAsyncIterator()
        _ = try receive("<presence from='a@b/1'/>")
        let first = await updates.next()
        XCTAssertEqual(first?.contacts["a@b"]?.presence.isOnline, false)
        let second = await updates.next()
        XCTAssertEqual(second?.events.count, 1)
        XCTAssertEqual(second?.contacts["a@b"]?.presence.isOnline, true)
    }

    /// Whatever happens, the book has what a new one finds, and its events lead from one to the
    /// other.
    func testTheBookIsWhatANewOneFinds() throws {
        var generator = SeededGenerator(seed: 5)
        var followed: [BareJID: Contact] = [:]
        book.onEvent { event in
            switch event {
            case .added(let contact):
                XCTAssertNil(followed[contact.jid])
                followed[contact.jid] = contact
            case .changed(let contact):
                XCTAssertNotNil(followed[contact.jid])
                followed[contact.jid] = contact
            case .removed(let contact): XCTAssertNotNil(followed.removeValue(forKey: contact.jid))
            }
        }
        let people = ["a@b", "c@d", "e@f", "romeo@montague.example"]
        for step in 0..<3_000 {
            let person = try XCTUnwrap(people.randomElement(using: &generator))
            switch Int.random(in: 0...7, using: &generator) {
            case 0, 1:
                let values = ["none", "to", "from", "both", "remove"]
                let value = try XCTUnwrap(values.randomElement(using: &generator))
                let group = Bool.random(using: &generator) ? "<group>G</group>" : ""
                _ = try push("<item jid='\(person)' subscription='\(value)'>\(group)</item>")
            case 2, 3:
                let number = Int.random(in: 0...2, using: &generator)
                _ = try receive("<presence from='\(person)/\(number)'/>")
            case 4: _ = try receive("<presence from='\(person)' type='unavailable'/>")
            case 5: _ = try receive("<presence from='\(person)' type='subscribe'/>")
            case 6:
                try roster.presence.answer(
                    BareJID(wire: person), Bool.random(using: &generator) ? .accept : .decline)
            default:
                if step % 20 == 0 {
                    script.stream.end()
                    script.begin()
                }
            }
            let fresh = ContactBook(roster).contacts.all
            for (found, expected) in zip(book.contacts.all, fresh) where found != expected {
                XCTFail("step \(step): \(found.jid) \(found) is \(expected)")
            }
            XCTAssertEqual(book.contacts.count, fresh.count)
            XCTAssertEqual(followed.count, fresh.count)
            XCTAssertTrue(fresh.allSatisfy { followed[$0.jid] == $0 })
        }
        XCTAssertGreaterThan(followed.count, 0)
    }
}
