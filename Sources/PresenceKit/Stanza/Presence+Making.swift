public import StanzaKit

extension Presence {
    /// A presence to send.
    ///
    /// ```swift
    /// let here = Presence(show: .xa, status: "Curiouser and curiouser!")
    /// let request = Presence(type: .subscribe, to: "alice@wonderland.lit", nickname: "Rabbit")
    /// ```
    ///
    /// The children are written in the order `show`, `status`, `priority`, `nick`, then the
    /// payloads.
    ///
    /// - Parameters:
    ///   - type: What it is for. An error says `undefined-condition` until ``setError(_:)`` says
    ///     more.
    ///   - to: The addressee; `nil` for everybody who is subscribed. Who is subscribed to whom is a
    ///     matter of bare addresses, so for the four types of that the resource is left out.
    ///   - from: The sender. A server says it for its clients; components say it themselves.
    ///   - id: An id to tell stanzas apart.
    ///   - language: The language of the status, `xml:lang`; `nil` for that of the stream.
    ///   - show: What the availability is like; left out of all types but ``Kind/available``.
    ///   - status: A text for people, in the language of the stanza. For more languages set
    ///     ``statuses``.
    ///   - priority: From −128 to 127; 0 is recommended for bots that talk to no people.
    ///   - nickname: The name that the sender suggests for itself, say in a subscription request.
    ///     Left out of ``Kind/available`` and ``Kind/unavailable``, where XEP-0172 forbids it.
    ///   - payloads: What else the stanza says.
    public init(
        type: Kind = .available, to: JID? = nil, from: JID? = nil, id: String? = nil,
        language: String? = nil, show: Show? = nil, status: String? = nil, priority: Int8? = nil,
        nickname: String? = nil, payloads: [any StanzaPayload] = []
    ) {
        self.init(to: type.isAboutSubscription ? to.map { JID($0.bare) } : to)
        self.from = from
        self.id = id
        self.language = language
        if type == .available { self.show = show }
        setStatus(status)
        if let priority { self.priority = priority }
        if !type.isBroadcast { self.nickname = nickname }
        for payload in payloads { element.append(payload.element) }
        self.type = type
    }
}

extension Presence.Kind {
    /// Whether presence of this type is broadcast to everybody who is subscribed, where it has no
    /// addressee.
    var isBroadcast: Bool { self == .available || self == .unavailable }

    /// Whether it asks for a subscription, grants it, or ends it. RFC 6121, section 3.
    var isAboutSubscription: Bool {
        switch self {
        case .subscribe, .subscribed, .unsubscribe, .unsubscribed: true
        case .available, .unavailable, .error, .probe: false
        }
    }
}
