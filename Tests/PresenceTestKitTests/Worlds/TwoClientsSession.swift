import PresenceTestKit
import RosterKit
import StanzaKit
import XCTest

/// An edit that a resource begins.
enum ContactEdit: CaseIterable {
    case rename, join, leave, remove

    /// - Returns: Why the server refused it, if it did.
    func perform(
        on client: RosterClient, of contact: BareJID, by who: Int
    ) async -> RequestError? {
        do throws(RequestError) {
            switch self {
            case .rename: try await client.setEntry(contact, name: .set("\(who)"))
            case .join: try await client.setEntry(contact, addingTo: ["Group \(who)"])
            case .leave: try await client.setEntry(contact, removingFrom: ["Old"])
            case .remove: try await client.removeEntry(contact)
            }
            return nil
        } catch {
            return error
        }
    }
}

/// One way between a client and the server.
struct Line: Hashable {
    let who: Int
    let direction: InMemoryServer.Connection.Direction
}

/// What happens next: a resource begins its next edit, or a stanza arrives.
enum Move {
    case begin(Int)
    case arrive(Line)

    /// The client that alone is concerned; `nil` where it is the server.
    var client: Int? {
        switch self {
        case .begin(let who): who
        case .arrive(let line): line.direction == .toClient ? line.who : nil
        }
    }
}

/// Two clients, what they are going to do, and who watches them.
actor TwoClientsSession {
    let server = InMemoryServer()
    let connections: [InMemoryServer.Connection]
    let clients: [RosterClient]
    private var edits: [[ContactEdit]]
    private let contact: BareJID = "juliet@capulet.example"
    private let findings = WorldFindings()
    private let watches: [RosterWatch]
    private let answersFirst: Bool
    private var running = 0
    /// Lines on which what is under way waits for what is sent behind it.
    private var held: [Line] = []
    private let executor = WorldExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ edits: [[ContactEdit]], answersFirst: Bool) {
        self.edits = edits
        let account: BareJID = "romeo@montague.example"
        server.addAccount(account)
        server.setEntry(contact, name: "Juliet", groups: ["Old"], of: account)
        let server = server
        let addresses: [JID] = ["romeo@montague.example/a", "romeo@montague.example/b"]
        let connections = addresses.map { server.makeConnection(as: $0) }
        let clients = connections.map { RosterClient($0.stream) }
        for connection in connections {
            connection.connect()
            // That a push was received is no matter to the server, and would double the orders.
            connection.disturb(
                .stanzas(.toServer) { IQ($0)?.type == .result }, .lose, times: .max)
        }
        let findings = findings
        watches = clients.map { client in
            let watch = RosterWatch(client.roster, of: "\(client.stream.address as Any)", findings)
            client.onEvent { [unowned client] in watch.take($0, client.roster) }
            return watch
        }
        self.answersFirst = answersFirst
        self.connections = connections
        self.clients = clients
        server.isWaiting = true
    }

    /// What may happen next.
    var moves: [Move] {
        connections.indices.flatMap { who in
            (edits[who].isEmpty ? [] : [Move.begin(who)])
                + InMemoryServer.Connection.Direction.allCases
                .filter { connections[who].underWay($0) > 0 }
                .map { Line(who: who, direction: $0) }
                .filter { !held.contains($0) }
                .map(Move.arrive)
        }
    }

    func perform(_ move: Move) {
        switch move {
        case .begin(let who):
            let edit = edits[who].removeFirst()
            let (client, contact) = (clients[who], contact)
            running += 1
            Task { [self] in
                await withTaskExecutorPreference(executor.elsewhere) {
                    _ = self.running
                    _ = await edit.perform(on: client, of: contact, by: who)
                }
                running -= 1
            }
        case .arrive(let line): arrive(line)
        }
        executor.run()
        for (client, watch) in zip(clients, watches) { watch.compare(with: client.roster) }
    }

    /// Lets the next stanza of one direction arrive, while everything else stands still.
    private func arrive(_ line: Line) {
        for connection in connections { connection.halt() }
        let connection = connections[line.who]
        connection.proceed()
        connection.halt(line.direction == .toServer ? .toClient : .toServer)
        if answersFirst && line.direction == .toServer {
            connection.disturb(.pushes, .holdBack(behind: 1))
        }
        if server.step() { held = [] } else { held.append(line) }
        for connection in connections { connection.proceed() }
    }

    /// What is wrong when nothing is under way any more.
    func check() -> [String] {
        for connection in connections { connection.calm() }
        server.run()
        executor.run()
        let known = server.roster(of: "romeo@montague.example").map(WorldEntry.init)
        for client in clients {
            let items = client.roster.items.map(WorldEntry.init)
            findings.expect(items == known, "\(items), and the server \(known)")
        }
        findings.expect(running == 0, "\(running) edits have no outcome")
        return findings.list
    }
}
