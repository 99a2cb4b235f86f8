public import StanzaKit

/// Why nothing was sent to a room.
///
/// What a room refuses is no error of this kind: it is told by ``RoomEvent/joinRefused(_:)`` and
/// ``RoomEvent/nickRefused(_:)``.
public struct RoomError: Error, Sendable {
    /// Why.
    public var code: Code
    /// What is wrong with a nickname, for ``Code/invalidNick``.
    public var addressError: JIDError?

    /// Why nothing was sent.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// The nickname cannot be part of an address.
        case invalidNick
        /// A text, such as the password or a status, holds what XML does not allow.
        case invalidText
        /// One is not in the room.
        case notInRoom
        /// No session is under way.
        case disconnected
    }

    /// An error of that code.
    public init(_ code: Code, addressError: JIDError? = nil) {
        self.code = code
        self.addressError = addressError
    }
}

extension RoomError: Hashable, CustomStringConvertible {
    /// Whether both have the same code and find the same wrong with a nickname.
    public static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.addressError == right.addressError
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(addressError)
    }

    /// The code, and what is wrong with a nickname.
    public var description: String {
        "\(code)\(addressError.map { ": \($0)" } ?? "")"
    }
}
