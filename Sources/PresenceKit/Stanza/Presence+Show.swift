public import StanzaKit

extension Presence {
    /// What the availability is like. RFC 6121, section 4.7.2.1.
    public enum Show: String, Sendable, Hashable, CaseIterable {
        /// Away for a short time.
        case away
        /// Looking forward to chat.
        case chat
        /// Does not want to be disturbed.
        case dnd
        /// Away for a long time.
        case xa
    }

    /// What the availability is like; `nil` where nothing is said, or nothing that the RFC has.
    ///
    /// Of several elements the first counts, and white space around the word does not. A word of
    /// another sort stays in the stanza (``Irregularity/undefinedShow(_:)``).
    ///
    /// Only who is available is in some way available, so setting a value makes ``type``
    /// ``Kind/available``; setting `nil` leaves the type alone.
    public var show: Show? {
        get {
            element.first("show", in: .client)
                .flatMap { Show(rawValue: String($0.text.trimmingXMLSpace())) }
        }
        set {
            if newValue != nil { type = .available }
            let shows = newValue.map { [Element("show", in: .client, text: $0.rawValue)] } ?? []
            element.replaceChildren(where: { $0.is("show", in: .client) }, with: shows)
        }
    }
}
