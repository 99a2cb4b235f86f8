public import PresenceKit
public import RosterKit
public import StanzaKit

extension InMemoryServer {
    /// Makes an account, and its domain one of the server's; nothing happens where it exists.
    ///
    /// - Precondition: No rooms are served at its domain.
    public func addAccount(_ address: BareJID) {
        precondition(
            !roomServices.keys.contains { $0.domain.isExactly(address.domain) },
            "\(address.domain) has rooms")
        addDomain(address.domain)
        if accounts[address] == nil {
            accounts[address] = ServerAccount(address, behavior)
        }
    }

    /// Makes a domain one of the server's, so that an address there without an account is nobody
    /// instead of unreachable.
    public func addDomain(_ domain: String) {
        if let address = try? BareJID(wire: domain) { domains.insert(address) }
    }

    /// The addresses of all accounts, sorted.
    public var accountAddresses: [BareJID] { accounts.keys.sorted() }
}

// MARK: Setting the scene

extension InMemoryServer {
    /// Puts a contact into a roster, or gives its entry another name and other groups; how both stand
    /// to each other stays as it is. Clients that asked for the roster are sent a push.
    ///
    /// Neither the account nor the contact need to exist before; the account is made.
    public func setEntry(
        _ contact: BareJID, name: String? = nil, groups: [String] = [], of account: BareJID
    ) {
        addAccount(account)
        act { change(RosterQuery.Item(contact, name: name, groups: groups), of: account) }
    }

    /// Lets an account and a contact stand to each other so, seen by the account. Clients that asked
    /// for a roster are sent pushes, presence is shown and withdrawn as the subscriptions have it, and
    /// who has a request now, or none any more, is told so as if the contact had sent it or taken it
    /// back. An approval in advance is gone.
    ///
    /// The account is made, and the contact's too unless a component or a service of rooms has its
    /// domain: then the other end is their business.
    public func setSubscription(
        _ state: SubscriptionState, of account: BareJID, with contact: BareJID
    ) {
        addAccount(account)
        let foreign = Array(components.keys) + roomServices.keys
        let isForeign = foreign.contains { $0.domain.isExactly(contact.domain) }
        if !isForeign { addAccount(contact) }
        act {
            set(state, of: account, with: contact)
            if !isForeign { set(state.seenByContact, of: contact, with: account) }
        }
    }

    private func set(_ state: SubscriptionState, of account: BareJID, with contact: BareJID) {
        let before = accounts[account]?[contact] ?? ServerContact(contact)
        let after = SubscriptionRecord(state, isInRoster: before.record.isInRoster)
        accounts[account]?[contact].record = after
        let wasPendingIn = before.record.state.isPendingIn
        let request = SubscriptionStanza.subscribe.presence(to: account).sent(by: contact)
        accounts[account]?[contact].request = state.isPendingIn ? before.request ?? request : nil
        if before.record.item != after.item { push(contact, of: account) }
        if state.isPendingIn && !wasPendingIn {
            deliver(request, .subscribe, to: account)
        } else if wasPendingIn && !state.isPendingIn && !state.isSubscribedFrom {
            let withdrawal = SubscriptionStanza.unsubscribe.presence(to: account)
            deliver(withdrawal.sent(by: contact), .unsubscribe, to: account)
        }
        if before.record.state.isSubscribedFrom != state.isSubscribedFrom {
            tell(state.isSubscribedFrom ? .available : .unavailable, to: contact, of: account)
        }
    }
}

extension Presence {
    fileprivate func sent(by sender: BareJID) -> Presence {
        var presence = self
        presence.from = JID(sender)
        return presence
    }
}

extension SubscriptionState {
    /// How it looks from the other end.
    fileprivate var seenByContact: SubscriptionState {
        let primary: Primary =
            switch self.primary {
            case .neither: .neither
            case .to: .from
            case .from: .to
            case .both: .both
            }
        return SubscriptionState(primary, isPendingOut: isPendingIn, isPendingIn: isPendingOut)
    }
}

// MARK: What the server knows

extension InMemoryServer {
    /// The roster of an account as the server keeps it, sorted by address.
    public func roster(of account: BareJID) -> [RosterQuery.Item] {
        accounts[account]?.items ?? []
    }

    /// The version of an account's roster. RFC 6121, section 2.6.
    public func rosterVersion(of account: BareJID) -> String? { accounts[account]?.version }

    /// What the server keeps about a contact of an account.
    public func record(of contact: BareJID, for account: BareJID) -> SubscriptionRecord {
        accounts[account]?[contact].record ?? SubscriptionRecord()
    }

    /// The requests that wait for an answer of `account`, as they came, sorted by sender. RFC 6121,
    /// section 3.1.3.
    public func requests(to account: BareJID) -> [Presence] {
        accounts[account]?.contacts { $0.request != nil }.compactMap(\.request) ?? []
    }

    /// The presence of the available resources of an account, in the order of binding.
    public func presence(of account: BareJID) -> [Presence] {
        accounts[account]?.available.compactMap(\.presence) ?? []
    }
}
