public import StanzaKit

extension Presence {
    /// What a presence stanza is for. RFC 6121, section 4.7.1.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The sender can be reached; on the wire the attribute is absent.
        case available
        /// The sender can no longer be reached.
        case unavailable
        /// Something about an earlier presence stanza went wrong.
        case error
        /// A server asks for the current presence.
        case probe
        /// The sender wants to see the presence of the addressee.
        case subscribe
        /// The sender lets the addressee see its presence.
        case subscribed
        /// The sender no longer wants to see it.
        case unsubscribe
        /// The sender no longer lets it be seen.
        case unsubscribed
    }

    /// What the availability is like. RFC 6121, section 4.7.2.1.
    public enum Show: String, Sendable, Hashable, CaseIterable {
        /// Away for a short time.
        case away
        /// Looking forward to chat.
        case chat
        /// Does not want to be disturbed.
        case dnd
        /// Away for a long time.
        case xa
    }

    /// A status text with its language.
    public struct Status: Sendable, Hashable {
        /// The text, as sent.
        public var text: String
        /// The language; `nil` where none is known.
        public var language: String?

        /// A status text in a language.
        public init(text: String, language: String? = nil) {
            self.text = text
            self.language = language
        }
    }

    /// What the stanza is for; `nil` for a type that the RFC does not have, which is to be ignored.
    public var type: Kind? {
        element[.type].map(Kind.init(onTheWire:)) ?? .available
    }

    /// What the availability is like; `nil` where nothing is said, or nothing that the RFC has.
    ///
    /// White space around the word does not count; of several elements the first does.
    public var show: Show? {
        element.first("show", in: .client).flatMap { Show(rawValue: $0.text.trimmingXMLSpace()) }
    }

    /// How much the resource wants to be chosen, from −128 to 127; 0 where nothing is said, or
    /// nothing that fits. RFC 6121, section 4.7.2.3.
    public var priority: Int8 {
        guard let element = element.first("priority", in: .client), element.children.isEmpty else {
            return 0
        }
        return Int8(element.text.trimmingXMLSpace()) ?? 0
    }

    /// The status texts, in order; of one language the first. RFC 6121, section 4.7.2.2.
    public var statuses: [Status] {
        var statuses: [Status] = []
        var languages: Set<String?> = []
        for element in element.all("status", in: .client) {
            let language = element.language
            if languages.insert(language?.lowercased()).inserted {
                statuses.append(Status(text: element.text, language: language))
            }
        }
        return statuses
    }

    /// The name that the sender suggests for itself. XEP-0172.
    public var nickname: String? {
        let text = element.first("nick", in: "http://jabber.org/protocol/nick")?.text ?? ""
        return text.isEmpty ? nil : text
    }
}

extension Presence.Kind {
    fileprivate init?(onTheWire value: String) {
        // `available` is what the absence of the attribute means; as a value it is undefined.
        guard let kind = Self(rawValue: value), kind != .available else { return nil }
        self = kind
    }
}

extension String {
    /// The text without white space of XML around it.
    package func trimmingXMLSpace() -> String {
        let isSpace = { (byte: UInt8) in [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
        let bytes = Array(utf8.drop(while: isSpace))
        let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
