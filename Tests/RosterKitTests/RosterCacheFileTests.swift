import Foundation
import PresenceTestKit
import RosterKit
import StanzaKit
import VectorSupport
import XCTest

final class RosterCacheFileTests: XCTestCase {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: UUID().uuidString, directoryHint: .isDirectory)
    private var path: String { folder.path() + "roster.json" }
    private lazy var cache = FileRosterCache(at: path)
    private let versioning = "<ver xmlns='urn:xmpp:features:rosterver'/>"

    override func setUpWithError() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    }

    private func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// What a client makes of the file: its roster, and whether it complained.
    private func launch(_ cache: (any RosterCache)? = nil) -> (roster: Roster, isReported: Bool) {
        let stream = StanzaStream { _ in }
        var isReported = false
        stream.onDiagnostic { diagnostic in
            if case .cacheNotRead = diagnostic.kind { isReported = true }
        }
        return (RosterClient(stream, cache: cache ?? self.cache).roster, isReported)
    }

    /// Saves a roster as a session does.
    private func save() throws -> Roster {
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        let client = RosterClient(script.stream, cache: cache)
        script.begin(features: versioning)
        try script.receive(
            "<iq type='result' id='id1'><query xmlns='jabber:iq:roster' ver='7'>"
                + "<item jid='Juliet@capulet.example' subscription='both' name='J\u{E9}'><group>F</group></item>"
                + "<item jid='nurse@capulet.example' ask='subscribe'/></query></iq>")
        return client.roster
    }

    func testARosterIsThereInTheNextLaunch() throws {
        XCTAssertNil(try cache.load())
        let roster = try save()
        let next = launch()
        XCTAssertEqual(next.roster.json(), roster.json())
        XCTAssertEqual(
            next.roster["juliet@capulet.example"]?.jid.spelling, "Juliet@capulet.example")
        XCTAssertFalse(next.isReported)
        XCTAssertEqual(try names(), ["roster.json"])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        XCTAssertEqual(attributes[.posixPermissions] as? Int, 0o600, "only the user may read it")
    }

    func testNoFileIsNoCacheAndNoComplaint() {
        let launch = launch()
        XCTAssertEqual(launch.roster.count, 0)
        XCTAssertFalse(launch.isReported)
    }

    func testDamageAtAnyByteIsNoCacheAndNeverAnotherRoster() throws {
        _ = try save()
        let bytes = try XCTUnwrap(try cache.load())
        let memory = MemoryCache()
        var checked = 0
        var generator = SeededGenerator(seed: 7)
        func check(_ damaged: [UInt8], _ what: String) {
            if damaged == bytes { return }
            memory.saves = [damaged]
            let launch = launch(memory)
            XCTAssertEqual(launch.roster.count, 0, what)
            XCTAssertNil(launch.roster.version, what)
            XCTAssertTrue(launch.isReported, what)
            checked += 1
        }
        for index in bytes.indices {
            try write(Array(bytes[..<index]))
            XCTAssertEqual(launch().roster.count, 0, "cut at \(index)")
            check(Array(bytes[..<index]), "cut at \(index)")
            let blank = [UInt8](repeating: 0, count: bytes.count - index)
            check(bytes[..<index] + blank, "zeros from \(index)")
            var removed = bytes
            removed.remove(at: index)
            check(removed, "without \(index)")
            var doubled = bytes
            doubled.insert(bytes[index], at: index)
            check(doubled, "\(index) twice")
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                check(flipped, "bit \(bit) of \(index)")
            }
            var other = bytes
            other[index] = .random(in: 0...255, using: &generator)
            check(other, "another byte at \(index)")
        }
        for byte: UInt8 in [0, 0x0A, 0x20, 0x7D] { check(bytes + [byte], "\(byte) behind") }
        XCTAssertGreaterThan(checked, 2000)
        print("read \(checked) damaged caches, none of them as a roster")
    }

    func testADamagedFileMeansThatAllIsAskedForAndIsReplaced() throws {
        let roster = try save()
        let bytes = try XCTUnwrap(try cache.load())
        try write(Array(bytes.dropLast(10)))
        let script = ScriptedStream(as: "romeo@montague.example/orchard")
        let client = RosterClient(script.stream, cache: cache)
        script.begin(features: versioning)
        XCTAssertEqual(script.takeSent().last.flatMap(IQ.init)?.payload?["ver"], "")
        XCTAssertEqual(client.roster.count, 0)
        XCTAssertEqual(try save().json(), roster.json())
        XCTAssertEqual(try cache.load(), bytes)
    }

    func testAForeignFileIsNoCache() throws {
        let foreign: [[UInt8]] = [
            [], [0], Array("{}".utf8), Array(#"{"items":{"a@x":{}},"ver":"1"}"#.utf8),
            try Roster(json: #"{"items":{"a@x":{}},"ver":"1"}"#.utf8).json(),
            Array(repeating: 0xFF, count: 5000),
        ]
        for bytes in foreign {
            try write(bytes)
            let launch = launch()
            XCTAssertEqual(launch.roster.count, 0)
            XCTAssertTrue(launch.isReported)
        }
    }

    func testWhatACrashLeftBehindIsReplaced() throws {
        let roster = try save()
        let bytes = try XCTUnwrap(try cache.load())
        try Data(bytes.prefix(20)).write(to: URL(filePath: path + ".new"))
        XCTAssertEqual(launch().roster.json(), roster.json())
        try cache.save(Array("other".utf8))
        XCTAssertEqual(try cache.load(), Array("other".utf8))
        XCTAssertEqual(try names(), ["roster.json"])
    }

    func testNothingIsWrittenThroughALink() throws {
        let victim = folder.path() + "victim"
        try Data("untouched".utf8).write(to: URL(filePath: victim))
        for link in [path, path + ".new"] {
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: victim)
        }
        try cache.save([1])
        XCTAssertEqual(try String(contentsOfFile: victim, encoding: .utf8), "untouched")
        XCTAssertEqual(try names(), ["roster.json", "victim"])
    }

    func testWhatTheFileSystemRefusesIsAnErrorAndLeavesWhatWas() throws {
        let nowhere = FileRosterCache(at: folder.path() + "none/roster.json")
        XCTAssertNil(try nowhere.load())
        XCTAssertThrowsError(try nowhere.save([1])) { error in
            XCTAssertEqual((error as? FileRosterCache.Failure)?.call, "open")
        }
        let taken = FileRosterCache(at: folder.path())
        XCTAssertThrowsError(try taken.load())
        XCTAssertThrowsError(try FileRosterCache(at: "").save([1]))

        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        XCTAssertThrowsError(try cache.save([1])) { error in
            XCTAssertEqual((error as? FileRosterCache.Failure)?.call, "rename")
        }
        XCTAssertEqual(try names(), ["roster.json"])
    }

    func testAPipeAndAFileWithoutEndAreNotReadForEver() throws {
        XCTAssertEqual(unsafe mkfifo(path, 0o600), 0)
        XCTAssertThrowsError(try cache.load())
        try FileManager.default.removeItem(atPath: path)
        XCTAssertThrowsError(try FileRosterCache(at: "/dev/zero").load())
        try write([])
        XCTAssertEqual(unsafe truncate(path, off_t(Roster.maximumJSONBytes) + 1), 0)
        XCTAssertThrowsError(try cache.load())
    }
}
