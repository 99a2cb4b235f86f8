import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// The setting of the recordings: a user with resources that asked for different things, and a
/// contact behind a component, so that what the server routes is seen and anything can be sent.
final class SubscriptionScene {
    let server: InMemoryServer
    let user: BareJID = "user@capulet.example"
    let contact: BareJID = "contact@gateway.example"

    private let gateway: InMemoryServer.Connection
    private var resources: [InMemoryServer.Connection] = []
    private let log = Log()

    /// What arrived, stream by stream.
    private final class Log {
        var contact: [SceneArrival] = []
        var resources: [[SceneArrival]] = []
    }

    /// Makes the setting, and lets happen in it what `start` says.
    init(_ behavior: ServerBehavior, _ start: SubscriptionStart) {
        server = InMemoryServer(behavior: behavior)
        gateway = server.makeComponentConnection("gateway.example")
        gateway.stream.onPresence { [log] in log.contact.append(SceneArrival($0)) }
        gateway.connect()
        let first = addResource()
        fetch(first)
        try? first.stream.send(Presence())
        for step in start.steps { take(step) }
        fetch(addResource())
        try? addResource().stream.send(Presence())
    }

    private func addResource() -> InMemoryServer.Connection {
        let index = resources.count
        let address = JID("\(user)/r\(index + 1)") ?? JID(user)
        let connection = server.makeConnection(as: address)
        log.resources.append([])
        connection.stream.onPresence { [log] presence in
            // What the own resources show each other is not the matter.
            if presence.from?.bare == address.bare { return }
            log.resources[index].append(SceneArrival(presence))
        }
        connection.stream.onRequest(.set, "query", in: .roster) { [log] push in
            log.resources[index].append(SceneArrival(push: push))
            return .result(nil)
        }
        connection.connect()
        resources.append(connection)
        return connection
    }

    @discardableResult
    private func fetch(_ connection: InMemoryServer.Connection) -> Element? {
        var answer: Element?
        connection.stream.request(IQ(.get, payload: RosterQuery().element)) {
            answer = try? $0.get().payload
        }
        return answer
    }

    /// The contact's item, as the first resource is told of it.
    func item() -> SceneItem? {
        fetch(resources[0])?.all("item", in: .roster).first { $0[.jid] == contact.spelling }
            .map(SceneItem.init)
    }

    /// What the server keeps.
    var record: SubscriptionRecord { server.record(of: contact, for: user) }

    /// Lets something happen, and a resource log in afterwards.
    func outcome(of event: SubscriptionStart.Step) -> SceneOutcome {
        log.contact = []
        log.resources = log.resources.map { _ in [] }
        take(event)
        var outcome = SceneOutcome(contact: log.contact, resources: log.resources)
        outcome.item = item()
        let late = addResource()
        fetch(late)
        try? late.stream.send(Presence())
        outcome.redelivered = log.resources[3].filter { $0.kind == "subscribe" }.count
        return outcome
    }

    private func take(_ step: SubscriptionStart.Step) {
        switch step {
        case .set: set(RosterQuery.Item(contact, name: "C"))
        case .removed: set(RosterQuery.Item(contact, isRemoval: true))
        case .sent(let stanza): try? resources[0].stream.send(stanza.presence(to: contact))
        case .received(let stanza):
            var presence = stanza.presence(to: user)
            presence.from = JID(contact)
            try? gateway.stream.send(presence)
        }
    }

    private func set(_ item: RosterQuery.Item) {
        let query = RosterQuery(items: [item]).request
        resources[0].stream.request(IQ(.set, payload: query)) { [log] reply in
            log.resources[0].append(SceneArrival(kind: Self.words(reply)))
        }
    }

    private static func words(_ reply: Result<IQ, RequestError>) -> String {
        switch reply {
        case .success: return "result"
        case .failure(let error):
            guard let refusal = error.stanzaError else { return "\(error)" }
            return "error \(refusal.type.rawValue) \(refusal.condition.rawValue)"
        }
    }
}
