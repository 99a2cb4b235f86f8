import PresenceKit
import RosterKit
import StanzaKit

/// Something that carries bytes.
protocol Connection {
    associatedtype Inbound: AsyncSequence<[UInt8], any Error>
    var inbound: Inbound { get }
    func write(_ bytes: [UInt8])
}

/// The code of the first page of StanzaKit.
func beginWithStanzaKit(_ connection: some Connection) async throws {
    let stream = StanzaStream { bytes in connection.write(bytes) }
    stream.onMessage { message in print(message.element.first("body", in: .client)?.text ?? "") }
    stream.begin(as: "romeo@montague.example/orchard")
    for try await bytes in connection.inbound { try stream.receive(bytes) }
}

/// The code of the first page of PresenceKit.
func beginWithPresenceKit(_ stream: StanzaStream) {
    let presence = PresenceClient(stream)
    presence.onEvent { event in
        if case .wentOnline(let contact) = event { print("\(contact.jid) is here") }
    }
}

/// The code of the first page of RosterKit.
func beginWithRosterKit(_ stream: StanzaStream) {
    let client = RosterClient(stream)
    client.onEvent { event in
        if case .entryAdded(let item) = event { print(item.jid) }
    }
    for group in client.roster.groupNames { print(group, client.roster.members(of: group).count) }
}

/// The code of the article "Subscriptions".
func followSubscriptions(_ stream: StanzaStream, contact: BareJID) throws {
    var mirror = SubscriptionMirror(announcesPreApproval: false)
    mirror.received(.subscribe)  // the contact asks

    switch mirror.plan(for: .becomeMutual) {
    case .send(let stanzas, let removesItem):  // subscribed, then subscribe
        for stanza in stanzas {
            try stream.send(stanza.presence(to: contact))
            mirror.sent(stanza)
        }
        if removesItem { mirror.sentRemoval() }  // and a roster set that removes the item
    case .alreadySo: break  // nothing is left to do
    case .impossible(let reason): print(reason)  // such as noRequest
    }
    print(mirror.record.state.rawValue)  // From + Pending Out

    let server = SubscriptionServer()
    let approved = SubscriptionRecord(.neither, isApproved: true)
    let outcome = server.outcome(of: .subscribe, .inbound, in: approved)
    print(outcome.after.state.rawValue)  // From
    print(outcome.steps)  // reply(subscribed), push(…), sendPresence(available)
}
