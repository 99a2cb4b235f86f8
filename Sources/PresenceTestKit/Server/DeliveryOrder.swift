/// Which of the stanzas that are under way arrives next.
///
/// The stanzas of one connection and direction arrive in the order in which they were sent, as TCP has
/// it; unless a ``Fault`` says otherwise.
public enum DeliveryOrder: Sendable, Hashable {
    /// The one that was sent first.
    case asSent
    /// The first one of any connection and direction, decided by the seed of the server.
    case anyOrder
}
