import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// Romeo and Juliet on one server, who see each other's presence; Romeo's connection is the one that
/// faults happen to.
final class TwoUsers {
    static let romeo: BareJID = "romeo@montague.example"
    static let juliet: BareJID = "juliet@capulet.example"

    let server: InMemoryServer
    let romeo: InMemoryServer.Connection
    let juliet: InMemoryServer.Connection
    let roster: RosterClient
    let juliets: PresenceClient
    private(set) var diagnostics: [Diagnostic.Kind] = []
    private(set) var ends: [StreamError?] = []

    /// Both are connected and available.
    init(
        _ behavior: ServerBehavior = .standard, seed: UInt64 = 0,
        limits: ParserLimits = ParserLimits(), isRomeoConnected: Bool = true
    ) throws {
        server = InMemoryServer(behavior: behavior, seed: seed)
        server.addAccount(Self.juliet)
        server.setEntry(Self.juliet, name: "Juliet", of: Self.romeo)
        server.setSubscription(.both, of: Self.romeo, with: Self.juliet)
        romeo = server.makeConnection(as: JID(Self.romeo).at("orchard"), limits: limits)
        juliet = server.makeConnection(as: JID(Self.juliet).at("balcony"))
        roster = RosterClient(romeo.stream)
        juliets = PresenceClient(juliet.stream)
        romeo.stream.onDiagnostic { [unowned self] in diagnostics.append($0.kind) }
        romeo.stream.onSession { [unowned self] in
            if case .ended(let error) = $0 { ends.append(error) }
        }
        juliet.connect()
        try juliets.send(Presence())
        if isRomeoConnected { romeo.connect() }
        try roster.presence.send(Presence())
    }

    /// Edits the entry in a task of its own, which is awaited for the error.
    @MainActor
    func edit(
        _ contact: BareJID = TwoUsers.juliet, name: String, timeout: Duration? = nil
    ) -> Task<RequestError?, Never> {
        Task {
            do throws(RequestError) {
                try await roster.setEntry(contact, name: .set(name), timeout: timeout)
                return nil
            } catch {
                return error
            }
        }
    }

    /// The roster as Romeo's client and as the server has it.
    var isRosterSame: Bool {
        let known = roster.roster.items.map {
            RosterQuery.Item(
                $0.jid, name: $0.name, groups: $0.groups, subscription: $0.subscription,
                isPendingOut: $0.isPendingOut, isApproved: $0.isApproved)
        }
        return known == server.roster(of: Self.romeo)
    }
}

extension JID {
    fileprivate func at(_ resource: String) -> JID { (try? appending(resource: resource)) ?? self }
}
