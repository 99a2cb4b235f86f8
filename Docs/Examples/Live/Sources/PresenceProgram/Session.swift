internal import Dispatch
internal import LiveConnection
internal import PresenceKit
internal import RosterKit
internal import StanzaKit

/// The program at work: a connection, what is known by it, and who is told.
///
/// All of it lives on the main actor. Only standard input is read elsewhere.
@MainActor
final class Session {
    let connection: Connection
    let presence: PresenceClient
    let roster: RosterClient
    let rooms: RoomClient
    let book: ContactBook
    let printer: Printer
    /// Ends when the roster is there, or is known not to come.
    private let ready = AsyncStream.makeStream(of: Never.self)
    /// Prints the roster soon.
    private var reprint: Task<Void, any Error>?

    init(_ settings: ConnectionSettings, cache: String?, printer: Printer) {
        connection = Connection(settings)
        presence = PresenceClient(connection.stream)
        roster = RosterClient(presence, cache: cache.map { FileRosterCache(at: $0) })
        rooms = RoomClient(presence)
        book = ContactBook(roster)
        self.printer = printer
        printer.onLoss = { [weak self] in self?.quit() }
    }

    /// Logs in, and does what it is told, until it is told to quit or cannot go on.
    func run() async throws {
        follow()
        // Told now, and sent as soon as a session begins.
        try presence.send(Presence())
        let commands = Task { await obey(Input.lines()) }
        let interrupts = Input.onInterrupt { [weak self] in self?.quit() }
        defer {
            commands.cancel()
            for source in interrupts { source.cancel() }
        }
        do throws(ConnectionError) {
            try await connection.run()
        } catch {
            throw Failure(description: Words.shown("\(error)"))
        }
    }

    /// Why the program could not go on. Part of it may be what the server said.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Goes offline and ends the stream; ``run()`` returns then.
    func quit() {
        if reprint != nil { printTree() }
        try? presence.goOffline()
        connection.close()
    }

    private func obey(_ lines: AsyncStream<String>) async {
        for await _ in ready.stream {}
        for await line in lines {
            if Task.isCancelled { return }
            do throws(Command.Problem) {
                guard let command = try Command(line) else { continue }
                if case .quit = command { break }
                try await execute(command)
            } catch {
                var happening = Happening("problem")
                happening.problem = error.description
                happening.text = error.description
                printer.tell(happening)
            }
        }
        quit()
    }
}

// MARK: Telling

extension Session {
    /// Tells what happens from now on. The handlers are kept by what this object keeps.
    private func follow() {
        connection.onStateChange { [unowned self] in tell($0) }
        roster.onEvent { [unowned self] event in
            if let happening = Happening(event) { printer.tell(happening) }
            switch event {
            case .initialRosterReceived, .initialRosterFailed: ready.continuation.finish()
            default: break
            }
            printTreeSoon()
        }
        presence.onEvent { [unowned self] event in
            if let happening = Happening(event) { printer.tell(happening) }
            if case .ownPresenceChanged = event { return }
            printTreeSoon()
        }
        rooms.onEvent { [unowned self] room, event in
            if let happening = Happening(room, event) { printer.tell(happening) }
        }
    }

    private func tell(_ state: ConnectionState) {
        var happening = Happening("connection")
        happening.status = "\(state)"
        switch state {
        case .online(let address):
            happening.status = "online"
            happening.jid = "\(address)"
            let security = connection.securityLayer?.rawValue ?? "no TLS"
            let mechanism = connection.mechanism?.rawValue ?? "none"
            happening.text = "You are \(address) (\(security), \(mechanism))."
        case .waiting(let delay, let error):
            happening.status = "waiting"
            happening.problem = "\(error)"
            let seconds = (delay / .milliseconds(100)).rounded() / 10
            happening.text = "The connection failed: \(error). Next attempt in \(seconds) s."
        default: break
        }
        printer.tell(happening)
    }

    /// Prints the roster when nothing has changed for a moment.
    private func printTreeSoon() {
        guard !printer.printsJSON, roster.roster.state == .current, connection.isOnline else {
            return
        }
        reprint?.cancel()
        reprint = Task {
            try await Task.sleep(for: .milliseconds(300))
            printTree()
        }
    }

    /// Prints the roster: as a tree, or a line for each contact.
    func printRoster() {
        printTree()
        guard printer.printsJSON else { return }
        for contact in book.contacts.all where contact.relationship != .own {
            printer.tell(Happening(contact))
        }
    }

    private func printTree() {
        reprint?.cancel()
        reprint = nil
        printer.show("\n\(RosterTree(of: book))\n")
    }
}

extension Connection {
    fileprivate var isOnline: Bool {
        if case .online = state { true } else { false }
    }
}
