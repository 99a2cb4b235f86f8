public import StanzaKit

/// A fault that happened; see ``InMemoryServer/Connection/disturbances``.
public struct Disturbance: Sendable, Hashable {
    /// What went wrong.
    public var fault: Fault
    /// Which way the stanza went.
    public var direction: InMemoryServer.Connection.Direction
    /// The stanza as it was sent; `nil` where it happened to the connection,
    /// ``InMemoryServer/Connection/disconnect(afterBytes:_:)``.
    public var stanza: Element?
    /// When: at the sending of the stanza, or at the loss of the connection.
    public var time: ManualClock.Instant
}

extension Disturbance: CustomStringConvertible {
    /// All of it on a line.
    public var description: String {
        "\(time.offset) \(direction) \(fault)\(stanza.map { " \($0)" } ?? "")"
    }
}
