import StanzaKit
import VectorSupport

/// What calls about subscriptions are to send: nothing that changes nothing. The recorded client
/// sends whatever it is told, also what the RFC forbids (a pre-approval that the server does not
/// announce, section 3.4.1), and removes entries without ending what is pending.
///
/// This is put together from the recorded roster and the stanzas alone.
struct SubscriptionNeeds {
    /// What was sent or received since the roster said something of a contact.
    private var asks: [BareJID: Bool] = [:]
    /// Who asked to see our presence and has no answer.
    private var requests: Set<BareJID> = []

    /// Changes what is to be sent in a call.
    ///
    /// - Returns: The rule, where there is something else than was recorded.
    mutating func improve(
        _ sent: inout [String], of action: JSON, _ state: RosterStateRecording
    ) throws -> String? {
        guard action["op"]?.string == "call", !sent.isEmpty, let arguments = action["args"] else {
            return nil
        }
        let contact = try JID(wire: try arguments.text("jid")).bare
        let item = state.item(contact.description)
        let sees = ["to", "both"].contains(item?["subscription"]?.string ?? "")
        let isPendingOut = asks[contact] ?? (item?["ask"]?.string != nil)
        switch action["method"]?.string {
        case "subscribe" where sees && asks[contact] != false || isPendingOut,
            "unsubscribe" where !(sees && asks[contact] != false || isPendingOut),
            "approve" where !requests.contains(contact):
            sent = []
            return "nothing to send"
        case "subscribe": asks[contact] = true
        case "unsubscribe": asks[contact] = false
        case "approve": requests.remove(contact)
        case "remove_entry":
            var ends: [String] = []
            if isPendingOut && !sees { ends.append("unsubscribe") }
            if requests.contains(contact) { ends.append("unsubscribed") }
            if ends.isEmpty { return nil }
            sent = ends.map { "<presence to='\(contact)' type='\($0)'/>" } + sent
            return "pending requests end before a removal"
        default: break
        }
        return nil
    }

    /// Takes what a step brought.
    mutating func note(_ action: JSON, ids: [String: String], endsSession: Bool) throws {
        if endsSession { (asks, requests) = ([:], []) }
        for xml in try action.stanzas {
            guard let element = try? Element(parsing: xml, in: .client) else { continue }
            if let query = element.first("query", in: "jabber:iq:roster") {
                for item in query.children {
                    guard let jid = item[.jid].flatMap({ try? JID(wire: $0).bare }) else {
                        continue
                    }
                    asks[jid] = nil
                    if ["from", "both"].contains(item["subscription"] ?? "") {
                        requests.remove(jid)
                    }
                }
            } else if element.name == "presence" {
                guard let from = element[.from].flatMap({ try? JID(wire: $0).bare }) else {
                    continue
                }
                switch element[.type] {
                case "subscribe": requests.insert(from)
                case "unsubscribe": requests.remove(from)
                case "unsubscribed": asks[from] = false
                default: break
                }
            }
        }
    }
}
