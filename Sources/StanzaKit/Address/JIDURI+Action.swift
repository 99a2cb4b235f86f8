extension JID.URI {
    /// What a link asks to do, with its parameters in order: `roster;name=Romeo;group=Friends`.
    /// XEP-0147.
    public struct Action: Sendable, Hashable {
        /// What to do.
        public var name: Name

        /// The parameters, in order. A name may occur several times.
        public var parameters: [Parameter]

        /// An action with parameters.
        public init(_ name: Name, _ parameters: [Parameter] = []) {
            self.name = name
            self.parameters = parameters
        }

        /// The first value of the parameter called `name`, such as the `preauth` of an invitation
        /// (XEP-0379); `nil` where there is none.
        public subscript(name: String) -> String? { values(of: name).first }

        /// All values of the parameter called `name`, in order.
        public func values(of name: String) -> [String] {
            parameters.filter { $0.name.isExactly(name) }.map(\.value)
        }
    }

    /// A name and a value behind an action, neither of them encoded.
    public struct Parameter: Sendable, Hashable {
        private let exactName: ExactText
        private let exactValue: ExactText

        /// The parameter `name` with a value; any text will do for both.
        public init(_ name: String, _ value: String) {
            exactName = ExactText(name)
            exactValue = ExactText(value)
        }

        /// The name.
        public var name: String { exactName.string }

        /// The value, empty where the link gives none.
        public var value: String { exactValue.string }
    }
}

extension JID.URI.Action {
    /// The name of an action, called "querytype" in the registry of XEP-0147.
    public struct Name: Sendable, RawRepresentable {
        /// The name as it stands in the link, decoded; empty where it stands for itself, as in
        /// links to nodes of publish-subscribe services.
        public var rawValue: String

        /// The action called `rawValue`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Join a room. XEP-0045, section 16.7.1.
        public static let join = Name(rawValue: "join")
        /// Write a message. XEP-0147, section 3.1.
        public static let message = Name(rawValue: "message")
        /// Ask for presence. It was in XEP-0147 before version 1.2.
        public static let probe = Name(rawValue: "probe")
        /// Remove the target from the roster. XEP-0147, section 3.2.2.
        public static let remove = Name(rawValue: "remove")
        /// Add the target to the roster, or edit it there. XEP-0147, section 3.2.1.
        public static let roster = Name(rawValue: "roster")
        /// Subscribe to the target's presence; adding it to the roster comes first. XEP-0147,
        /// section 3.3.1.
        public static let subscribe = Name(rawValue: "subscribe")
        /// Unsubscribe from the target's presence. XEP-0147, section 3.3.2.
        public static let unsubscribe = Name(rawValue: "unsubscribe")
    }

    /// Subscribe to the target's presence.
    public static let subscribe = Self(.subscribe)

    /// Unsubscribe from the target's presence.
    public static let unsubscribe = Self(.unsubscribe)

    /// Remove the target from the roster.
    public static let remove = Self(.remove)

    /// Add the target to the roster, or edit it there.
    ///
    /// - Parameters:
    ///   - name: The name that is proposed for the contact.
    ///   - groups: The groups that are proposed. The standard knows one; each is written as a
    ///     parameter of its own.
    public static func roster(name: String? = nil, groups: [String] = []) -> Self {
        Self(
            .roster,
            (name.map { [JID.URI.Parameter("name", $0)] } ?? [])
                + groups.map { JID.URI.Parameter("group", $0) })
    }

    /// The name that a ``Name/roster`` action proposes for the contact; `nil` where it is empty, and
    /// for other actions. Of several the first counts.
    public var contactName: String? {
        guard name == .roster, let name = self["name"], !name.isEmpty else { return nil }
        return name
    }

    /// The groups that a ``Name/roster`` action proposes for the contact, in order, each once and
    /// none of them empty; none for other actions.
    public var contactGroups: [String] {
        guard name == .roster else { return [] }
        var seen: Set<ExactText> = []
        return values(of: "group").filter { !$0.isEmpty && seen.insert(ExactText($0)).inserted }
    }
}

extension JID.URI.Action.Name: Hashable {
    /// Whether both have the same octets.
    public static func == (left: Self, right: Self) -> Bool {
        left.rawValue.isExactly(right.rawValue)
    }

    /// Hashes the octets.
    public func hash(into hasher: inout Hasher) { rawValue.hashExactly(into: &hasher) }
}

extension JID.URI.Action: CustomStringConvertible {
    /// The action as it stands in a link, percent-encoded.
    public var description: String {
        func encoded(_ text: String) -> String {
            PercentEncoding.encode(text, leaving: .unreserved)
        }
        return parameters.reduce(into: encoded(name.rawValue)) { text, parameter in
            text += ";\(encoded(parameter.name))=\(encoded(parameter.value))"
        }
    }
}
