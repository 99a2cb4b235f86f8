internal import StanzaKit

extension RosterClient {
    /// Has the cache keep the roster, if it is another one than the cache has.
    ///
    /// The client does so by itself when the server has sent the roster and when the session has
    /// ended; it is for the moment before a program may be stopped without notice. Without a cache,
    /// or without a roster that was received as a whole, nothing happens. A cache that cannot keep
    /// it is told of as a diagnostic of the ``stream``.
    ///
    /// Called by a handler while a stanza still changes the roster, it waits until that is done: no
    /// version is saved with other entries than its own.
    public func saveRoster() {
        if isApplying {
            savesWhenApplied = true
            return
        }
        guard let cache, let account, roster.hasBase else { return }
        let bytes = CachedRoster(account: account, roster: roster).bytes
        let digest = CachedRoster.statedDigest(in: bytes)
        if digest == cachedDigest { return }
        do {
            try cache.save(bytes)
            cachedDigest = digest
        } catch {
            cachedDigest = nil
            stream.report(.cacheNotWritten("\(error)"))
        }
    }

    /// Does what brings the roster from one version to the next; nothing is saved on the way.
    func applying(_ body: () -> Void) {
        isApplying = true
        body()
        isApplying = false
        if !savesWhenApplied { return }
        savesWhenApplied = false
        saveRoster()
    }

    /// Takes the roster from the cache, and keeps it there from now on.
    func useCache() -> [Registration] {
        if cache == nil { return [] }
        loadRoster()
        return [
            onEvent { [weak self] event in
                if case .initialRosterReceived = event { self?.saveRoster() }
            },
            stream.onSession { [weak self] event in
                if case .ended = event { self?.saveRoster() }
            },
        ]
    }

    private func loadRoster() {
        do {
            guard let bytes = try cache?.load() else { return }
            let cached = try CachedRoster(bytes)
            roster = cached.roster
            account = cached.account
            cachedDigest = CachedRoster.statedDigest(in: bytes)
        } catch {
            stream.report(.cacheNotRead("\(error)"))
        }
    }

    /// Forgets the roster if it is that of another account than the session's.
    func settleAccount() {
        let own = stream.address?.bare
        if let account, account != own {
            roster.version = nil
            roster.hasBase = false
            // A handler may put another roster in the place of what is forgotten.
            let count = importCount
            for item in roster.items where count == importCount { remove(item.jid) }
        }
        account = own
    }
}
