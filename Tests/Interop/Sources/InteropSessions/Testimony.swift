public import PresenceKit
internal import RosterKit
public import StanzaKit

/// What a server told a client of its roster and of presence, as far as it takes that to say whose
/// fault it is that the client knows something else than there is.
@MainActor
public final class Testimony {
    /// Whether the server said, when the session began, that the roster is still the one of the
    /// version that the client has.
    public private(set) var saysUnchanged = false
    /// Whose entries the server pushed in this session.
    public private(set) var pushed: Set<BareJID> = []
    /// What was heard last of a resource in this session: that it is available, or is not.
    public private(set) var lastPresence: [JID: Presence.Kind] = [:]

    private var askedNow: Set<BareJID> = []
    private var askedBefore: Set<BareJID> = []
    private var versionAtBegin: String?
    private let stream: StanzaStream

    /// Takes note of pushes and requests; to be made in front of the roster client, which answers
    /// the pushes.
    init(_ stream: StanzaStream) {
        self.stream = stream
        stream.onRequest(.set, RosterQuery.elementName, in: .roster) { [weak self] iq in
            let items = iq.payload.flatMap(RosterQuery.init)?.items ?? []
            self?.pushed.formUnion(items.map(\.jid))
            return .unhandled
        }
        stream.onPresence { [weak self] presence in
            guard let sender = presence.from, let type = presence.type else { return }
            switch type {
            case .available, .unavailable: self?.lastPresence[sender] = type
            case .subscribe: self?.askedNow.insert(sender.bare)
            default: break
            }
        }
    }

    /// Who asked to see the presence of the account since the session began, or an earlier one since
    /// which the server gave no whole roster.
    public var asked: Set<BareJID> { askedNow.union(askedBefore) }

    /// Takes note of how sessions begin. What is unchanged has the version that was asked with.
    func follow(_ roster: RosterClient) {
        stream.onSession { [weak self, weak roster] event in
            guard event == .began, let self, let roster else { return }
            saysUnchanged = false
            pushed = []
            lastPresence = [:]
            askedBefore.formUnion(askedNow)
            askedNow = []
            let isThere = roster.roster.state == .fromCache && roster.roster.count > 0
            versionAtBegin = isThere ? roster.roster.version : nil
        }
        roster.onEvent { [weak self, weak roster] event in
            guard case .initialRosterReceived = event, let self, let roster else { return }
            saysUnchanged = versionAtBegin != nil && roster.roster.version == versionAtBegin
            if !saysUnchanged { askedBefore = [] }
        }
    }
}
