/// A stanza error: why a stanza could not be processed. RFC 6120, section 8.3.
public struct StanzaError: Error, Sendable {
    /// What went wrong, in the RFC's terms.
    public var condition: Condition
    /// What the sender of the stanza may do about it.
    public var type: Kind
    /// What went wrong, for people, by language.
    public var texts: [Text]
    /// Who found the error, as sent; where it is not the `from` of the stanza.
    public var by: String?
    /// The content of the condition element, such as the new address of `gone` or `redirect`.
    public var conditionText: String?
    /// Conditions that applications defined, beside the RFC's own.
    public var applicationConditions: [Element]

    /// A text with its language.
    public struct Text: Sendable, Hashable {
        /// The text.
        public var text: String
        /// The language tag; `nil` where none is known.
        public var language: String?

        /// A text in a language.
        public init(_ text: String, language: String? = nil) {
            self.text = text
            self.language = language
        }
    }

    /// What the sender may do about an error. RFC 6120, section 8.3.2.
    public enum Kind: String, Sendable, Hashable {
        /// Retry after providing credentials.
        case auth
        /// Do not retry.
        case cancel
        /// Go on; the condition was only a warning.
        case `continue`
        /// Retry after changing what was sent.
        case modify
        /// Retry after waiting.
        case wait
    }

    /// A stanza error.
    ///
    /// - Parameters:
    ///   - condition: The condition.
    ///   - type: By default the one that the RFC recommends for the condition.
    ///   - text: A text for people, in English.
    ///   - applicationConditions: Elements that say more, in namespaces of their own.
    public init(
        _ condition: Condition, type: Kind? = nil, text: String? = nil,
        applicationConditions: [Element] = []
    ) {
        self.condition = condition
        self.type = type ?? condition.recommendedType
        texts = text.map { [Text($0, language: "en")] } ?? []
        self.applicationConditions = applicationConditions
    }

    /// The text in one of the languages `preferred`, most wanted first, else the first text.
    ///
    /// A tag is matched as RFC 4647, section 3.4 looks it up: `de-CH` finds `de`.
    public func text(in preferred: [String] = []) -> String? {
        for range in preferred {
            var tag = range.lowercased()[...]
            while !tag.isEmpty {
                if let match = texts.first(where: { $0.language?.lowercased() == String(tag) }) {
                    return match.text
                }
                tag = tag.lastIndex(of: "-").map { tag[..<$0] } ?? ""
            }
        }
        return texts.first?.text
    }
}

extension StanzaError: Hashable, CustomStringConvertible {
    /// Whether both have the same condition and type; texts are for people.
    public static func == (left: Self, right: Self) -> Bool {
        left.condition == right.condition && left.type == right.type
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(condition)
        hasher.combine(type)
    }

    /// The condition, the type and the first text.
    public var description: String {
        "\(condition.rawValue) (\(type.rawValue))\(text().map { ": \($0)" } ?? "")"
    }
}

// MARK: XML

extension StanzaError {
    /// Reads an `error` element; `nil` if the element is another one.
    ///
    /// An unknown or absent type reads as the one that the RFC recommends for the condition, an
    /// absent condition as `undefined-condition`. A legacy `code` is ignored (XEP-0086).
    public init?(_ element: Element) {
        guard element.is("error", in: .client) else { return nil }
        let conditions = element.children.filter {
            $0.isIn(.stanzaErrors) && !$0.is("text", in: .stanzaErrors)
        }
        condition = conditions.first.map { Condition(rawValue: $0.name) } ?? .undefinedCondition
        type = element[.type].flatMap(Kind.init) ?? condition.recommendedType
        texts = element.all("text", in: .stanzaErrors).map { Text($0.text, language: $0.language) }
        by = element["by"]
        let content = conditions.first?.text ?? ""
        conditionText = content.isEmpty ? nil : content
        applicationConditions = element.children.filter {
            !$0.isIn(.stanzaErrors) && !$0.isIn(.client)
        }
    }

