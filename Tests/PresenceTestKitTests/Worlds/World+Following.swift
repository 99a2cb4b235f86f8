import PresenceKit
import RosterKit
import StanzaKit

/// Those who follow a client from elsewhere: what they are told of a stanza, and the value that comes
/// with it, have to fit too.
extension World {
    /// Follows the clients that are new.
    func followNewcomers() {
        for inhabitant in inhabitants where inhabitant.isToBeFollowed {
            inhabitant.isToBeFollowed = false
            follow(inhabitant)
        }
    }

    private func follow(_ inhabitant: Inhabitant) {
        guard let roster = inhabitant.roster else { return }
        let name = "\(inhabitant), followed"
        let findings = findings
        let rosterUpdates = roster.updates()
        let presenceUpdates = inhabitant.presence.updates()
        followers += [
            Task { [self] in
                await withTaskExecutorPreference(executor.elsewhere) {
                    _ = self.editCount
                    var watch: RosterWatch?
                    for await update in rosterUpdates {
                        for event in update.events { watch?.take(event, nil) }
                        watch = watch ?? RosterWatch(update.roster, of: name, findings)
                        watch?.compare(with: update.roster)
                    }
                }
            },
            Task { [self] in
                await withTaskExecutorPreference(executor.elsewhere) {
                    _ = self.editCount
                    var watch: PresenceWatch?
                    for await update in presenceUpdates {
                        for event in update.events { watch?.take(event, nil) }
                        watch = watch ?? PresenceWatch(update.state, of: name, findings)
                        watch?.compare(with: update.state)
                    }
                }
            },
        ]
    }

    /// Ends all tasks of the world.
    func endFollowing() {
        for follower in followers { follower.cancel() }
        for edit in edits.values { edit.task.cancel() }
        executor.run()
    }
}
