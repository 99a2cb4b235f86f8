import StanzaKit
import XCTest

final class ElementTests: XCTestCase {
    private let item = Element(
        "item", in: "u:roster", attributes: [.jid: "a@b", "name": nil], text: "x",
        children: [Element("group", in: "u:roster", text: "Friends")])

    func testItReadsWhatItWasMadeOf() {
        XCTAssertEqual(item.name, "item")
        XCTAssertEqual(item.namespace, "u:roster")
        XCTAssertEqual(item[.jid], "a@b")
        XCTAssertNil(item["name"])
        XCTAssertEqual(item.text, "x")
        XCTAssertEqual(item.first("group", in: "u:roster")?.text, "Friends")
        XCTAssertNil(item.first("group", in: .client))
        XCTAssertEqual(
            item.content, [.text("x"), .element(Element("group", in: "u:roster", text: "Friends"))])
        XCTAssertFalse(item.children.isEmpty)
        XCTAssertTrue(Element("a", in: .client, text: "x").children.isEmpty)
    }

    func testAttributesAreSetInPlaceAddedLastAndRemoved() {
        var element = item
        element["name"] = "B"
        element[.jid] = "longer@example.org"
        XCTAssertEqual(element.attributes.map(\.name), [.jid, "name"])
        XCTAssertEqual(element.attributes.map(\.value), ["longer@example.org", "B"])
        XCTAssertEqual(element.text, "x")
        element[.jid] = nil
        element["absent"] = nil
        XCTAssertEqual(element.attributes, [.init("name", "B")])
        XCTAssertEqual(element.first("group", in: "u:roster")?.text, "Friends")
    }

    func testACopyIsNotChangedWithTheOriginal() {
        var copy = item
        copy.append(Element("group", in: "u:roster", text: "Work"))
        copy[.jid] = "c@d"
        XCTAssertEqual(item.all("group", in: "u:roster").map(\.text), ["Friends"])
        XCTAssertEqual(item[.jid], "a@b")
        XCTAssertEqual(copy.all("group", in: "u:roster").map(\.text), ["Friends", "Work"])
    }

    func testAChildIsAValueOfItsOwn() throws {
        let outer = Element("outer", in: .client, children: [item, Element("last", in: .client)])
        var child = try XCTUnwrap(outer.first("item", in: "u:roster"))
        XCTAssertEqual(child, item)
        child.append("y")
        child["k"] = "v"
        XCTAssertEqual(child.content.last, .text("y"))
        XCTAssertEqual(outer.first("item", in: "u:roster"), item)
    }

    func testTextIsMergedWithTheRunBesideIt() {
        var element = Element("a", in: .client, text: "1")
        element.append("2")
        element.append("")
        XCTAssertEqual(element.content, [.text("12")])
        element.append(Element("b", in: .client, text: "inner"))
        element.append("3")
        element.append("4")
        XCTAssertEqual(element.content.count, 3)
        XCTAssertEqual(element.text, "1234")
        element.removeAll("b", in: .client)
        XCTAssertEqual(element.content, [.text("1234")])
    }

    func testRemovingAChildWithTextLeavesTheTextBehindItAlone() {
        var element = Element(
            "a", in: .client,
            children: [Element("keep", in: .client, text: "kept"), Element("drop", in: .client)])
        element.append("tail")
        element.removeAll("drop", in: .client)
        XCTAssertEqual(
            element.content, [.element(Element("keep", in: .client, text: "kept")), .text("tail")])
    }

    func testReplacingKeepsThePlaceAndRemovesFurtherOnes() {
        let (a, b) = (Element("a", in: .client, text: "1"), Element("b", in: .client))
        var element = Element("x", in: .client, children: [a, b, a])
        element.replace(with: Element("a", in: .client, text: "2"))
        XCTAssertEqual(element.children.map(\.name), ["a", "b"])
        XCTAssertEqual(element.first("a", in: .client)?.text, "2")
        element.replace(with: Element("c", in: .client))
        XCTAssertEqual(element.children.map(\.name), ["a", "b", "c"])
        element.removeContent()
        XCTAssertEqual(element, Element("x", in: .client))
    }

    /// Every number of children and of what they are replaced with, up to three.
    func testReplacementsTakeThePlacesOfWhatTheyReplaceOneForOne() {
        let (old, other) = (Element("old", in: .client), Element("other", in: .client))
        for count in 0...3 {
            for newCount in 0...3 {
                var element = Element("x", in: .client, attributes: ["a": "1"])
                for _ in 0..<count {
                    element.append(old)
                    element.append("t")
                }
                element.append(other)
                let new = (0..<newCount).map { Element("new", in: .client, text: "\($0)") }
                element.replaceChildren(where: { $0.is("old", in: .client) }, with: new)

                var expected = Element("x", in: .client, attributes: ["a": "1"])
                for place in 0..<count {
                    let isLast = place == count - 1
                    for child in isLast ? new.dropFirst(place) : new.dropFirst(place).prefix(1) {
                        expected.append(child)
                    }
                    expected.append("t")
                }
                expected.append(other)
                if count == 0 { for child in new { expected.append(child) } }
                XCTAssertEqual(element, expected, "\(count) and \(newCount)")
            }
        }
    }

