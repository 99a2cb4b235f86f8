/// How a client tells its events: to every handler in one order, and what belongs to one step as one
/// update of the asynchronous sequences.
package final class EventDelivery<Event: Sendable, Update: Sendable> {
    private var handlers = HandlerList<(Event) -> Void>()
    private var updates = UpdateStreams<Update>()
    /// What a handler caused while others do not know the cause yet.
    private var undelivered: [Event] = []
    private var isDelivering = false
    /// What no update told yet.
    private var unreported: [Event] = []
    private var depth = 0

    package init() {}

    /// Calls `handler` for every event from now on.
    package func add(_ handler: @escaping (Event) -> Void) -> Registration {
        handlers.add(handler)
    }

    /// A sequence that begins with `update`.
    package func makeUpdates(beginningWith update: Update) -> AsyncStream<Update> {
        updates.make(beginningWith: update)
    }

    /// Tells an update that has no events.
    package func tell(_ update: Update) {
        updates.yield(update)
    }

    /// Tells an event. Called by a handler, it waits until all handlers know the event at hand.
    package func emit(_ event: Event) {
        if !updates.isEmpty { unreported.append(event) }
        undelivered.append(event)
        if isDelivering { return }
        isDelivering = true
        defer { isDelivering = false }
        while !undelivered.isEmpty {
            let events = undelivered
            undelivered = []
            for event in events { handlers.forEach { $0(event) } }
        }
    }

    /// Does what belongs to one update; steps within a step belong to it.
    ///
    /// - Parameter makeUpdate: Makes the update that tells the events, if there are any.
    package func step<Result, Failure: Error>(
        telling makeUpdate: ([Event]) -> Update, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        depth += 1
        defer {
            depth -= 1
            if depth == 0 && !unreported.isEmpty {
                let events = unreported
                unreported = []
                updates.yield(makeUpdate(events))
            }
        }
        return try body()
    }
}

@available(*, unavailable)
extension EventDelivery: Sendable {}
