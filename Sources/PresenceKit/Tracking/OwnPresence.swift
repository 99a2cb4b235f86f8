internal import HashTreeCollections
public import StanzaKit

/// What we told others of our availability. RFC 6121, sections 4.2 and 4.6.
public struct OwnPresence: Sendable, Hashable {
    /// What everybody who is subscribed was told last; `nil` before that, and after going offline.
    public private(set) var broadcast: Presence?
    private var directed: TreeDictionary<JID, Directed> = [:]

    private struct Directed: Sendable, Hashable {
        var presence: Presence
        /// Whether something was broadcast since.
        var isOutdated: Bool
    }

    /// Those who were sent presence directly and not told since that we are unavailable, sorted. They
    /// are to be told; a client's server does it when the client goes offline (RFC 6121, section
    /// 4.6.3).
    public var directedTo: [JID] { directed.keys.sorted() }

    /// What `addressee` is to be told when it is to be told again: what it was sent directly, unless
    /// something was broadcast since. It has no id, as it is another stanza.
    public func presence(for addressee: JID) -> Presence? {
        let direct = directed[addressee].flatMap { $0.isOutdated ? nil : $0.presence }
        guard var presence = direct ?? broadcast else { return nil }
        presence.id = nil
        presence.to = addressee
        return presence
    }

    /// What was sent to `addressee` directly, last and before it was told that we are unavailable.
    public func directedPresence(to addressee: JID) -> Presence? { directed[addressee]?.presence }

    /// Takes note of a presence that is sent: one without an addressee goes to everybody.
    ///
    /// - Returns: Whether it is about availability at all.
    mutating func note(_ presence: Presence) -> Bool {
        // An addressee that is no address is not everybody.
        if presence.to == nil && presence.element[.to] != nil { return false }
        switch (presence.type, presence.to) {
        case (.available, nil):
            broadcast = presence
            for key in directed.keys { directed[key]?.isOutdated = true }
        case (.unavailable, nil):
            broadcast = nil
            directed = [:]
        case (.available, let addressee?):
            directed[addressee] = Directed(presence: presence, isOutdated: false)
        case (.unavailable, let addressee?):
            directed[addressee] = nil
        default:
            return false
        }
        return true
    }

    /// Forgets `addressee`, whom nothing reaches.
    mutating func forget(_ addressee: JID) {
        directed[addressee] = nil
    }

    mutating func forgetDirected() {
        directed = [:]
    }
}
