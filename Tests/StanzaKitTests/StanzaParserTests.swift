import StanzaKit
import XCTest

final class StanzaParserTests: XCTestCase {
    private let header =
        "<stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)' id='s1'>"

    private func events(_ parser: inout StanzaParser) throws(StreamError) -> [StanzaParser.Event] {
        var events: [StanzaParser.Event] = []
        while let event = try parser.next() { events.append(event) }
        return events
    }

    private func outcome(_ xml: String, limits: ParserLimits = ParserLimits()) -> StreamOutcome {
        StreamOutcome(of: Array((header + xml).utf8), cuts: [], limits: limits)
    }

    func testAStanzaIsDeliveredWithItsLastByte() throws {
        var parser = StanzaParser()
        let bytes = Array((header + "<a/><b>x</b>").utf8)
        var delivered: [Int: Int] = [:]
        for (index, byte) in bytes.enumerated() {
            parser.receive([byte])
            let count = try events(&parser).count
            if count > 0 { delivered[index] = count }
        }
        let (headerEnd, end) = (header.utf8.count - 1, bytes.count - 1)
        XCTAssertEqual(delivered, [headerEnd: 1, headerEnd + 4: 1, end: 1])
    }

    func testBytesMayComeAsAnySequence() throws {
        var parser = StanzaParser()
        parser.receive(AnySequence((header + "<a/>").utf8.lazy.map { $0 }))
        XCTAssertEqual(try events(&parser).count, 2)
        parser.receive([])
        XCTAssertNil(try parser.next())
    }

    func testKeepalivesAreNoEventsAndCostNoMemory() throws {
        var parser = StanzaParser()
        parser.receive(header.utf8)
        XCTAssertEqual(try events(&parser).count, 1)
        let blanks = [UInt8](repeating: 0x20, count: 64 << 10)
        let before = residentBytes()
        for _ in 0..<512 {
            parser.receive(blanks)
            XCTAssertNil(try parser.next())
        }
        XCTAssertLessThan(residentBytes() - before, 8 << 20, "of 32 MiB")
        parser.receive("<a/>".utf8)
        XCTAssertEqual(try events(&parser), [.element(Element("a", in: .client))])
    }

    func testAnEmptyStreamOpensAndCloses() throws {
        var parser = StanzaParser()
        parser.receive((header.dropLast() + "/>").utf8)
        let all = try events(&parser)
        XCTAssertEqual(all.count, 2)
        XCTAssertEqual(all.last, .closed)
        parser.receive(" \n".utf8)
        XCTAssertNil(try parser.next())
        parser.receive("<".utf8)
        XCTAssertThrowsError(try parser.next())
    }

    func testAfterRestartTheBytesBehindTheElementBelongToTheNewStream() throws {
        let first = header + "<success xmlns='\(XMLNamespace.sasl)'/>"
        let second =
            "<?xml version='1.0'?>" + header.replacingOccurrences(of: "s1", with: "s2") + "<a/>"
        var parser = StanzaParser()
        parser.receive((first + second).utf8)
        var ids: [String?] = []
        var names: [String] = []
        while let event = try parser.next() {
            switch event {
            case .opened(let header): ids.append(header.id)
            case .element(let element):
                names.append(element.name)
                if element.name == "success" { parser.restart() }
            default: XCTFail("\(event)")
            }
        }
        XCTAssertEqual(ids, ["s1", "s2"])
        XCTAssertEqual(names, ["success", "a"])
    }

    func testAnErrorIsThrownAfterWhatIsInFrontOfItAndAgainUntilRestart() throws {
        var parser = StanzaParser()
        parser.receive((header + "<a/><b></c>").utf8)
        XCTAssertNotNil(try parser.next())
        XCTAssertEqual(try parser.next(), .element(Element("a", in: .client)))
        for _ in 0..<2 {
            XCTAssertThrowsError(try parser.next()) { error in
                XCTAssertEqual(error as? StreamError, StreamError(.notWellFormed))
            }
            parser.receive("<a/>".utf8)
        }
        parser.restart()
    }

    func testAPrefixMayBeDeclaredByTheHeader() {
        let xml = header.dropLast() + " xmlns:db='jabber:server:dialback'><db:result/>"
        let outcome = StreamOutcome(of: Array(xml.utf8), cuts: [])
        XCTAssertEqual(outcome.elements, [Element("result", in: "jabber:server:dialback")])
    }

