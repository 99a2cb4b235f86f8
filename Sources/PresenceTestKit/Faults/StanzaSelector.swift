internal import RosterKit
public import StanzaKit

/// Which stanzas of a connection something is done to.
///
/// ```swift
/// romeo.disturb(.replies, .lose)                                        // the next one
/// romeo.disturb(.pushes.nth(3), .duplicate)
/// romeo.disturb(.presence(from: "juliet@capulet.example"), .delay(by: .seconds(5)), times: 2)
/// romeo.disturb(.stanzas(.toServer) { $0.name == "message" }, .lose, times: .max)
/// ```
///
/// Stanzas of a component's connection are shown in ``StanzaKit/XMLNamespace/client`` too.
public struct StanzaSelector: Sendable {
    /// The directions that count.
    let directions: Set<InMemoryServer.Connection.Direction>
    /// How many stanzas that match are left alone at first.
    let skipped: Int
    private let matches: @Sendable (Element) -> Bool

    private init(
        _ directions: Set<InMemoryServer.Connection.Direction>, skipped: Int = 0,
        _ matches: @escaping @Sendable (Element) -> Bool
    ) {
        self.directions = directions
        self.skipped = skipped
        self.matches = matches
    }

    func selects(_ stanza: Element, _ direction: InMemoryServer.Connection.Direction) -> Bool {
        directions.contains(direction) && matches(stanza)
    }
}

// MARK: Making

extension StanzaSelector {
    /// Every stanza, either way.
    public static var all: StanzaSelector { stanzas() }

    /// The stanzas of one direction, or both, that are as a closure has it.
    public static func stanzas(
        _ directions: InMemoryServer.Connection.Direction...,
        where matches: @escaping @Sendable (Element) -> Bool = { _ in true }
    ) -> StanzaSelector {
        StanzaSelector(
            Set(directions.isEmpty ? InMemoryServer.Connection.Direction.allCases : directions),
            matches)
    }

    /// Requests of the client. RFC 6120, section 8.2.3.
    public static var requests: StanzaSelector {
        stanzas(.toServer) { IQ($0)?.isRequest == true }
    }

    /// Answers to the client: results and errors.
    public static var replies: StanzaSelector {
        stanzas(.toClient) { IQ($0).map { $0.type == .result || $0.type == .error } == true }
    }

    /// Pushes of the roster to the client. RFC 6121, section 2.1.6.
    public static var pushes: StanzaSelector {
        stanzas(.toClient) {
            IQ($0)?.type == .set
                && $0.first(RosterQuery.elementName, in: RosterQuery.namespace) != nil
        }
    }

    /// Presence of any kind to the client.
    public static var presence: StanzaSelector {
        stanzas(.toClient) { Presence($0) != nil }
    }

    /// Presence of any kind that the client sends.
    public static var ownPresence: StanzaSelector {
        stanzas(.toServer) { Presence($0) != nil }
    }

    /// Presence to the client from any resource of an account.
    public static func presence(from sender: BareJID) -> StanzaSelector {
        stanzas(.toClient) { Presence($0)?.from?.bare == sender }
    }

    // MARK: Narrowing

    /// Those of the stanzas that are as a closure has it, too.
    public func filter(_ isWanted: @escaping @Sendable (Element) -> Bool) -> StanzaSelector {
        let matches = matches
        return StanzaSelector(directions, skipped: skipped) { matches($0) && isWanted($0) }
    }

    /// The stanzas behind the first `count` of them.
    public func dropFirst(_ count: Int) -> StanzaSelector {
        StanzaSelector(directions, skipped: skipped + count, matches)
    }

    /// The stanzas from the nth on, which is the nth alone where something is done once.
    ///
    /// - Parameter number: Counted from one.
    public func nth(_ number: Int) -> StanzaSelector { dropFirst(number - 1) }
}
