public import StanzaKit

extension Presence {
    /// The answer that acknowledges: `subscribed` to a request for a subscription, `unsubscribed`
    /// to the end of one.
    ///
    /// It is a new stanza, to the bare address and without the id of the request, which must not
    /// come back (RFC 6121, section 3.1.4). ``denial(from:)`` says no.
    ///
    /// - Parameter sender: Who answers; `nil` on a client's stream, where the server says so. A
    ///   component answers as the address that was asked: `request.reply(from: request.to?.bare)`.
    /// - Returns: `nil` for every other type, as there is nothing to acknowledge (a probe is
    ///   answered with the current presence), and where nobody is to be answered.
    public func reply(from sender: BareJID? = nil) -> Presence? {
        switch type {
        case .subscribe: answer(.subscribed, from: sender)
        case .unsubscribe: answer(.unsubscribed, from: sender)
        default: nil
        }
    }

    /// The answer that lets the sender of a request see our presence: `subscribed`. RFC 6121,
    /// section 3.1.5.
    ///
    /// - Parameter sender: Who answers, as for ``reply(from:)``.
    /// - Returns: `nil` for anything but a request with a sender.
    public func approval(from sender: BareJID? = nil) -> Presence? {
        type == .subscribe ? answer(.subscribed, from: sender) : nil
    }

    /// The answer that does not: `unsubscribed`. RFC 6121, section 3.2.1.
    ///
    /// - Parameter sender: Who answers, as for ``reply(from:)``.
    /// - Returns: `nil` for anything but a request with a sender.
    public func denial(from sender: BareJID? = nil) -> Presence? {
        type == .subscribe ? answer(.unsubscribed, from: sender) : nil
    }

    /// The error that a stanza of an undefined type asks for: `bad-request`, with its id. RFC 6121,
    /// section 4.7.1.
    ///
    /// - Returns: `nil` where the type is one of the RFC's, an error above all.
    public func refusalOfUndefinedType() -> Presence? {
        type == nil ? refusal(StanzaError(.badRequest)) : nil
    }

    private func answer(_ type: Kind, from sender: BareJID?) -> Presence? {
        from.map { Presence(type: type, to: $0, from: sender.map { JID($0) }) }
    }
}
