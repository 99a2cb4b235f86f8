import Foundation
package import StanzaKit

/// What one vector in a file of presence vectors is; the file bears the name. See `FORMAT.md`.
package enum PresenceVectorKind: String, CaseIterable, Sendable {
    case parse, build, mutate, reply, policy, tracking, sending, component, rosterpush, muctrack
    case pairs

    /// Those that a test replays; the others are announced as not replayed yet.
    package static let replayed: Set<PresenceVectorKind> = [
        .parse, .build, .mutate, .reply, .policy, .tracking, .sending, .rosterpush,
        .muctrack, .component, .pairs,
    ]
}

/// Whose stream a presence vector was recorded on.
package enum PresenceVectorMode: String, Sendable {
    case client, component
}

/// Whose value is demanded of the library, and how often.
package struct Demands {
    private var counts = [0, 0, 0]

    /// Where a demanded value is from. See `FORMAT.md`.
    package enum Source: Int { case recommended, rfc, sleekXMPP }

    package mutating func count(_ source: Source) { counts[source.rawValue] += 1 }

    package var total: Int { counts.reduce(0, +) }

    package var description: String {
        "demanded \(counts[0]) recommended, \(counts[1]) of the RFC, \(counts[2]) of SleekXMPP"
    }
}

/// A vector that the tests do not know how to replay.
package struct NotUnderstood: Error {
    package var what: String

    package init(what: String) { self.what = what }
}

extension VectorFile {
    /// The kind, by the letters that the file's name begins with; `nil` for another file.
    package var presenceKind: PresenceVectorKind? {
        let letters = url.deletingPathExtension().lastPathComponent.prefix(while: \.isLetter)
        return PresenceVectorKind(rawValue: String(letters))
    }
}

extension PresenceVectorKind {
    /// Replays every vector of every file of the kind, and reports each file.
    ///
    /// - Parameters:
    ///   - mode: Whose vectors are replayed; `nil` for both.
    ///   - replay: Replays one vector, counts what it demanded, and returns how many steps that
    ///     were.
    /// - Throws: ``NotUnderstood`` where there is nothing to replay, or a vector demands nothing.
    package func replay(
        _ mode: PresenceVectorMode? = nil, _ replay: (JSON, inout Demands) throws -> Int
    ) throws {
        var names: [String] = []
        for file in try VectorFolder.files(of: .presence) where file.presenceKind == self {
            var demands = Demands()
            var (count, steps) = (0, 0)
            for vector in try file.json()["vectors"]?.array ?? [] {
                let id = vector["id"]?.string ?? "a vector without an id in \(file.name)"
                if let mode {
                    guard let own = vector["mode"]?.string.flatMap(PresenceVectorMode.init) else {
                        throw NotUnderstood(what: "\(id) has no mode")
                    }
                    if own != mode { continue }
                }
                let before = demands.total
                steps += try replay(vector, &demands)
                if demands.total == before { throw NotUnderstood(what: "\(id) demands nothing") }
                count += 1
            }
            if count == 0 { throw NotUnderstood(what: "\(file.name) holds nothing") }
            let prefix = mode.map { "\($0.rawValue): " } ?? ""
            file.report(vectors: count, steps: steps, note: prefix + demands.description)
            names.append(file.name)
        }
        if names.isEmpty { throw NotUnderstood(what: "no vectors of kind \(rawValue)") }
    }
}

// MARK: Canonical forms

extension Stanza {
    /// The stanza in a form that is the same for all that say the same: attributes sorted,
    /// addresses in their normal form, children in the order of their own forms.
    package var canonical: String {
        var attributes = element.attributes.map { "\($0.name)=\($0.value)" }
        for name: AttributeName in [.to, .from] {
            guard let text = element[name], let jid = try? JID(wire: text) else { continue }
            attributes.removeAll { $0 == "\(name)=\(text)" }
            attributes.append("\(name)=\(jid)")
        }
        let children = element.children.map(\.canonical).sorted(by: precedes)
        return "\(element.name) \(attributes.sorted(by: precedes)) \(children) \(element.text)"
    }
}

extension Element {
    /// Everything that the element says, with its attributes sorted.
    fileprivate var canonical: String {
        let content = content.map { node in
            switch node {
            case .element(let child): child.canonical
            case .text(let text): text
            }
        }
        let attributes = attributes.map { "\($0.name)=\($0.value)" }.sorted(by: precedes)
        return "{\(namespace)}\(name) \(attributes) \(content)"
    }
}

private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}

/// The canonical form of a recorded presence stanza.
package func canonical(_ xml: String) throws -> String {
    guard let presence = Presence(try Element(parsing: xml, in: .client)) else {
        throw NotUnderstood(what: xml)
    }
    return presence.canonical
}
