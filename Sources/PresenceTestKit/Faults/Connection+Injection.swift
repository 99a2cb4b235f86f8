public import RosterKit
public import StanzaKit

extension InMemoryServer.Connection {
    /// Sends the client, or the component, a stanza that nobody sent, behind what is under way. The
    /// server knows nothing of it, and no fault happens to it.
    public func inject(_ stanza: some Stanza) {
        if let bytes = bytes(of: stanza.element) { inject(bytes) }
    }

    /// Sends the client, or the component, these bytes, behind what is under way: anything, from a
    /// literal stanza to what is no XML at all.
    public func inject(_ bytes: some Sequence<UInt8>) {
        enqueue(Array(bytes), .toClient, isDisturbed: false)
    }

    /// Sends the client, or the component, these characters in UTF-8, behind what is under way.
    public func inject(_ xml: String) { inject(xml.utf8) }

    /// Sends the client a push that its server did not make. RFC 6121, section 2.1.6.
    ///
    /// What another client can forge is better sent by one, so that the server stamps the sender; it
    /// needs an id to be a request:
    /// `try mallory.stream.send(IQ(.set, to: romeo.address, id: "forged", payload: query.element))`.
    ///
    /// - Parameters:
    ///   - query: What it says.
    ///   - sender: Who it is from; `nil` for none, as servers may push.
    ///   - id: Its id, by which the answer is known in ``traffic``.
    public func injectPush(_ query: RosterQuery, from sender: JID?, id: String = "injected") {
        var push = IQ(.set, to: address, id: id, payload: query.element)
        push.from = sender
        inject(push)
    }

    /// Lets the server end the stream with an error, such as `conflict` or `system-shutdown`: what is
    /// under way arrives before it. RFC 6120, section 4.9.
    public func end(with error: StreamError) {
        fail(error)
    }
}
