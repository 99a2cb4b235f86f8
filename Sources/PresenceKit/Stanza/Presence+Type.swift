public import StanzaKit

extension Presence {
    /// What a presence stanza is for. RFC 6121, section 4.7.1.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The sender can be reached; on the wire the attribute is absent.
        case available
        /// The sender can no longer be reached.
        case unavailable
        /// Something about an earlier presence stanza went wrong.
        case error
        /// A server asks for the current presence.
        case probe
        /// The sender wants to see the presence of the addressee.
        case subscribe
        /// The sender lets the addressee see its presence.
        case subscribed
        /// The sender no longer wants to see it.
        case unsubscribe
        /// The sender no longer lets it be seen.
        case unsubscribed
    }

    /// What the stanza is for; `nil` for a type that the RFC does not have.
    ///
    /// The attribute alone counts, whatever ``show`` says. A stanza of another type is no presence;
    /// ``refusalOfUndefinedType()`` is what it asks for.
    ///
    /// Setting keeps true what goes with a type: any but ``Kind/available`` takes ``show`` out,
    /// ``Kind/error`` puts an `undefined-condition` in where there is no error, and any other takes
    /// errors out. Setting `nil` is setting ``Kind/available``.
    public var type: Kind? {
        get { element[.type].map(Kind.init(onTheWire:)) ?? .available }
        set {
            element[.type] = newValue?.onTheWire
            if newValue?.onTheWire != nil { element.removeAll("show", in: .client) }
            if newValue != .error {
                element.removeAll("error", in: .client)
            } else if element.first("error", in: .client) == nil {
                element.append(StanzaError(.undefinedCondition).element)
            }
        }
    }

    /// Makes the stanza an error: of that type, and with `error` as the only one that it tells.
    /// RFC 6120, section 8.3.
    ///
    /// `error` reads it. To refuse a stanza that was received, send its `refusal(_:)`.
    public mutating func setError(_ error: StanzaError) {
        element.replace(with: error.element)
        type = .error
    }
}

extension Presence.Kind {
    /// The value of the attribute; `nil` where that is absent.
    fileprivate var onTheWire: String? { self == .available ? nil : rawValue }

    fileprivate init?(onTheWire value: String) {
        // `available` is what the absence of the attribute means; as a value it is undefined.
        guard let kind = Self(rawValue: value), kind != .available else { return nil }
        self = kind
    }
}
