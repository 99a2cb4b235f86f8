import PresenceKit
import RosterKit
import StanzaKit

/// Feeds what one client of a transcript received, byte for byte, to the library.
final class Player {
    let stream: StanzaStream
    let roster: RosterClient
    let presence: PresenceClient
    /// Who asked to see our presence and has no answer yet, with what they said.
    private(set) var requests: [(from: BareJID, text: String?)] = []
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
        roster = RosterClient(stream)
        presence = PresenceClient(stream)
    }

    /// Plays the session; `beforeTheEnd` runs when the last stanza was read and the stream is about
    /// to close.
    func play(beforeTheEnd: () -> Void) throws {
        stream.onElement { [unowned self] element in
            if element.is("success", in: .sasl) { stream.restart() }
        }
        presence.onEvent { [unowned self] event in
            switch event {
            case .subscribe(let presence): note(presence)
            case .unsubscribe(let presence): forget(presence.from?.bare)
            default: break
            }
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
                noteOwn(xml)
            }
        }
    }

    // MARK: Requests

    private func note(_ presence: Presence) {
        guard let contact = presence.from?.bare, !requests.contains(where: { $0.from == contact })
        else { return }
        requests.append((contact, presence.statuses.first?.text ?? presence.nickname))
    }

    private func forget(_ contact: BareJID?) {
        requests.removeAll { $0.from == contact }
    }

    /// Our own answer to a request is in the transcript too.
    private func noteOwn(_ xml: String) {
        guard let element = try? Element(parsing: xml, in: .client),
            let presence = Presence(element),
            presence.type == .subscribed || presence.type == .unsubscribed
        else { return }
        forget(presence.to?.bare)
    }

    // MARK: What the recorded client did

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
