import PresenceKit
import PresenceTestKit
import StanzaKit

/// A component on a scripted stream, with the store under it and what it tells.
final class ObservedComponent {
    let script: ScriptedStream
    let component: ComponentPresence
    /// The store under the component, which tests may change behind its back.
    let store: SharedStore
    private(set) var events: [ComponentEvent] = []
    private(set) var diagnostics: [Diagnostic.Kind] = []

    init(
        domain: BareJID = "comp.localhost", store: SharedStore = SharedStore(),
        isBegun: Bool = true
    ) throws {
        self.store = store
        script = ScriptedStream(asComponent: domain)
        component = try ComponentPresence(script.stream, domain: domain, store: store)
        component.onEvent { [unowned self] in events.append($0) }
        script.stream.onDiagnostic { [unowned self] in diagnostics.append($0.kind) }
        if isBegun { script.begin() }
    }

    func forgetDiagnostics() { diagnostics = [] }

    func takeEvents() -> [ComponentEvent] {
        defer { events = [] }
        return events
    }

    /// The names of the events since the last time, with who they are about.
    func takeEventNames() -> [String] { takeEvents().map(\.name) }
}

extension ScriptedStream {
    /// Lets a presence stanza arrive that says no more than its type.
    func receive(_ type: String, from: String, to: String) throws {
        try receive("<presence type='\(type)' from='\(from)' to='\(to)'/>")
    }

    /// The presence that was sent since the last time: type, sender, addressee, and content where
    /// there is any.
    func takeSentPresence() -> [String] {
        takeSent(Presence.self).map { presence in
            let content = presence.element.children.map(\.description).joined()
            let text =
                "\(presence.element[.type] ?? "available") \(presence.from?.description ?? "?")"
                + " > \(presence.to?.description ?? "?")"
            return content.isEmpty ? text : text + " " + content
        }
    }
}
