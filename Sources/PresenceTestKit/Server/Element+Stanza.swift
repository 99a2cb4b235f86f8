internal import PresenceKit
internal import StanzaKit

extension Element {
    /// Whether it is one of the three kinds of stanzas, whatever it says. RFC 6120, section 8.
    var isStanza: Bool { isIn(.client) && ["presence", "message", "iq"].contains(name) }

    /// The error that answers a stanza; `nil` for errors and answers, which are not answered. RFC 6120,
    /// section 8.3.1.
    func refusal(_ error: StanzaError) -> Element? {
        if let iq = IQ(self) { return iq.refusal(error)?.element }
        if let presence = Presence(self) { return presence.refusal(error)?.element }
        return Message(self)?.refusal(error)?.element
    }
}
