import Foundation
import StanzaKit
import XCTest

/// Compares the strict rules with what other libraries make of the same addresses.
///
/// The file that the environment variable `PRESENCEKIT_ADDRESSES` names is written by
/// `Tests/Differential/addresses.py`, which says how.
final class AddressDifferentialTests: XCTestCase {
    func testAddressesAreWhatOtherLibrariesMakeOfThem() throws {
        guard let path = ProcessInfo.processInfo.environment["PRESENCEKIT_ADDRESSES"] else {
            throw XCTSkip(
                """
                PRESENCEKIT_ADDRESSES names no file. `python3 Tests/Differential/addresses.py FILE` \
                writes one, with the packages in Tests/Differential/requirements.txt.
                """)
        }
        var addresses = 0
        var acceptedByBoth = 0
        var uses = Array(repeating: 0, count: Rule.all.count)
        var unexplained: [String] = []
        for line in try Data(contentsOf: URL(filePath: path)).split(separator: 0x0A) {
            let address = try OracleLine(line)
            let ours = ours(address)
            addresses += 1
            acceptedByBoth += address.isAccepted && !ours.contains(.refused) ? 1 : 0
            for (index, (ours, theirs)) in zip(ours, address.verdicts).enumerated()
            where ours != theirs {
                let difference = Difference(
                    part: OracleLine.parts[index], input: address.inputs[index] ?? "",
                    ours: ours.octets, theirs: theirs.octets)
                if let rule = Rule.all.firstIndex(where: { $0.explains(difference) }) {
                    uses[rule] += 1
                } else {
                    unexplained.append(String(difference.description.prefix(200)))
                }
            }
            checkWhole(address, ours)
        }
        print("compared \(addresses) addresses, \(acceptedByBoth) accepted by both")
        for (rule, count) in zip(Rule.all, uses) {
            print("differs \(count) times: \(rule.reason)")
            XCTAssertGreaterThan(count, 0, "explains nothing: \(rule.reason)")
        }
        XCTAssertGreaterThanOrEqual(addresses, 100_000)
        XCTAssertGreaterThanOrEqual(acceptedByBoth * 10, addresses * 4, "too few are valid")
        XCTAssertEqual(unexplained.count, 0, unexplained.prefix(100).joined(separator: "\n"))
    }

    /// What the library makes of each part, put between parts that are right.
    private func ours(_ address: OracleLine) -> [OracleLine.Verdict] {
        let (local, domain, resource) = (address.inputs[0], address.inputs[1], address.inputs[2])
        func verdict(_ make: () throws -> String?) -> OracleLine.Verdict {
            ((try? make()) ?? nil).map { .accepted(Array($0.utf8)) } ?? .refused
        }
        return [
            local.map { local in verdict { try JID(validating: "\(local)@example.org").local } }
                ?? .absent,
            domain.map { domain in verdict { try JID(validating: "a@\(domain)").domain } }
                ?? .absent,
            resource.map { resource in
                let alone = verdict {
                    try JID("a@example.org", resource: resource).resource
                }
                let whole = verdict { try JID(validating: "example.org/\(resource)").resource }
                XCTAssertEqual(alone, whole, address.description)
                return whole
            } ?? .absent,
        ]
    }

    /// The whole is accepted if its parts are, is read again as it was written, and is the same off
    /// the wire, but for the resource; where it is refused, the part that the error names is one
    /// that is refused alone.
    private func checkWhole(_ address: OracleLine, _ parts: [OracleLine.Verdict]) {
        do throws(JIDError) {
            let jid = try JID(validating: address.text)
            let found = [jid.local, jid.domain, jid.resource].map { text in
                text.map { OracleLine.Verdict.accepted(Array($0.utf8)) } ?? .absent
            }
            XCTAssertEqual(found, parts, address.description)
            XCTAssertEqual(JID(jid.description), jid, address.description)
            let received = try? JID(wire: address.text).bare
            if address.text.utf8.count <= 1023 {
                XCTAssertEqual(received, jid.bare, address.description)
            }
            XCTAssertNotEqual(received?.isConforming, false, address.description)
        } catch {
            let index = OracleLine.parts.firstIndex(of: error.part)
            XCTAssertEqual(
                index.map { parts[$0] }, .refused, "\(address.description): \(error)")
        }
    }
}

