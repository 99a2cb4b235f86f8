public import StanzaKit

extension XMLNamespace {
    /// Joining a room, and the feature that rooms announce. XEP-0045.
    public static let muc: XMLNamespace = "http://jabber.org/protocol/muc"
}

/// That one joins a room, in presence to the nickname that one wants. XEP-0045, section 7.2.
///
/// ```swift
/// let join = MUCJoin(password: "cauldronburn", history: .nothing)
/// let presence = Presence(to: "coven@chat.shakespeare.lit/thirdwitch", payloads: [join])
/// ```
public struct MUCJoin: StanzaPayload {
    /// The name of the element, `x`.
    public static let elementName = "x"
    /// The namespace, ``StanzaKit/XMLNamespace/muc``.
    public static let namespace = XMLNamespace.muc

    /// The password of the room; `nil` where none is said.
    public var password: String?
    /// How much one wants to hear of what was said before; `nil` leaves it to the room.
    public var history: History?

    /// A request to join.
    ///
    /// - Parameters:
    ///   - password: The password, for a room that asks for one.
    ///   - history: How much of what was said before; `nil` leaves it to the room.
    public init(password: String? = nil, history: History? = nil) {
        self.password = password
        self.history = history
    }

    /// Limits on the history of a room: the room sends what fits all of them. XEP-0045, section
    /// 7.2.14.
    public struct History: Sendable, Hashable {
        /// So many characters of XML at most; on the wire `maxchars`.
        public var maximumCharacters: Int?
        /// So many messages at most; on the wire `maxstanzas`.
        public var maximumMessages: Int?
        /// Messages of the last so many seconds.
        public var seconds: Int?
        /// Messages since then.
        public var since: DateTime?

        /// No history at all.
        public static let nothing = History(maximumCharacters: 0)

        /// Limits; `nil` for none.
        ///
        /// - Parameters:
        ///   - maximumCharacters: So many characters of XML at most.
        ///   - maximumMessages: So many messages at most.
        ///   - seconds: Messages of the last so many seconds.
        ///   - since: Messages since then.
        public init(
            maximumCharacters: Int? = nil, maximumMessages: Int? = nil, seconds: Int? = nil,
            since: DateTime? = nil
        ) {
            self.maximumCharacters = maximumCharacters
            self.maximumMessages = maximumMessages
            self.seconds = seconds
            self.since = since
        }
    }
}

extension MUCJoin: Hashable {
    /// Whether both say the same, the password by its bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.password.map(ExactText.init) == right.password.map(ExactText.init)
            && left.history == right.history
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(password.map(ExactText.init))
        hasher.combine(history)
    }
}

// MARK: XML

extension MUCJoin {
    /// Reads an `x` element; `nil` if it is another one.
    ///
    /// A limit that is no number from 0 on, or no time, reads as none.
    public init?(_ element: Element) {
        guard Self.isName(of: element) else { return nil }
        password = element[textOf: "password"]
        history = element.first("history", in: .muc).map(History.init)
    }

    /// The request as a child of a presence.
    public var element: Element {
        var element = Element(
            Self.elementName, in: Self.namespace, children: history.map { [$0.element] } ?? [])
        element[textOf: "password"] = password
        return element
    }

    /// The `history` within `x`, where one of its limits cannot be read.
    static func malformedParts(of x: Element) -> [Element] {
        guard isName(of: x) else { return [] }
        return x.all("history", in: .muc).filter { element in
            let history = History(element)
            return element["maxchars"] != nil && history.maximumCharacters == nil
                || element["maxstanzas"] != nil && history.maximumMessages == nil
                || element["seconds"] != nil && history.seconds == nil
                || element["since"] != nil && history.since == nil
        }
    }
}

extension MUCJoin.History {
    fileprivate init(_ element: Element) {
        let number = { (name: AttributeName) in
            element[name].flatMap { Int($0.trimmingXMLSpace()) }.flatMap { $0 < 0 ? nil : $0 }
        }
        maximumCharacters = number("maxchars")
        maximumMessages = number("maxstanzas")
        seconds = number("seconds")
        since = element["since"].flatMap(DateTime.init)
    }

    fileprivate var element: Element {
        Element(
            "history", in: .muc,
            attributes: [
                "maxchars": maximumCharacters.map(String.init),
                "maxstanzas": maximumMessages.map(String.init),
                "seconds": seconds.map(String.init), "since": since?.description,
            ])
    }
}
