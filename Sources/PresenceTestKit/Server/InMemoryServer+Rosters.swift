internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// Rosters: requests, pushes and versions. RFC 6121, section 2.
extension InMemoryServer {
    func receiveRosterRequest(_ iq: IQ, _ query: Element, for user: BareJID) {
        // RFC 6121, section 2.3.3.
        guard let sender = iq.from, sender.bare == user else {
            return refuse(iq.element, StanzaError(behavior.items.refusalOfOthers))
        }
        if iq.type == .get {
            answerFetch(iq, query, of: user, by: sender)
        } else {
            set(iq, query, of: user)
        }
    }

    // MARK: Fetching

    /// RFC 6121, sections 2.1.4, 2.2 and 2.6.
    private func answerFetch(_ iq: IQ, _ query: Element, of user: BareJID, by resource: JID) {
        guard let account = accounts[user], let index = account.sessionIndex(of: resource) else {
            return
        }
        let session = account.sessions[index]
        accounts[user]?.sessions[index].isInterested = true
        if let known = query["ver"], behavior.versioning != .unsupported {
            if known.isExactly(account.version) { return answer(iq, with: nil) }
            if behavior.versioning == .incremental, let pushes = account.pushes(since: known) {
                answer(iq, with: nil)
                for query in pushes {
                    push(query, of: account, to: session, id: newPushID())
                }
                return
            }
        }
        let tellsVersion = behavior.tellsVersionUnasked || query["ver"] != nil
        let roster = RosterQuery(
            version: tellsVersion ? pushedVersion(of: account) : nil, items: account.shownItems)
        answer(iq, with: element(of: roster, from: account))
    }

    private func pushedVersion(of account: ServerAccount) -> String? {
        behavior.versioning == .unsupported ? nil : account.version
    }

    // MARK: Pushing

    /// Tells every resource that asked for the roster of an item. RFC 6121, section 2.1.6.
    ///
    /// - Parameter isChange: Whether the item is another one than before.
    func push(_ contact: BareJID, of user: BareJID, isChange: Bool = true) {
        if isChange { accounts[user]?.noteChange(of: contact) }
        guard let account = accounts[user], !account.isHidden(contact) else { return }
        let query = RosterQuery(
            version: pushedVersion(of: account), items: [account.pushedItem(of: contact)])
        let id = behavior.pushes.shareIDs ? newPushID() : nil
        let everybody = behavior.pushes.areSentToEveryResource
        for session in everybody ? account.sessions : account.interested {
            push(query, of: account, to: session, id: id ?? newPushID())
        }
    }

    private func newPushID() -> String { "push\(nextNumber())" }

    private func push(
        _ query: RosterQuery, of account: ServerAccount, to session: ServerSession, id: String
    ) {
        let isAddressed = behavior.pushes.areAddressed
        var iq = IQ(
            .set, to: isAddressed ? session.address : nil, id: id,
            payload: element(of: query, from: account))
        iq.from = isAddressed ? JID(account.address) : nil
        session.connection.send(iq.element)
    }

    // MARK: Setting

    /// RFC 6121, sections 2.3 to 2.5.
    private func set(_ iq: IQ, _ query: Element, of user: BareJID) {
        do throws(StanzaError) {
            let (item, resource) = try checkedItem(of: query)
            if item.jid == user && !behavior.items.mayBeOwn { throw StanzaError(.notAllowed) }
            let isKnown = accounts[user]?[item.jid].record.isInRoster == true
            if item.isRemoval && !isKnown && !behavior.removal.includesStrangers {
                throw StanzaError(.itemNotFound, type: .modify)
            }
            if behavior.pushes.followResults { answer(iq, with: nil) }
            if item.isRemoval {
                remove(item.jid, of: user, by: iq.from)
            } else {
                change(item, of: user, showing: resource)
            }
            if !behavior.pushes.followResults { answer(iq, with: nil) }
        } catch {
            refuse(iq.element, error)
        }
    }

