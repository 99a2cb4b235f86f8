import StanzaKit
import VectorSupport
import XCTest

/// The state of a recorded roster: given as a whole, or by what each step changed.
struct RosterStateRecording {
    private var version = JSON.null
    private var items: [ExactKey: JSON] = [:]
    private var groups: [ExactKey: JSON] = [:]

    /// A key that is compared by its bytes.
    private struct ExactKey: Hashable {
        let bytes: [UInt8]
        init(_ text: String) { bytes = Array(text.utf8) }
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    init() {}

    init(_ state: JSON) {
        version = state["version"] ?? .null
        change(\.items, state["items"])
        change(\.groups, state["groups"])
    }

    /// Takes what a step says of the state.
    mutating func note(_ step: JSON) throws {
        let expected = step["expect"]
        if let state = expected?["state"] {
            self = RosterStateRecording(state)
        } else if let delta = expected?["delta"] {
            version = try XCTUnwrap(delta["version"])
            change(\.items, delta["items"])
            change(\.groups, delta["groups"])
        } else {
            throw NotRecorded(what: "a step without a state")
        }
    }

    private mutating func change(_ path: WritableKeyPath<Self, [ExactKey: JSON]>, _ changes: JSON?)
    {
        for (key, value) in changes?.members ?? [] {
            self[keyPath: path][ExactKey(key)] = value.isNull ? nil : value
        }
    }

    func item(_ jid: String) -> JSON? { items[ExactKey(jid)] }

    func instance(of jid: String) -> String? { item(jid)?["instance"]?.string }

    /// The same with another value in the place of some member of every item.
    mutating func replace(_ member: String, _ replacement: (JSON) -> JSON) {
        items = items.mapValues { $0.replacing(member, replacement) }
    }

    /// The state without the labels of lives.
    var json: JSON {
        .object([
            ("version", version),
            ("items", .object(items.map { ($0.key.text, $0.value.without("instance")) })),
            ("groups", .object(groups.map { ($0.key.text, $0.value) })),
        ])
    }
}

extension JSON {
    /// An object without one of its members.
    func without(_ member: String) -> JSON {
        .object((members ?? []).filter { $0.key != member })
    }

    /// An object with another value of one of its members.
    func replacing(_ member: String, _ replacement: (JSON) -> JSON) -> JSON {
        guard let members else { return self }
        return .object(
            members.map { ($0.key, $0.key == member ? replacement($0.value) : $0.value) })
    }
}

/// A recording without what it has to have.
struct NotRecorded: Error {
    var what: String
}
