extension JID.URI {
    /// The most octets that a link may have: 65,536. Longer ones are refused unread.
    public static let maximumLength = 1 << 16

    /// A link as it stands in a page, a message or a QR code.
    ///
    /// The link may be an IRI, with characters beyond ASCII as they are. It is split first and
    /// decoded afterwards, so that an encoded `@`, `/` or `;` never separates anything. Addresses
    /// must hold by the strict rules; see ``JID/init(validating:allowing:)``. A `+` is a plus.
    ///
    /// Parameters are separated by `;`. Drafts of the standard had `&` in its place, and links of
    /// that kind are still about; where a query has `&` and no `;`, the `&` separates. No link by
    /// the standard is read otherwise for it, since that has to encode an `&`.
    ///
    /// - Throws: Which component is wrong, and why.
    public init(validating text: String) throws(ParsingError) {
        let bytes = Array(text.utf8)
        if bytes.count > Self.maximumLength { throw ParsingError(.link, .tooLong) }
        // Links end where white space begins.
        if bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            throw ParsingError(.link, .invalidCharacter)
        }
        guard bytes.prefix(5).map({ $0 | 0x20 }).elementsEqual("xmpp:".utf8) else {
            throw ParsingError(.link, .otherScheme)
        }
        let (link, fragment) = Self.split(bytes.dropFirst(5), at: .hash)
        let (hierarchy, query) = Self.split(link, at: .question)
        let (account, path) = Self.splitAuthority(hierarchy)
        self.init(
            account: try account.map(Self.parseAccount),
            target: try path.map { (path) throws(ParsingError) in try Self.parseTarget(path) },
            action: try query.map(Self.parseAction),
            fragment: try fragment.map { (fragment) throws(ParsingError) in
                try Self.decode(fragment, of: .fragment)
            })
    }
}

extension JID.URI {
    private typealias Bytes = ArraySlice<UInt8>

    private static func split(_ bytes: Bytes, at separator: UInt8) -> (Bytes, Bytes?) {
        guard let index = bytes.firstIndex(of: separator) else { return (bytes, nil) }
        return (bytes[..<index], bytes[(index + 1)...])
    }

    /// What stands behind `//`, and the address behind that; a slash that ends the link ends it.
    private static func splitAuthority(_ bytes: Bytes) -> (account: Bytes?, path: Bytes?) {
        guard bytes.starts(with: "//".utf8) else { return (nil, bytes) }
        let (account, path) = split(bytes.dropFirst(2), at: .slash)
        return (account, path?.isEmpty == true ? nil : path)
    }

    private static func parseAccount(_ bytes: Bytes) throws(ParsingError) -> BareJID {
        let account = try parseBare(bytes, of: .account)
        if account.local == nil {
            throw ParsingError(.account, .address(JIDError(part: .local, reason: .empty)))
        }
        return account
    }

    private static func parseTarget(_ bytes: Bytes) throws(ParsingError) -> JID {
        let (bare, resource) = split(bytes, at: .slash)
        let jid = try parseBare(bare, of: .target)
        guard let resource else { return JID(jid) }
        let text = try decode(resource, of: .target)
        do {
            return try JID(jid, resource: text)
        } catch {
            throw ParsingError(.target, .address(error))
        }
    }

    private static func parseBare(
        _ bytes: Bytes, of component: ParsingError.Component
    ) throws(ParsingError) -> BareJID {
        let (first, second) = split(bytes, at: .at)
        let local = second == nil ? nil : try decode(first, of: component)
        let domain = try decode(second ?? first, of: component)
        do {
            // By its parts: what was encoded separates nothing.
            return try BareJID(local: local, domain: domain)
        } catch {
            throw ParsingError(component, .address(error))
        }
    }

    private static func parseAction(_ bytes: Bytes) throws(ParsingError) -> Action {
        let separator: UInt8 = bytes.contains(.semicolon) ? .semicolon : .ampersand
        let (name, rest) = split(bytes, at: separator)
        var action = Action(Action.Name(rawValue: try decode(name, of: .query)))
        for pair in (rest ?? []).split(separator: separator) {
            let (name, value) = split(pair, at: .equals)
            action.parameters.append(
                Parameter(try decode(name, of: .query), try decode(value ?? [], of: .query)))
        }
        return action
    }

    private static func decode(
        _ bytes: Bytes, of component: ParsingError.Component
    ) throws(ParsingError) -> String {
        do {
            return try PercentEncoding.decode(bytes)
        } catch {
            throw ParsingError(
                component, error == .malformed ? .malformedPercentEncoding : .invalidUTF8)
        }
    }
}
