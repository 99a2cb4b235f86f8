import PresenceKit
import RosterKit
import StanzaKit

// The connection is what you bring. Here what would be sent is printed, and what would arrive is
// spelled out.
let stream = StanzaStream { bytes in
    print("to the server:", String(decoding: bytes, as: UTF8.self))
}
let presence = PresenceClient(stream)
let roster = RosterClient(presence)

roster.onEvent { event in
    if case .entryAdded(let item) = event {
        print("\(item.name ?? "\(item.jid)") is in your roster")
    }
}
presence.onEvent { event in
    if case .wentOnline(let contact) = event {
        print("\(contact.jid) is online: \(contact.best?.presence.statuses.first?.text ?? "")")
    }
}

stream.begin(as: "juliet@capulet.example/balcony")  // asks for the roster
try stream.receive(
    Element(
        parsing: """
            <iq type='set' id='push-1'><query xmlns='jabber:iq:roster' ver='1'>
            <item jid='romeo@montague.example' name='Romeo' subscription='both'><group>Friends</group></item>
            </query></iq>
            """, in: .client))
try stream.receive(
    Element(
        parsing: """
            <presence from='romeo@montague.example/orchard'><status>Under the window</status></presence>
            """, in: .client))
for group in roster.roster.groupNames {
    print(
        "\(group): \(roster.roster.members(of: group).compactMap(\.name).joined(separator: ", "))")
}
