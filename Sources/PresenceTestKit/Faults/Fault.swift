/// Something that goes wrong with a stanza on its way; see
/// ``InMemoryServer/Connection/disturb(_:_:times:)``.
@nonexhaustive
public enum Fault: Sendable, Hashable {
    /// The stanza never arrives. The connection goes on: on a network so it is with what a server
    /// drops, or does not answer.
    case lose
    /// The stanza arrives so much later, by the clock of the server. Those behind it do not wait.
    case delay(by: Duration)
    /// The stanza arrives once more, directly behind itself.
    case duplicate
    /// The stanza waits until so many others, which were sent later, have gone first; for as long as
    /// there are fewer it does not arrive.
    case holdBack(behind: Int)
    /// So many bytes of the stanza arrive, then the connection is lost, with all that is under way;
    /// where it has fewer, with its last byte.
    case cut(afterBytes: Int)
    /// The stanza arrives with other bytes.
    case corrupt(Corruption)
    /// The stanza arrives with an element more, a text of so many bytes, so that a limit is exceeded.
    case inflate(byBytes: Int)
    /// The stanza arrives without the version of the roster, if it has one. RFC 6121, section 2.6.
    case omitVersion
    /// The stanza is another one; see
    /// ``InMemoryServer/Connection/disturb(_:times:changing:)``.
    case change
}