/// A way in which the library is right to differ. One that explains nothing is out of date.
private struct Rule: Sendable {
    let reason: String
    let explains: @Sendable (Difference) -> Bool

    static let all = [
        Rule(reason: "local: a capital sigma is a small one everywhere; Python's ends words") {
            $0.part == .local && $0.input.unicodeScalars.contains("\u{3A3}") && $0.ours != nil
                && withoutFinalSigma($0.ours) == withoutFinalSigma($0.theirs)
        },
        Rule(reason: "local: half-width jamo are not the ones that precis-i18n composes") {
            $0.part == .local && $0.ours == nil
                && $0.input.unicodeScalars.contains { (0xFFA0...0xFFDC).contains($0.value) }
        },
    ]

    private static func withoutFinalSigma(_ octets: [UInt8]?) -> String? {
        octets.map { octets in
            let text = String(decoding: octets, as: UTF8.self)
            return String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map { $0 == "\u{3C2}" ? "\u{3C3}" : $0 }))
        }
    }
}

/// A part of which the library makes something else.
private struct Difference: CustomStringConvertible {
    let part: JIDError.Part
    let input: String
    /// The octets of the normal form; `nil` where the part is refused.
    let ours: [UInt8]?
    let theirs: [UInt8]?

    var description: String {
        func text(_ octets: [UInt8]?) -> String {
            octets.map { OracleLine.escaped(String(decoding: $0, as: UTF8.self)) } ?? "refused"
        }
        return "\(part) \(OracleLine.escaped(input)): \(text(ours)), but theirs is \(text(theirs))"
    }
}

/// An address, and what the other libraries make of its parts.
private struct OracleLine: CustomStringConvertible {
    enum Verdict: Equatable {
        case absent, refused
        case accepted([UInt8])

        var octets: [UInt8]? {
            if case .accepted(let octets) = self { octets } else { nil }
        }
    }

    static let parts: [JIDError.Part] = [.local, .domain, .resource]

    let text: String
    /// Local part, domain and resource, split but not prepared.
    let inputs: [String?]
    let verdicts: [Verdict]

    var isAccepted: Bool { !verdicts.contains(.refused) }

    var description: String { Self.escaped(text) }

    init(_ line: Data) throws {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { Array($0) }
        guard fields.count == 4, case .accepted(let octets) = try Self.verdict(fields[0]) else {
            throw CocoaError(.coderReadCorrupt)
        }
        text = String(decoding: octets, as: UTF8.self)
        verdicts = try fields.dropFirst().map(Self.verdict)
        let slash = octets.firstIndex(of: UInt8(ascii: "/")) ?? octets.endIndex
        let at = octets[..<slash].firstIndex(of: UInt8(ascii: "@"))
        inputs = [
            at.map { octets[..<$0] }, octets[(at.map { $0 + 1 } ?? 0)..<slash],
            slash == octets.endIndex ? nil : octets[(slash + 1)...],
        ].map { part in part.map { String(decoding: $0, as: UTF8.self) } }
    }

    private static func verdict(_ field: [UInt8]) throws -> Verdict {
        switch field.first {
        case UInt8(ascii: "-") where field.count == 1: return .absent
        case UInt8(ascii: "!") where field.count == 1: return .refused
        case UInt8(ascii: "="): break
        default: throw CocoaError(.coderReadCorrupt)
        }
        var octets: [UInt8] = []
        var rest = field.dropFirst()
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                octets.append(byte)
            } else if let octet = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                octets.append(octet)
                rest.removeFirst(2)
            } else {
                throw CocoaError(.coderReadCorrupt)
            }
        }
        return .accepted(octets)
    }

    static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            (0x21...0x7E).contains(scalar.value)
                ? String(scalar) : "<\(String(scalar.value, radix: 16, uppercase: true))>"
        }.joined()
    }
}
