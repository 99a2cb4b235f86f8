import PresenceKit
import StanzaKit
import VectorSupport
import XCTest

/// Replays sessions of a component with several addresses, step by step: what is sent, what is told,
/// and how things stand.
///
/// Where the rules of RFC 6121 are better than what was recorded, those are demanded
/// (`ComponentVectorRule`).
final class ComponentVectorTests: XCTestCase {
    private var uses: [ComponentVectorRule: Int] = [:]

    func testSessionsGoAsRecorded() throws {
        try replay(.component) { vector, demands in
            let replay = try ComponentVectorSession(vector: vector)
            for step in try XCTUnwrap(vector["steps"]?.array) {
                try replay.perform(step)
                demands.count(replay.isRFC ? .sleekXMPP : .rfc)
            }
            uses.merge(replay.uses, uniquingKeysWith: +)
            return vector["steps"]?.array?.count ?? 0
        }
        print("other than recorded: " + uses.map { "\($0.key) \($0.value)" }.sorted().description)
    }
}

/// Where something else is demanded than what was recorded.
enum ComponentVectorRule: String {
    /// An address that has not said that it is available is not: nothing is made up for it. RFC
    /// 6121, sections 3.1.5 and 4.3.2.
    case madeUpPresence
    /// A component is its own server, so it sends a broadcast to each subscriber; without an
    /// addressee it would reach nobody. RFC 6121, section 4.4.2; XEP-0114.
    case broadcast
    /// To approve somebody who has not asked is kept until it does, and not sent. RFC 6121,
    /// section 3.4.
    case preApproval
    /// What tells a prober that it is not subscribed has the id of the probe. RFC 6121, section
    /// 4.3.2.1.
    case probeID
    /// Nobody asks who sees the presence already, or has asked: what was recorded there, in an
    /// answer of the component, is superfluous. RFC 6121, table 2, allows and does not ask for it.
    case superfluousRequest
    /// Where the recording does not keep to the RFC, that does: probes are answered by section
    /// 4.3.2, stanzas by the tables of appendix A, and nothing is asked for that is there.
    case byTheRFC
    /// `unavailable` beside `unsubscribed` may be missing: the contact never saw who declines it.
    case unavailableBesideRefusal
    /// Who is offline with the session's end is told. Section 7 of the design.
    case sessionEnd
}
