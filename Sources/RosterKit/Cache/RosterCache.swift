/// Where the roster outlives the program, so that the next launch asks only for what changed.
///
/// ```swift
/// let cache = FileRosterCache(at: "/home/romeo/.cache/roster.json")
/// let client = RosterClient(stream, cache: cache)     // client.roster is what it was
/// stream.begin(as: "romeo@montague.example/orchard")  // asks what changed since
/// ```
///
/// The client loads once, when it is made. It saves what has changed since the last time when the
/// server has sent the roster and when the session has ended, and whenever
/// ``RosterClient/saveRoster()`` says so, as when an app goes into the background. It does not save
/// each push: what a crash loses is sent once more by the server, because the version is saved with
/// the entries that belong to it.
///
/// Both methods are called in line, where the client lives. A cache that takes its time keeps the
/// bytes and writes them elsewhere. One cache is for one account and one client at a time; where
/// another account begins a session, the client forgets what it loaded.
public protocol RosterCache {
    /// The bytes that were saved last, or those of any time before; `nil` where there are none.
    ///
    /// - Throws: Any reason why there is nothing to be had. The client reports it as a diagnostic
    ///   and has the whole roster sent, as it does for bytes that are damaged.
    func load() throws -> [UInt8]?

    /// Keeps `bytes` in the place of those before, all of them or none.
    ///
    /// They are ``Roster/json()`` with the account, the spelling of addresses and a digest; aioxmpp
    /// and ``RosterClient/importRoster(_:)`` read them too.
    ///
    /// - Throws: Any reason why they are not kept. The client reports it as a diagnostic, and tries
    ///   again the next time.
    func save(_ bytes: [UInt8]) throws
}
