/// Names that streams are full of, spelled once for all tapes.
///
/// A parsed element that has them need not hold them: offsets from ``base`` on are those of
/// ``bytes``. What is missing here works as well, it only takes its own room in every stanza.
enum WellKnownNames {
    /// Where the offsets begin: behind everything that a tape of its own may hold.
    static let base = 0x7000_0000

    /// Every name as a tape has it: the namespace and right behind it the local name.
    static let bytes: [UInt8] = names.flatMap { (namespace, locals) in
        locals.split(separator: " ").flatMap { Array(namespace.utf8) + Array($0.utf8) }
    }

    /// Where a name is, as an offset for a tape.
    static func offset(
        of local: some Collection<UInt8>, in namespace: some Collection<UInt8>
    ) -> UInt32? {
        guard let place = places[hash(namespace, local)],
            bytes[place.namespace].elementsEqual(namespace),
            bytes[place.local].elementsEqual(local)
        else { return nil }
        return UInt32(base + place.namespace.lowerBound)
    }

    private static let places: [UInt64: (namespace: Range<Int>, local: Range<Int>)] = {
        var places: [UInt64: (namespace: Range<Int>, local: Range<Int>)] = [:]
        var start = 0
        for (namespace, locals) in names {
            for local in locals.split(separator: " ") {
                let middle = start + namespace.utf8.count
                let end = middle + local.utf8.count
                places[hash(namespace.utf8, local.utf8)] = (start..<middle, middle..<end)
                start = end
            }
        }
        return places
    }()

    /// FNV-1a.
    private static func hash(
        _ namespace: some Collection<UInt8>, _ local: some Collection<UInt8>
    ) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in namespace { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        for byte in local { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    private static let names: KeyValuePairs<String, String> = [
        "": """
        to from id type jid name subscription ask approved ver hash node affiliation role nick \
        code stamp since by
        """,
        "http://www.w3.org/XML/1998/namespace": "lang",
        "jabber:client": "presence iq message show status priority error body subject thread",
        "jabber:component:accept": "presence iq message show status priority error",
        "jabber:iq:roster": "query item group",
        "urn:ietf:params:xml:ns:xmpp-stanzas": """
        text conflict forbidden item-not-found jid-malformed not-acceptable not-allowed \
        not-authorized registration-required remote-server-not-found remote-server-timeout \
        service-unavailable
        """,
        "http://jabber.org/protocol/caps": "c",
        "http://jabber.org/protocol/muc": "x",
        "http://jabber.org/protocol/muc#user": "x item status actor reason",
        "http://jabber.org/protocol/nick": "nick",
        "urn:xmpp:delay": "delay",
        "urn:xmpp:idle:1": "idle",
        "urn:xmpp:occupant-id:0": "occupant-id",
        "vcard-temp:x:update": "x photo",
    ]
}