    func testTextBehindAChildIsNotTheChilds() {
        let outcome = outcome("<a><priority>5</priority>\n<b/>\n</a>")
        XCTAssertEqual(outcome.elements.first?.first("priority", in: .client)?.text, "5")
        XCTAssertEqual(outcome.elements.first?.text, "\n\n")
    }

    func testCDATAAndReferencesAreOneRunOfText() {
        let outcome = outcome("<a>1<![CDATA[<&]] ]>]]>2&amp;&#x33;</a>")
        XCTAssertEqual(outcome.elements.first?.content, [.text("1<&]] ]>2&3")])
    }

    // MARK: Limits

    func testEachLimitDropsTheStanzaOnceAndKeepsTheStream() {
        let long = String(repeating: "x", count: 40)
        let cases: [(String, WritableKeyPath<ParserLimits, Int>, Int, ParserLimits.Kind)] = [
            ("<a>\(long)</a>", \.stanzaBytes, 40, .stanzaBytes),
            ("<a><b><c/></b></a>", \.depth, 2, .depth),
            ("<a k='1' l='2' m='3'/>", \.attributes, 2, .attributes),
            (
                "<a xmlns:k='1' xmlns:l='2' m='3' xmlns='4'/>", \.namespaceDeclarations, 2,
                .namespaceDeclarations
            ),
            ("<a><\(long)/></a>", \.nameBytes, 39, .nameBytes),
            ("<a \(long)=''/>", \.nameBytes, 39, .nameBytes),
            ("<a xmlns:k='\(long)'/>", \.namespaceBytes, 39, .namespaceBytes),
            ("<a k='\(long)'/>", \.attributeValueBytes, 39, .attributeValueBytes),
            ("<a>\(long)</a>", \.textBytes, 39, .textBytes),
            ("<a>xxxx<![CDATA[\(long)]]></a>", \.textBytes, 39, .textBytes),
            ("<a>x<b/>y<c/></a>", \.nodes, 4, .nodes),
        ]
        for (stanza, limit, value, kind) in cases {
            var limits = ParserLimits()
            limits[keyPath: limit] = value
            let bytes = Array((header + "<ok/>" + stanza + "<ok/>").utf8)
            for cuts in [[], Array(StreamOutcome.chunks(of: 1, in: bytes))] {
                let outcome = StreamOutcome(of: bytes, cuts: cuts, limits: limits)
                XCTAssertEqual(outcome.dropped, [kind], stanza)
                XCTAssertEqual(outcome.elements.map(\.name), ["ok", "ok"], stanza)
                XCTAssertNil(outcome.failure, stanza)
            }
            limits[keyPath: limit] = value + (kind == .stanzaBytes ? 7 : 20)
            XCTAssertEqual(StreamOutcome(of: bytes, cuts: [], limits: limits).dropped, [], stanza)
        }
    }

    func testTheFirstLimitInTheBytesIsReportedHoweverTheyAreCut() {
        var limits = ParserLimits()
        (limits.stanzaBytes, limits.textBytes, limits.attributeValueBytes) = (100, 50, 60)
        for stanza in [
            "<a>\(String(repeating: "x", count: 200))</a>",
            "<a k='\(String(repeating: "x", count: 200))'/>",
            "<a k='\(String(repeating: "x", count: 55))'>\(String(repeating: "x", count: 200))</a>",
        ] {
            let bytes = Array((header + stanza + "<ok/>").utf8)
            let whole = StreamOutcome(of: bytes, cuts: [], limits: limits)
            XCTAssertEqual(whole.dropped.count, 1)
            for size in 1...40 {
                let cuts = StreamOutcome.chunks(of: size, in: bytes)
                XCTAssertEqual(StreamOutcome(of: bytes, cuts: cuts, limits: limits), whole, stanza)
            }
        }
    }

    func testWhatIsRestrictedIsRefusedInADroppedStanzaToo() {
        var limits = ParserLimits()
        limits.depth = 1
        let outcome = outcome("<a><b><!-- --></b></a>", limits: limits)
        XCTAssertEqual(outcome.dropped, [.depth])
        XCTAssertEqual(outcome.failure?.condition, .restrictedXML)
    }

    func testAHeaderBeyondALimitEndsTheStream() {
        var limits = ParserLimits()
        limits.attributes = 1
        let outcome = StreamOutcome(
            of: Array("<stream:stream xmlns:stream='\(XMLNamespace.streams)' a='' b=''>".utf8),
            cuts: [],
            limits: limits)
        XCTAssertEqual(outcome.failure, StreamError(.policyViolation))
    }

