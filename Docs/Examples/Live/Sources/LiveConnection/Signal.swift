internal import NIOCore

/// What the event loop tells the actor on which a connection lives, in order.
enum Signal: Sendable {
    /// The TCP connection is there.
    case connected(any Channel)
    /// TLS is there.
    case secured(SecurityLayer?)
    /// Bytes arrived, after they were asked for.
    case received(ByteBuffer)
    /// So many bytes were handed to the system.
    case written(Int)
    /// A salted password is ready.
    case salted([UInt8])
    /// A time has come.
    case due(Deadline)
    /// The caller changed something that the loop has to look at.
    case poked
    /// The connection is over; the error says why if it did not just end.
    case ended(ConnectionError?)
}

/// What a connection waits for no longer than so long.
enum Deadline: Sendable, Hashable {
    /// Everything up to a bound resource.
    case negotiation
    /// Nothing was sent for a while.
    case keepalive
    /// Nothing was received for a while.
    case silence
    /// The ping was not answered.
    case pong
    /// The peer does not end the stream.
    case closing
    /// The wait in front of the next attempt is over.
    case retry
}
