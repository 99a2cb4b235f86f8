internal import HashTreeCollections
package import StanzaKit

extension PresenceClient {
    /// Tells the whole roster, as a session begins with it.
    package func begin(with items: [BareJID: SubscriptionRecord.Item]) {
        hasRoster = true
        step {
            for (contact, mirror) in mirrors
            where mirror.record.isInRoster && items[contact] == nil { roster(removed: contact) }
            for (contact, item) in items { roster(contact, is: item) }
            for contact in contacts where items[contact.jid] == nil { noteStranger(contact.jid) }
        }
    }

    /// Tells that a contact's item in the roster is so now.
    package func roster(_ contact: BareJID, is item: SubscriptionRecord.Item) {
        step {
            change(contact) { $0.received(item) }
            state.noteContact(contact)
            if item.subscription == .from || item.subscription == .both {
                closeRequest(of: contact)
            }
        }
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
