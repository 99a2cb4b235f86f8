internal import HashTreeCollections
package import StanzaKit

extension PresenceClient {
    /// Tells the whole roster, as a session begins with it.
    package func begin(with items: [BareJID: SubscriptionRecord.Item]) {
        hasRoster = true
        step {
            for (contact, mirror) in mirrors
            where mirror.record.isInRoster && items[contact] == nil {
                change(contact) { $0.receivedRemoval() }
            }
            for (contact, item) in items { note(contact, item) }
            // Told in an order that does not depend on hashes.
            for request in requests where items[request.jid]?.settlesRequest == true {
                closeRequest(of: request.jid)
            }
            for contact in contacts where items[contact.jid] == nil { noteStranger(contact.jid) }
        }
    }

    /// Tells that a contact's item in the roster is so now.
    package func roster(_ contact: BareJID, is item: SubscriptionRecord.Item) {
        step {
            note(contact, item)
            if item.settlesRequest { closeRequest(of: contact) }
        }
    }

    private func note(_ contact: BareJID, _ item: SubscriptionRecord.Item) {
        // From now on it is spelled as the roster has it.
        if let mirror = mirrors.removeValue(forKey: contact) { mirrors[contact] = mirror }
        change(contact) { $0.received(item) }
        state.noteContact(contact)
    }

    /// Tells that a contact has no item in the roster any more.
    package func roster(removed contact: BareJID) {
        step {
            change(contact) { $0.receivedRemoval() }
            if state[contact].isOnline { noteStranger(contact) }
        }
    }

    /// Tells that the server was asked to remove a contact's item from the roster.
    package func rosterRemovalSent(_ contact: BareJID) {
        step { change(contact) { $0.sentRemoval() } }
    }

    /// Tells that the server refused to.
    package func rosterRemovalRefused(_ contact: BareJID) {
        step { change(contact) { $0.wasRefused() } }
    }
}

extension SubscriptionRecord.Item {
    /// Whether the contact has what it could ask for.
    fileprivate var settlesRequest: Bool { subscription == .from || subscription == .both }
}
