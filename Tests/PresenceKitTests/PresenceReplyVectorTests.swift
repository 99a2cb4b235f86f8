import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays `reply.json`: the answer to what was received.
final class PresenceReplyVectorTests: XCTestCase {
    func testEveryReplyIsTheOneThatIsRecommended() throws {
        try replay(.reply) { vector, demands in
            let xml = try XCTUnwrap(vector["xml"]?.string)
            let mode = try XCTUnwrap(vector["mode"]?.string)
            let request = try XCTUnwrap(Presence.received(xml, mode: mode), xml)
            let before = try request.element.serialized()
            let sender = mode == "component" ? request.to?.bare : nil
            let reply = request.reply(from: sender)

            let recommended = try XCTUnwrap(vector["recommended"], xml)
            demands.count(.recommended)
            XCTAssertEqual(reply?.canonical, try recommended.string.map(canonical), xml)
            XCTAssertEqual(try request.element.serialized(), before, "\(xml) is left alone")

            let isRequest = request.type == .subscribe && request.from != nil
            XCTAssertEqual(request.approval(from: sender)?.type, isRequest ? .subscribed : nil)
            XCTAssertEqual(request.denial(from: sender)?.type, isRequest ? .unsubscribed : nil)
            XCTAssertEqual(request.refusalOfUndefinedType() != nil, request.type == nil, xml)
            return 1
        }
    }
}