    /// The one item that a client sets, with the resource that its address has. RFC 6121, section
    /// 2.3.3.
    private func checkedItem(
        of query: Element
    ) throws(StanzaError) -> (item: RosterQuery.Item, resource: String?) {
        let elements = query.all("item", in: .roster)
        guard elements.count == 1, let element = elements.first,
            var item = RosterQuery.Item(element)
        else { throw StanzaError(.badRequest) }
        let resource = element.address(.jid).jid?.resource
        let rules = behavior.items
        if resource != nil && !rules.mayHaveResource { throw StanzaError(.badRequest) }
        if rules.mustNotAsk && element["ask"] != nil { throw StanzaError(.badRequest) }
        if item.isRemoval { return (item, resource) }

        let groups = element.all("group", in: .roster).map { ExactText($0.text) }
        let unique = Set(groups).sorted()
        if unique.count != groups.count && !rules.mayRepeatGroups {
            throw StanzaError(.badRequest)
        }
        if unique.contains(ExactText("")) && !rules.mayRepeatGroups {
            throw StanzaError(.notAcceptable)
        }
        item.groups = unique.map(\.string)
        let texts = item.groups + [item.name ?? ""]
        if texts.contains(where: { $0.utf8.count > behavior.maximumTextLength }) {
            throw StanzaError(.notAcceptable)
        }
        return (item, resource)
    }

    /// A client changes names and groups alone. RFC 6121, section 2.1.2.
    func change(_ item: RosterQuery.Item, of user: BareJID, showing resource: String? = nil) {
        guard var contact = accounts[user]?[item.jid] else { return }
        contact.name = item.name
        contact.groups = item.groups
        contact.resource = resource
        contact.record = SubscriptionRecord(
            contact.record.state, isApproved: contact.record.isApproved, isInRoster: true)
        accounts[user]?[item.jid] = contact
        push(item.jid, of: user)
    }

    // MARK: Removing

    /// RFC 6121, section 2.5.2.
    private func remove(_ address: BareJID, of user: BareJID, by resource: JID?) {
        guard let contact = accounts[user]?[address] else { return }
        let removal = behavior.subscriptions.removal(of: contact.record)
        let sender = behavior.removal.isSentByResource ? resource ?? JID(user) : JID(user)
        for step in removal.map(steps) ?? [] {
            switch step {
            case .stanza(let stanza):
                send(stanza.presence(to: address), to: JID(address), from: sender)
            case .goodbye: tell(.unavailable, to: address, of: user)
            }
        }
        var remains = ServerContact(address)
        if behavior.removal.keepsRequest, contact.request != nil {
            remains.record = SubscriptionRecord(.neitherPendingIn)
            remains.request = contact.request
        }
        accounts[user]?[address] = remains
        push(address, of: user)
    }

    private enum RemovalStep {
        case stanza(SubscriptionStanza), goodbye
    }

    /// What the contact is sent, in order.
    private func steps(of removal: SubscriptionRemoval) -> [RemovalStep] {
        guard behavior.removal.saysGoodbyeToPublishers else {
            return (removal.presence == nil ? [] : [.goodbye]) + removal.stanzas.map { .stanza($0) }
        }
        return removal.stanzas.reversed().flatMap { stanza -> [RemovalStep] in
            stanza == .unsubscribe ? [.goodbye, .stanza(stanza)] : [.stanza(stanza)]
        }
    }
}

// MARK: Writing

extension InMemoryServer {
    /// A query as the server writes it.
    private func element(of query: RosterQuery, from account: ServerAccount) -> Element {
        var element = query.element
        if behavior.items.areWrittenPlainly { return element }
        let items = element.children.map { item in
            written(item, of: item.address(.jid).jid.map { account[$0.bare] })
        }
        element.replaceChildren(where: { _ in true }, with: items)
        return element
    }

    private func written(_ item: Element, of contact: ServerContact?) -> Element {
        let habits = behavior.items
        var item = item
        if habits.sayNone && item["subscription"] == nil { item["subscription"] = "none" }
        if !habits.showApproval { item["approved"] = nil }
        if let contact, let resource = contact.resource,
            let address = try? JID(contact.address).appending(resource: resource)
        {
            item[.jid] = address.spelling
        }
        if habits.shuffleGroups {
            let groups = item.all("group", in: .roster).shuffled(using: &random)
            item.replaceChildren(where: { $0.is("group", in: .roster) }, with: groups)
        }
        return item
    }
}

extension ServerBehavior.Items {
    /// Whether items are written as they are.
    fileprivate var areWrittenPlainly: Bool {
        !sayNone && showApproval && !shuffleGroups && !mayHaveResource
    }
}
