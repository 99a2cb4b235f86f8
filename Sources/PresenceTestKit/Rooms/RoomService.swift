internal import PresenceKit
package import StanzaKit

/// A multi-user chat service as a value: a stanza in, the stanzas that it causes out. XEP-0045.
///
/// It does what a server does as far as presence goes, and keeps no history. Nothing in it is left
/// to chance: who came in first is told first, and the same stanzas in the same order have the same
/// effect.
package struct RoomService: Sendable {
    /// The address of the service, such as `rooms.montague.example`.
    package let domain: BareJID
    /// Whether whoever enters a room that there is not makes it; otherwise that is `not-allowed`.
    package var allowsCreation = true

    var rooms: [BareJID: HostedRoom] = [:]

    /// A service without rooms.
    package init(domain: BareJID) {
        self.domain = domain
    }

    /// Takes a stanza, whatever is in it.
    ///
    /// - Parameter stanza: A stanza whose `from` is the full address of the sender.
    /// - Returns: The stanzas to deliver, in order, each with `from` and `to`. Nothing where the
    ///   stanza has no sender or is none.
    package mutating func receive(_ stanza: Element) -> [Element] {
        guard let sender = stanza.address(.from).jid else { return [] }
        do throws(StanzaError) {
            guard let address = stanza.address(.to).jid, address.domain.isExactly(domain.domain)
            else { throw StanzaError(.jidMalformed) }
            if let presence = Presence(stanza) {
                return try receive(presence, from: sender, to: address)
            } else if let message = Message(stanza) {
                return try receive(message, from: sender, to: address)
            } else if let iq = IQ(stanza) {
                return try receive(iq, from: sender, to: address)
            }
            return []
        } catch {
            return refusal(of: stanza, error)
        }
    }

    /// Changes a room, and gives what that causes; forgets the room if that is its end.
    private mutating func change(
        _ room: HostedRoom, _ change: (inout HostedRoom) throws(StanzaError) -> Void
    ) throws(StanzaError) -> [Element] {
        var room = room
        try change(&room)
        let outgoing = room.outgoing
        room.outgoing = []
        rooms[room.address] = room.stage == .new || room.stage == .gone ? nil : room
        return outgoing
    }

    private func refusal(of stanza: Element, _ error: StanzaError) -> [Element] {
        var error = error
        let presence = Presence(stanza)
        if let presence { error.by = presence.to?.bare.spelling }
        guard var refusal = stanza.refusal(error) else { return [] }
        // XEP-0045 shows the request in its refusal, without what it says.
        if presence?[MUCJoin.self] != nil { refusal.append(MUCJoin().element) }
        // With the items that cannot be had. XEP-0045, section 8.4.
        if let query = IQ(stanza)?.payload, query.is("query", in: .mucAdmin) {
            refusal.append(query)
        }
        refusal[.from] = stanza[.to]
        return [refusal]
    }
}

// MARK: Kinds of stanzas

extension RoomService {
    private mutating func receive(
        _ presence: Presence, from sender: JID, to address: JID
    ) throws(StanzaError) -> [Element] {
        switch presence.type {
        case nil: throw StanzaError(.badRequest)
        case .subscribe:
            // Rooms have no subscribers.
            return presence.denial(from: address.bare).map { [$0.element] } ?? []
        case .probe, .subscribed, .unsubscribe, .unsubscribed: return []
        case .available:
            if address.local == nil { return [] }
            guard address.bare.isConforming else { throw StanzaError(.jidMalformed) }
            let room =
                rooms[address.bare] ?? HostedRoom(address.bare, RoomConfiguration(), stage: .new)
            let mayCreate = allowsCreation
            return try change(room) { room throws(StanzaError) in
                try room.receiveAvailable(presence, from: sender, mayCreate: mayCreate)
            }
        case .unavailable, .error:
            guard let room = rooms[address.bare] else { return [] }
            return try change(room) { room throws(StanzaError) in
                if presence.isError {
                    room.leave(sender, codes: [.removedByError])
                } else {
                    room.leave(sender, presence)
                }
            }
        }
    }

    private mutating func receive(
        _ message: Message, from sender: JID, to address: JID
    ) throws(StanzaError) -> [Element] {
        guard let room = rooms[address.bare] else {
            throw StanzaError(address.local == nil ? .serviceUnavailable : .itemNotFound)
        }
        return try change(room) { room throws(StanzaError) in
            if message.isError {
                room.receiveError(message, from: sender)
            } else {
                try room.receive(message, from: sender)
            }
        }
    }

    private mutating func receive(
        _ iq: IQ, from sender: JID, to address: JID
    ) throws(StanzaError) -> [Element] {
        if iq.type == .result || iq.type == .error { return [] }
        guard iq.isRequest else { throw StanzaError(.badRequest) }
        if address.local == nil { return try answer(iq) }
        guard let room = rooms[address.bare] else { throw StanzaError(.itemNotFound) }
        return try change(room) { room throws(StanzaError) in
            try room.receive(iq, from: sender)
        }
    }

    /// Answers a request to the service itself. XEP-0045, sections 6.2 and 6.3; XEP-0199.
    private func answer(_ iq: IQ) throws(StanzaError) -> [Element] {
        guard let payload = iq.payload else { throw StanzaError(.badRequest) }
        guard iq.type == .get, iq.to?.resource == nil else {
            throw StanzaError(.serviceUnavailable)
        }
        var answer: IQ?
        if payload.is("ping", in: .ping) {
            answer = iq.result()
        } else if payload.is("query", in: .discoInfo), payload["node"] == nil {
            answer = iq.result(
                .discoInfo(
                    name: nil,
                    features: [XMLNamespace.muc.rawValue, XMLNamespace.ping.rawValue]))
        } else if payload.is("query", in: .discoItems), payload["node"] == nil {
            let items = rooms.values.filter { $0.stage == .open }
                .sorted { $0.address < $1.address }
                .map { room in
                    Element(
                        "item", in: .discoItems,
                        attributes: [
                            .jid: room.address.spelling, "name": room.configuration.name,
                        ])
                }
            answer = iq.result(Element("query", in: .discoItems, children: items))
        }
        guard var element = answer?.element else { throw StanzaError(.serviceUnavailable) }
        element[.from] = iq.element[.to]
        return [element]
    }
}
