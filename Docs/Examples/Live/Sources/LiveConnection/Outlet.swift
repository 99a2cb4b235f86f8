/// Where the bytes of a stream go: to the link of the moment, and nowhere while there is none, or
/// while the server has not let us in yet.
final class Outlet {
    var link: Link?
    /// Whether nothing may be sent, as there is no session yet.
    var isHeldBack = false
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    func write(_ bytes: [UInt8]) {
        guard let link, !isHeldBack else { return }
        if link.outgoingBytes + bytes.count > maximumBytes {
            // What follows would make no sense to the peer.
            self.link = nil
            link.teller.yield(.ended(ConnectionError(.outgoingQueueFull)))
            return
        }
        link.write(bytes)
    }
}
