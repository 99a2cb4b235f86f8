/// Why a store cannot say or keep something.
public struct SubscriptionStoreError: Error, Sendable {
    /// Why.
    public var code: Code
    /// What exactly, for people: the file and the reason that the system gave.
    public var detail: String

    /// Why a store cannot say or keep something.
    @nonexhaustive
    public enum Code: Sendable, Hashable {
        /// What is kept cannot be read.
        case unreadable
        /// The change cannot be written: the disk is full, or the database far away. It did not
        /// happen.
        case unwritable
        /// Another program uses the store.
        case inUse
        /// What is kept is no subscriptions, or a form of them that is not known here.
        case unknownFormat
        /// What is kept was changed by something else than a crash. It is left as it is.
        case damaged
    }

    /// An error of a store.
    public init(_ code: Code, detail: String = "") {
        self.code = code
        self.detail = detail
    }
}

extension SubscriptionStoreError: Hashable, CustomStringConvertible {
    /// Whether both have the same code.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// Hashes the code.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// The code and the detail.
    public var description: String { detail.isEmpty ? "\(code)" : "\(code): \(detail)" }
}
