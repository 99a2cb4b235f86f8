internal import StanzaKit

extension RosterClient {
    /// Replaces ``roster`` with what `bytes` hold, as ``Roster/json()`` or aioxmpp wrote them.
    ///
    /// Meant for a new client, before its session begins: what it asks the server for is then what
    /// changed since. All of it is checked first. No event tells of it, and nothing is sent; the
    /// next result of the server is compared with it, event by event.
    ///
    /// ```swift
    /// let saved = client.roster.json()               // when the session ended
    /// try client.importRoster(saved)                 // in the next launch
    /// ```
    ///
    /// A client with a ``RosterCache`` does both by itself.
    ///
    /// - Throws: What is wrong first, and where; then nothing has changed.
    public func importRoster(_ bytes: some Collection<UInt8>) throws(RosterImportError) {
        roster = try Roster(json: bytes)
        importCount += 1
    }
}
