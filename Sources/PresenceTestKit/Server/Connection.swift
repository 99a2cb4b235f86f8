public import StanzaKit

extension InMemoryServer {
    /// A connection of a client or a component: its stream, and what is under way.
    ///
    /// Made by ``InMemoryServer/connect(as:)``. The server is to be held by whoever made it.
    public final class Connection {
        /// The stream of the client or the component.
        public let stream: StanzaStream
        /// The address: of the resource, once it is bound, or of the component.
        public internal(set) var address: JID
        /// Whether there is a connection.
        public private(set) var isOpen = false

        weak var server: InMemoryServer?
        private let outlet: Outlet
        var toServer = PacketLine()
        var toClient = PacketLine()
        /// What goes wrong with what is sent from now on.
        var faults = FaultList()
        /// The faults that happened, in order.
        public internal(set) var disturbances: [Disturbance] = []
        var log = TrafficLog()
        /// What the server reads and writes with.
        private var parser = StanzaParser()
        private var serializer: Serializer
        /// How often there was a connection.
        private var openingCount = 0
        /// Whether the server has sent its end tag.
        private var isClosing = false
        private var stanzaHandlers = HandlerList<(Direction, Element) -> Void>()

        init(
            _ server: InMemoryServer, as address: JID, role: StanzaStream.Role,
            limits: ParserLimits
        ) {
            self.server = server
            self.address = address
            let outlet = Outlet()
            self.outlet = outlet
            var count = 0
            stream = StanzaStream(
                role: role, limits: limits, clock: server.clock,
                makeID: {
                    count += 1
                    return "id\(count)"
                }, write: { outlet.connection?.write($0) })
            serializer = Serializer(contentNamespace: Self.contentNamespace(role))
            outlet.connection = self
            stream.onElement { [weak self] in self?.negotiate($0) }
            // Before anybody else is told: who hears of the end may connect again.
            stream.onSession { [weak self] event in
                if case .ended = event, let self { self.server?.hangUp(self) }
            }
        }

        static func contentNamespace(_ role: StanzaStream.Role) -> XMLNamespace {
            role == .component ? .component : .client
        }
    }
}

/// What the writing closure of a stream knows of its connection.
private final class Outlet {
    weak var connection: InMemoryServer.Connection?
}

@available(*, unavailable)
extension InMemoryServer.Connection: Sendable {}

// MARK: What is under way

extension InMemoryServer.Connection {
    /// Which way something goes.
    public enum Direction: Sendable, Hashable, CaseIterable {
        /// From the client, or the component, to the server.
        case toServer
        /// From the server.
        case toClient
    }

    /// A line with a packet that may arrive.
    struct Line {
        let connection: InMemoryServer.Connection
        let direction: Direction
        let number: Int

        /// Whether the packet has arrived, and all that was sent before it on the line.
        var hasArrived: Bool { connection[direction].isBeyond(number) }

        func isNext(at now: ManualClock.Instant) -> Bool {
            connection[direction].nextNumber(at: now) == number
        }
    }

    /// Calls `handler` for every stanza, and every other child of the stream, that the server takes
    /// from this connection or sends on it. For a log, or to count what was sent.
    ///
    /// What it takes is told before it does anything about it, what it sends when all is sent that it
    /// sends at once, and before any of that arrives; also what is lost on its way, unlike in
    /// ``traffic``, which has the bytes that arrived. Those of components are shown as if they were a
    /// client's, as ``StanzaKit/StanzaStream`` does.
    @discardableResult
    public func onStanza(_ handler: @escaping (Direction, Element) -> Void) -> Registration {
        stanzaHandlers.add(handler)
    }

    subscript(direction: Direction) -> PacketLine {
        get { direction == .toServer ? toServer : toClient }
        _modify {
            switch direction {
            case .toServer: yield &toServer
            case .toClient: yield &toClient
            }
        }
    }

    /// How many stanzas are under way in a direction, those included that are late.
    public func underWay(_ direction: Direction) -> Int { self[direction].count }

    var isQuiet: Bool { toServer.count == 0 && toClient.count == 0 }

    var nextDue: ManualClock.Instant? {
        [toServer.nextDue, toClient.nextDue].compactMap(\.self).min()
    }

    func isDue(at now: ManualClock.Instant) -> Bool { nextDue.map { $0 <= now } ?? false }

    func lines(dueAt now: ManualClock.Instant) -> [Line] {
        [Direction.toServer, .toClient].compactMap { direction in
            self[direction].nextNumber(at: now).map {
                Line(connection: self, direction: direction, number: $0)
            }
        }
    }

