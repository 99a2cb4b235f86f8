public import StanzaKit

extension Presence {
    /// A presence in one word: the type, or where one is available and says how, the show.
    public enum TypeOrShow: String, Sendable, Hashable, CaseIterable {
        /// Available, without a show.
        case available
        /// Available, but away for a short time.
        case away
        /// Available, and looking forward to chat.
        case chat
        /// Available, but does not want to be disturbed.
        case dnd
        /// Something about an earlier presence stanza went wrong.
        case error
        /// A server asks for the current presence.
        case probe
        /// The sender wants to see the presence of the addressee.
        case subscribe
        /// The sender lets the addressee see its presence.
        case subscribed
        /// The sender can no longer be reached.
        case unavailable
        /// The sender no longer wants to see the presence of the addressee.
        case unsubscribe
        /// The sender no longer lets its presence be seen.
        case unsubscribed
        /// Available, but away for a long time.
        case xa
    }

    /// ``type`` and ``show`` as one word; `nil` for a type that the RFC does not have.
    ///
    /// Each word that is set replaces the one before: a show makes the stanza available, a type
    /// takes the show out, and ``TypeOrShow/available`` or `nil` leaves neither. Everything else
    /// in the stanza stays.
    ///
    /// A word counts where it belongs: `subscribe` within `show` asks for no subscription.
    public var typeOrShow: TypeOrShow? {
        get {
            guard let type else { return nil }
            guard type == .available, let show else { return TypeOrShow(rawValue: type.rawValue) }
            return TypeOrShow(rawValue: show.rawValue)
        }
        set {
            let word = newValue ?? .available
            type = Kind(rawValue: word.rawValue)
            show = Show(rawValue: word.rawValue)
        }
    }
}
