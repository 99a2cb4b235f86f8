import Foundation
import PresenceKit
import StanzaKit
import XCTest

/// Stores: what they keep, and what a crash does to the one in a file.
final class ComponentStoreTests: XCTestCase {
    private let local: BareJID = "bot@comp.localhost"
    private var folder = FileManager.default.temporaryDirectory

    private var path: String { folder.appending(path: "subscriptions").path() }

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "PresenceKit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    private func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.file)) }

    private func write(_ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: folder.file)
    }

    private func open() throws -> FileSubscriptionStore { try FileSubscriptionStore(path: path) }

    private func request(_ content: String = "") throws -> Presence {
        try XCTUnwrap(
            Presence(
                Element(
                    parsing:
                        "<presence type='subscribe' from='a@x' to='\(local)'>\(content)</presence>",
                    in: .client)))
    }

    /// Everything that a store keeps.
    private func everything(in store: some SubscriptionStore) throws -> [String] {
        try store.addresses().flatMap { local in
            try store.contacts(of: local).map { contact in
                let entry = try XCTUnwrap(store.entry(for: contact, at: local))
                return "\(local) \(contact) \(entry)"
            }
        }
    }

    /// A change of every sort: new, other, forgotten, approved, with a request.
    private func change(_ store: inout some SubscriptionStore, _ number: Int) throws {
        let contact = try BareJID(wire: "c\(number % 7)@Bücher.example")
        let local = try BareJID(wire: "l\(number % 3)@comp.localhost")
        let states = SubscriptionState.allCases
        let entry = SubscriptionEntry(
            states[number % states.count], isApproved: number % 5 == 0,
            request: try request("<status>\(number) &amp; é</status><x xmlns='urn:x' a='1'/>"))
        try store.set(number % 4 == 3 ? nil : entry, for: contact, at: local)
    }

    func testThereIsNoEntryForNothing() throws {
        XCTAssertNil(SubscriptionEntry(.neither))
        XCTAssertEqual(SubscriptionEntry(.neither, isApproved: true)?.record.isApproved, true)
        XCTAssertNil(SubscriptionEntry(.both, request: try request())?.request)
        XCTAssertEqual(
            SubscriptionEntry(.toPendingIn, request: try request())?.record.state, .toPendingIn)
    }

    func testACopyOfAStoreInMemoryStaysAsItWas() throws {
        var store = InMemorySubscriptionStore()
        store.set(SubscriptionEntry(.both), for: "a@x", at: local)
        let copy = store
        store.set(nil, for: "a@x", at: local)
        store.set(nil, for: "a@x", at: local)
        XCTAssertEqual(store.count, 0)
        XCTAssertEqual(store.addresses(), [])
        XCTAssertEqual(copy.count, 1)
        XCTAssertEqual(copy.entry(for: "a@x", at: local)?.state, .both)
    }

    func testAFileKeepsWhatAStoreInMemoryKeeps() throws {
        var memory = InMemorySubscriptionStore()
        var file = try open()
        for number in 0..<500 {
            try change(&memory, number)
            try change(&file, number)
            if number % 50 == 0 {
                // The file is locked until the store goes.
                file = try FileSubscriptionStore(path: folder.appending(path: "other").path())
                file = try open()
            }
        }
        XCTAssertEqual(try everything(in: file), try everything(in: memory))
        XCTAssertEqual(file.addressesWithRequests(), memory.addressesWithRequests())
        XCTAssertEqual(file.count, memory.count)
    }

    func testARequestIsKeptWhole() throws {
        let nick = "<nick xmlns='http://jabber.org/protocol/nick'>A</nick>"
        let asked = try request("<status>Let me</status>\(nick)")
        do {
            try open().set(
                SubscriptionEntry(.neitherPendingIn, request: asked), for: "a@x", at: local)
        }
        XCTAssertEqual(try open().entry(for: "a@x", at: local)?.request, asked)
    }

    func testWhereverAFileIsCutEveryWholeChangeIsThere() throws {
        var memory = InMemorySubscriptionStore()
        var ends: [Int] = []
        var states: [[String]] = []
        do {
            var file = try open()
            ends.append(try bytes().count)
            states.append([])
            for number in 0..<12 {
                let before = file.changesInFile
                try change(&file, number)
                try change(&memory, number)
                if file.changesInFile == before { continue }
                ends.append(try bytes().count)
                states.append(try everything(in: memory))
            }
        }
        let whole = try bytes()
        XCTAssertEqual(ends.last, whole.count)
        for cut in 0...whole.count {
            try write(whole[..<cut])
            let count = try XCTUnwrap(ends.lastIndex { $0 <= cut } ?? 0)
            do {
                let store = try open()
                store.synchronizesEveryChange = false
                XCTAssertEqual(try everything(in: store), states[count], "cut at \(cut)")
                try store.set(SubscriptionEntry(.both), for: "new@x", at: local)
            }
            let again = try open()
            XCTAssertEqual(again.entry(for: "new@x", at: local)?.state, .both, "cut at \(cut)")
            XCTAssertEqual(again.count, states[count].count + 1, "cut at \(cut)")
        }
        print("cut a file of \(whole.count) bytes at every one of them")
    }

    func testATailThatWasNeverWrittenIsDropped() throws {
        do { _ = try open() }
        let header = try bytes()
        do { try open().set(SubscriptionEntry(.to), for: "a@x", at: local) }
        let whole = try bytes()
        do { try open().set(SubscriptionEntry(.both), for: "a@x", at: local) }
        let longer = try bytes()
        // Room was made for the write, but zeros or half of it came to the disk.
        for start in whole.count..<longer.count {
            let torn = longer[..<start] + [UInt8](repeating: 0, count: longer.count - start)
            // A frame may end with zeros of its own.
            let expected: SubscriptionState = torn.elementsEqual(longer) ? .both : .to
            try write(torn)
            XCTAssertEqual(try open().entry(for: "a@x", at: local)?.state, expected, "\(start)")
        }
        for start in 0...header.count {
            try write(header[..<start] + [UInt8](repeating: 0, count: header.count - start))
            XCTAssertEqual(try open().count, 0)
        }
    }

    func testWhatNoCrashCanDoIsToldAndLeftAlone() throws {
        do {
            let store = try open()
            try store.set(SubscriptionEntry(.to), for: "a@x", at: local)
            try store.set(SubscriptionEntry(.both), for: "b@x", at: local)
        }
        let whole = try bytes()
        let first = try XCTUnwrap(whole.firstIndex(of: 0xFF))
        let second = try XCTUnwrap(whole[(first + 4)...].firstIndex(of: 0xFF))
        for index in first..<second {
            var damaged = whole
            damaged[index] ^= 0x10
            try write(damaged)
            XCTAssertThrowsError(try open(), "byte \(index)") { error in
                XCTAssertEqual(error as? SubscriptionStoreError, SubscriptionStoreError(.damaged))
            }
            XCTAssertEqual(try bytes(), damaged)
        }
        try write("something else".utf8)
        XCTAssertThrowsError(try open()) { error in
            XCTAssertEqual(error as? SubscriptionStoreError, SubscriptionStoreError(.unknownFormat))
        }
        XCTAssertEqual(try bytes(), Array("something else".utf8))
    }

    func testTwoStoresDoNotShareAFile() throws {
        let store = try open()
        XCTAssertThrowsError(try open()) { error in
            XCTAssertEqual(error as? SubscriptionStoreError, SubscriptionStoreError(.inUse))
        }
        try store.set(SubscriptionEntry(.to), for: "a@x", at: local)
        XCTAssertThrowsError(try FileSubscriptionStore(path: path + "/no/such")) { error in
            XCTAssertEqual(error as? SubscriptionStoreError, SubscriptionStoreError(.unreadable))
        }
    }

    func testAChangeCostsWhatItIsLong() throws {
        let store = try FileSubscriptionStore(path: path, synchronizesEveryChange: false)
        for number in 0..<100_000 {
            let contact = try BareJID(wire: "c@x")
            let local = try BareJID(wire: "l\(number)@comp.localhost")
            try store.set(SubscriptionEntry(.both), for: contact, at: local)
        }
        let before = try size()
        try store.set(SubscriptionEntry(.from), for: "c@x", at: "l7@comp.localhost")
        XCTAssertLessThan(try size() - before, 100)
        try store.set(SubscriptionEntry(.from), for: "c@x", at: "l7@comp.localhost")
        XCTAssertLessThan(try size() - before, 100, "what changes nothing is not written")
        XCTAssertEqual(store.count, 100_000)
        XCTAssertEqual(store.changesInFile, 100_001)
        try store.synchronize()
    }

    private func size() throws -> Int {
        try XCTUnwrap(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    func testAFileDoesNotGrowForEver() throws {
        do {
            let store = try FileSubscriptionStore(path: path, synchronizesEveryChange: false)
            try store.set(SubscriptionEntry(.both), for: "stays@x", at: local)
            for number in 0..<5000 {
                let entry = SubscriptionEntry(number.isMultiple(of: 2) ? .to : .from)
                try store.set(entry, for: "a@x", at: local)
            }
            XCTAssertLessThan(store.changesInFile, 1100)
            XCTAssertLessThan(try size(), 100_000)
            // The lock goes with the new file.
            XCTAssertThrowsError(try open())
            XCTAssertFalse(FileManager.default.fileExists(atPath: path + ".new"))
        }
        let store = try open()
        XCTAssertEqual(store.entry(for: "a@x", at: local)?.state, .from)
        XCTAssertEqual(store.entry(for: "stays@x", at: local)?.state, .both)
    }

    func testACrashWhileAFileIsMadeSmallerLeavesTheOldOne() throws {
        do { try open().set(SubscriptionEntry(.both), for: "a@x", at: local) }
        try Data("half of a new fi".utf8).write(to: URL(filePath: path + ".new"))
        let store = try FileSubscriptionStore(path: path, synchronizesEveryChange: false)
        XCTAssertEqual(store.entry(for: "a@x", at: local)?.state, .both)
        for number in 0..<3000 {
            try store.set(
                SubscriptionEntry(number.isMultiple(of: 2) ? .to : .from), for: "b@x", at: local)
        }
        XCTAssertLessThan(store.changesInFile, 1100)
        XCTAssertEqual(store.count, 2)
    }

    func testAFullDiskChangesNothing() throws {
        let store = try open()
        try store.set(SubscriptionEntry(.to), for: "a@x", at: local)
        let whole = try bytes()
        let handler = signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit()
        _ = unsafe getrlimit(fileSize, &limit)
        let old = limit
        for room in 0..<20 {
            limit.rlim_cur = rlim_t(whole.count + room)
            _ = unsafe setrlimit(fileSize, &limit)
            XCTAssertThrowsError(
                try store.set(SubscriptionEntry(.both), for: "a@x", at: local)
            ) { error in
                XCTAssertEqual(
                    error as? SubscriptionStoreError, SubscriptionStoreError(.unwritable))
            }
            limit = old
            _ = unsafe setrlimit(fileSize, &limit)
            XCTAssertEqual(store.entry(for: "a@x", at: local)?.state, .to)
            XCTAssertEqual(try bytes(), whole)
        }
        _ = signal(SIGXFSZ, handler)
        try store.set(SubscriptionEntry(.both), for: "a@x", at: local)
        XCTAssertEqual(store.entry(for: "a@x", at: local)?.state, .both)
    }
}

#if canImport(Glibc)
    private let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
#else
    private let fileSize = RLIMIT_FSIZE
#endif

extension URL {
    fileprivate var file: URL { appending(path: "subscriptions") }
}
