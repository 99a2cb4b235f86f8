/// What the three kinds of stanza have in common: a view of an element that reads it and, when told
/// to, changes it. RFC 6120, section 8.1.
///
/// A stanza is its element: whatever this library does not know stays in it and is written back.
public protocol Stanza: Sendable, Hashable, CustomStringConvertible {
    /// The stanza as XML, in ``XMLNamespace/client``.
    var element: Element { get set }

    /// The stanza in `element`; `nil` if it is of another kind.
    init?(_ element: Element)
}

extension Stanza {
    /// The addressee; `nil` where the attribute is absent or no address. RFC 6120, section 8.1.1.
    ///
    /// Reading is lenient (``JID/init(wire:)-(String)``); the text itself is `element[.to]`.
    public var to: JID? {
        get { element.address(.to).jid }
        set { element[.to] = newValue?.spelling }
    }

    /// The sender, as the server says; `nil` where the attribute is absent or no address. RFC 6120,
    /// section 8.1.2.
    public var from: JID? {
        get { element.address(.from).jid }
        set { element[.from] = newValue?.spelling }
    }

    /// The id. Compare ids by their bytes. RFC 6120, section 8.1.3.
    public var id: String? {
        get { element[.id] }
        set { element[.id] = newValue }
    }

    /// The default language of text in the stanza: its own `xml:lang`, else that of the stream.
    /// RFC 6120, section 8.1.5. Setting changes the attribute.
    public var language: String? {
        get { element.language }
        set { element[.language] = newValue }
    }

    /// Whether the stanza is of type `error`.
    public var isError: Bool { element[.type]?.isExactly("error") == true }

    /// What went wrong, in a stanza of type `error`; `nil` in all others. RFC 6120, section 8.3.
    public var error: StanzaError? {
        guard isError else { return nil }
        let child = element.first("error", in: .client)
        return child.flatMap(StanzaError.init) ?? StanzaError(.undefinedCondition)
    }

    /// The error to send back for this stanza, with its id and without its contents.
    ///
    /// - Returns: `nil` for a stanza that is an error itself: an error is never answered with an
    ///   error. RFC 6120, section 8.3.1.
    func errorReply(_ error: StanzaError) -> Self? {
        if isError { return nil }
        return Self(
            Element(
                element.name, in: .client,
                attributes: [.to: element[.from], .id: id, .type: "error"],
                children: [error.element]))
    }

    /// The stanza as XML, for people.
    public var description: String { element.description }
}

/// An address in an attribute.
package enum AddressAttribute {
    case absent
    case address(JID)
    case malformed(JIDError)

    package var jid: JID? {
        if case .address(let jid) = self { jid } else { nil }
    }
}

extension Element {
    /// Reads an address, leniently, and tells a malformed one from none.
    package func address(_ name: AttributeName) -> AddressAttribute {
        guard let index = tape.attribute(name, of: index) else { return .absent }
        do throws(JIDError) {
            return .address(try JID(wire: tape.bytes[tape.records[index].valueRange]))
        } catch {
            return .malformed(error)
        }
    }
}
