import PresenceKit
import RosterKit
import StanzaKit

/// Feeds what one client of a transcript received, byte for byte, to the library.
final class Player {
    let stream: StanzaStream
    let roster: RosterClient
    let presence: PresenceClient
    /// When the stanza at hand arrived, in seconds.
    private(set) var time = 0.0

    /// Whose session it is.
    let address: JID

    private let events: [Transcript.Event]

    init(_ transcript: Transcript, stream recorded: Transcript.Stream) throws {
        events = transcript.events.filter { $0.stream == recorded.name }
        address = try JID(wire: recorded.jid)
        // The answers in the transcript bear the ids of the recorded requests, so ours have to bear
        // them too.
        var ids = events.filter { $0.dir == "C>S" }.compactMap(Self.idOfRosterRequest)[...]
        stream = StanzaStream(makeID: { ids.popFirst() ?? "unanswered" }, write: { _ in })
        presence = PresenceClient(stream)
        roster = RosterClient(presence)
    }

    /// Plays the session; `beforeTheEnd` runs when the last stanza was read and the stream is about
    /// to close.
    func play(beforeTheEnd: () -> Void) throws {
        stream.onElement { [unowned self] element in
            if element.is("success", in: .sasl) { stream.restart() }
        }
        let end = events.firstIndex { $0.dir == "S>C" && $0.part == "close" } ?? events.endIndex
        try feed(events[..<end])
        beforeTheEnd()
        try feed(events[end...])
    }

    private func feed(_ events: ArraySlice<Transcript.Event>) throws {
        for event in events {
            time = event.t ?? time
            guard let xml = event.xml else { continue }
            if event.dir == "S>C" {
                try stream.receive(xml.utf8)
                if !stream.isInSession, Self.isBound(xml) { stream.begin(as: address) }
            } else if event.part == nil {
                try sendSubscription(xml)
            }
        }
    }

    // MARK: What the recorded client did

    /// What the recorded client sent about subscriptions is sent here too, so that its answers count.
    private func sendSubscription(_ xml: String) throws {
        let sent = (try? Element(parsing: xml, in: .client)).flatMap { Presence($0) }
        if let sent, let type = sent.type, SubscriptionStanza(type) != nil {
            try presence.send(sent)
        }
    }

    private static func idOfRosterRequest(_ event: Transcript.Event) -> String? {
        guard event.part == nil, let xml = event.xml,
            let element = try? Element(parsing: xml, in: .client), let iq = IQ(element),
            iq.type == .get, iq.payload?.is("query", in: .roster) == true
        else { return nil }
        return iq.id
    }

    private static func isBound(_ xml: String) -> Bool {
        let iq = (try? Element(parsing: xml, in: .client)).flatMap(IQ.init)
        return iq?.type == .result && iq?.payload?.is("bind", in: .bind) == true
    }
}
