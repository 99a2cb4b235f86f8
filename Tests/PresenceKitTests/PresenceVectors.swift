import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// What one vector in a file of presence vectors is; the file bears the name. See `FORMAT.md`.
enum PresenceVectorKind: String, CaseIterable {
    case parse, build, mutate, reply, policy, tracking, sending, component, rosterpush, muctrack
    case pairs

    /// Those that a test replays; the others are announced as not replayed yet.
    static let replayed: Set<PresenceVectorKind> = [
        .parse, .build, .mutate, .reply, .component, .pairs,
    ]
}

/// Whose value is demanded of the library, and how often.
struct Demands {
    private var counts = [0, 0, 0]

    /// Where a demanded value is from. See `FORMAT.md`.
    enum Source: Int { case recommended, rfc, sleekXMPP }

    mutating func count(_ source: Source) { counts[source.rawValue] += 1 }

    var total: Int { counts.reduce(0, +) }

    var description: String {
        "demanded \(counts[0]) recommended, \(counts[1]) of the RFC, \(counts[2]) of SleekXMPP"
    }
}

extension VectorFile {
    /// The kind, by the letters that the file's name begins with; `nil` for another file.
    var presenceKind: PresenceVectorKind? {
        let letters = url.deletingPathExtension().lastPathComponent.prefix(while: \.isLetter)
        return PresenceVectorKind(rawValue: String(letters))
    }
}

extension XCTestCase {
    /// Replays every vector of every file of a kind, and reports each file.
    ///
    /// - Parameter replay: Replays one vector, counts what it demanded, and returns how many steps
    ///   that were.
    func replay(
        _ kind: PresenceVectorKind, _ replay: (JSON, inout Demands) throws -> Int
    ) throws {
        var names: [String] = []
        for file in try VectorFolder.files(of: .presence) where file.presenceKind == kind {
            var demands = Demands()
            var steps = 0
            let vectors = try XCTUnwrap(file.json()["vectors"]?.array, file.name)
            XCTAssertFalse(vectors.isEmpty, "\(file.name) holds nothing")
            for vector in vectors {
                let id = try XCTUnwrap(vector["id"]?.string, file.name)
                let before = demands.total
                steps += try replay(vector, &demands)
                XCTAssertGreaterThan(demands.total, before, "\(id) demands nothing")
            }
            file.report(vectors: vectors.count, steps: steps, note: demands.description)
            names.append(file.name)
        }
        XCTAssertFalse(names.isEmpty, "no vectors of kind \(kind)")
    }
}

extension Presence {
    /// The presence that a stream delivers for `xml`; `nil` if it delivers none.
    static func received(_ xml: String, mode: String) throws(StreamError) -> Presence? {
        let stream = StanzaStream(role: mode == "component" ? .component : .client, write: { _ in })
        let namespace: XMLNamespace = mode == "component" ? .component : .client
        var presence: Presence?
        stream.onPresence { presence = $0 }
        try stream.receive(
            "<stream:stream xmlns='\(namespace)' xmlns:stream='\(XMLNamespace.streams)'>\(xml)"
                .utf8)
        return presence
    }

    /// The stanza in a form that is the same for all that say the same: attributes sorted,
    /// addresses in their normal form, children in the order of their own forms.
    var canonical: String {
        var attributes = element.attributes.map { "\($0.name)=\($0.value)" }
        for name: AttributeName in [.to, .from] {
            guard let text = element[name], let jid = try? JID(wire: text) else { continue }
            attributes.removeAll { $0 == "\(name)=\(text)" }
            attributes.append("\(name)=\(jid)")
        }
        let children = element.children.map(\.canonical).sorted(by: Self.precedes)
        return "\(attributes.sorted(by: Self.precedes)) \(children) \(element.text)"
    }

    fileprivate static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
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
        let attributes = attributes.map { "\($0.name)=\($0.value)" }
            .sorted(by: Presence.precedes)
        return "{\(namespace)}\(name) \(attributes) \(content)"
    }
}

/// The canonical form of a recorded stanza.
func canonical(_ xml: String) throws -> String {
    try XCTUnwrap(Presence(Element(parsing: xml, in: .client)), xml).canonical
}

/// A vector that the tests do not know how to replay.
struct NotUnderstood: Error {
    var what: String
}