    /// The error as the child of a stanza.
    public var element: Element {
        var error = Element(
            "error", in: .client, attributes: [.type: type.rawValue, "by": by],
            children: [Element(condition.rawValue, in: .stanzaErrors, text: conditionText)])
        for text in texts {
            error.append(
                Element(
                    "text", in: .stanzaErrors, attributes: [.language: text.language],
                    text: text.text))
        }
        for condition in applicationConditions { error.append(condition) }
        return error
    }
}

extension StanzaError {
    /// The condition of a stanza error; an open set. RFC 6120, section 8.3.3.
    public struct Condition: Sendable, RawRepresentable {
        /// The name of the condition's element.
        public var rawValue: String

        /// The condition called `rawValue`.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The stanza is malformed. RFC 6120, section 8.3.3.1.
        public static let badRequest = Self(rawValue: "bad-request")
        /// Something of that name exists already. Section 8.3.3.2.
        public static let conflict = Self(rawValue: "conflict")
        /// The feature is not implemented. Section 8.3.3.3.
        public static let featureNotImplemented = Self(rawValue: "feature-not-implemented")
        /// The sender lacks the permission. Section 8.3.3.4.
        public static let forbidden = Self(rawValue: "forbidden")
        /// The addressee is gone for good, perhaps to another address. Section 8.3.3.5.
        public static let gone = Self(rawValue: "gone")
        /// The server failed. Section 8.3.3.6.
        public static let internalServerError = Self(rawValue: "internal-server-error")
        /// The address or item does not exist. Section 8.3.3.7.
        public static let itemNotFound = Self(rawValue: "item-not-found")
        /// An address is malformed. Section 8.3.3.8.
        public static let jidMalformed = Self(rawValue: "jid-malformed")
        /// The stanza is not acceptable by some rule of the recipient. Section 8.3.3.9.
        public static let notAcceptable = Self(rawValue: "not-acceptable")
        /// Nobody may do that. Section 8.3.3.10.
        public static let notAllowed = Self(rawValue: "not-allowed")
        /// The sender has to authenticate. Section 8.3.3.11.
        public static let notAuthorized = Self(rawValue: "not-authorized")
        /// A rule of the service was broken. Section 8.3.3.12.
        public static let policyViolation = Self(rawValue: "policy-violation")
        /// The recipient is away for now. Section 8.3.3.13.
        public static let recipientUnavailable = Self(rawValue: "recipient-unavailable")
        /// The addressee is elsewhere, normally for a while. Section 8.3.3.14.
        public static let redirect = Self(rawValue: "redirect")
        /// The sender has to register. Section 8.3.3.15.
        public static let registrationRequired = Self(rawValue: "registration-required")
        /// The remote server does not exist. Section 8.3.3.16.
        public static let remoteServerNotFound = Self(rawValue: "remote-server-not-found")
        /// The remote server does not answer in time. Section 8.3.3.17.
        public static let remoteServerTimeout = Self(rawValue: "remote-server-timeout")
        /// The server lacks resources. Section 8.3.3.18.
        public static let resourceConstraint = Self(rawValue: "resource-constraint")
        /// Nobody there provides the service. Section 8.3.3.19.
        public static let serviceUnavailable = Self(rawValue: "service-unavailable")
        /// The sender has to subscribe. Section 8.3.3.20.
        public static let subscriptionRequired = Self(rawValue: "subscription-required")
        /// None of the others. Section 8.3.3.21.
        public static let undefinedCondition = Self(rawValue: "undefined-condition")
        /// The stanza was understood but came at the wrong time. Section 8.3.3.22.
        public static let unexpectedRequest = Self(rawValue: "unexpected-request")

        /// The type that the RFC gives with the condition; `cancel` for unknown ones.
        public var recommendedType: Kind {
            switch self {
            case .badRequest, .jidMalformed, .notAcceptable, .policyViolation, .redirect: .modify
            case .forbidden, .notAuthorized, .registrationRequired, .subscriptionRequired: .auth
            case .recipientUnavailable, .remoteServerTimeout, .resourceConstraint,
                .unexpectedRequest:
                .wait
            default: .cancel
            }
        }
    }
}

extension StanzaError.Condition: Hashable {
    /// Whether both are spelled with the same bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.rawValue.isExactly(right.rawValue)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        rawValue.hashExactly(into: &hasher)
    }
}
