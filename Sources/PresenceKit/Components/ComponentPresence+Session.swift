internal import HashTreeCollections
internal import StanzaKit

extension ComponentPresence {
    /// Tells everybody again what they should know: sends what every available address broadcast and
    /// sent directly last, and asks for the presence of those that these addresses are subscribed to.
    ///
    /// A session begins with it (``announcesPresence``), as who was told before may have forgotten it,
    /// and what they said since did not arrive. RFC 6121, sections 4.2.2 and 4.3.1.
    public func announce() {
        guard stream.isInSession else { return }
        step {
            for local in state.localAddresses {
                reportingFailure(at: local) { () throws(ComponentError) in
                    try announce(local)
                }
            }
        }
    }

    private func announce(_ local: BareJID) throws(ComponentError) {
        let known = state[local]
        let subscribers = try contacts(of: local, where: \.isSubscribedFrom)
        for sender in known.allSenders {
            let own = known[sender]
            if var presence = own.broadcast {
                presence.id = nil
                for subscriber in subscribers {
                    transmit(presence, to: JID(subscriber), from: sender)
                }
            }
            for addressee in own.directedTo {
                guard var presence = own.directedPresence(to: addressee) else { continue }
                presence.id = nil
                transmit(presence, from: sender)
            }
        }
        if known.isOnline && probesContacts { try probeContacts(of: local) }
    }

    func follow(_ event: SessionEvent) {
        switch event {
        case .began: beginSession()
        case .ended: endSession()
        default: break
        }
    }

    private func beginSession() {
        tellDepartures()
        if announcesPresence { announce() }
        applyPolicy(at: state.addressesWithRequests)
    }

    /// Tells who went while there was no session.
    private func tellDepartures() {
        let owed = departures
        departures = [:]
        for sender in owed.keys.sorted() {
            guard let departure = owed[sender] else { continue }
            let own = state[sender.bare][sender]
            reportingFailure(at: sender.bare) { () throws(ComponentError) in
                let subscribers = try contacts(of: sender.bare, where: \.isSubscribedFrom)
                if own.broadcast == nil {
                    for subscriber in subscribers {
                        transmit(departure.presence, to: JID(subscriber), from: sender)
                    }
                }
                depart(
                    departure.presence, from: sender,
                    to: departure.directedTo.filter { own.directedPresence(to: $0) == nil },
                    except: subscribers)
            }
        }
    }

    private func endSession() {
        for local in state.addressesWithContacts {
            for contact in state.contacts(at: local) {
                if let gone = state.clear(JID(contact.jid), at: local, saying: nil) {
                    emit(.wentOffline(gone, .sessionEnded, at: local))
                }
            }
        }
        state.forgetDepartures()
    }
}