    /// Lets the next packet of a line arrive.
    func deliver(_ direction: Direction) {
        guard let server, let arrival = self[direction].take(at: server.clock.now) else { return }
        server.deliveryCount += 1
        let opening = openingCount
        log.append(arrival.bytes, direction, at: server.clock.now)
        switch direction {
        case .toServer: arriveAtServer(arrival.bytes)
        case .toClient: arriveAtClient(arrival.bytes)
        }
        // Who hears of the loss in line may have connected again.
        if arrival.isCut && opening == openingCount { lose(direction) }
    }

    /// Lets everything on this connection arrive that is due, and what is sent on it meanwhile.
    func deliverAll() {
        guard let server else { return }
        for _ in 0..<InMemoryServer.endlessCount {
            let lines = lines(dueAt: server.clock.now)
            guard let next = lines.min(by: { $0.number < $1.number }) else { return }
            deliver(next.direction)
        }
    }

    private func arriveAtClient(_ bytes: [UInt8]) {
        let opening = openingCount
        do throws(StreamError) {
            try stream.receive(bytes)
        } catch {
            // The stream said why; a connection closes behind that.
            if opening == openingCount { server?.hangUp(self) }
        }
        if opening != openingCount { return }
        if !stream.isInSession && isClosing { server?.hangUp(self) }
    }

    private func arriveAtServer(_ bytes: [UInt8]) {
        let opening = openingCount
        // Behind its end tag the server listens no more. RFC 6120, section 4.9.1.1.
        func isListening() -> Bool { isOpen && !isClosing && opening == openingCount }
        parser.receive(bytes)
        do throws(StreamError) {
            while isListening(), let event = try parser.next() {
                if case .element(let element) = event {
                    let content = Self.contentNamespace(stream.role)
                    let shown = element.movingContent(from: content, to: .client)
                    stanzaHandlers.forEach { $0(.toServer, shown) }
                }
                if isListening() { server?.handle(event, on: self) }
            }
        } catch {
            fail(error)
        }
    }

    private func write(_ bytes: [UInt8]) {
        enqueue(bytes, .toServer)
    }

    /// Sends bytes on their way, as the faults have it.
    func enqueue(_ bytes: [UInt8], _ direction: Direction, isDisturbed: Bool = true) {
        guard isOpen, let server else { return }
        let packet = Packet(bytes: bytes, number: server.nextNumber(), due: server.clock.now)
        for packet in isDisturbed ? disturbed(packet, direction) : [packet] {
            self[direction].append(packet)
            server.noteSent(Line(connection: self, direction: direction, number: packet.number))
        }
        server.wake()
    }
}

// MARK: The server's end

extension InMemoryServer.Connection {
    /// Sends the header of the server's stream, and what it offers.
    func answer(_ header: StreamHeader, offering features: Element) {
        guard let server else { return }
        let answer = StreamHeader(
            attributes: [
                .init(.from, JID(address.bare).domain), .init(.id, "s\(server.nextNumber())"),
                .init("version", "1.0"),
            ], contentNamespace: Self.contentNamespace(stream.role))
        if let bytes = try? serializer.bytes(of: answer) { send(bytes) }
        if stream.role == .client { send(features) }
    }

    /// Sends a stanza to the client or the component.
    func send(_ element: Element) {
        guard isOpen, !isClosing, let bytes = bytes(of: element) else { return }
        server?.whenDone { [self] in stanzaHandlers.forEach { $0(.toClient, element) } }
        send(bytes)
    }

    /// What is written for an element; `nil` where XML does not allow it.
    func bytes(of element: Element) -> [UInt8]? {
        let content = Self.contentNamespace(stream.role)
        var bytes: [UInt8] = []
        do throws(SerializationError) {
            try serializer.append(element.movingContent(from: .client, to: content), to: &bytes)
        } catch {
            return nil
        }
        return bytes
    }

    private func send(_ bytes: [UInt8]) {
        if !isClosing { enqueue(bytes, .toClient) }
    }

    /// Ends the server's stream with an error. RFC 6120, section 4.9.
    func fail(_ error: StreamError) {
        finish(
            saying: Element(
                "error", in: .streams,
                children: [Element(error.condition.rawValue, in: .streamErrors)]))
    }

    /// Ends the server's stream. RFC 6120, section 4.4.
    func finish(saying farewell: Element? = nil) {
        guard isOpen, !isClosing else { return }
        server?.act {
            isClosing = true
            server?.sessionEnded(of: self)
            let bytes = farewell.flatMap { self.bytes(of: $0) } ?? []
            enqueue(bytes + Array("</stream:stream>".utf8), .toClient, isDisturbed: false)
        }
    }

    /// Opens a connection, with nothing under way.
    func open() {
        parser = StanzaParser()
        serializer = Serializer(contentNamespace: Self.contentNamespace(stream.role))
        isClosing = false
        isOpen = true
        openingCount += 1
    }

    /// Loses what is under way.
    func cut() {
        toServer.cut()
        toClient.cut()
        isOpen = false
        server?.forgetSent(on: self)
    }
}
