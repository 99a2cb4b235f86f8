import StanzaKit
import VectorSupport
import XCTest

/// The recorded addresses, strictly and leniently.
final class AddressVectorTests: XCTestCase {
    /// Every file of the kind has a test; that of the escapings is `LocalPartEscapingTests`.
    func testEveryFileIsUnderstood() throws {
        let files = try VectorFolder.files(of: .jid)
        // They are other people's texts: the repository holds no copy.
        if files.isEmpty { print("not replayed: jid, which PRESENCEKIT_VECTORS does not name") }
        for file in files {
            let names = ["jid-vectors.json", "jid-equality.json", "jid-escaping.json"]
            XCTAssertTrue(names.contains(file.url.lastPathComponent), file.name)
        }
    }

    func testRecordedAddressesAreTakenOrRefused() throws {
        for file in try VectorFolder.files(of: .jid)
        where file.url.lastPathComponent == "jid-vectors.json" {
            let vectors = try XCTUnwrap(try file.json()["vectors"]?.array)
            XCTAssertFalse(vectors.isEmpty, file.name)
            var tally = Tally()
            for vector in vectors { try check(vector, &tally) }
            file.report(vectors: vectors.count, steps: tally.steps, note: tally.description)
        }
    }

    private struct Tally: CustomStringConvertible {
        var valid = 0
        var invalid = 0
        var lenient = 0
        var disputed = 0

        var steps: Int { valid + invalid + lenient }
        var description: String {
            "\(valid) valid, \(invalid) refused, \(disputed) disputed; "
                + "\(lenient) that a server takes read leniently"
        }
    }

    private func check(_ vector: JSON, _ tally: inout Tally) throws {
        let id = try XCTUnwrap(vector["id"]?.string)
        let input = try XCTUnwrap(vector["input"]?.string)
        let jid = JID(input)
        if try XCTUnwrap(vector["disputed"]?.bool) { tally.disputed += 1 }
        if try XCTUnwrap(vector["valid"]?.bool) {
            tally.valid += 1
            XCTAssertEqual(octets(jid?.local), octets(vector["localpart"]?.string), id)
            XCTAssertEqual(octets(jid?.domain), octets(vector["domainpart"]?.string), id)
            XCTAssertEqual(octets(jid?.resource), octets(vector["resourcepart"]?.string), id)
            XCTAssertEqual(octets(jid?.description), octets(vector["normalized"]?.string), id)
            XCTAssertEqual(jid?.bare.isConforming, true, id)
            XCTAssertNotNil(jid?.bare.domainASCII, id)
            // What is prepared stays what it is, whichever way it comes back.
            XCTAssertEqual(jid.flatMap { JID($0.description) }, jid, id)
            let received = try jid.map { try JID(wire: $0.description) }
            XCTAssertEqual(received, jid, id)
            XCTAssertEqual(received?.bare.isConforming, true, id)
        } else {
            tally.invalid += 1
            XCTAssertNil(jid, id)
        }
        let servers = try XCTUnwrap(vector["servers"])
        let names = ["prosody_icu", "ejabberd"]
        if names.contains(where: { servers[$0]?.string != nil }) {
            tally.lenient += 1
            let received = try? JID(wire: input)
            XCTAssertNotNil(received, id)
            XCTAssertEqual(octets(received?.spelling), octets(input), id)
            if let jid { XCTAssertEqual(received?.bare, jid.bare, id) }
            XCTAssertEqual(
                received?.bare.isConforming,
                received.map { BareJID($0.bare.spelling) == $0.bare }, id)
        }
    }

    func testRecordedAddressesAreTheSameOrNot() throws {
        for file in try VectorFolder.files(of: .jid)
        where file.url.lastPathComponent == "jid-equality.json" {
            let vectors = try XCTUnwrap(try file.json()["vectors"]?.array)
            XCTAssertFalse(vectors.isEmpty, file.name)
            for vector in vectors {
                let id = try XCTUnwrap(vector["id"]?.string)
                let texts = try [vector["a"], vector["b"]].map { try XCTUnwrap($0?.string) }
                let jids = try texts.map { try JID(validating: $0) }
                let isEqual = try XCTUnwrap(vector["equal"]?.bool)
                XCTAssertEqual(jids[0] == jids[1], isEqual, id)
                XCTAssertEqual(jids[0].hashValue == jids[1].hashValue, isEqual, id)
                XCTAssertEqual(jids[0] < jids[1] || jids[1] < jids[0], !isEqual, id)
                let bare = try texts.map { try JID(wire: $0).bare }
                XCTAssertEqual(bare[0] == bare[1], jids[0].bare == jids[1].bare, id)
                XCTAssertEqual(Set(bare).count == 1, jids[0].bare == jids[1].bare, id)
            }
            file.report(vectors: vectors.count, steps: vectors.count * 5)
        }
    }

    private func octets(_ text: String?) -> [UInt8]? { text.map { Array($0.utf8) } }
}
