import PresenceKit
import PresenceTestKit
import StanzaKit

/// A client that keeps what arrives and knows nothing of presence or rosters.
final class PlainClient {
    let connection: InMemoryServer.Connection
    private var received: [Element] = []

    init(_ server: InMemoryServer, _ address: JID) {
        connection = server.makeConnection(as: address)
        follow()
    }

    init(_ server: InMemoryServer, component domain: BareJID) {
        connection = server.makeComponentConnection(domain)
        follow()
    }

    private func follow() {
        connection.stream.onPresence { [weak self] in self?.received.append($0.element) }
        connection.stream.onMessage { [weak self] in self?.received.append($0.element) }
        connection.stream.onRequest(.set, "query", in: "jabber:iq:roster") { [weak self] in
            self?.received.append($0.element)
            return .result(nil)
        }
        connection.stream.onRequest(.get, "query", in: "urn:example:query") { [weak self] in
            self?.received.append($0.element)
            return .later
        }
        connection.stream.onDiagnostic { [weak self] diagnostic in
            if diagnostic.kind == .unexpectedReply, let reply = diagnostic.element {
                self?.received.append(reply)
            }
        }
        connection.connect()
    }

    /// Sends literal XML.
    func send(_ xml: String) throws {
        try connection.stream.send(Element(parsing: xml, in: .client))
    }

    /// What arrived since the last time, each stanza as `name type from to`, with what else counts.
    func take() -> [String] {
        defer { received = [] }
        return received.map { element in
            let type = element[.type] ?? (element.name == "presence" ? "available" : "normal")
            let condition = StanzaError(element.first("error", in: .client) ?? element)
            return [
                element.name, type, element[.from], element[.to].map { "to \($0)" },
                condition.map { "(\($0.condition.rawValue))" },
            ].compactMap(\.self).joined(separator: " ")
        }
    }

    func takeElements() -> [Element] {
        defer { received = [] }
        return received
    }
}