    // MARK: Hostile streams

    /// libxml2 2.9 keeps every name and, fed in small pieces, takes quadratic time; its contexts
    /// die of both.
    func testMemoryStaysBoundedOverAStreamOfEverNewNames() throws {
        var parser = StanzaParser()
        parser.receive(header.utf8)
        XCTAssertEqual(try events(&parser).count, 1)
        let filling = String(repeating: "n", count: 900)
        var before = 0
        for number in 0..<40_000 {
            // 36 MB of names; a parser that keeps them passes any bound below.
            parser.receive("<a\(number) \(filling)\(number)='' xmlns='u:\(number)'/>".utf8)
            XCTAssertEqual(try events(&parser).count, 1)
            if number == 10_000 { before = residentBytes() }
        }
        XCTAssertLessThan(residentBytes() - before, 8 << 20)
    }

    private func residentBytes() -> Int {
        #if os(Linux)
            guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
                let pages = Int(statm.split(separator: " ")[1])
            else { return .max / 2 }
            return pages * 4096
        #else
            // Where the number is not at hand, only the parsing itself is tested.
            return 0
        #endif
    }

    func testWhatIsSkippedIsNotKept() throws {
        var limits = ParserLimits()
        limits.stanzaBytes = 100
        var parser = StanzaParser(limits: limits)
        parser.receive((header + "<message><body>").utf8)
        XCTAssertEqual(try events(&parser).count, 1)
        let filling = [UInt8](repeating: UInt8(ascii: "a"), count: 64 << 10)
        parser.receive(filling)
        XCTAssertEqual(try events(&parser), [.dropped(.stanzaBytes)])
        let before = residentBytes()
        for _ in 0..<512 {
            parser.receive(filling)
            XCTAssertNil(try parser.next())
        }
        XCTAssertLessThan(residentBytes() - before, 8 << 20, "of 32 MiB")
        parser.receive("</body></message><ok/>".utf8)
        XCTAssertEqual(try events(&parser), [.element(Element("ok", in: .client))])
    }

    func testNothingIsKeptAfterAnError() throws {
        var parser = StanzaParser()
        parser.receive((header + "<!").utf8)
        XCTAssertNotNil(try parser.next())
        parser.receive("-".utf8)
        XCTAssertThrowsError(try parser.next())
        let before = residentBytes()
        let filling = [UInt8](repeating: UInt8(ascii: "a"), count: 64 << 10)
        for _ in 0..<512 {
            parser.receive(filling)
            XCTAssertThrowsError(try parser.next())
        }
        XCTAssertLessThan(residentBytes() - before, 8 << 20, "of 32 MiB")
    }

    /// Names in long namespaces, more than are remembered, in turn: each has to be spelled again.
    func testAStanzaIsNotMuchLargerInMemoryThanOnTheWire() throws {
        var limits = ParserLimits()
        limits.stanzaBytes = 1 << 20
        let prefixes = (0..<50).map { "p\($0)" }
        let declarations = prefixes.map {
            " xmlns:\($0)='\(String(repeating: "u", count: 900))\($0)'"
        }.joined()
        var stanza = "<a\(declarations)>"
        for number in 0..<7000 {
            let attributes = (0..<10).map { " \(prefixes[$0 * 5]):k\(number * 10 % 900 + $0)=''" }
            stanza += "<b\(attributes.joined())/>"
        }
        stanza += "</a>"
        XCTAssertLessThan(stanza.utf8.count, limits.stanzaBytes)
        let before = residentBytes()
        let outcome = outcome(stanza + "<ok/>", limits: limits)
        XCTAssertEqual(outcome.dropped, [.stanzaBytes])
        XCTAssertEqual(outcome.elements, [Element("ok", in: .client)])
        XCTAssertLessThan(residentBytes() - before, 64 << 20)
    }

    func testLimitsThatAreOffDoNotOverflow() {
        var limits = ParserLimits()
        (limits.textBytes, limits.attributeValueBytes, limits.nodes) = (.max, .max, .max)
        (limits.stanzaBytes, limits.nameBytes, limits.depth) = (.max, .max, .min)
        XCTAssertEqual(outcome("<a>x</a>", limits: limits).dropped, [.depth])
        limits.depth = .max
        limits.headerBytes = 200
        let long = String(repeating: "x", count: 300)
        XCTAssertEqual(outcome("<a k='\(long)'>\(long)</a>", limits: limits).elements.count, 1)
    }

