/// Where the bytes of a stream go: to the link of the moment, and nowhere while there is none, or
/// while the server has not let us in yet.
final class Outlet {
    var link: Link?
    /// Whether nothing may be sent, as there is no session yet.
    var isHeldBack = false
    /// Whether the end tag of the stream was sent; the stream sends it by itself when the peer does.
    private(set) var isEnded = false
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Lets the bytes of a new connection through.
    func open(_ link: Link) {
        self.link = link
        isEnded = false
    }

    func write(_ bytes: [UInt8]) {
        guard let link, !isHeldBack else { return }
        if link.outgoingBytes + bytes.count > maximumBytes {
            // What follows would make no sense to the peer.
            self.link = nil
            link.teller.yield(.ended(ConnectionError(.outgoingQueueFull)))
            return
        }
        isEnded = bytes.elementsEqual("</stream:stream>".utf8)
        link.write(bytes)
    }
}
