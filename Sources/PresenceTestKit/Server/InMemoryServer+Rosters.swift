internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// Rosters: requests, pushes and versions. RFC 6121, section 2.
extension InMemoryServer {
    func receiveRosterRequest(_ iq: IQ, _ query: Element, for user: BareJID) {
        // RFC 6121, section 2.3.3.
        guard let sender = iq.from, sender.bare == user else {
            return refuse(iq.element, StanzaError(.forbidden))
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
                for push in pushes {
                    session.connection.send(pushRequest(push, to: session.address).element)
                }
                return
            }
        }
        answer(
            iq, with: RosterQuery(version: pushedVersion(of: account), items: account.items).element
        )
    }

    private func pushedVersion(of account: ServerAccount) -> String? {
        behavior.versioning == .unsupported ? nil : account.version
    }

    // MARK: Pushing

    /// Tells every resource that asked for the roster of a changed item. RFC 6121, section 2.1.6.
    func push(_ contact: BareJID, of user: BareJID) {
        accounts[user]?.noteChange(of: contact)
        guard let account = accounts[user] else { return }
        let query = RosterQuery(
            version: pushedVersion(of: account), items: [account[contact].pushedItem])
        for session in account.interested {
            session.connection.send(pushRequest(query, to: session.address).element)
        }
    }

    private func pushRequest(_ query: RosterQuery, to resource: JID) -> IQ {
        var iq = IQ(.set, to: resource, id: "push\(nextNumber())", payload: query.element)
        iq.from = JID(resource.bare)
        return iq
    }

    // MARK: Setting

    /// RFC 6121, sections 2.3 to 2.5.
    private func set(_ iq: IQ, _ query: Element, of user: BareJID) {
        do throws(StanzaError) {
            let item = try checkedItem(of: query)
            if item.jid == user { throw StanzaError(.notAllowed) }
            if item.isRemoval {
                try remove(item.jid, of: user)
            } else {
                change(item, of: user)
            }
            answer(iq, with: nil)
        } catch {
            refuse(iq.element, error)
        }
    }

    /// RFC 6121, section 2.3.3.
    private func checkedItem(of query: Element) throws(StanzaError) -> RosterQuery.Item {
        let elements = query.all("item", in: .roster)
        guard elements.count == 1, let element = elements.first,
            let item = RosterQuery.Item(element)
        else { throw StanzaError(.badRequest) }
        if element.address(.jid).jid?.resource != nil { throw StanzaError(.badRequest) }
        if item.isRemoval { return item }
        let groups = element.all("group", in: .roster).map { ExactText($0.text) }
        if Set(groups).count != groups.count { throw StanzaError(.badRequest) }
        let texts = groups.map(\.string) + [item.name ?? ""]
        if groups.contains(ExactText(""))
            || texts.contains(where: { $0.utf8.count > behavior.maximumTextLength })
        {
            throw StanzaError(.notAcceptable)
        }
        return item
    }

    /// A client changes names and groups alone. RFC 6121, section 2.1.2.
    func change(_ item: RosterQuery.Item, of user: BareJID) {
        guard var contact = accounts[user]?[item.jid] else { return }
        contact.name = item.name
        contact.groups = item.groups
        contact.record = SubscriptionRecord(
            contact.record.state, isApproved: contact.record.isApproved, isInRoster: true)
        accounts[user]?[item.jid] = contact
        push(item.jid, of: user)
    }

    private func remove(_ contact: BareJID, of user: BareJID) throws(StanzaError) {
        let record = accounts[user]?[contact].record ?? SubscriptionRecord()
        guard let removal = behavior.subscriptions.removal(of: record) else {
            throw StanzaError(.itemNotFound)
        }
        if let presence = removal.presence { tell(presence, to: contact, of: user) }
        for stanza in removal.stanzas {
            send(stanza.presence(to: contact), to: JID(contact), from: JID(user))
        }
        accounts[user]?[contact] = ServerContact(contact)
        push(contact, of: user)
    }
}
