import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// Runs what the article of the same name in PresenceTestKit's documentation shows.
@main
enum TestingYourCode {
    static func main() async throws {
        try seeWhoIsOnline()
        try await testOnAServer { romeo, juliet in
            print("Romeo sees \(show(of: romeo)), Juliet sees \(show(of: juliet))")
        }
        try testOnAllServers()
    }

    /// What a client knows of the other one.
    static func show(of client: RosterClient) -> String {
        let seen = client.presence.contacts.first?.best?.presence
        return seen.map { $0.show?.rawValue ?? "available" } ?? "nobody"
    }
}

func seeWhoIsOnline() throws {
    let server = InMemoryServer()
    server.setSubscription(.both, of: "romeo@montague.example", with: "juliet@capulet.example")
    let balcony = server.connect(as: "juliet@capulet.example/balcony")
    try balcony.stream.send(Presence(show: .chat))

    let orchard = server.connect(as: "romeo@montague.example/orchard")
    let romeo = RosterClient(orchard.stream)
    try romeo.presence.send(Presence())
    print(romeo.presence["juliet@capulet.example"].isOnline)  // true
}

@MainActor
func testOnAServer(check: (RosterClient, RosterClient) -> Void) async throws {
    let server = InMemoryServer()
    let orchard = server.makeConnection(as: "romeo@montague.example/orchard")
    let romeo = RosterClient(orchard.stream)
    orchard.connect()  // the session begins, and with it the client's roster
    let juliet = RosterClient(server.connect(as: "juliet@capulet.example/balcony").stream)
    for client in [romeo, juliet] { try client.presence.send(Presence()) }

    try romeo.subscribe(to: "juliet@capulet.example")
    try juliet.approve("romeo@montague.example")
    precondition(romeo.presence["juliet@capulet.example"].isOnline)
    precondition(server.roster(of: "juliet@capulet.example").first?.subscription == .from)

    server.isWaiting = true
    server.order = .anyOrder
    try romeo.presence.send(Presence(show: .away))
    try juliet.presence.send(Presence(show: .dnd))
    while server.step() { check(romeo, juliet) }
    server.isWaiting = false

    orchard.disturb(.replies, .lose, times: 1)
    let edit = Task {
        try await romeo.setEntry(
            "juliet@capulet.example", name: .set("Juliet"), timeout: .seconds(10))
    }
    await server.clock.waitForSleepers(1)
    server.advance(by: .seconds(10))
    guard case .failure(let error as RequestError) = await edit.result else { return }
    precondition(error.code == .timedOut)

    orchard.disturb(.pushes.nth(2), .omitVersion)
    orchard.disturb(.presence(from: "juliet@capulet.example"), .delay(by: .seconds(5)))
    orchard.disconnect(afterBytes: 500, .toClient)
    for name in ["Jule", "Juliet", "J."] {
        server.setEntry("juliet@capulet.example", name: name, of: "romeo@montague.example")
    }
    orchard.connect()
    print(orchard.disturbances)  // what really happened
}

func testHandshake(on server: InMemoryServer) throws {
    server.addAccount("juliet@capulet.example")
    let romeo = RosterClient(server.connect(as: "romeo@montague.example").stream)
    try romeo.subscribe(to: "juliet@capulet.example")
    precondition(server.requests(to: "juliet@capulet.example").count == 1)
}

func testOnAllServers() throws {
    for behavior in [ServerBehavior.standard, .prosody, .ejabberd] {
        try testHandshake(on: InMemoryServer(behavior: behavior))
    }
}
