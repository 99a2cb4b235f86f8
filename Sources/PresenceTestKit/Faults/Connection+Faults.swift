internal import RosterKit
public import StanzaKit

extension InMemoryServer.Connection {
    /// Lets something go wrong with stanzas that are sent from now on.
    ///
    /// ```swift
    /// romeo.disturb(.replies, .lose)
    /// roster.refresh()                        // nobody answers
    /// romeo.disturbances.map(\.fault)         // [.lose]
    /// ```
    ///
    /// A stanza has one fault at most: that which was asked for first. The others count it, where
    /// they wait for the nth. All stanzas else arrive in the order in which they were sent. Faults
    /// outlast the loss of the connection. What is negotiated before the session begins is not
    /// disturbed by them, only by ``disconnect(afterBytes:_:)`` and ``halt(_:)``.
    ///
    /// - Parameters:
    ///   - selector: Which stanzas.
    ///   - fault: What goes wrong.
    ///   - times: How often; `.max` for all of them.
    public func disturb(_ selector: StanzaSelector, _ fault: Fault, times: Int = 1) {
        faults.append(AwaitedFault(selector, [fault], times: times))
    }

    /// Replaces stanzas that are sent from now on; the fault that is recorded is ``Fault/change``.
    ///
    /// ```swift
    /// romeo.disturb(.pushes) { push in
    ///     var push = push
    ///     push[.from] = "mallory@montague.example"
    ///     return push
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - selector: Which stanzas.
    ///   - times: How often; `.max` for all of them.
    ///   - change: Makes the stanza that arrives instead, and does nothing else. One that XML does
    ///     not allow is lost.
    public func disturb(
        _ selector: StanzaSelector, times: Int = 1, changing change: @escaping (Element) -> Element
    ) {
        faults.append(AwaitedFault(selector, [.change], times: times, change: change))
    }

    /// Lets things go wrong by chance with all stanzas that are sent from now on, until ``calm()``.
    ///
    /// The seed of the server decides, so the same test goes wrong in the same way each time.
    ///
    /// ```swift
    /// romeo.disturb(.all, [.lose, .duplicate, .delay(by: .seconds(5))], probability: 0.1)
    /// ```
    ///
    /// - Parameters:
    ///   - selector: Which stanzas.
    ///   - faults: What may go wrong, each as likely as the others. ``Fault/change`` changes nothing
    ///     here, where nobody says into what.
    ///   - probability: How likely it is that something goes wrong with a stanza, 0 to 1.
    public func disturb(_ selector: StanzaSelector, _ faults: [Fault], probability: Double) {
        self.faults.append(
            AwaitedFault(selector, faults, probability: probability, times: .max))
    }

    /// Ends all faults: what is late, held back or halted arrives now, in the order in which it was
    /// sent, and nothing goes wrong any more. What is lost stays lost.
    public func calm() {
        guard let server else { return }
        faults.removeAll()
        toServer.hurry(at: server.clock.now)
        toClient.hurry(at: server.clock.now)
        server.wake()
    }

    /// The packets that go on their way instead of one that was sent.
    func disturbed(_ packet: Packet, _ direction: Direction) -> [Packet] {
        guard !faults.isEmpty, stream.isInSession, let server,
            let stanza = stanza(of: packet.bytes),
            let (fault, change) = faults.next(for: stanza, direction, using: &server.random)
        else { return [packet] }
        disturbances.append(
            Disturbance(
                fault: fault, direction: direction, stanza: stanza, time: server.clock.now))
        var packet = packet
        switch fault {
        case .lose: return []
        case .delay(let duration): packet.due = packet.due.advanced(by: duration)
        case .duplicate: return [packet, packet]
        case .holdBack(let count): packet.yields = max(count, 0)
        case .cut(let count): packet.cut = max(count, 0)
        case .corrupt(let corruption): packet.bytes = corruption.corrupted(packet.bytes)
        case .inflate, .omitVersion, .change:
            let changed = change?(stanza) ?? fault.changed(stanza)
            guard let bytes = bytes(of: changed) else { return [] }
            packet.bytes = bytes
        }
        return [packet]
    }

    private func stanza(of bytes: [UInt8]) -> Element? {
        let content = Self.contentNamespace(stream.role)
        let element = try? Element(
            parsing: String(decoding: bytes, as: UTF8.self), in: content, limits: .unlimited)
        guard let element = element?.movingContent(from: content, to: .client),
            element.isStanza
        else { return nil }
        return element
    }
}

extension Fault {
    /// What becomes of a stanza by a fault that changes its elements.
    fileprivate func changed(_ stanza: Element) -> Element {
        var stanza = stanza
        switch self {
        case .inflate(let count):
            let text = String(repeating: "x", count: max(count, 0))
            stanza.append(Element("padding", in: "urn:presencekit:padding", text: text))
        case .omitVersion:
            if var query = stanza.first(RosterQuery.elementName, in: RosterQuery.namespace) {
                query["ver"] = nil
                stanza.replace(with: query)
            }
        default: break
        }
        return stanza
    }
}
