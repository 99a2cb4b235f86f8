/// A stream error: what ends a stream, with the condition that is sent or was received.
/// RFC 6120, section 4.9.
public struct StreamError: Error, Sendable {
    /// What went wrong, in the RFC's terms.
    public var condition: Condition
    /// What went wrong, for people who read logs.
    public var text: String?
    /// The content of the condition element, such as the other host of `see-other-host`.
    public var conditionText: String?
    /// A condition that an application defined, beside the RFC's own.
    public var applicationCondition: Element?
    /// Who ended the stream.
    public var origin: Origin

    /// The side that found the error.
    public enum Origin: Sendable, Hashable {
        /// The peer's bytes broke a rule; the error is sent to the peer.
        case local
        /// The peer sent the error.
        case remote
    }

    /// A stream error.
    public init(
        _ condition: Condition, text: String? = nil, conditionText: String? = nil,
        applicationCondition: Element? = nil, origin: Origin = .local
    ) {
        self.condition = condition
        self.text = text
        self.conditionText = conditionText
        self.applicationCondition = applicationCondition
        self.origin = origin
    }
}

extension StreamError: Hashable {
    /// Whether both have the same condition from the same side; texts are for people.
    public static func == (left: StreamError, right: StreamError) -> Bool {
        left.condition == right.condition && left.origin == right.origin
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(condition)
        hasher.combine(origin)
    }
}

extension StreamError: CustomStringConvertible {
    /// The condition and the text.
    public var description: String {
        "stream error \(condition.rawValue)\(text.map { ": \($0)" } ?? "")"
    }
}

extension StreamError {
    /// Reads a stream error that the peer sent. RFC 6120, section 4.9.2.
    public init(received element: Element) {
        let conditions = element.children.filter {
            $0.isIn(.streamErrors) && !$0.is("text", in: .streamErrors)
        }
        let content = conditions.first?.text ?? ""
        self.init(
            conditions.first.map { Condition(rawValue: $0.name) } ?? .undefinedCondition,
            text: element.first("text", in: .streamErrors)?.text,
            conditionText: content.isEmpty ? nil : content,
            applicationCondition: element.children.first { !$0.isIn(.streamErrors) },
            origin: .remote)
    }
}

extension StreamError {
    /// The condition of a stream error; an open set. RFC 6120, section 4.9.3.
    public struct Condition: Sendable, RawRepresentable {
        /// The name of the condition's element.
        public var rawValue: String

        /// The condition called `rawValue`.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// XML that cannot be processed. RFC 6120, section 4.9.3.1.
        public static let badFormat = Self(rawValue: "bad-format")
        /// A namespace prefix that is missing or unsupported. Section 4.9.3.2.
        public static let badNamespacePrefix = Self(rawValue: "bad-namespace-prefix")
        /// A new stream took this one's place. Section 4.9.3.3.
        public static let conflict = Self(rawValue: "conflict")
        /// The peer no longer answers. Section 4.9.3.4.
        public static let connectionTimeout = Self(rawValue: "connection-timeout")
        /// The domain is no longer served here. Section 4.9.3.5.
        public static let hostGone = Self(rawValue: "host-gone")
        /// The domain is not served here. Section 4.9.3.6.
        public static let hostUnknown = Self(rawValue: "host-unknown")
        /// A stanza between servers lacks `to` or `from`. Section 4.9.3.7.
        public static let improperAddressing = Self(rawValue: "improper-addressing")
        /// The server failed. Section 4.9.3.8.
        public static let internalServerError = Self(rawValue: "internal-server-error")
        /// A `from` that is not the peer's. Section 4.9.3.9.
        public static let invalidFrom = Self(rawValue: "invalid-from")
        /// The stream or content namespace is not supported. Section 4.9.3.10.
        public static let invalidNamespace = Self(rawValue: "invalid-namespace")
        /// The stanza is not valid to its schema. Section 4.9.3.11.
        public static let invalidXML = Self(rawValue: "invalid-xml")
        /// The stream is not authenticated yet. Section 4.9.3.12.
        public static let notAuthorized = Self(rawValue: "not-authorized")
        /// XML that is not well-formed. Section 4.9.3.13.
        public static let notWellFormed = Self(rawValue: "not-well-formed")
        /// A local rule was broken, such as a limit. Section 4.9.3.14.
        public static let policyViolation = Self(rawValue: "policy-violation")
        /// The connection to the other server is not to be had. Section 4.9.3.15.
        public static let remoteConnectionFailed = Self(rawValue: "remote-connection-failed")
        /// The server asks for a new negotiation. Section 4.9.3.16.
        public static let reset = Self(rawValue: "reset")
        /// The server lacks resources. Section 4.9.3.17.
        public static let resourceConstraint = Self(rawValue: "resource-constraint")
        /// Comments, processing instructions, DTDs or entities. Section 4.9.3.18.
        public static let restrictedXML = Self(rawValue: "restricted-xml")
        /// Go to another host. Section 4.9.3.19.
        public static let seeOtherHost = Self(rawValue: "see-other-host")
        /// The server shuts down. Section 4.9.3.20.
        public static let systemShutdown = Self(rawValue: "system-shutdown")
        /// None of the others. Section 4.9.3.21.
        public static let undefinedCondition = Self(rawValue: "undefined-condition")
        /// Not UTF-8. Section 4.9.3.22.
        public static let unsupportedEncoding = Self(rawValue: "unsupported-encoding")
        /// A mandatory feature is not supported. Section 4.9.3.23.
        public static let unsupportedFeature = Self(rawValue: "unsupported-feature")
        /// An element on the stream that is no stanza. Section 4.9.3.24.
        public static let unsupportedStanzaType = Self(rawValue: "unsupported-stanza-type")
        /// A version of XMPP that is not supported. Section 4.9.3.25.
        public static let unsupportedVersion = Self(rawValue: "unsupported-version")
    }
}

extension StreamError.Condition: Hashable {
    /// Whether both are spelled with the same bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.rawValue.isExactly(right.rawValue)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        rawValue.hashExactly(into: &hasher)
    }
}
