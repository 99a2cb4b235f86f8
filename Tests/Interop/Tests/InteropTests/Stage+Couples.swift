import InteropSessions
import PresenceKit
import RosterKit
import StanzaKit

extension Stage {
    /// Two clients of two new accounts who know nothing of each other.
    func couple(
        romeoAt domain: BareJID? = nil
    ) async throws -> (juliet: Session, romeo: Session) {
        (try await logIn("juliet"), try await logIn("romeo", at: domain))
    }

    /// Two clients of two new accounts who see each other.
    func mutualCouple() async throws -> (juliet: Session, romeo: Session) {
        let (juliet, romeo) = try await couple()
        try await makeMutual(juliet, romeo)
        return (juliet, romeo)
    }

    /// Lets two see each other.
    func makeMutual(_ juliet: Session, _ romeo: Session) async throws {
        romeo.presence.policy = .acceptAndAskBack
        juliet.presence.policy = .accept
        try juliet.roster.subscribe(to: romeo.jid)
        try await areMutual(juliet, romeo)
        romeo.presence.policy = .manual
        juliet.presence.policy = .manual
        try await settle(juliet, romeo)
        juliet.forget()
        romeo.forget()
    }

    /// Demands that two come to see each other, and that both rosters say so.
    func areMutual(
        _ juliet: Session, _ romeo: Session, file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        try await eventually(
            "\(juliet.jid) and \(romeo.jid) see each other", file: file, line: line
        ) {
            [(juliet, romeo), (romeo, juliet)].allSatisfy { one, other in
                let item = one.roster.roster[other.jid]
                return item?.subscription == .both && item?.isPendingOut == false
                    && one.presence[other.jid].isOnline && one.presence.requests.isEmpty
            }
        }
    }

    /// Demands that one comes to see another.
    func sees(
        _ juliet: Session, _ romeo: Session, file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        try await eventually("\(juliet.jid) sees \(romeo.jid)", file: file, line: line) {
            juliet.presence[romeo.jid][romeo.address.resource] != nil
        }
    }

    /// Waits until all that two sent has come to an end.
    func settle(_ juliet: Session, _ romeo: Session) async throws {
        for _ in 0..<2 {
            try await juliet.settle(with: romeo)
            try await romeo.settle(with: juliet)
        }
    }
}

extension Session {
    /// How often presence of a type was told.
    func told(_ type: SubscriptionStanza) -> Int {
        receivedSubscriptions.count { $0.type.flatMap(SubscriptionStanza.init) == type }
    }
}