    func testEqualityIsThatOfXML() throws {
        let left = try Element(parsing: "<a x='1' y='2'>t<b/></a>", in: .client)
        let right = try Element(
            parsing: "<p:a y='2' x='1' xmlns:p='jabber:client'>t<b></b></p:a>", in: "u")
        XCTAssertNotEqual(left, right, "the child is in another namespace")
        let same = try Element(
            parsing: "<p:a y='2' x='1' xmlns:p='jabber:client'>t<p:b></p:b></p:a>", in: "u")
        XCTAssertEqual(left, same)
        XCTAssertEqual(left.hashValue, same.hashValue)
        for other in [
            "<a x='1' y='3'>t<b/></a>", "<a x='1'>t<b/></a>", "<a x='1' y='2'>u<b/></a>",
            "<a x='1' y='2'>t</a>", "<a x='1' y='2'>t<b>u</b></a>", "<a x='1' y='2'><b/>t</a>",
            "<a x='1' z='2'>t<b/></a>",
        ] {
            XCTAssertNotEqual(left, try Element(parsing: other, in: .client), other)
        }
    }

    func testCanonicallyEquivalentTextIsNotEqual() {
        XCTAssertNotEqual(
            Element("a", in: .client, text: "\u{e9}"), Element("a", in: .client, text: "e\u{301}"))
        XCTAssertNotEqual(Element("\u{e9}", in: .client), Element("e\u{301}", in: .client))
        XCTAssertNotEqual(XMLNamespace(rawValue: "\u{e9}"), XMLNamespace(rawValue: "e\u{301}"))
        XCTAssertNotEqual(AttributeName("\u{e9}"), AttributeName("e\u{301}"))
        var element = Element("a", in: .client)
        element[AttributeName("\u{e9}")] = "1"
        element[AttributeName("e\u{301}")] = "2"
        XCTAssertEqual(element.attributes.count, 2)
    }

    func testTheLanguageIsTheNearestAndAnEmptyOneIsNone() throws {
        var parser = StanzaParser()
        parser.receive(
            """
            <stream:stream xmlns='jabber:client' xmlns:stream='\(XMLNamespace.streams)' xml:lang='de'>\
            <presence><status>a</status><status xml:lang='en'>b</status><status xml:lang=''>c</status>\
            </presence><presence xml:lang='fr'><status>d</status></presence>
            """.utf8)
        var languages: [String?] = []
        while let event = try parser.next() {
            if case .element(let presence) = event {
                languages.append(presence.language)
                for status in presence.children {
                    languages.append(status.language)
                    var own = status
                    own.append("!")
                    XCTAssertEqual(
                        own.language, status.language, "kept when the child is changed alone")
                }
            }
        }
        XCTAssertEqual(languages, ["de", "de", "en", nil, "fr", "fr"])
    }

    func testElementsThatDifferInAttributesHaveDifferentHashes() {
        // With one hash for all, this would take minutes.
        let elements = (0..<20_000).map { Element("item", in: "u", attributes: [.jid: "\($0)"]) }
        XCTAssertEqual(Set(elements).count, 20_000)
    }

    func testTheLanguageSurvivesBuildingAndMoving() throws {
        let inner = Element(
            "c", in: .client, attributes: [:], children: [Element("d", in: .client)])
        var outer = Element("a", in: .client, attributes: [.language: "de"])
        outer.append(Element("b", in: .client, attributes: [.language: "en"], children: [inner]))
        outer.append(inner)
        let b = try XCTUnwrap(outer.first("b", in: .client))
        let c = try XCTUnwrap(b.first("c", in: .client))
        XCTAssertEqual(c.first("d", in: .client)?.language, "en")
        XCTAssertEqual(outer.first("c", in: .client)?.first("d", in: .client)?.language, "de")
        outer["k"] = "v"
        outer.removeAll("b", in: .client)
        XCTAssertEqual(outer.first("c", in: .client)?.first("d", in: .client)?.language, "de")

        var builder = Element.Builder("a", in: .client)
        builder.open("b", in: .client)
        builder.set(.language, to: "fr")
        builder.append(inner)
        builder.open("e", in: .client)
        builder.close()
        builder.close()
        builder.append(inner)
        let built = builder.finish()
        XCTAssertEqual(built.first("b", in: .client)?.first("e", in: .client)?.language, "fr")
        let moved = built.first("b", in: .client)?.first("c", in: .client)
        XCTAssertEqual(moved?.first("d", in: .client)?.language, "fr")
        XCTAssertNil(built.first("c", in: .client)?.first("d", in: .client)?.language)
    }

    func testTheBuilderWritesWhatTheInitialiserDoes() {
        var builder = Element.Builder("item", in: "u:roster")
        builder.set(.jid, to: "a@b")
        builder.append("")
        builder.append("x")
        builder.open("group", in: "u:roster")
        builder.append("Fri")
        builder.append("ends")
        builder.close()
        XCTAssertEqual(builder.finish(), item)
    }

    func testAVeryDeepElementNeedsNoStack() async throws {
        // On a thread with half a megabyte of stack, as Apple's secondary threads have.
        let isDone = await withCheckedContinuation { continuation in
            let thread = Thread {
                var builder = Element.Builder("a", in: .client)
                for _ in 1..<100_000 { builder.open("a", in: .client) }
                let element = builder.finish()
                var copy = element
                copy["k"] = "v"
                let bytes = try? element.serialized()
                let isRight =
                    element != copy && element == element && element.hashValue == element.hashValue
                    && bytes?.count == 99_999 * 7 + 4
                continuation.resume(returning: isRight)
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
        XCTAssertTrue(isDone)
    }
}
