internal import HashTreeCollections
internal import PresenceKit
internal import StanzaKit

// MARK: The initial roster

extension RosterClient {
    /// Asks for the roster, as every session does by itself when it begins. RFC 6121, sections
    /// 2.1.3 and 2.6.2.
    ///
    /// The server answers with the whole roster or, where it was asked with a version, that nothing
    /// changed; either way ``RosterEvent/initialRosterReceived`` follows. Where there is no result,
    /// ``RosterEvent/initialRosterFailed(_:)`` does, and nothing changes. The request waits as long
    /// as the session lasts.
    ///
    /// Some servers let a push overtake a result that is older. So a result that contradicts what
    /// was pushed in front of it is not used: the roster is asked for again, eight times at most,
    /// and what is answered last counts in any case.
    public func refresh() {
        refresh(repeats: 8)
    }

    /// - Parameter repeats: How often to ask again for an answer that contradicts pushes.
    private func refresh(repeats: Int) {
        let announcesVersions = stream.announcesRosterVersioning
        // Without the roster that it stands for, a version must not be asked with.
        let known = announcesVersions && roster.hasBase ? roster.version : nil
        // That of an empty roster is of no use either: some servers give the roster with its first
        // entry the same one, and would say that nothing changed.
        let base = roster.count == 0 ? nil : known
        let query = RosterQuery(version: base ?? (announcesVersions ? "" : nil))
        let count = importCount
        refreshCount += 1
        let number = refreshCount
        pushedInFront[number] = []
        stream.request(IQ(.get, payload: query.request)) { [weak self] answer in
            self?.step {
                let pushed = self?.pushedInFront.removeValue(forKey: number) ?? []
                self?.receive(
                    answer, asked: known, importCount: count, pushed: pushed, repeats: repeats)
            }
        }
    }

    private func receive(
        _ answer: Result<IQ, RequestError>, asked version: String?, importCount asked: Int,
        pushed: Set<BareJID>, repeats: Int
    ) {
        switch answer {
        case .failure(let error): emit(.initialRosterFailed(error))
        case .success(let iq):
            if let query = iq.payload.flatMap(RosterQuery.init) {
                if repeats > 0 && asked == importCount && contradicts(query, pushed) {
                    return refresh(repeats: repeats - 1)
                }
                let count = importCount
                applying { receive(query, in: iq) }
                if count != importCount { return refresh() }
            } else if iq.payload == nil, asked != importCount {
                // What is unchanged is no longer here.
                return refresh()
            } else if iq.payload == nil, let version {
                // What was pushed in front of the result is part of it, or is pushed once more.
                roster.version = version
                roster.hasBase = true
                tellPresence(roster.entries.values.map { ($0.jid, $0.record) })
            } else {
                // Nobody said which roster it would be that is unchanged.
                stream.report(.undefinedValue("no roster in the result"), in: iq.element)
                return emit(.initialRosterFailed(RequestError(.unusableAnswer)))
            }
            roster.isCurrent = true
            hasResult = true
            emit(.initialRosterReceived)
        }
    }

    /// Whether a result has other entries of contacts than what was pushed of them.
    private func contradicts(_ query: RosterQuery, _ pushed: Set<BareJID>) -> Bool {
        if pushed.isEmpty { return false }
        let items = Dictionary(query.items.map { ($0.jid, $0) }) { _, last in last }
        return pushed.contains { contact in
            switch (roster[contact], items[contact]) {
            case (nil, nil): false
            case (let entry?, let item?): entry != makeItem(item)
            default: true
            }
        }
    }

    private func receive(_ query: RosterQuery, in iq: IQ) {
        report(query, in: iq)
        roster.version = query.version
        roster.hasBase = true
        tellPresence(query.items.map { ($0.jid, $0.record) })
        edits.removeAll(where: \.isAnswered)
        let count = importCount
        let kept = Set(query.items.map(\.jid))
        for item in roster.items where !kept.contains(item.jid) && count == importCount {
            remove(item.jid)
        }
        // A removal has no meaning here: the value is ignored. RFC 6121, section 2.1.2.5.
        for item in query.items where count == importCount { update(item) }
    }

    private func tellPresence(_ records: [(BareJID, SubscriptionRecord.Item)]) {
        presence.begin(with: Dictionary(records) { _, last in last })
    }

    private func report(_ query: RosterQuery, in iq: IQ) {
        for irregularity in query.irregularities { stream.report(irregularity, in: iq.element) }
    }
}

// MARK: Pushes

extension RosterClient {
    /// Applies a push, all of it or nothing. RFC 6121, section 2.1.6.
    func receivePush(_ iq: IQ) -> StanzaStream.Answer {
        if !stream.isInSession { return .unhandled }
        if case .address(let sender) = iq.element.address(.from),
            sender != stream.address.map({ JID($0.bare) })
        {
            stream.report(.foreignPush, in: iq.element)
            return .error(StanzaError(.serviceUnavailable))
        }
        guard let query = iq.payload.flatMap(RosterQuery.init) else { return .unhandled }
        report(query, in: iq)
        if query.unusableItemCount > 0 { return .error(StanzaError(.badRequest)) }
        // In front of the result nobody knows what else changed before this version.
        if !hasResult { roster.hasBase = false }
        let count = importCount
        applying { apply(query) }
        // Whether the roster that a handler imported has the change nobody knows.
        if count != importCount { refresh() }
        return .result(nil)
    }

    private func apply(_ query: RosterQuery) {
        roster.version = query.version
        for number in pushedInFront.keys {
            pushedInFront[number]?.formUnion(query.items.map(\.jid))
        }
        let count = importCount
        for item in query.items where count == importCount {
            if item.isRemoval {
                presence.roster(removed: item.jid)
                remove(item.jid)
            } else {
                presence.roster(item.jid, is: item.record)
                update(item)
            }
            settleEdits(of: item)
        }
    }
}
