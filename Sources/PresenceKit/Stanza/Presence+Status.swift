public import StanzaKit

extension Presence {
    /// A text for people that says more about a presence, with its language.
    public struct Status: Sendable {
        /// The text, as sent.
        public var text: String
        /// The language tag; `nil` where none is known. RFC 5646.
        public var language: String?

        /// A text in a language.
        ///
        /// - Parameters:
        ///   - text: The text.
        ///   - language: Its tag, such as `de-CH`; `nil` for the language of the stanza.
        public init(_ text: String, language: String? = nil) {
            self.text = text
            self.language = language
        }
    }

    /// The status texts, in the order of the stanza; of one language the first. RFC 6121, section
    /// 4.7.2.2.
    ///
    /// A text has the language of the stanza where it has none of its own. Setting replaces all of
    /// them: each takes the place of one that was there, and a text without a language, or in that
    /// of the stanza, is written without a tag.
    public var statuses: [Status] {
        get { Self.firstOfEachLanguage(element.all("status", in: .client).map(Status.init)) }
        set {
            let texts = newValue.map { Status($0.text, language: $0.language ?? language) }
            element.replaceChildren(
                where: { $0.is("status", in: .client) },
                with: Self.firstOfEachLanguage(texts).map { $0.element(in: language) })
        }
    }

    /// The status text that is chosen without a preference: ``status(in:)`` for no language.
    public var status: String? { status(in: []) }

    /// The status text in one of the languages `preferred`, else in that of the stanza, else the
    /// one without a language, else the first; `nil` without any.
    ///
    /// - Parameter preferred: Language ranges, most wanted first. A tag is looked up as in RFC
    ///   4647, section 3.4, without regard to case: `de-CH` finds `de-CH`, else `de`; and as
    ///   somebody who reads German reads that of Austria too, `de` finds `de-AT` where there is
    ///   no better one.
    public func status(in preferred: [String]) -> String? {
        let statuses = statuses
        if statuses.count < 2 { return statuses.first?.text }
        let tags = statuses.map(\.language)
        let place =
            LanguageRange.firstMatch(of: preferred + [language].compactMap(\.self), in: tags)
            ?? tags.firstIndex(of: nil) ?? 0
        return statuses[place].text
    }

    /// Sets the status text in a language; those in others stay.
    ///
    /// - Parameters:
    ///   - text: The text. `nil`, or an empty text, removes the one that is there.
    ///   - language: The language; `nil` for that of the stanza.
    public mutating func setStatus(_ text: String?, language: String? = nil) {
        let own = self.language
        let tag = (language ?? own).map(LanguageRange.normal)
        let text = text ?? ""
        let status = Status(text, language: language).element(in: own)
        element.replaceChildren(
            where: {
                $0.is("status", in: .client) && $0.language.map(LanguageRange.normal) == tag
            },
            with: text.isEmpty ? [] : [status])
    }

    private static func firstOfEachLanguage(_ statuses: [Status]) -> [Status] {
        if statuses.count < 2 { return statuses }
        var languages: Set<ExactText?> = []
        return statuses.filter {
            languages.insert($0.language.map(LanguageRange.normal)).inserted
        }
    }
}

extension Presence.Status: Hashable {
    /// Whether both have the same text and tag, by their bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.text.isExactly(right.text)
            && left.language.map(ExactText.init) == right.language.map(ExactText.init)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        text.hashExactly(into: &hasher)
        hasher.combine(language.map(ExactText.init))
    }
}

extension Presence.Status {
    fileprivate init(_ element: Element) {
        self.init(element.text, language: element.language)
    }

    /// The element in a stanza of the language `inherited`.
    fileprivate func element(in inherited: String?) -> Element {
        let isInherited =
            language.map(LanguageRange.normal) == inherited.map(LanguageRange.normal)
        return Element(
            "status", in: .client, attributes: [.language: isInherited ? nil : language],
            text: text)
    }
}
