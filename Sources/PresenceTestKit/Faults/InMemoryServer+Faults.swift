internal import StanzaKit

extension InMemoryServer {
    /// Stops and starts: every connection is lost with all that is under way, and nobody is told of
    /// anybody's going. Accounts, rosters and waiting requests are kept.
    ///
    /// Clients connect again with ``Connection/connect()``.
    ///
    /// - Parameter forgetsVersions: Whether it does not know any more which versions of the rosters it
    ///   gave out, so that who asks with one is sent the whole roster (RFC 6121, section 2.6.3).
    public func restart(forgettingVersions forgetsVersions: Bool = false) {
        let lost = connections
        act {
            connections = []
            for connection in lost { connection.cut() }
            for connection in lost { sessionEnded(of: connection) }
            if forgetsVersions {
                for address in accounts.keys { accounts[address]?.forgetVersions() }
            }
            for connection in lost { endStream(of: connection) }
        }
    }

    /// Lets nothing arrive on any connection that is open, until ``proceed(resuming:)``; see
    /// ``Connection/halt(_:)``.
    public func halt() {
        for connection in connections { connection.halt() }
    }

    /// Ends the outage of all connections; see ``Connection/proceed(resuming:)``.
    public func proceed(resuming isResumed: Bool = false) {
        act { for connection in connections { connection.proceed(resuming: isResumed) } }
    }

    /// Ends all faults on the connections that are open; see ``Connection/calm()``.
    public func calm() {
        act { for connection in connections { connection.calm() } }
    }
}
