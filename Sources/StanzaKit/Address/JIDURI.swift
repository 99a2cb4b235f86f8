extension JID {
    /// A link to somebody, and perhaps what to do there: `xmpp:romeo@montague.example?message`.
    /// RFC 5122.
    ///
    /// ```swift
    /// let link = try JID.URI(validating: url.absoluteString)
    /// switch link.action?.name {
    /// case .roster: showDialog(link.target, name: link.action?.contactName)
    /// case .subscribe: showRequest(to: link.target)
    /// case .message: compose(to: link.target, body: link.action?["body"] ?? "")
    /// default: showProfile(of: link.target)
    /// }
    /// ```
    ///
    /// Links come from anybody. Ask the user before you do what one says (XEP-0147, section 5), and
    /// show the address beside a name that it proposes. Two links are the same if their parts are
    /// the same octets.
    public struct URI: Sendable, Hashable {
        /// Who is to act, where the link names somebody: what stands behind `//`, always with a
        /// local part. Without it, and for users with one account, it is the user.
        public let account: BareJID?

        /// Whom the link is about; `nil` where it names but an account.
        public let target: JID?

        /// What to do; `nil` where the link has no `?`.
        public let action: Action?

        private let exactFragment: ExactText?

        /// A link to an address.
        ///
        /// - Parameters:
        ///   - target: Whom it is about.
        ///   - action: What to do there.
        ///   - fragment: What stands behind `#`, not encoded.
        public init(target: JID, action: Action? = nil, fragment: String? = nil) {
            self.init(account: nil, target: target, action: action, fragment: fragment)
        }

        /// A link for one account, with `//` in front of it. RFC 5122, section 2.3.
        ///
        /// - Parameters:
        ///   - account: Who is to act.
        ///   - target: Whom it is about.
        ///   - action: What to do there.
        ///   - fragment: What stands behind `#`, not encoded.
        /// - Throws: That the account has no local part.
        public init(
            account: BareJID, target: JID?, action: Action? = nil, fragment: String? = nil
        ) throws(JIDError) {
            if account.local == nil { throw JIDError(part: .local, reason: .empty) }
            self.init(account: .some(account), target: target, action: action, fragment: fragment)
        }

        init(account: BareJID?, target: JID?, action: Action?, fragment: String?) {
            self.account = account
            self.target = target
            self.action = action
            exactFragment = fragment.map(ExactText.init)
        }

        /// What stands behind `#`, decoded; `nil` where there is no `#`.
        public var fragment: String? { exactFragment?.string }
    }
}

extension JID.URI: LosslessStringConvertible {
    /// The link that `text` is; `nil` where it is none. See ``init(validating:)``.
    public init?(_ text: String) {
        do throws(ParsingError) {
            self = try JID.URI(validating: text)
        } catch {
            return nil
        }
    }

    /// The link as it is written, in ASCII: everything that RFC 5122, section 2.7 does not allow to
    /// stand for itself is percent-encoded.
    ///
    /// Reading it gives the same link, provided its addresses hold by the strict rules
    /// (``BareJID/isConforming``).
    public var description: String {
        var text = "xmpp:"
        if let account {
            text += "//" + Self.encoded(account)
            if target != nil { text += "/" }
        }
        if let target {
            text += Self.encoded(target.bare)
            if let resource = target.resource {
                text += "/" + PercentEncoding.encode(resource, leaving: .resource)
            }
        }
        if let action { text += "?\(action)" }
        if let fragment { text += "#" + PercentEncoding.encode(fragment, leaving: .fragment) }
        return text
    }

    private static func encoded(_ jid: BareJID) -> String {
        let local = jid.local.map { PercentEncoding.encode($0, leaving: .local) + "@" } ?? ""
        let isLiteral = jid.domain.utf8.first == UInt8(ascii: "[")
        return local
            + PercentEncoding.encode(jid.domain, leaving: isLiteral ? .literal : .unreserved)
    }
}
