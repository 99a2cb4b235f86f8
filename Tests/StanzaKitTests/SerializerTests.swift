import StanzaKit
import XCTest

final class SerializerTests: XCTestCase {
    private func text(_ element: Element, in namespace: XMLNamespace = .client) throws -> String {
        String(decoding: try element.serialized(in: namespace), as: UTF8.self)
    }

    func testANamespaceIsDeclaredOnlyWhereItChanges() throws {
        let inner = Element("c", in: "u:x", children: [Element("d", in: .client)])
        let element = Element(
            "a", in: .client, children: [Element("b", in: "u:x", children: [inner])])
        XCTAssertEqual(
            try text(element), "<a><b xmlns='u:x'><c><d xmlns='jabber:client'/></c></b></a>")
        XCTAssertEqual(
            try text(element, in: .empty),
            "<a xmlns='jabber:client'><b xmlns='u:x'><c><d xmlns='jabber:client'/></c></b></a>")
        XCTAssertEqual(try text(Element("a", in: .empty)), "<a xmlns=''/>")
    }

    func testElementsOfTheStreamHaveItsPrefix() throws {
        let features = Element(
            "features", in: .streams,
            children: [Element("bind", in: .bind), Element("x", in: .client)])
        XCTAssertEqual(
            try text(features),
            "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><x/></stream:features>"
        )
        var bare = Serializer(declaresStreamPrefix: false)
        var bytes: [UInt8] = []
        try bare.append(Element("error", in: .streams), to: &bytes)
        XCTAssertEqual(
            String(decoding: bytes, as: UTF8.self),
            "<error xmlns='http://etherx.jabber.org/streams'/>")
    }

    func testWhatXMLWouldChangeIsWrittenAsReferences() throws {
        let element = Element(
            "a", in: .client, attributes: ["k": "<\"'&>\r\n\t"], text: "<\"'&>\r\n\t]]>")
        XCTAssertEqual(
            try text(element),
            "<a k='&lt;&quot;&apos;&amp;&gt;&#xD;&#xA;&#x9;'>&lt;\"'&amp;&gt;&#xD;\n\t]]&gt;</a>")
        XCTAssertEqual(try Element(parsing: text(element), in: .client), element)
    }

    func testEveryCharacterOfXMLSurvivesAndNoOtherIsWritten() throws {
        var refused = 0
        for value in 0...0x10FFFF as ClosedRange<UInt32> {
            // Every character up to the end of the plane of ideographs' compatibility forms, then a
            // sample.
            if value > 0x1_1000, value % 257 != 0, value & 0xFFFE != 0xFFFE { continue }
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isAllowed =
                value == 9 || value == 10 || value == 13
                || (value >= 0x20 && value != 0xFFFE && value != 0xFFFF)
            let character = String(Character(scalar))
            let element = Element("a", in: .client, attributes: ["k": character], text: character)
            do throws(SerializationError) {
                let bytes = try element.serialized()
                XCTAssertTrue(isAllowed, "U+\(String(value, radix: 16))")
                if value < 0x800 || value % 64 == 0 {
                    XCTAssertEqual(
                        try? Element(parsing: String(decoding: bytes, as: UTF8.self), in: .client),
                        element)
                }
            } catch {
                XCTAssertEqual(error.code, .invalidCharacter)
                XCTAssertFalse(isAllowed, "U+\(String(value, radix: 16))")
                refused += 1
            }
        }
        XCTAssertEqual(refused, 32 - 3 + 2)
    }

    func testAttributesInANamespaceGetAPrefix() throws {
        let element = Element(
            "a", in: .client,
            attributes: [
                .language: "de", AttributeName("k", in: "u:a"): "1",
                AttributeName("k", in: "u:b"): "2",
                "k": "3",
            ])
        XCTAssertEqual(
            try text(element),
            "<a xml:lang='de' xmlns:a2='u:a' a2:k='1' xmlns:a3='u:b' a3:k='2' k='3'/>")
        XCTAssertEqual(try Element(parsing: text(element), in: .client), element)
    }

    func testWhatIsNoNameIsRefusedAndTheBufferStaysAsItWas() {
        let elements: [(Element, SerializationError.Code)] = [
            (Element("", in: .client), .invalidName), (Element("1a", in: .client), .invalidName),
            (Element("-", in: .client), .invalidName), (Element("a:b", in: .client), .invalidName),
            (Element("a b", in: .client), .invalidName),
            (Element("\u{301}a", in: .client), .invalidName),
            (Element("a", in: .client, attributes: ["": ""]), .invalidName),
            (Element("a", in: .client, attributes: ["xmlns": "u"]), .invalidName),
            (Element("a", in: .xml), .invalidNamespace),
            (Element("a", in: "http://www.w3.org/2000/xmlns/"), .invalidNamespace),
            (Element("a", in: "u:\u{0}"), .invalidCharacter),
            (
                Element("a", in: .client, children: [Element("b", in: .client, text: "\u{FFFF}")]),
                .invalidCharacter
            ),
        ]
        for (element, code) in elements {
            var buffer: [UInt8] = [1, 2, 3]
            var serializer = Serializer()
            do throws(SerializationError) {
                try serializer.append(element, to: &buffer)
                XCTFail("\(buffer) was written")
            } catch {
                XCTAssertEqual(error.code, code, "\(error)")
            }
            XCTAssertEqual(buffer, [1, 2, 3])
            do throws(SerializationError) {
                try serializer.append(Element("ok", in: .client), to: &buffer)
            } catch {
                XCTFail("the serializer goes on: \(error)")
            }
            XCTAssertEqual(buffer.dropFirst(3), Array("<ok/>".utf8)[...])
        }
        XCTAssertNoThrow(try Element("\u{e9}t\u{e9}", in: .client).serialized())
    }

    func testAHeaderIsReadBackAsItWas() throws {
        let header = StreamHeader(
            attributes: [
                .init(.to, "im.example.com"), .init("version", "1.0"), .init(.language, "de"),
                .init(.id, "a'b<"),
            ], contentNamespace: .component)
        var serializer = Serializer()
        var parser = StanzaParser()
        parser.receive(try serializer.bytes(of: header))
        XCTAssertEqual(try parser.next(), .opened(header))
        XCTAssertEqual(header.language, "de")
        XCTAssertEqual(header.version, "1.0")
        XCTAssertNil(header.from)
    }
}
