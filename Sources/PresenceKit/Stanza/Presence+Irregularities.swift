public import StanzaKit

extension Presence {
    /// Something in a presence stanza that is not as the RFC or an extension demands.
    ///
    /// Reading goes on past it, in the way that each case says, and the stanza keeps it. Nothing
    /// needs to be done about most; a log may want to know.
    @nonexhaustive
    public enum Irregularity: Sendable, Hashable {
        /// The type is none of the RFC's: ``type`` is `nil`, and the stanza is to be refused
        /// (``refusalOfUndefinedType()``). RFC 6121, section 4.7.1.
        case undefinedType(String)
        /// `to` or `from` is no address, and reads as absent. RFC 6120, section 8.1.
        case malformedAddress(AttributeName, JIDError)
        /// The stanza is of type `error` and does not tell which. RFC 6121, section 4.7.1.
        case missingError
        /// The stanza tells an error and is not of that type: it reads as what its type says. RFC
        /// 6120, section 8.3.1.
        case unexpectedError
        /// A `show` that is none of the RFC's words, and reads as absent. RFC 6121, section
        /// 4.7.2.1.
        case undefinedShow(String)
        /// White space around the word of `show`, which does not count.
        case paddedShow(String)
        /// A `priority` that is no integer from −128 to 127, and reads as 0. RFC 6121, section
        /// 4.7.2.3.
        case undefinedPriority(String)
        /// One more `show`, `priority`, or `status` of the same language, which does not count.
        case repeated(Element)
        /// Elements within `show`, `status` or `priority`, which do not count; a `priority` with
        /// them reads as 0.
        case mixedContent(Element)
        /// An attribute on `show`, `status` or `priority` that the RFC does not have there.
        case undefinedAttribute(AttributeName, Element)
        /// A nickname in presence of type `available` or `unavailable`. It is read all the same.
        /// XEP-0172, section 4.1.
        case nicknameInBroadcast
        /// A payload that this library knows, or an element within one, that cannot be read, or not
        /// wholly; what cannot be read of it reads as absent.
        case malformedPayload(Element)
    }

    /// What in the stanza is not as it should be: first the attributes, then the children, in
    /// their order. Empty for a stanza that keeps to the rules.
    ///
    /// It is found out when it is asked for, so a stanza that nobody doubts costs nothing.
    /// Payloads of your own are listed by `malformed(_:)`.
    public var irregularities: [Irregularity] {
        var found = irregularAttributes
        var seen: Set<[ExactText?]> = []
        for child in element.children {
            if child.isIn(.client) {
                let key = [ExactText(child.name), child.repetitionKey]
                found += child.irregularities(isRepeated: !seen.insert(key).inserted)
                if child.is("error", in: .client), !isError { found.append(.unexpectedError) }
            } else {
                found += irregularities(ofPayload: child)
            }
        }
        return found
    }

    private var irregularAttributes: [Irregularity] {
        var found: [Irregularity] = []
        if type == nil { found.append(.undefinedType(element[.type] ?? "")) }
        for name: AttributeName in [.to, .from] {
            if case .malformed(let error) = element.address(name) {
                found.append(.malformedAddress(name, error))
            }
        }
        if isError, element.first("error", in: .client) == nil { found.append(.missingError) }
        return found
    }

    private func irregularities(ofPayload child: Element) -> [Irregularity] {
        for type in Self.knownPayloads where type.isName(of: child) {
            if type.init(child) == nil { return [.malformedPayload(child)] }
        }
        if Nickname.isName(of: child), type?.isBroadcast == true { return [.nicknameInBroadcast] }
        return MUCUser.malformedParts(of: child).map(Irregularity.malformedPayload)
            + MUCJoin.malformedParts(of: child).map(Irregularity.malformedPayload)
    }

    private static let knownPayloads: [any StanzaPayload.Type] = [
        EntityCapabilities.self, VCardAvatar.self, Delay.self, Idle.self, Nickname.self,
    ]
}

extension Element {
    /// What tells a child from another one of the same name that may stand beside it.
    fileprivate var repetitionKey: ExactText? {
        self.is("status", in: .client) ? language.map(LanguageRange.normal) : nil
    }

    /// What is irregular about a `show`, `status` or `priority`; nothing about others.
    fileprivate func irregularities(isRepeated: Bool) -> [Presence.Irregularity] {
        let isStatus = self.is("status", in: .client)
        let isShow = self.is("show", in: .client)
        guard isStatus || isShow || self.is("priority", in: .client) else { return [] }
        if isRepeated { return [.repeated(self)] }

        var found: [Presence.Irregularity] = []
        for attribute in attributes where !(isStatus && attribute.name == .language) {
            found.append(.undefinedAttribute(attribute.name, self))
        }
        if !children.isEmpty { found.append(.mixedContent(self)) }
        if isShow {
            let word = text.trimmingXMLSpace()
            if Presence.Show(rawValue: String(word)) == nil {
                found.append(.undefinedShow(text))
            } else if word.utf8.count < text.utf8.count {
                found.append(.paddedShow(text))
            }
        } else if !isStatus, statedPriority == nil {
            found.append(.undefinedPriority(text))
        }
        return found
    }
}
