import Foundation
import PresenceKit
import StanzaKit
import XCTest

func serve(_ stream: StanzaStream, keepingIn file: String) throws -> ComponentPresence {
    let store = try FileSubscriptionStore(path: file)
    let component = try ComponentPresence(stream, domain: "bots.example.net", store: store)

    // One address lets everybody in, the others their owner.
    let weather: BareJID = "weather@bots.example.net"
    let owner: BareJID = "juliet@example.net"
    component.setPolicy(.acceptAndAskBack, for: weather)
    component.onEvent { [unowned component] event in
        switch event {
        case .requestOpened(let request, let local) where request.jid == owner:
            try? component.answer(request.jid, .accept, at: local)
        case .requestOpened(let request, let local):
            print("\(request.jid) wants to see \(local)")
        case .wentOnline(let contact, let local):
            print("\(contact.jid) is online, says its server to \(local)")
        default: break
        }
    }

    // Every subscriber of the address hears it, now or as soon as there is a session.
    try component.send(Presence(show: .chat, status: "Sunny"), from: JID(weather))
    return component
}

/// The example of the article about components.
final class ComponentExampleTests: XCTestCase {
    func testTheArticleHasTheCodeThatIsTestedHere() throws {
        let here = URL(filePath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let article = try String(
            contentsOf: root.appending(path: "Sources/PresenceKit/PresenceKit.docc/Components.md"),
            encoding: .utf8)
        let blocks = article.components(separatedBy: "```swift\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        let code = try String(contentsOf: here, encoding: .utf8)
        XCTAssertEqual(blocks.count, 1)
        for block in blocks { XCTAssertTrue(code.contains(block)) }
    }

    func testItDoesWhatTheArticleSays() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        var sent: [String] = []
        let stream = StanzaStream(role: .component) { bytes in
            sent.append(String(decoding: bytes, as: UTF8.self))
        }
        let component = try serve(stream, keepingIn: file.path())
        stream.begin(as: "bots.example.net")
        XCTAssertEqual(sent, [])
        func ask(_ contact: JID, _ local: JID) throws {
            try stream.receive(Presence(type: .subscribe, to: local, from: contact))
        }
        try ask("romeo@montague.example", "weather@bots.example.net")
        XCTAssertEqual(sent.count, 3, "subscribed, available, subscribe")
        try ask("juliet@example.net", "news@bots.example.net")
        XCTAssertEqual(sent.count, 4)
        try ask("romeo@montague.example", "news@bots.example.net")
        XCTAssertEqual(sent.count, 4)
        XCTAssertEqual(component.requests(at: "news@bots.example.net").count, 1)
    }
}
