public import StanzaKit

/// When a stanza was really sent, and who kept it for so long. XEP-0203.
///
/// Anybody on the way may have written it, the sender above all: believe a delay whose ``from`` is
/// somebody who is to be believed, such as the own server or the room that a stanza comes from.
public struct Delay: StanzaPayload, Hashable {
    /// The name of the element.
    public static let elementName = "delay"
    /// The namespace of delays.
    public static let namespace: XMLNamespace = "urn:xmpp:delay"

    /// When the stanza was sent.
    public var stamp: DateTime
    /// Who sent it, or kept it.
    public var from: JID?
    /// Why it was kept, for people.
    public var reason: String?

    /// A delay.
    ///
    /// - Parameters:
    ///   - stamp: When the stanza was sent.
    ///   - from: Who kept it.
    ///   - reason: Why, for people.
    public init(stamp: DateTime, from: JID? = nil, reason: String? = nil) {
        self.stamp = stamp
        self.from = from
        self.reason = reason
    }

    /// Reads a `delay` element; `nil` if it is another one, has no time, or a `from` that is no
    /// address.
    public init?(_ element: Element) {
        guard Self.isName(of: element), let stamp = element["stamp"].flatMap(DateTime.init)
        else { return nil }
        switch element.address(.from) {
        case .absent: from = nil
        case .address(let jid): from = jid
        case .malformed: return nil
        }
        self.stamp = stamp
        reason = element.statedText
    }

    /// The delay as a child of a stanza.
    public var element: Element {
        Element(
            Self.elementName, in: Self.namespace,
            attributes: [.from: from?.spelling, "stamp": stamp.description], text: reason)
    }
}

extension Presence {
    /// When the presence was really sent, by everybody who says so, in order. XEP-0203.
    ///
    /// A server adds one when it delivers the last presence of a contact to somebody who comes
    /// online: `presence.delays.first { $0.from == server }`.
    public var delays: [Delay] {
        get { self[all: Delay.self] }
        set { self[all: Delay.self] = newValue }
    }
}
