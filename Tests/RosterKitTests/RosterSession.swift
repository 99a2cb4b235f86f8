import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit
import VectorSupport

/// A recorded session of a roster client, played with this library in its place.
@MainActor
final class RosterSession {
    /// What came of a step.
    struct Outcome {
        var events: [JSON] = []
        var others: [RosterEvent] = []
        var sent: [Element] = []
        var calls: [JSON] = []
        var export: JSON?
        var hasRaised = false
    }

    private(set) var client: RosterClient
    private var script: ScriptedStream
    private let clock = ManualClock()
    private var features = ""
    private var isLost = false
    private var lastExport: [UInt8] = []
    private var outcome = Outcome()
    private var runningCalls: [String: Task<Void, Never>] = [:]
    /// The ids that were really used, by their labels.
    var ids: [String: String] = [:]

    init() {
        script = ScriptedStream(as: Self.address, clock: clock)
        client = RosterClient(script.stream)
        follow()
    }

    private static let address: JID = "juliet@example.com/balcony"

    private func follow() {
        client.presence.givesIDs = true
        client.onEvent { [unowned self] event in
            if let signal = RosterSignal(event) {
                outcome.events.append(signal.json(in: client.roster))
            } else {
                outcome.others.append(event)
            }
        }
    }

    /// Does a step and waits for what comes of it.
    ///
    /// - Parameter calls: How many calls are to end in it.
    func perform(_ step: JSON, calls: Int) async throws -> Outcome {
        outcome = Outcome()
        switch step["op"]?.string {
        case "connect":
            let names = step["features"]?.array?.compactMap(\.string) ?? []
            features =
                names.contains("rosterver") ? "<ver xmlns='urn:xmpp:features:rosterver'/>" : ""
            connect()
        case "recv":
            for xml in try step.stanzas {
                try script.receive(ids.reduce(xml) { Self.replacing($0, $1.key, by: $1.value) })
            }
        case "call": try await call(step)
        case "advance": advance(by: step["seconds"]?.int ?? 0)
        case "export":
            lastExport = client.roster.json()
            outcome.export = try JSON(lastExport)
        case "import": try importRoster(step)
        case "disconnect", "stream_lost":
            isLost = step["op"]?.string == "stream_lost"
            script.stream.end()
        case "restart":
            script = ScriptedStream(as: Self.address, clock: clock)
            client = RosterClient(script.stream)
            follow()
        case "add_listener": try addListener(step)
        default: throw NotRecorded(what: "no such step: \(step)")
        }
        await settle(calls: calls)
        outcome.sent += script.takeSent()
        return outcome
    }

    private static func replacing(_ text: String, _ label: String, by id: String) -> String {
        text.split(separator: "'\(label)'", omittingEmptySubsequences: false)
            .joined(separator: "'\(id)'")
    }

    private func connect() {
        isLost = false
        script.begin(features: features)
    }

    private func advance(by seconds: Int) {
        clock.advance(by: .seconds(seconds))
        // The back-off of the recording: it is the application that connects again here.
        if isLost && seconds > 100_000 { connect() }
    }

    private func importRoster(_ step: JSON) throws {
        guard let data = step["data"] else { throw NotRecorded(what: "no data") }
        do throws(RosterImportError) {
            try client.importRoster(data.string == "$last_export" ? lastExport : data.bytes)
        } catch {
            outcome.hasRaised = true
        }
    }

    /// Waits until as many calls have ended as should, and then whether one more does.
    private func settle(calls: Int) async {
        var patience = 100_000
        while outcome.calls.count < calls, patience > 0 {
            patience -= 1
            await Task.yield()
        }
        if runningCalls.isEmpty { return }
        for _ in 0..<4 { await Task.yield() }
    }

    private func addListener(_ step: JSON) throws {
        let signal = try step.text("signal")
        let label = try step.text("label")
        let cancelsItself = step["behaviour"]?.string == "return_true"
        var registration: Registration?
        registration = client.onEvent { [unowned self] event in
            guard RosterSignal(event)?.name == signal else { return }
            outcome.events.append(
                .object([("signal", .string(signal)), ("listener", .string(label))]))
            // A handler cannot fail: "raise" does nothing.
            if cancelsItself { registration?.cancel() }
        }
    }
}

// MARK: Calls

extension RosterSession {
    private func call(_ step: JSON) async throws {
        let id = try step.text("id")
        let method = try step.text("method")
        guard let arguments = step["args"] else { throw NotRecorded(what: "no arguments") }
        let contact = try JID(wire: try arguments.text("jid")).bare
        let running = Task {
            do throws(RequestError) {
                try await call(method, contact, arguments)
                end(id, nil)
            } catch {
                end(id, error)
            }
        }
        runningCalls[id] = running
        // Calls begin in order: this one has begun when it has sent something, or ended.
        var patience = 1000
        while outcome.sent.isEmpty && outcome.calls.isEmpty, patience > 0 {
            patience -= 1
            await Task.yield()
            outcome.sent += script.takeSent()
        }
    }

    private func call(
        _ method: String, _ contact: BareJID, _ arguments: JSON
    ) async throws(RequestError) {
        let timeout = arguments["timeout"]?.int.map { Duration.seconds($0) }
        switch method {
        case "set_entry":
            var name = RosterItem.NameEdit.keep
            if let argument = arguments["name"] {
                name = argument.string.map { .set($0) } ?? .remove
            }
            try await client.setEntry(
                contact, name: name,
                addingTo: arguments["add_to_groups"]?.array?.compactMap(\.string) ?? [],
                removingFrom: arguments["remove_from_groups"]?.array?.compactMap(\.string) ?? [],
                timeout: timeout)
        case "remove_entry": try await client.removeEntry(contact, timeout: timeout)
        case "approve": try client.approve(contact)
        case "subscribe": try client.subscribe(to: contact)
        case "unsubscribe": try client.unsubscribe(from: contact)
        default: throw RequestError(.invalidRequest)
        }
    }

    private func end(_ id: String, _ error: RequestError?) {
        runningCalls[id] = nil
        var members: [(String, JSON)] = [("id", .string(id))]
        members.append(("outcome", .string(error == nil ? "ok" : "error")))
        if let error { members.append(("error", error.json)) }
        outcome.calls.append(.object(members))
    }
}

extension RequestError {
    fileprivate var json: JSON {
        var members: [(String, JSON)] = []
        switch code {
        case .timedOut: members = [("kind", .string("timeout"))]
        case .disconnected: members = [("kind", .string("connection-lost"))]
        case .refused:
            members = [
                ("kind", .string("stanza-error")),
                ("type", .string(stanzaError?.type.rawValue ?? "")),
                ("condition", .string(stanzaError?.condition.rawValue ?? "")),
            ]
            if let text = stanzaError?.texts.first?.text { members.append(("text", .string(text))) }
        default: members = [("kind", .string("\(code)"))]
        }
        return .object(members)
    }
}

extension JSON {
    func text(_ member: String) throws -> String {
        guard let text = self[member]?.string else {
            throw NotRecorded(what: "no text \(member)")
        }
        return text
    }

    /// The stanzas that arrive in a step.
    var stanzas: [String] {
        get throws {
            guard let xml = self["xml"] else { return [] }
            return try xml.array?.compactMap(\.string) ?? [text("xml")]
        }
    }
}
