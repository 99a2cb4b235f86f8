internal import StanzaKit

// MARK: Losing the connection

extension InMemoryServer.Connection {
    /// Loses the connection when so many bytes more have arrived at one end: the last stanza of them
    /// may be cut short, and nothing behind it arrives, nor what is under way the other way.
    ///
    /// Asked for in front of ``connect()``, the header of the stream is counted too; a test that
    /// goes through all numbers loses the connection at every byte of a session.
    ///
    /// - Parameters:
    ///   - count: How many bytes arrive. With none, a connection is lost at once, and one that is
    ///     not there yet with the first bytes.
    ///   - direction: At which end.
    public func disconnect(afterBytes count: Int, _ direction: Direction) {
        if count <= 0 && isOpen { return disconnect() }
        self[direction].byteLimit = max(count, 0)
    }
}

extension InMemoryServer.Connection {
    /// Loses the connection behind the last byte that arrives.
    func lose(_ direction: Direction) {
        if let limit = self[direction].byteLimit, self[direction].isSpent, let server {
            disturbances.append(
                Disturbance(
                    fault: .cut(afterBytes: limit), direction: direction, stanza: nil,
                    time: server.clock.now))
        }
        disconnect()
    }
}

// MARK: Outages

extension InMemoryServer.Connection {
    /// Lets nothing arrive until ``proceed(resuming:)``, and nothing is lost. A server that stops
    /// answering halts ``Direction/toClient``.
    ///
    /// The loss of the connection ends it too.
    ///
    /// - Parameter directions: What stands still; either way, where none is named.
    public func halt(_ directions: Direction...) {
        for direction in directions.isEmpty ? Direction.allCases : directions {
            self[direction].isHalted = true
        }
    }

    /// Ends an outage: what was sent meanwhile arrives.
    ///
    /// - Parameter isResumed: Whether the connection was another one meanwhile, over which the session
    ///   was resumed (XEP-0198, section 5); the stream is told so first.
    public func proceed(resuming isResumed: Bool = false) {
        guard isOpen, let server else { return }
        server.act {
            toServer.isHalted = false
            toClient.isHalted = false
            if isResumed { server.whenDone { [stream] in stream.resume() } }
        }
    }
}

// MARK: The traffic

extension InMemoryServer.Connection {
    /// How many entries of ``traffic`` are kept; none, until a test asks for them.
    public var trafficLimit: Int {
        get { log.limit }
        set { log.limit = max(newValue, 0) }
    }

    /// The latest of what arrived at both ends, oldest first; up to ``trafficLimit``.
    ///
    /// ```swift
    /// romeo.trafficLimit = 100
    /// // …
    /// XCTAssertEqual(roster.roster.state, .current, "\(romeo.traffic)")
    /// ```
    public var traffic: [Transmission] { Array(log.entries) }
}
