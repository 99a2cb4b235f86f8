import Foundation
import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

// Something of each product, beside Foundation, which has a libxml2 and an ICU of its own.
let script = ScriptedStream(as: "juliet@capulet.example/balcony")
let roster = RosterClient(script.stream)
let presence = PresenceClient(script.stream)
script.begin()
let requests = script.takeSent()
try script.receive(
    """
    <iq type='result' id='id1'><query xmlns='jabber:iq:roster'>\
    <item jid='romeo@montague.example' name='Romeo'/></query></iq>\
    <presence from='romeo@montague.example/orchard'/>
    """)
let romeo: BareJID = "romeo@montague.example"
let name = roster.roster[romeo]?.name ?? "nobody"
let message = Message(to: JID(romeo), children: [Element("body", in: .client, text: "Good night")])
let data = Data(try message.element.serialized())

precondition(requests.count == 1 && presence[romeo].isOnline && !data.isEmpty)
print("\(name) is online, \(ISO8601DateFormatter().string(from: Date())): \(message)")