    func testALimitInTheEndTagOfTheStreamEndsIt() {
        var limits = ParserLimits()
        limits.stanzaBytes = 100
        let blanks = String(repeating: " ", count: 200)
        let bytes = Array((header + "</stream:stream\(blanks)>").utf8)
        for cuts in [[], Array(StreamOutcome.chunks(of: 1, in: bytes))] {
            let outcome = StreamOutcome(of: bytes, cuts: cuts, limits: limits)
            XCTAssertEqual(outcome.failure, StreamError(.policyViolation))
            XCTAssertEqual(outcome.dropped, [])
        }
    }

    /// Bytes that are wrong right where a limit is crossed, and counts that are crossed there too.
    func testWhatComesFirstInTheBytesIsToldHoweverTheyAreCut() {
        var limits = ParserLimits()
        (limits.textBytes, limits.depth, limits.nodes) = (9, 3, 5)
        for size in 6...24 {
            limits.stanzaBytes = size
            for stanza in [
                "<a>123456789\u{e9}", "<a><b><c><d>", "<a>x<b/>y<b/>z", "<a><b/><b/><b/><b/>",
                "<a>12345678<![CDATA[x]]>",
            ] {
                for tail in [[0xC3, 0x28], [0xFF], [0x3C, 0x21], []] as [[UInt8]] {
                    let bytes = Array((header + stanza).utf8) + tail
                    let whole = StreamOutcome(of: bytes, cuts: [], limits: limits)
                    let cuts = StreamOutcome.chunks(of: 1, in: bytes)
                    XCTAssertEqual(
                        StreamOutcome(of: bytes, cuts: cuts, limits: limits), whole,
                        "\(size) \(stanza) \(tail)")
                }
            }
        }
    }

    func testALongTokenByteByByteIsNoMoreThanALongToken() throws {
        var limits = ParserLimits()
        limits.attributeValueBytes = 1 << 20
        var parser = StanzaParser(limits: limits)
        parser.receive((header + "<a b='").utf8)
        XCTAssertEqual(try events(&parser).count, 1)
        for _ in 0..<512 << 10 {
            parser.receive(CollectionOfOne(UInt8(ascii: ">")))
            XCTAssertNil(try parser.next())
        }
        parser.receive("'/>".utf8)
        guard case .element(let element)? = try parser.next() else { return XCTFail("no element") }
        XCTAssertEqual(element["b"]?.utf8.count, 512 << 10)
    }

    // MARK: Documents

    func testADocumentIsOneElement() throws {
        let text = "<?xml version='1.0' encoding='utf-8'?>\n<a xmlns='u'>x</a>\n"
        XCTAssertEqual(try Element(parsing: text.utf8), Element("a", in: "u", text: "x"))
        let wrong: [(String, StreamError.Condition)] = [
            ("", .notWellFormed), ("<a>", .notWellFormed), ("<a/><b/>", .notWellFormed),
            ("x<a/>", .notWellFormed), ("<a/>x", .notWellFormed), ("</a>", .notWellFormed),
            ("<!DOCTYPE a><a/>", .restrictedXML), ("<a/><!-- -->", .notWellFormed),
            ("<?xml version='1.0' encoding='latin-1'?><a/>", .unsupportedEncoding),
        ]
        for (text, condition) in wrong {
            XCTAssertThrowsError(try Element(parsing: text.utf8), text) { error in
                XCTAssertEqual(error as? StreamError, StreamError(condition), "\(text): \(error)")
            }
        }
        var limits = ParserLimits()
        limits.depth = 1
        XCTAssertThrowsError(try Element(parsing: "<a><b/></a>".utf8, limits: limits)) { error in
            XCTAssertEqual(error as? StreamError, StreamError(.policyViolation))
        }
    }

    func testAnElementOfAStreamIsExactlyOne() {
        XCTAssertEqual(try Element(parsing: " <a/> ", in: .client), Element("a", in: .client))
        XCTAssertEqual(
            try Element(parsing: "<stream:error/>", in: "u:'x'"), Element("error", in: .streams))
        for text in [
            "", "<a/><b/>", "<a>", "<a/><b>", "</stream:stream>", "<a/></stream:stream>", "x",
        ] {
            XCTAssertThrowsError(try Element(parsing: text, in: .client), text)
        }
    }
}
