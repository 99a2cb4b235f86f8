public import StanzaKit

/// Why a component cannot do what it is told. Nothing has been sent or changed.
public struct ComponentError: Error, Sendable {
    /// Why.
    public var code: Code

    /// Why a component cannot do what it is told.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// The sender is no address of the component.
        case foreignSender
        /// Presence of this type needs an addressee.
        case noAddressee
        /// An address cannot subscribe to itself.
        case ownAddressee
        /// There is no session, and what is sent to somebody cannot wait for one.
        case disconnected
        /// The stanza holds what XML does not allow.
        case unserializable(SerializationError)
        /// The store cannot say how things stand, or keep the change.
        case store(SubscriptionStoreError)
    }

    /// An error of a component.
    public init(_ code: Code) {
        self.code = code
    }
}

extension ComponentError: Hashable, CustomStringConvertible {
    /// The code, and what lies behind it.
    public var description: String { "\(code)" }
}
