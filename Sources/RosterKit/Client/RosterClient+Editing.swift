internal import HashTreeCollections
internal import PresenceKit
public import StanzaKit

extension RosterItem {
    /// What an edit does to the name of an entry.
    public enum NameEdit: Sendable, Hashable {
        /// The name stays what it is.
        case keep
        /// The entry gets this name. An empty one is sent as such, and read as none.
        case set(String)
        /// The entry loses its name.
        case remove
    }
}

// MARK: Edits

extension RosterClient {
    /// Changes the entry of a contact, or adds one. What is not mentioned stays as it is. RFC 6121,
    /// sections 2.3 and 2.4.
    ///
    /// ```swift
    /// try await client.setEntry(
    ///     "romeo@montague.example", name: .set("Romeo"), addingTo: ["Friends"], timeout: .seconds(10))
    /// ```
    ///
    /// XMPP cannot send differences, so what is sent begins with the roster as it is known here and
    /// our own edits that the server has not pushed yet: edits of one contact do not undo each
    /// other, whether the ones before are answered or not. Somebody else's edit in between is lost,
    /// which no client can help.
    ///
    /// When this returns the server has taken the edit; ``roster`` changes and events come with its
    /// push, which may be there or follow. Where the server made something else of it,
    /// ``RosterEvent/editOverridden(_:)`` follows the events of the push.
    ///
    /// - Parameters:
    ///   - contact: Whose entry.
    ///   - name: What becomes of the name.
    ///   - added: Groups to be in; those that the contact is in already do no harm.
    ///   - removed: Groups to leave. A group that is in both is left.
    ///   - timeout: How long to wait for the answer, by the clock of the stream; as long as the
    ///     session lasts if `nil`. None at all if it is zero: the edit is sent, and what comes of
    ///     it is seen.
    /// - Throws: The server's refusal or why there is no answer; nothing is known then of what the
    ///   server did, but for ``RequestError/Code/refused``. An empty group is
    ///   ``RequestError/Code/invalidRequest`` (section 2.3.3), and nothing is sent.
    public func setEntry(
        _ contact: BareJID, name: RosterItem.NameEdit = .keep, addingTo added: [String] = [],
        removingFrom removed: [String] = [], timeout: Duration? = nil
    ) async throws(RequestError) {
        let change = PendingEdit.Change.values(
            name: name, joining: added.map(ExactText.init), leaving: removed.map(ExactText.init))
        try await perform(change, of: contact, timeout: timeout)
    }

    /// Removes the entry of a contact, and with it all subscriptions; the server tells the contact.
    /// RFC 6121, section 2.5.
    ///
    /// What is pending the RFC leaves open and servers differ, so that is ended before: a request
    /// of ours is taken back, one of the contact declined, as
    /// ``PresenceKit/SubscriptionRecord/plan(for:announcesPreApproval:)`` says. The removal is sent
    /// whether or not the entry is known; `item-not-found` is the answer where there is none.
    ///
    /// When this returns the server has taken the removal; ``roster`` changes with its push.
    ///
    /// - Parameters:
    ///   - contact: Whose entry.
    ///   - timeout: How long to wait for the answer, by the clock of the stream; as long as the
    ///     session lasts if `nil`.
    /// - Throws: The server's refusal or why there is no answer.
    public func removeEntry(
        _ contact: BareJID, timeout: Duration? = nil
    ) async throws(RequestError) {
        if Task.isCancelled { throw RequestError(.cancelled) }
        try perform(.remove, for: contact)
        presence.rosterRemovalSent(contact)
        do throws(RequestError) {
            try await perform(.removal, of: contact, timeout: timeout)
        } catch {
            if error.code == .refused { presence.rosterRemovalRefused(contact) }
            throw error
        }
    }

    private func perform(
        _ change: PendingEdit.Change, of contact: BareJID, timeout: Duration?
    ) async throws(RequestError) {
        guard stream.isInSession else { throw RequestError(.disconnected) }
        let base = edits.filter { $0.contact == contact }
            .reduce(roster[contact].map(PendingEdit.Values.init)) { $1.change.result(on: $0) }
        let wanted = change.result(on: base)
        if wanted?.groups.contains(ExactText("")) == true { throw RequestError(.invalidRequest) }
        let item = RosterQuery.Item(
            contact, name: wanted?.name, groups: wanted?.groups.map(\.string) ?? [],
            isRemoval: wanted == nil)
        let query = RosterQuery(items: [spelled(item)])

        editCount += 1
        let number = editCount
        edits.append(
            PendingEdit(number: number, contact: contact, change: change, wanted: wanted))
        do throws(RequestError) {
            _ = try await stream.request(IQ(.set, payload: query.request), timeout: timeout) {
                [weak self] reply in
                if case .success = reply { self?.step { self?.noteAnswer(to: number) } }
            }
        } catch {
            edits.removeAll { $0.number == number }
            throw error
        }
    }

    /// The item under the address as the server spelled it.
    private func spelled(_ item: RosterQuery.Item) -> RosterQuery.Item {
        var item = item
        item.jid = roster[item.jid]?.jid ?? item.jid
        return item
    }
}

// MARK: What comes of edits

extension RosterClient {
    /// The server took an edit: with its push there that is all of it, else the next push is its.
    private func noteAnswer(to number: Int) {
        guard let index = edits.firstIndex(where: { $0.number == number }) else { return }
        edits[index].isAnswered = true
        let edit = edits[index]
        if edit.hasPush || isAsWanted(edit) { finish(edit) }
    }

    /// Whether the roster has the entry as the edit wants it.
    private func isAsWanted(_ edit: PendingEdit) -> Bool {
        roster[edit.contact].map { edit.wanted?.areThose(of: $0) == true } ?? (edit.wanted == nil)
    }

    /// A push came: that of the oldest edit which wants what it says. Where none does, it is that of
    /// the edits which were answered or, where the server pushes first, of the oldest one.
    func settleEdits(of pushed: RosterQuery.Item) {
        let contact = pushed.jid
        let match = edits.firstIndex {
            $0.contact == contact && !$0.hasPush && isAsWanted($0)
        }
        if let match {
            edits[match].hasPush = true
            if edits[match].isAnswered { finish(edits[match]) }
        } else if let last = edits.last(where: { $0.contact == contact && $0.isAnswered }) {
            finish(last)
        } else if let index = edits.firstIndex(where: { $0.contact == contact && !$0.hasPush }) {
            edits[index].hasPush = true
        }
    }

    /// Forgets an edit and those of the contact that were answered before it; tells if the roster
    /// shows something else, unless later edits do it.
    private func finish(_ edit: PendingEdit) {
        edits.removeAll {
            $0.number == edit.number
                || $0.number < edit.number && $0.contact == edit.contact && $0.isAnswered
        }
        if edits.contains(where: { $0.contact == edit.contact }) { return }
        if let item = roster[edit.contact], edit.wanted?.areThose(of: item) != true {
            emit(.editOverridden(item))
        }
    }
}
