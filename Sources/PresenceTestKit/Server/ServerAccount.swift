internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// An account of the in-memory server: its roster, its versions, and who is connected.
struct ServerAccount {
    let address: BareJID
    /// What is kept about contacts, those without a roster item included.
    private(set) var contacts: [BareJID: ServerContact] = [:]
    /// The connected resources, in the order of binding.
    var sessions: [ServerSession] = []
    /// The last presence of the last resource that went.
    var absence: (presence: Presence?, since: DateTime?)?

    private let behavior: ServerBehavior
    private var versionNumber = 0
    /// With which version contacts were changed the last time.
    private var changes: [BareJID: Int] = [:]
    /// What the items add up to, where versions are digests.
    private var contentSum: UInt64 = 0
    /// What lets digests be others than before for the same items.
    private var digestSalt: UInt64 = 0
    /// The first version that is known.
    private var firstNumber = 0

    init(_ address: BareJID, _ behavior: ServerBehavior) {
        self.address = address
        self.behavior = behavior
    }
}

extension ServerAccount {
    /// The contact, a stranger where nothing is kept.
    subscript(contact: BareJID) -> ServerContact {
        get { contacts[contact] ?? ServerContact(contact) }
        set {
            if behavior.versionForm == .digest {
                contentSum &+= checksum(of: newValue) &- checksum(of: self[contact])
            }
            contacts[contact] = newValue.isStranger ? nil : newValue
        }
    }

    /// The roster, sorted by address.
    var items: [RosterQuery.Item] {
        contacts.values.compactMap(\.item).sorted { $0.jid < $1.jid }
    }

    /// The roster as clients see it, sorted by address.
    var shownItems: [RosterQuery.Item] {
        contacts { behavior.shownItem(of: $0.record) != nil }.compactMap(\.item)
    }

    /// Whether clients see no item of the contact, although there is one.
    func isHidden(_ contact: BareJID) -> Bool {
        self[contact].item != nil && behavior.shownItem(of: self[contact].record) == nil
    }

    /// What a push says of the contact: its item, or that there is none.
    func pushedItem(of contact: BareJID) -> RosterQuery.Item {
        let item = isHidden(contact) ? nil : self[contact].item
        return item ?? RosterQuery.Item(contact, isRemoval: true)
    }

    /// The contacts whose record is so, sorted.
    func contacts(where matches: (ServerContact) -> Bool) -> [ServerContact] {
        contacts.values.filter(matches).sorted { $0.address < $1.address }
    }

    /// Those who sent presence, in the order of binding.
    var available: [ServerSession] { sessions.filter { $0.presence != nil } }

    /// Those who asked for the roster, in the order of binding.
    var interested: [ServerSession] { sessions.filter(\.isInterested) }

    /// Notes that a contact was told that a resource is gone.
    mutating func withdrawDirected(_ resource: JID, from contact: BareJID) {
        guard let index = sessionIndex(of: resource) else { return }
        sessions[index].directed.removeAll { $0.bare == contact }
    }

    func sessionIndex(of address: JID) -> Int? {
        sessions.firstIndex { $0.address == address }
    }
}

// MARK: Versions

extension ServerAccount {
    /// The version of the roster. RFC 6121, section 2.6.
    var version: String { version(of: versionNumber) }

    private func version(of number: Int) -> String {
        switch behavior.versionForm {
        case .counted: "\(behavior.versionPrefix)\(number)"
        case .countedFromOne: "\(behavior.versionPrefix)\(max(1, number))"
        case .digest: (contentSum ^ digestSalt).digest
        }
    }

    private func checksum(of contact: ServerContact) -> UInt64 {
        guard behavior.shownItem(of: contact.record) != nil, let item = contact.item else {
            return 0
        }
        return RosterQuery(items: [item]).element.description.checksum
    }

    /// Counts a change of an item.
    mutating func noteChange(of contact: BareJID) {
        versionNumber += 1
        changes[contact] = versionNumber
    }

    /// Begins with a version that nobody has, and knows none before it.
    mutating func forgetVersions() {
        // The first two may be called the same.
        versionNumber += 2
        firstNumber = versionNumber
        changes = [:]
        digestSalt = UInt64(versionNumber)
    }

    /// The pushes that bring a client from `version` to the present one, in order; `nil` where the
    /// version was never one of this roster, or does not say when. RFC 6121, section 2.6.3.
    func pushes(since version: String) -> [RosterQuery]? {
        guard behavior.versionForm != .digest,
            let number = Int(version.dropFirst(behavior.versionPrefix.count)),
            firstNumber...versionNumber ~= number, self.version(of: number).isExactly(version)
        else { return nil }
        return changes.filter { $0.value > number }.sorted { $0.value < $1.value }.map { change in
            RosterQuery(
                version: self.version(of: change.value), items: [pushedItem(of: change.key)])
        }
    }
}

extension String {
    /// A number that the bytes decide, FNV-1a; for tests, not against forgery.
    fileprivate var checksum: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

extension UInt64 {
    /// Forty hexadecimal digits that the number decides.
    fileprivate var digest: String {
        var generator = SeededGenerator(seed: self)
        return (0..<40).map { _ in
            String(generator.next() >> 60, radix: 16)
        }.joined()
    }
}
