import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

@testable import PresenceProgram

final class RosterTreeTests: XCTestCase {
    func testTheRosterIsDrawnWithWhoIsOnline() throws {
        let script = ScriptedStream(as: "juliet@capulet.example/balcony")
        let roster = RosterClient(script.stream)
        let book = ContactBook(roster)
        script.begin()
        XCTAssertEqual("\(RosterTree(of: book))", "(The roster is empty.)")
        try script.receive(
            "<iq type='set' id='1'><query xmlns='jabber:iq:roster'>"
                + "<item jid='a@b' name='Anna' subscription='both'><group>One</group></item></query></iq>"
        )
        try script.receive(
            "<iq type='set' id='2'><query xmlns='jabber:iq:roster'>"
                + "<item jid='c@d' name='C\u{202E}x' subscription='none' ask='subscribe'>"
                + "<group>One</group></item></query></iq>")
        try script.receive(
            "<iq type='set' id='3'><query xmlns='jabber:iq:roster'>"
                + "<item jid='e@f' subscription='from'/></query></iq>")
        try script.receive(
            "<presence from='a@b/1'><show>away</show><status>one&#10;two</status></presence>")
        try script.receive("<presence from='g@h' type='subscribe'/>")
        XCTAssertEqual(
            "\(RosterTree(of: book))",
            """
            One
             ├─ ◐ Anna <a@b> [away] “one two”
             └─ ○ Cx <c@d> (has not answered yet)
            (in no group)
             └─ ○ e@f (you do not see them)
            (not in the roster)
             └─ ○ g@h (asks to see you)
            """)
        XCTAssertEqual(
            try book.contacts.all.map { try JSONLine.encoded(Happening($0)) },
            [
                #"{"event":"contact","groups":["One"],"jid":"a@b","name":"Anna","pending":false,"resources":["1"],"show":"away","status":"one\ntwo","subscription":"both"}"#,
                #"{"event":"contact","groups":["One"],"jid":"c@d","name":"C\u202ex","pending":true,"resources":[],"subscription":"none"}"#,
                #"{"event":"contact","groups":[],"jid":"e@f","pending":false,"resources":[],"subscription":"from"}"#,
                #"{"event":"contact","jid":"g@h","resources":[]}"#,
            ])
    }
}
