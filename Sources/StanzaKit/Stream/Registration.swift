/// A handler that was registered; it lasts until it is cancelled or its stream goes away.
///
/// Dropping the registration does not cancel the handler, so it need not be kept. The stream or
/// client keeps the handler: one that captures what keeps the stream captures it `weak` or
/// `unowned`, or neither is ever freed.
public final class Registration {
    private(set) var isCancelled = false
    /// Lets go of the handler.
    var release: (() -> Void)?

    package init() {}

    /// Ends the handler; it is not called again, not even for the stanza at hand, and what it holds
    /// is released.
    public func cancel() {
        isCancelled = true
        release?()
        release = nil
    }
}

@available(*, unavailable)
extension Registration: Sendable {}

/// Handlers in the order in which they were registered.
package struct HandlerList<Handler> {
    private final class Entry {
        var handler: Handler?

        init(_ handler: Handler) { self.handler = handler }
    }

    private var entries: [Entry] = []

    package init() {}

    package mutating func add(_ handler: Handler) -> Registration {
        entries.removeAll { $0.handler == nil }
        let entry = Entry(handler)
        entries.append(entry)
        let registration = Registration()
        registration.release = { entry.handler = nil }
        return registration
    }

    /// Calls those that are registered now; a handler may add and cancel others.
    package func forEach(_ body: (Handler) -> Void) {
        for entry in entries {
            if let handler = entry.handler { body(handler) }
        }
    }
}
